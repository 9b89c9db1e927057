"""`copartner rules try`: changed rules tried out on a running deployment, as a table, JSON or CSV."""

import csv
import sys
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from copartner.api.programme.rule_trials import DifferenceBody, OutcomeBody, TallyBody
from copartner.api.working import LINES
from copartner.cli.client import DEFAULT_URL, Refused, TokenFile, Url, telling, text_of
from copartner.kernel.cells import plain_cell

_PATH = "/programme/v1/rule-trials"
_SHOWN = 20
_COLUMNS = (
    *("basis", "turn", "rule", "text", "partner", "customer", "count"),
    *(
        "example_action",
        "example_how",
        "example_actor",
        "example_roles",
        "example_resource_type",
        "example_resource_id",
    ),
)


class Format(StrEnum):
    """How an outcome is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class _Line(msgspec.Struct):
    """One line of the answer."""

    progress: dict[str, Any] | None = None
    outcome: OutcomeBody | None = None
    error: str | None = None


def register(rules: typer.Typer) -> None:
    """Add the command to those about rules."""
    rules.command("try")(_try)


def _try(
    begins: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day on which they count.")
    ],
    file: Annotated[Path | None, typer.Argument(help="Cedar text of new rules and of rules stated anew.")] = None,
    end: Annotated[list[str] | None, typer.Option(help="The id of a rule that ends then; may be repeated.")] = None,
    days: Annotated[int, typer.Option(help="Days of committed decisions to decide again.")] = 30,
    shape: Annotated[Format, typer.Option("--format", help="How the outcome is printed.")] = Format.TABLE,
    url: Url = DEFAULT_URL,
    token_file: TokenFile = None,
) -> None:
    """Say what changed rules would deny that is allowed now, and the reverse; nothing is changed."""
    with telling(url, token_file) as deployment:
        text = text_of(file) if file else ""
        asked = {"text": text, "ends": end or [], "begins": begins.date().isoformat(), "days": days}
        # A line comes after every part that was looked at, the first one once the rules were made.
        outcome = _followed(deployment.lines(_PATH, asked, LINES))
    match shape:
        case Format.JSON:
            typer.echo(msgspec.json.format(msgspec.json.encode(outcome), indent=2))
        case Format.CSV:
            typer.echo(as_csv(outcome), nl=False)
        case Format.TABLE:
            show(outcome, Console())


def _followed(lines: Iterator[str]) -> OutcomeBody:
    """The outcome at the end of the lines, with a bar while a person looks on."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("trying", total=None)
        for text in lines:
            line = msgspec.json.decode(text, type=_Line)
            if line.error:
                raise Refused(line.error)
            if line.outcome is not None:
                return line.outcome
            if line.progress is not None:
                told = line.progress
                bar.update(task, completed=told["done"], total=told["of"], description=told["at"])
    raise Refused("the answer ended before the outcome came; ask again")


def as_csv(outcome: OutcomeBody) -> str:
    """A line for each difference, with its first example."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for one in outcome.differences:
        first = one.examples[0]
        writer.writerow(
            plain_cell(value)
            for value in (
                *(one.basis, one.turn, one.rule, one.text, one.partner, one.customer, one.count),
                *(first.action, first.how, first.actor, first.roles, first.resource_type, first.resource_id),
            )
        )
    return text.getvalue()


def show(outcome: OutcomeBody, console: Console) -> None:
    """The outcome as tables that a person reads."""
    looked = outcome.looked
    things = ", ".join(f"{count:,} {kind}" for kind, count in looked.things.items()) or "nothing"
    console.print(
        f"[b]Rules as of {outcome.begins}[/b] in {outcome.cloud}: {', '.join(outcome.changed) or 'none'} differ"
    )
    console.print(
        f"Looked at {things}: {looked.requests:,} requests; {looked.decisions:,} decisions of {outcome.days} days; "
        f"{looked.shapes:,} of them differ to the rules; {outcome.seconds:.1f} s"
    )
    if looked.unreadable:
        console.print(f"{looked.unreadable:,} decisions were kept by another release and cannot be read.")
    if outcome.unasked:
        console.print(f"Not asked of present data: {', '.join(outcome.unasked)}")
    for name, turned in (("present data", outcome.present), ("committed decisions", outcome.committed)):
        console.print(f"On {name} {turned.denied:,} would be denied that are allowed, {turned.allowed:,} the reverse.")
    for title, tallies in (("rule", outcome.rules), ("partner", outcome.partners), ("customer", outcome.customers)):
        if tallies:
            console.print(_tallied(title, tallies))
    if outcome.differences:
        console.print(_differences(outcome.differences))
    rest = outcome.beyond + sum(one.count for one in outcome.differences[_SHOWN:])
    if rest:
        console.print(f"and {rest:,} more; --format json tells of more")


def _tallied(title: str, tallies: tuple[TallyBody, ...]) -> Table:
    table = Table(f"by {title}", "denied", "allowed")
    for one in tallies[:_SHOWN]:
        name = f"{one.id}: {one.name}" if title == "rule" and one.id else one.name
        table.add_row(escape(name), f"{one.denied:,}", f"{one.allowed:,}")
    return table


def _differences(differences: tuple[DifferenceBody, ...]) -> Table:
    table = Table("would be", "partner", "customer", "rule", "count", "for example")
    for one in differences[:_SHOWN]:
        first = one.examples[0]
        how = f" ({first.how})" if first.how else ""
        who = f"{first.actor} as {', '.join(first.roles) or 'nobody'}"
        example = f"{who}: {first.action}{how} on {first.resource_type} {first.resource_id}"
        cells = (one.turn, one.partner or "", one.customer or "", one.text, f"{one.count:,}", example)
        table.add_row(*map(escape, cells))
    return table
