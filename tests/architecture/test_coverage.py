"""docs/coverage.md says what the routes, the goldens and the clients' tests say today."""

import json
import os

from copartner.api.partner_center.operations import operations
from support.clients import CLIENTS
from support.coverage import HELD, WRITING
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
