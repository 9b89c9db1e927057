"""Answers kept as files: what comes back for a documented request, with what differs between runs made alike."""

import json
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "contract" / "goldens"
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ALTERNATE = re.compile(r'"alternateId": "[0-9a-f]{12}"')


def check_golden(name: str, *, page: str, date: str, request: str, answer: Any) -> None:
    """Hold an answer to its file, which names the page and the day it describes the request of.

    A file that is not there is written, and the test fails once, so that somebody reads it before it is kept.
    """
    text = json.dumps({"page": page, "date": date, "request": request, "answer": answer}, indent=2, ensure_ascii=False)
    text = _ALTERNATE.sub('"alternateId": "<alternate>"', _named(text)) + "\n"
    path = FOLDER / f"{name}.json"
    if not path.exists():
        path.write_text(text, encoding="utf-8")
        raise AssertionError(f"{path.name} was not there; it is written now: read it, then keep it")
    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(text), f"{name} is no longer what {path.name} has"


def _named(text: str) -> str:
    """The text with each identifier replaced by its place in it, so that equal ones stay equal."""
    places: dict[str, str] = {}
    return _GUID.sub(lambda found: places.setdefault(found.group(), f"<id-{len(places) + 1}>"), text)
