"""`$filter`: conditions on single properties, joined by `and`."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from copartner.api.decoding import Malformed, storable
from copartner.kernel.ids import parse_id

_LONGEST, _MOST = 256, 15
_VALUE = r"'(?:[^']|'')*'|true|false"
_CONDITION = re.compile(
    rf"\s*(?:(?P<name>[\w/]+)\s+(?P<operator>eq|ne)\s+(?P<value>{_VALUE})"
    rf"|(?P<listed>[\w/]+)\s+in\s*\(\s*(?P<values>(?:{_VALUE})(?:\s*,\s*(?:{_VALUE}))*)\s*\)"
    rf"|startswith\(\s*(?P<begun>[\w/]+)\s*,\s*(?P<start>{_VALUE})\s*\))\s*",
    re.IGNORECASE,
)
_AND = re.compile(r"and\b", re.IGNORECASE)
_FORMS = {
    "eq": "{0} eq {1}",
    "ne": "{0} ne {1}",
    "in": "{0} in ({1}, {1})",
    "startswith": "startswith({0}, {1})",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """A property that can be filtered by: how a value of it is read, which operators it takes.

    `example` is how a value looks, `kind` says what it is. `every` is each value there is, which `ne` needs.
    """

    read: Callable[[str], Any]
    operators: tuple[str, ...]
    example: str
    kind: str
    every: tuple[Any, ...] = ()

    def offer(self, name: str) -> str:
        """What can be asked of a property of this name."""
        return " or ".join(_FORMS[operator].format(name, self.example) for operator in self.operators)


@dataclass(frozen=True, slots=True)
class Condition:
    """What one property has to be: one of `values`, or begin with the only one for the operator `startswith`."""

    operator: str
    values: tuple[Any, ...]


def choice(values: type[StrEnum]) -> Compared:
    """One of the words of an enumeration, in any casing."""
    known = {one.value.lower(): one for one in values}
    kind = f"one of {', '.join(values)}"
    return Compared(lambda text: known.get(text.lower()), ("eq", "ne", "in"), "'...'", kind, tuple(values))


GUID = Compared(parse_id, ("eq", "in"), "'...'", "a GUID")
TEXT = Compared(lambda text: text or None, ("eq", "startswith"), "'...'", f"text of 1 to {_LONGEST} characters")
FLAG = Compared(
    lambda text: {"true": True, "false": False}.get(text.lower()),
    ("eq",),
    "true",
    "true or false, without quotation marks",
)


def conditions(text: str | None, compared: Mapping[str, Compared]) -> dict[str, Condition]:
    """What the filter asks, by property; raises Malformed."""
    found: dict[str, Condition] = {}
    for match in _parts(text, compared) if text else ():
        written = match["name"] or match["listed"] or match["begun"]
        name = next((one for one in compared if one.lower() == written.lower()), None)
        operator = (match["operator"] or ("in" if match["listed"] else "startswith")).lower()
        if name is None or operator not in compared[name].operators:
            raise _refused(compared, f"{written[:60]} {operator} is not taken")
        if name in found:
            raise Malformed(f"$filter: {name} stands twice; ask for it once, with in for several values.", "$filter")
        values = _values(match["value"] or match["values"] or match["start"], name, compared[name])
        if operator == "ne":
            values = tuple(one for one in compared[name].every if one not in values)
        found[name] = Condition(operator, values)
    return found


def _parts(text: str, compared: Mapping[str, Compared]) -> Iterator[re.Match[str]]:
    """The conditions one after the other; raises Malformed where something else stands."""
    place = 0
    while True:
        match = _CONDITION.match(text, place)
        if match is None:
            raise _refused(compared, f"{text[place : place + 60].strip()!r} is no condition")
        yield match
        place = match.end()
        if place == len(text):
            return
        joined = _AND.match(text, place)
        if joined is None:
            raise _refused(compared, f"{text[place : place + 60].strip()!r} stands where only and may stand")
        place = joined.end()


def _values(written: str, name: str, compared: Compared) -> tuple[Any, ...]:
    literals = re.findall(_VALUE, written, re.IGNORECASE)
    if len(literals) > _MOST:
        raise Malformed(f"$filter: {name} is compared with at most {_MOST} values.", "$filter")
    # Texts have quotation marks, true and false have none.
    quoted = compared.example.startswith("'")
    texts = [one[1:-1].replace("''", "'") if one.startswith("'") else one for one in literals]
    read = [
        compared.read(text) if one.startswith("'") == quoted and len(text) <= _LONGEST and storable(text) else None
        for one, text in zip(literals, texts, strict=True)
    ]
    if None in read:
        raise Malformed(f"$filter: {name} is {compared.kind}.", "$filter")
    return tuple(dict.fromkeys(read))


def _refused(compared: Mapping[str, Compared], what: str) -> Malformed:
    if not compared:
        return Malformed("$filter: this list takes none; leave it out.", "$filter")
    offered = "; ".join(one.offer(name) for name, one in compared.items())
    return Malformed(f"$filter: {what}; send, joined by and: {offered}.", "$filter")
