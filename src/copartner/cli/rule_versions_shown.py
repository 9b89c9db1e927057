"""How versions of the rules look in a terminal."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

_WORDS = {"taken_back": "taken back"}
_VERDICTS = {
    "holds": "every promise holds",
    "broken": "refused: it breaks a promise",
    "undecided": "undecided",
}


def table(versions: Iterable[Mapping[str, Any]]) -> Table:
    """A line for each version."""
    # In a narrow terminal names and titles go on in the next line; numbers and days stay whole.
    whole = [Column(name, no_wrap=True) for name in ("number", "state", "from", "until")]
    made = Table(*whole, *(Column(name, overflow="fold") for name in ("title", "proposed by", "approved by")))
    for one in versions:
        made.add_row(
            str(one["number"]),
            state(one),
            one["begins"],
            one["until"] or "",
            escape(one["title"]),
            one["proposedByName"] or "",
            one["approvedByName"] or "",
        )
    return made


def state(version: Mapping[str, Any]) -> str:
    """Its state in words."""
    found = _WORDS.get(version["state"], str(version["state"]))
    return f"{found}, check to come" if version["checkWantedAt"] else found


def show(console: Console, version: Mapping[str, Any]) -> None:
    """All of a version."""
    head = Table(show_header=False, box=None)
    for name, value in _head(version):
        head.add_row(name, escape(value))
    console.print(head)
    difference = version["difference"]
    for rule in difference["new"]:
        _rule(console, "new rule", rule)
    for restated in difference["restated"]:
        _rule(console, "until then", restated["before"])
        _rule(console, "stated anew", restated["after"])
    for rule in difference["ended"]:
        _rule(console, "ends", rule)
    if version["findings"]:
        _findings(console, version["findings"])


def _head(version: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    yield "version", f"{version['number']}: {version['title']}"
    yield "state", state(version)
    yield "from", version["begins"]
    if version["until"]:
        yield "counts no more from", version["until"]
    yield "reason", version["reason"]
    for name, what in (("proposed", "proposed"), ("approved", "approved"), ("ended", "ended")):
        if version[f"{name}At"]:
            yield what, f"{version[f'{name}At'][:16].replace('T', ' ')} UTC by {version[f'{name}ByName']}"
    if version["endedBecause"]:
        yield "because", version["endedBecause"]


def _rule(console: Console, what: str, rule: Mapping[str, Any]) -> None:
    console.print(f"\n[bold]{what}[/bold] {rule['id']}: {escape(rule['text'])}")
    console.print(escape(rule["cedar"]), style="dim", highlight=False)


def _findings(console: Console, found: Mapping[str, Any]) -> None:
    console.print(f"\n[bold]check[/bold] {_VERDICTS[found['verdict']]}; {found['questions']} questions")
    if found["undecided"]:
        console.print(f"  {escape(found['undecided'])}")
    for title, stories in (("breaks", found["stories"]), ("ends the policy", found["ended"])):
        for one in stories:
            console.print(f"  {title}: {escape(one['promise'])}")
            console.print(f"    {escape(one['story'])}")
    for one in found["lost"]:
        console.print(f"  nobody could any more: {escape(one['text'])}")
    if tried := found["tryOut"]:
        console.print("\n[bold]tried out[/bold] what would turn to denied / to allowed")
        for what, turned in (
            ("of present data", tried["present"]),
            ("of the last days' decisions", tried["committed"]),
        ):
            console.print(f"  {what}: {turned['denied']} / {turned['allowed']}")
        console.print("  `copartner rules try` tells by partner, customer and rule.")
