"""Old and new values of a record, field by field, with what became of each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from copartner.portal.speaking import word

MOST = 400


class Change(StrEnum):
    """What became of a field."""

    ADDED = word("added")
    REMOVED = word("removed")
    CHANGED = word("changed")
    SAME = word("as before")


@dataclass(frozen=True, slots=True)
class Field:
    """One field by its path; None where it was not there."""

    path: str
    before: str | None
    after: str | None

    @property
    def change(self) -> Change:
        """What became of it."""
        if self.before == self.after:
            return Change.SAME
        if self.before is None:
            return Change.ADDED
        return Change.REMOVED if self.after is None else Change.CHANGED


def differences(before: Any, after: Any) -> tuple[Field, ...]:
    """The fields of both, those that changed first, at most so many."""
    old, new = _flat(before), _flat(after)
    fields = [Field(path, old.get(path), new.get(path)) for path in dict.fromkeys([*old, *new])]
    fields.sort(key=lambda one: one.change is Change.SAME)
    return tuple(fields[:MOST])


def _flat(value: Any, path: str = "") -> dict[str, str]:
    match value:
        case None:
            # What is not there is told by its absence.
            return {}
        case dict() if value:
            return {name: text for key, one in value.items() for name, text in _flat(one, _below(path, key)).items()}
        case list() if any(isinstance(one, dict | list) for one in value):
            numbered = enumerate(value, 1)
            return {name: text for key, one in numbered for name, text in _flat(one, _below(path, key)).items()}
        case list():
            return {path: ", ".join(_said(one) for one in value)}
        case _:
            return {path or "value": _said(value)}


def _below(path: str, key: str | int) -> str:
    return f"{path} › {key}" if path else str(key).replace("_", " ")


def _said(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "–"
        case _:
            return str(value)
