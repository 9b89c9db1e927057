"""Who can do what, by HTTP: as JSON and as CSV, for a customer and for a partner."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import httpx
import pytest

from support.delegated import LICENCES, Delegated
from support.web import Web, refused

ALL = "/programme/v1/access"


@pytest.fixture
async def site(site: Web) -> Web:
    """A partner with both kinds of delegated admin, and one whose name a spreadsheet would take for a formula."""
    here = site.here
    async with here.owner() as owner:
        for partner in ("suedwind", "nordlicht"):
            pair = Delegated(here, owner, partner, "alpenblick")
            await pair.privileges()
        await pair.assign(await pair.relationship(LICENCES), await pair.group("support", pair.user("sa")), LICENCES)
        await owner.execute("UPDATE tenant SET company_name = '=1+1' WHERE id = $1", here.id("suedwind"))
    return site


def _table(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    return list(csv.DictReader(StringIO(answer.text)))


def _cells(item: dict[str, Any]) -> dict[str, str]:
    def text(value: Any) -> str:
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    found = {name: text(value) for name, value in item.items() if not isinstance(value, dict)}
    found |= {f"partner.{name}": item["partner"][name] for name in ("tenantId", "companyName", "mpnId")}
    return found | {f"role.{name}": item["role"][name] for name in ("id", "name", "risk")}


async def test_a_customer_reads_every_partner_and_a_partner_itself(site: Web) -> None:
    whole = await site.get("ga@alpenblick", ALL)
    assert [
        (one["partner"]["companyName"], one["kind"], one["role"]["name"], one["inForce"]) for one in whole["items"]
    ] == [
        ("Nordlicht IT GmbH", "assignment", "License Administrator", True),
        ("Nordlicht IT GmbH", "privileges", "Global Administrator", False),
        ("Nordlicht IT GmbH", "privileges", "Helpdesk Administrator", False),
        ("=1+1", "privileges", "Global Administrator", True),
        ("=1+1", "privileges", "Helpdesk Administrator", True),
    ]
    granted = whole["items"][0]
    assert granted["relationshipId"].endswith(f"-{site.here.id('nordlicht')}")
    own = await site.get("aa@nordlicht", f"/programme/v1/customers/{site.here.id('alpenblick')}/access")
    assert own["items"] == whole["items"][:3]


async def test_the_same_as_a_sheet(site: Web) -> None:
    items = (await site.get("ga@alpenblick", ALL))["items"]
    expected = [_cells(item) for item in items]
    for row in expected:
        if row["partner.companyName"].startswith("="):
            row["partner.companyName"] = f"'{row['partner.companyName']}"
    for path, headers in ((f"{ALL}?format=csv", {}), (ALL, {"Accept": "text/csv"}), (f"{ALL}?FORMAT=CSV", {})):
        assert _table(await site.call("ga@alpenblick", "GET", path, headers=headers)) == expected
    plain = await site.call("ga@alpenblick", "GET", f"{ALL}?format=json", headers={"Accept": "text/csv"})
    assert plain.json()["items"] == items
    empty = await site.call("ga@lavande", "GET", f"{ALL}?format=csv")
    assert _table(empty) == []
    assert empty.text.startswith("partner.tenantId,")


async def test_another_moment_and_two_compared(site: Web) -> None:
    now = site.here.clock.now()
    before = await site.get("ga@alpenblick", f"{ALL}?at={(now - timedelta(days=1)).date()}")
    assert before["items"] == []
    later = (now + timedelta(days=400)).date()
    after = await site.get("ga@alpenblick", f"{ALL}?at={later}")
    assert {one["kind"] for one in after["items"] if one["inForce"]} == {"privileges"}
    span = f"{ALL}?from={now.isoformat().replace('+', '%2B')}&to={later}"
    found = await site.get("ga@alpenblick", span)
    changes = {(one["change"], one["role"]["name"], one["inForce"]) for one in found["items"]}
    assert changes == {
        ("removed", "License Administrator", True),
        *(("removed", f"{role} Administrator", False) for role in ("Global", "Helpdesk")),
        *(("added", f"{role} Administrator", True) for role in ("Global", "Helpdesk")),
    }
    rows = _table(await site.call("ga@alpenblick", "GET", f"{span}&format=csv"))
    assert {(row["change"], row["role.name"], row["inForce"] == "true") for row in rows} == changes


@pytest.mark.parametrize(
    "query", ["?at=yesterday", "?from=2026-01-01", "?to=2026-01-01", "?at=2026-01-01&from=2026-01-01&to=2026-02-01",
              "?from=2026-02-01&to=2026-01-01", "?from=2026-02-01&to=2026-02-01", "?format=xml"],
)  # fmt: skip
async def test_what_is_no_question(site: Web, query: str) -> None:
    assert refused(await site.call("ga@alpenblick", "GET", ALL + query)) == (400, "3000")


async def test_all_of_it_taken_by_one_request(site: Web) -> None:
    path = f"{ALL}/partners/{site.here.id('nordlicht')}/revocation"
    foreseen = await site.get("ga@alpenblick", path)
    assert {one["layer"] for one in foreseen["ends"]} == {"delegatedAdminRelationship", "delegatedAdminPrivileges"}
    assert [one["layer"] for one in foreseen["stays"]] == ["resellerRelationship"]
    rows = _table(await site.call("ga@alpenblick", "GET", f"{path}?format=csv"))
    assert [(row["outcome"], row["layer"], row["why"]) for row in rows] == [
        (outcome, one["layer"], one["why"]) for outcome in ("ends", "stays") for one in foreseen[outcome]
    ]
    done = await site.call("ga@alpenblick", "POST", path)
    assert (done.status_code, done.json()) == (200, foreseen)
    again = await site.call("ga@alpenblick", "POST", path)
    assert again.json() == {**foreseen, "ends": []}
    left = await site.get("ga@alpenblick", ALL)
    assert {one["partner"]["companyName"] for one in left["items"]} == {"=1+1"}


async def test_why_and_why_not(site: Web) -> None:
    agent = site.here.context("aa@nordlicht").caller.subject_id
    at_customer = f"/programme/v1/customers/{site.here.id('alpenblick')}/access"
    asked = f"/decision?user={agent}&action=customer_user.create"
    told = await site.get("ga@alpenblick", ALL + asked)
    assert told == await site.get("aa@nordlicht", at_customer + asked)
    assert (told["allowed"], told["userName"]) == (False, "aa@nordlicht.example")
    # The granular relationship of the two decides, and gives this user nothing.
    assert "gdap-over-dap" in {one["id"] for one in told["rules"]}
    assert told["missing"]
    (alone,) = _table(await site.call("ga@alpenblick", "GET", f"{ALL}{asked}&format=csv"))
    assert (alone["userName"], alone["allowed"], alone["relied"]) == (told["userName"], "false", "false")
    assert alone["missing"] == "; ".join(told["missing"])
    read = await site.get("ga@alpenblick", f"{ALL}/decision?user={agent}&action=customer.read")
    assert (read["allowed"], read["missing"]) == (True, [])
    for query, code in (
        ("", (400, "3000")),
        (f"?user={agent}", (400, "3000")),
        ("?user=eva&action=customer.read", (400, "3000")),
        (f"?user={agent}&action=everything", (400, "3000")),
        (f"?user={site.here.runtime.ids.new()}&action=customer.read", (404, "1000")),
    ):
        for who, where in (("ga@alpenblick", ALL), ("aa@nordlicht", at_customer)):
            assert refused(await site.call(who, "GET", f"{where}/decision{query}")) == code, (who, query)


async def test_advice(site: Web) -> None:
    whole = await site.get("ga@alpenblick", f"{ALL}/advice")
    assert {(one["partner"]["companyName"], one["role"]["name"], one["finding"]) for one in whole["items"]} == {
        ("Nordlicht IT GmbH", "License Administrator", "unused"),
        ("=1+1", "Global Administrator", "unused"),
        ("=1+1", "Helpdesk Administrator", "unused"),
    }
    own = await site.get("aa@nordlicht", f"/programme/v1/customers/{site.here.id('alpenblick')}/access/advice")
    assert own["items"] == [one for one in whole["items"] if one["partner"]["companyName"] != "=1+1"]
    rows = _table(await site.call("ga@alpenblick", "GET", f"{ALL}/advice?format=csv"))
    assert [(row["role.name"], row["finding"], row["usedFor"]) for row in rows] == [
        (one["role"]["name"], one["finding"], "") for one in whole["items"]
    ]


async def test_whoever_may_not(site: Web) -> None:
    nordlicht, alpenblick = site.here.id("nordlicht"), site.here.id("alpenblick")
    path = f"{ALL}/partners/{nordlicht}/revocation"
    for who, method, where, expected in (
        ("ba@alpenblick", "GET", ALL, (403, "900150")),
        ("ba@alpenblick", "GET", path, (403, "900150")),
        ("ba@alpenblick", "POST", path, (403, "900150")),
        # A partner is its own customer here, and has nothing to do with itself.
        ("ga@nordlicht", "POST", path, (404, "1000")),
        ("ga@lavande", "POST", path, (404, "1000")),
        ("ga@lavande", "GET", path, (404, "1000")),
        ("sa@nordlicht", "GET", f"/programme/v1/customers/{alpenblick}/access", (403, "900150")),
        ("@nordlicht", "GET", f"/programme/v1/customers/{alpenblick}/access", (403, "900329")),
        ("ga@alpenblick", "GET", f"/programme/v1/customers/{alpenblick}/access", (401, "800001")),
    ):
        assert refused(await site.call(who, method, where)) == expected, (who, method, where)
