"""docs/coverage.md says what the routes, the goldens and the clients' tests say today."""

import json
import os
from pathlib import Path

import pytest

from copartner.api.partner_center.operations import operations
from support import coverage
from support.clients import CLIENTS
from support.coverage import HELD, WRITING, Coverage
from support.covering import DECISIONS, DOCUMENT, departures, document


def test_the_document_is_current() -> None:
    made = document()
    if os.environ.get(WRITING):
        DOCUMENT.write_text(made, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == made, (
        f"docs/coverage.md is another; with {WRITING}=1 this test writes it again, and the difference is reviewed"
    )


def test_what_is_kept_of_clients_is_of_the_contract_and_of_clients_there_are() -> None:
    known = {operation.name for operation in operations()}
    for file in HELD.glob("*.json"):
        assert (CLIENTS / file.stem).is_dir(), f"there is no client {file.stem}; take {file.name} out"
        assert sorted(set(json.loads(file.read_text(encoding="utf-8"))) - known) == [], file.name


def test_a_departure_leads_to_its_decision() -> None:
    named = {row["decision"] for row in departures() if row["decision"]}
    assert named
    assert [name for name in named if not (DECISIONS / name).is_file()] == []


def test_what_a_client_is_newly_answered_has_to_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("HELD", "KEPT"):
        monkeypatch.setattr(coverage, place, tmp_path / place)
        (tmp_path / place).mkdir()
    monkeypatch.delenv(WRITING, raising=False)
    log = tmp_path / "log"
    log.touch()
    asked = (("/v1/customers", 200), ("/v1/customers/x", 403), ("/account/", 200))
    lines = [f'{{"method": "GET", "path": "{path}", "status": {status}}}\n' for path, status in asked]
    made = Coverage("msal", log)
    with made.watching():
        log.write_text("".join(lines))
    with pytest.raises(AssertionError, match="lacks \\['customers: GET /v1/customers'\\]"):
        made.keep()
    monkeypatch.setenv(WRITING, "1")
    made.keep()
    monkeypatch.delenv(WRITING)
    made.keep()
    assert json.loads((tmp_path / "HELD" / "msal.json").read_text()) == ["customers: GET /v1/customers"]
