"""Goldens of documented examples: what a page's example request leads to here, in the shape that the page shows."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.web import Web

PLACE = Path(__file__).parent.parent / "contract" / "goldens"
# Written again with this set, and then read as a difference; never tuned by hand.
WRITING = "COPARTNER_WRITE_GOLDENS"
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ALTERNATE = re.compile(r'"alternateId": "[0-9a-f]{12}"')
_MASKS = (
    (_GUID, "<guid>"),
    (re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|\+00:00)"), "<moment>"),
)
_HIDDEN = {"password": "<secret>", "alternateId": "<alternate>", "etag": "<tag>"}


@dataclass(frozen=True, slots=True)
class Documented:
    """One example of a page: its request in our world, and the paths of the properties that its answer shows.

    `without` says of each documented property that is not answered why it is not.
    """

    name: str
    page: str
    date: str
    who: str
    method: str
    path: str
    shows: str
    status: int = 200
    body: Any = None
    without: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    async def hold(self, site: Web, **parts: str) -> Any:
        """Ask, compare with the page's shape and with the golden; answers the body."""
        path = self.path.format(**parts)
        answer = await site.call(self.who, self.method, path, _filled(self.body, parts), headers=dict(self.headers))
        assert answer.status_code == self.status, answer.text
        said = answer.json() if answer.content else None
        _hold_shown(self.page, set(self.shows.split()), self.without, said)
        golden = {
            "page": self.page,
            "date": self.date,
            "request": {"who": self.who, "method": self.method, "path": self.path, "body": self.body},
            "left out": dict(self.without),
            "status": self.status,
            "answer": masked(said),
        }
        _compare(PLACE / f"{self.name}.json", golden)
        return said


def check_golden(
    name: str, *, page: str, date: str, request: str, shows: str, answer: Any, without: Mapping[str, str] | None = None
) -> None:
    """Hold an answer to the properties that the page shows, and to its file, which names page and day.

    `without` says of what the page shows and is not answered why it is not. Identifiers stand by their place in the
    answer, so that equal ones stay equal.
    """
    left = dict(without or {})
    _hold_shown(page, set(shows.split()), left, answer)
    golden = {"page": page, "date": date, "request": request, "left out": left, "answer": answer}
    text = json.dumps(golden, ensure_ascii=False)
    places: dict[str, str] = {}
    text = _GUID.sub(lambda found: places.setdefault(found.group(), f"<id-{len(places) + 1}>"), text)
    _compare(PLACE / f"{name}.json", json.loads(_ALTERNATE.sub('"alternateId": "<alternate>"', text)))


def paths(value: Any, before: str = "") -> Iterator[str]:
    """Every property below a value, as `links.self.uri`; the members of a list stand as `[]`."""
    if isinstance(value, dict):
        for name, part in value.items():
            here = f"{before}.{name}" if before else name
            yield here
            yield from paths(part, here)
    elif isinstance(value, list):
        for part in value:
            yield from paths(part, f"{before}[]")


def listed(shows: str) -> str:
    """The properties of a list whose members show these."""
    inside = " ".join(f"items[].{name}" for name in shows.split())
    return f"totalCount items {inside} attributes attributes.objectType"


def linked(*names: str) -> str:
    """The properties of links of these names."""
    return " ".join(
        ["links", *(f"links.{name}{part}" for name in names for part in ("", ".uri", ".method", ".headers"))]
    )


def left_out(shows: str, reasons: Mapping[str, str]) -> dict[str, str]:
    """Why each property is left out, by reasons for the names with which they begin within list and lines."""
    bare = {shown: re.sub(r"^(items\[\]\.)?((lineItems|terms)\[\]\.)?", "", shown) for shown in shows.split()}
    return {
        shown: why
        for shown, inside in bare.items()
        for name, why in reasons.items()
        if f"{inside}.".startswith((f"{name}.", f"{name}[]"))
    }


def _filled(value: Any, parts: Mapping[str, str]) -> Any:
    """A body with the parts that stand in it as `{name}`."""
    if isinstance(value, dict):
        return {name: _filled(part, parts) for name, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, parts) for part in value]
    return parts.get(value[1:-1], value) if isinstance(value, str) and value.startswith("{") else value


def masked(value: Any) -> Any:
    """The value without what differs from run to run."""
    if isinstance(value, dict):
        return {name: _HIDDEN.get(name) or masked(part) for name, part in value.items()}
    if isinstance(value, list):
        return [masked(part) for part in value]
    if isinstance(value, str):
        for pattern, mask in _MASKS:
            value = pattern.sub(mask, value)
    return value


def _hold_shown(page: str, shown: set[str], without: Mapping[str, str], said: Any) -> None:
    assert without.keys() <= shown, "only what the page shows can be left out"
    answered = set(paths(said))
    missing = shown - without.keys() - answered
    assert not missing, f"{page} shows these, and they are not answered: {sorted(missing)}"
    assert not without.keys() & answered, f"these are answered after all: {sorted(without.keys() & answered)}"


def _compare(file: Path, golden: Any) -> None:
    text = json.dumps(golden, indent=2, ensure_ascii=False) + "\n"
    if os.environ.get(WRITING):
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text, f"{file.name} differs; with {WRITING}=1 it is written again"
