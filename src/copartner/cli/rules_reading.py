"""`copartner rules list|show|at`: the rulebook of this release, read in a terminal or as JSON, without a server."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from difflib import get_close_matches
from textwrap import indent
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from copartner.policy import telling
from copartner.policy.facts import Cloud
from copartner.policy.rulebook import Rulebook, RuleSet
from copartner.policy.telling import Told, Turn

_DAY = ["%Y-%m-%d"]
_KINDS = {
    telling.FORBID: "What is forbidden, whatever is permitted",
    telling.PERMIT: "What is permitted",
    telling.OBLIGATION: "What the programme does by itself",
}
CloudOption = Annotated[Cloud | None, typer.Option(help="One cloud alone.")]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to `copartner rules`."""
    app.command("list")(_list)
    app.command("show")(_show)
    app.command("at")(_at)


def _list(
    cloud: CloudOption = None,
    on: Annotated[datetime | None, typer.Option(formats=_DAY, help="The rules in force on this day alone.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the rules: what each says, where it counts and when."""
    day = on.date() if on else None
    every = telling.told(Rulebook.load())
    found = every if cloud is None and day is None else [one for one in every if one.holds(cloud=cloud, day=day)]
    if as_json:
        _print_json([_as_json(one) for one in found])
        return
    console = Console()
    _tell(console, found, dated=True)
    console.print(f"\n{_counted(found)}; `copartner rules show ID` tells more.")


def _show(
    rule_id: Annotated[str, typer.Argument(help="The rule's id, as denials and the list name it.")],
    as_json: JsonOption = False,
) -> None:
    """Show one rule with everything that is known of it."""
    every = telling.told(Rulebook.load())
    found = [one for one in every if one.id == rule_id]
    if not found:
        near = get_close_matches(rule_id, dict.fromkeys(one.id for one in every), n=3, cutoff=0.5)
        near = near or [one.id for one in every if rule_id.lower() in one.id][:3]
        meant = f" Did you mean {' or '.join(near)}?" if near else " `copartner rules list` names all of them."
        typer.echo(f"copartner: there is no rule {rule_id}.{meant}", err=True)
        raise typer.Exit(1)
    if as_json:
        _print_json([_as_json(one) for one in found])
        return
    console = Console()
    for one in found:
        _describe(console, one)


def _at(
    day: Annotated[datetime, typer.Argument(formats=_DAY, metavar="DATE", help="A day, such as 2023-10-09, in UTC.")],
    cloud: Annotated[Cloud, typer.Option(help="The cloud.")] = Cloud.COMMERCIAL,
    as_json: JsonOption = False,
) -> None:
    """Show the rules of a day: since when and until when they are the same, and what changed when they began."""
    book = Rulebook.load()
    rules = book.at(cloud, day.date())
    found = [one for one in telling.told(book) if one.holds(cloud=cloud, day=day.date())]
    changed = telling.turn(book, rules)
    if as_json:
        _print_json(_set_as_json(rules, found, changed))
        return
    console = Console()
    console.print(f"[bold]{cloud}[/], {telling.span(rules)}: {_counted(found)}")
    console.print(f"digest {rules.digest}", style="dim", soft_wrap=True)
    if changed is not None:
        _tell_turn(console, book, rules, changed)
    _tell(console, found, dated=False)


def _tell_turn(console: Console, book: Rulebook, rules: RuleSet, changed: Turn) -> None:
    texts = {rule.id: rule.text for rule in book.rules}
    for mark, said, names in (("+", "began", changed.begun), ("-", "ended", changed.ended)):
        if names:
            console.print(f"\nWith {rules.begins} {said}:")
            for name in names:
                console.print(Padding(Text.assemble(f"{mark} ", (name, "bold"), f"  {texts[name]}"), (0, 0, 0, 2)))


def _tell(console: Console, found: Iterable[Told], *, dated: bool) -> None:
    """Rules by kind: id and sentence, and below it where and when it counts unless that is everywhere and always."""
    rules = [*found]
    for kind, heading in _KINDS.items():
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(ratio=1)
        for one in rules:
            if one.kind == kind:
                said = Text(one.text)
                if limits := _limits(one, dated=dated):
                    said.append(f"\n{limits}", style="dim")
                table.add_row(one.id, said)
        if table.row_count:
            console.print(f"\n[bold]{heading}[/]")
            console.print(Padding(table, (0, 0, 0, 2)))


def _limits(one: Told, *, dated: bool) -> str:
    where = telling.clouds(one.clouds)
    parts = [] if where == "all" or not dated else [where]
    if one.followed and dated and (when := telling.dates(one)) != "always":
        parts.append(when)
    return ", ".join([*parts, *(["documents dispute it"] if one.disputed else []), *_aside(one)])


def _aside(one: Told) -> list[str]:
    return [] if one.followed else ["not followed"]


def _describe(console: Console, one: Told) -> None:
    """One rule as lines of a name and what belongs to it."""
    console.print(f"[bold]{one.id}[/], {one.kind}")
    lines = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    lines.add_column(no_wrap=True, style="dim")
    lines.add_column(ratio=1)
    actions = ", ".join(telling.in_words(name) if "." in name else name for name in one.actions)
    for name, value in (
        ("says", one.text),
        ("needs", one.needs),
        ("who may not know reads", one.caller),
        ("clouds", telling.clouds(one.clouds)),
        ("counts", telling.dates(one) if one.followed else f"not followed; it would have counted {telling.dates(one)}"),
        ("source", one.source),
        ("disputed", one.disputed),
        ("about", actions),
    ):
        if value:
            lines.add_row(name, Text(value))
    console.print(Padding(lines, (0, 0, 1, 2)))
    if one.cedar:
        console.print(Text(indent(one.cedar, "  ")), soft_wrap=True)
        console.print()


def _counted(found: Iterable[Told]) -> str:
    kinds = [one.kind for one in found]
    return ", ".join(f"{count} {kind}{'s' if count != 1 else ''}" for kind in _KINDS if (count := kinds.count(kind)))


def _set_as_json(rules: RuleSet, found: Iterable[Told], changed: Turn | None) -> dict[str, Any]:
    return {
        "cloud": rules.cloud,
        "begins": None if rules.begins == date.min else str(rules.begins),
        "ends": None if rules.ends == date.max else str(rules.ends),
        "digest": rules.digest,
        "changed": asdict(changed) if changed else None,
        "rules": [_as_json(one) for one in found],
    }


def _as_json(one: Told) -> dict[str, Any]:
    told = asdict(one)
    return {**told, **{name: str(told[name]) if told[name] else None for name in ("begins", "ends")}}


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
