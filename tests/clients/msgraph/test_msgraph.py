"""msgraph-sdk 1.65 as published, its base URL alone changed: a granular relationship from its draft to its end."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from support.clients import drive
from support.coverage import Coverage, coverage
from support.granular import CONSENT
from support.running import temporary_place
from support.up import Emulator, emulator

# More than any one page holds.
MANY, TOP = 520, 100


@dataclass(frozen=True, slots=True)
class Stage:
    """An emulator, and what the client is told."""

    running: Emulator
    coverage: Coverage
    asked: dict[str, Any]

    def flow(self, name: str, **more: Any) -> Any:
        """What the client did."""
        with self.coverage.watching():
            return drive("msgraph", "flows.py", {**self.asked, **more, "flow": name})


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A partner's application, Global admin and Sales agent, as the client signs them in."""
    with temporary_place() as place:
        log = place / "requests.jsonl"
        started = emulator(place, "--request-log", str(log))
        with started as running, coverage("msgraph", log) as covered:
            yield Stage(running, covered, asked(running))


def asked(running: Emulator) -> dict[str, Any]:
    """Who signs in, and where."""
    application = running.tenants["nordlicht"]["applications"][0]
    secret = {"client_id": application["clientId"], "client_secret": application["clientSecret"]}
    sales = account(running, "Sales agent")
    people = running.person("Global admin", "nordlicht").get("/programme/v1/users")["items"]
    return {
        "url": running.url,
        "host": urlsplit(running.url).hostname,
        "tenant": running.id("nordlicht"),
        "application": {"grant_type": "client_credentials", **secret},
        "admin": account(running, "Global admin"),
        "sales": sales,
        "member": next(one["id"] for one in people if one["userPrincipalName"] == sales["username"]),
    }


def account(running: Emulator, role: str) -> dict[str, str]:
    """The form by which the partner's user with a role signs in at the emulator."""
    user = next(one for one in running.tenants["nordlicht"]["users"] if role in one["roles"])
    return {"grant_type": "password", "username": user["userPrincipalName"], "password": user["password"]}


@pytest.mark.verify
def test_from_a_draft_to_its_end(stage: Stage) -> None:
    prepared = stage.flow("prepare")
    helpdesk, exchange = prepared["roles"].values()
    assert prepared["made"]["status"] == "created"
    assert prepared["made"]["roles"] == [helpdesk]
    assert prepared["changed"]["roles"] == [helpdesk, exchange]
    assert prepared["changed"]["etag"] != prepared["made"]["etag"]
    assert [kind for kind, _ in prepared["members"]] == ["Group", "User"]
    assert prepared["asked"][0] == "lockForApproval"
    assert prepared["waiting"]["status"] == "approvalPending"
    relationship = prepared["made"]["id"]
    customer = stage.running.person("Global admin", "alpenblick")
    assert customer.done("POST", f"{CONSENT}/{relationship}", {"answer": "approve"})["status"] == "active"
    told = {name: prepared[name] for name in ("roles", "group")}
    worked = stage.flow("work", relationship=relationship, **told)
    assert worked["active"]["status"] == "active"
    assert (worked["assigned"]["status"], worked["assigned"]["roles"]) == ("active", [helpdesk])
    assert "/operations/" in worked["location"][0]
    assert worked["operation"] == ["delegatedAdminAccessAssignmentUpdate", "succeeded"]
    assert set(worked["reassigned"]["roles"]) == {helpdesk, exchange}
    assert (worked["customer"], worked["services"]) == (stage.running.id("alpenblick"), 1)
    assert worked["assignments"] == ["deleted"]
    assert worked["ended"][0] == "terminate"
    assert worked["requests"] == ["lockForApproval", "terminate"]


@pytest.mark.verify
def test_more_relationships_than_a_page_holds(stage: Stage) -> None:
    role = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
    facts = stage.flow("pages", many=MANY, top=TOP, role=role)
    assert (facts["statuses"], facts["drafted"]) == ([201], MANY)
    assert facts["names"] == [f"Many {number:03}" for number in reversed(range(MANY))]
    assert (facts["count"], facts["pages"]) == (MANY, -(-MANY // TOP))


def test_refusals_read_as_the_clients_own_error(stage: Stage) -> None:
    assert stage.flow("failures") == {
        "unknown": [404, "notFound", True, True],
        "denied": [403, "accessDenied", True, True],
        "query": [400, "badRequest", True, True],
        "unserved": [404, "notFound", True, True],
    }
