"""docs/coverage.md: for every operation of the contract how far it is served, after which page, and who drove it.

Everything in it comes from what tests hold: the routes, the goldens, and what foreign clients were answered.
"""

import csv
import inspect
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from unittest.mock import Mock

from copartner.api.authority import routes as authority_routes
from copartner.api.graph.resources import ROUTES as GRAPH_ROUTES
from copartner.api.partner_center.operations import Operation, operations
from copartner.api.partner_center.resources import ROUTES
from copartner.api.registry import Route
from support.clients import CLIENTS
from support.coverage import HELD, operation_at
from support.goldens import PLACE

DOCUMENT = HELD.parent / "coverage.md"
DECISIONS = HELD.parent / "decisions"
_PAGE = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)+),\s+(\d{4}-\d{2}-\d{2})")
_HEAD = """# What of the contract is served

Made by `tests/support/covering.py` from what tests hold, and compared with it by `make check`. Of every operation in
`operations.csv` it says one word:

- **exact**: the page's example request is asked in a test, each property that the example's answer shows is answered,
  and the whole answer is kept in `tests/contract/goldens`;
- **shape**: it is served; properties of the example are left out, as listed below, or no example is held to its page;
- **missing**: it answers 501 and its name.

*Page* is the page of the published documentation that the golden names, or else the code's docstring, with the page's
date. *Driven by* names the foreign clients, as published, that were answered with a success in the tests below
`tests/clients`; those tests hold it to the files in `docs/coverage`.
"""
_LEFT_OUT = """
## Left out

Documented properties that an answer here does not have, and why. A test fails when one of them is answered after all.
"""
_DEPARTURES = """
## Departures

Where something else is answered than the page describes.
"""
_REST = """
## Not in the core

These answer 501.
"""


@dataclass(frozen=True, slots=True)
class Golden:
    """One documented example that a test holds; `shown` where the page's properties are compared too."""

    name: str
    page: str
    date: str
    shown: bool
    left_out: dict[str, str]


def document() -> str:
    """The whole document."""
    goldens, clients = _goldens(), _clients()
    core = [one for one in operations() if one.core]
    rest = [one for one in operations() if not one.core]
    lines = [_HEAD, "", *_counts(core, goldens, clients)]
    for area in dict.fromkeys(one.area for one in core):
        lines += ["", f"## {area}", "", "| operation | here | page | driven by |", "|---|---|---|---|"]
        lines += [_row(one, goldens, clients) for one in core if one.area == area]
    return "\n".join([*lines, *_left_out(goldens), *_departures(), *_rest(rest), ""])


def state(operation: Operation, goldens: Iterable[Golden]) -> str:
    """How far an operation is served: exact, shape or missing."""
    if operation.name not in _served():
        return "missing"
    held = list(goldens)
    return "exact" if any(one.shown for one in held) and not any(one.left_out for one in held) else "shape"


def departures() -> list[dict[str, str]]:
    """The rows of docs/coverage/departures.csv: method, path, departure and the decision, if one says why."""
    with (HELD / "departures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _goldens() -> dict[str, list[Golden]]:
    """The goldens by the operation they are about; raises AssertionError for one about nothing in the contract."""
    found: dict[str, list[Golden]] = {}
    for file in sorted(PLACE.glob("*.json")):
        kept = json.loads(file.read_text(encoding="utf-8"))
        request, shown = kept["request"], "left out" in kept
        method, path = (request["method"], request["path"]) if shown else request.split(" ", 1)
        operation = operation_at(method, path.partition("?")[0])
        assert operation is not None, f"{file.name} is about no operation of the contract"
        golden = Golden(file.stem, kept["page"], kept["date"], shown, kept.get("left out", {}))
        found.setdefault(operation.name, []).append(golden)
    return found


def _clients() -> dict[str, list[str]]:
    """The clients that drove an operation, with their versions, by its name."""
    found: dict[str, list[str]] = {}
    for file in sorted(HELD.glob("*.json")):
        client = (CLIENTS / file.stem / "requirements.in").read_text(encoding="utf-8").split()[0].replace("==", " ")
        for name in json.loads(file.read_text(encoding="utf-8")):
            found.setdefault(name, []).append(client)
    return found


@cache
def _served() -> dict[str, Route | None]:
    """What is served, by the operation's name; the authority's handlers are no routes of the contract's dialect."""
    shapes: dict[tuple[str, str], Route | None] = {
        (method, _shape(route.path)): route for route in (*ROUTES, *GRAPH_ROUTES) for method in route.methods
    }
    # Only the addresses are wanted: nothing is asked of an authority.
    for handler in authority_routes(Mock(root="http://127.0.0.1")):
        shapes |= {(str(method), _shape(path)): None for method in handler.http_methods for path in handler.paths}
    return {
        one.name: shapes[one.method, _shape(path)]
        for one in operations()
        for path in one.paths
        if (one.method, _shape(path)) in shapes
    }


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path).lower()


def _pages(operation: Operation, goldens: Iterable[Golden]) -> list[str]:
    """The pages followed with their dates: those of the goldens, or what the code itself names."""
    named = dict.fromkeys(f"{one.page}, {one.date}" for one in goldens)
    route = _served().get(operation.name)
    return list(named) or ([] if route is None else _cited(route))


def _cited(route: Route) -> list[str]:
    """What handler or types name; the file's own docstring only where it names a single page."""
    for thing in (route.handler, route.response, route.request):
        found = _PAGE.findall(inspect.getdoc(thing) or "") if inspect.isroutine(thing) or _ours(thing) else []
        if found:
            return [", ".join(one) for one in found]
    whole = _PAGE.findall(inspect.getdoc(inspect.getmodule(route.handler)) or "")
    return [", ".join(one) for one in whole] if len(whole) == 1 else []


def _row(operation: Operation, goldens: dict[str, list[Golden]], clients: dict[str, list[str]]) -> str:
    held = goldens.get(operation.name, [])
    pages = "; ".join(_pages(operation, held)) or "none"
    driven = ", ".join(clients.get(operation.name, [])) or "none"
    return f"| {_named(operation)} | {state(operation, held)} | {pages} | {driven} |"


def _named(operation: Operation) -> str:
    template = operation.template.replace("|", "\\|")
    return f"{operation.method} `{template}`"


def _counts(core: list[Operation], goldens: dict[str, list[Golden]], clients: dict[str, list[str]]) -> list[str]:
    states = Counter(state(one, goldens.get(one.name, [])) for one in core)
    driven = sum(one.name in clients for one in core)
    said = ", ".join(f"{states[word]} {word}" for word in ("exact", "shape", "missing"))
    return [f"Of {len(core)} core operations: {said}; {driven} driven by a foreign client."]


def _left_out(goldens: dict[str, list[Golden]]) -> Iterator[str]:
    yield _LEFT_OUT
    said = set()
    for golden in sorted((one for held in goldens.values() for one in held), key=lambda one: one.name):
        for reason in dict.fromkeys(golden.left_out.values()):
            names = ", ".join(f"`{name}`" for name, why in _outermost(golden.left_out).items() if why == reason)
            said.add(f"- {golden.page}: {names}: {reason}.")
    yield from sorted(said)


def _outermost(left_out: dict[str, str]) -> dict[str, str]:
    """Without what is inside something that is left out itself."""
    whole = tuple(f"{name}{end}" for name in left_out for end in (".", "[]"))
    return {name: why for name, why in left_out.items() if not name.startswith(whole)}


def _departures() -> Iterator[str]:
    yield _DEPARTURES
    for row in departures():
        operation = operation_at(row["method"], row["path"])
        assert operation is not None, f"departures.csv: no operation {row['method']} {row['path']}"
        where = f" ([why](decisions/{row['decision']}))" if row["decision"] else ""
        yield f"- {_named(operation)}: {row['departure']}{where}."


def _rest(rest: list[Operation]) -> Iterator[str]:
    yield _REST
    yield from (f"- {_named(one)}" for one in rest if one.name not in _served())
    served = [one for one in rest if one.name in _served()]
    if served:
        yield "\nServed nevertheless:\n"
        yield from (f"- {_named(one)}" for one in served)


def _ours(thing: Any) -> bool:
    return inspect.isclass(thing) and thing.__module__.startswith("copartner.")
