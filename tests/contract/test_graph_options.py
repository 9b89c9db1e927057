"""The options of Graph's lists: filters, orders, choices, counts, pages; and that nothing else is taken."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from copartner.app import build
from copartner.kernel.database import Pool
from support.granular import GRAPH, approved_by, asked_of, draft
from support.tally import counted
from support.web import NamedTokens, Web, client

AA = "aa@nordlicht"
NAMES = ("Delta", "alpha", "Echo", "bravo", "Charlie")


@pytest.fixture
async def filled(site: Web) -> Web:
    """Five drafts of one partner a day apart, the first changed last; one asked for, one active, one of another."""
    made = []
    for name in NAMES:
        made.append(await draft(site, AA, name))
        site.here.clock.moment += timedelta(days=1)
    changed = await site.call(AA, "PATCH", f"{GRAPH}/{made[0]}", {"duration": "P2Y"}, headers={"If-Match": "*"})
    assert changed.status_code == 200
    await asked_of(site, AA, "Foxtrot", "alpenblick")
    await approved_by(site, AA, "Golf", "lavande")
    await draft(site, "aa@suedwind", "Fremd")
    return site


async def names(site: Web, query: str, who: str = AA) -> list[str]:
    """The names on all pages of a list, in its order."""
    found, path = [], f"{GRAPH}?{query}"
    while path:
        page = await site.get(who, path)
        found += [one["displayName"] for one in page["value"]]
        path = page.get("@odata.nextLink", "").removeprefix(site.here.runtime.public_url.rstrip("/"))
    return found


async def refused(site: Web, query: str) -> str:
    answered = await site.call(AA, "GET", f"{GRAPH}?{query}")
    assert (answered.status_code, answered.json()["error"]["code"]) == (400, "badRequest"), (query, answered.text)
    said: str = answered.json()["error"]["message"]
    return said


CREATED = [*NAMES, "Foxtrot", "Golf"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("", CREATED),
        ("createdDateTime", CREATED),
        ("createdDateTime asc", CREATED),
        ("createdDateTime desc", CREATED[::-1]),
        ("displayName", ["alpha", "bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf"]),
        ("DISPLAYNAME DESC", ["Golf", "Foxtrot", "Echo", "Delta", "Charlie", "bravo", "alpha"]),
    ],
)
async def test_every_order_page_by_page(filled: Web, order: str, expected: list[str]) -> None:
    for size in (1, 2, 3, 300):
        assert await names(filled, f"$orderby={order}&$top={size}") == expected, size


async def test_the_last_change_orders_too(filled: Web) -> None:
    upwards = await names(filled, "$orderby=lastModifiedDateTime&$top=2")
    assert upwards[:4] == ["alpha", "Echo", "bravo", "Charlie"]
    assert upwards[4:] == [name for name in await names(filled, "$orderby=lastModifiedDateTime") if name in upwards[4:]]
    assert await names(filled, "$orderby=lastModifiedDateTime desc&$top=2") == upwards[::-1]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("status eq 'approvalPending'", {"Foxtrot"}),
        ("STATUS EQ 'APPROVALPENDING'", {"Foxtrot"}),
        ("status ne 'created'", {"Foxtrot", "Golf"}),
        ("status in ('active','approvalPending')", {"Foxtrot", "Golf"}),
        ("status in ( 'active' )", {"Golf"}),
        ("customer/tenantId eq '{alpenblick}'", {"Foxtrot"}),
        ("customer/tenantId in ('{alpenblick}', '{lavande}')", {"Foxtrot", "Golf"}),
        ("customer/tenantId eq '{lavande}' and status eq 'active'", {"Golf"}),
        ("status eq 'created' and customer/tenantId eq '{lavande}'", set()),
    ],
)
async def test_filters(filled: Web, condition: str, expected: set[str]) -> None:
    asked = condition.format(alpenblick=filled.here.id("alpenblick"), lavande=filled.here.id("lavande"))
    page = await filled.get(AA, f"{GRAPH}?$filter={asked}&$count=true")
    assert {one["displayName"] for one in page["value"]} == expected
    assert page["@odata.count"] == len(expected)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("$filter=status eq 'gone'", "status is one of created"),
        ("$filter=status eq 'active' or status eq 'created'", "only and may stand"),
        ("$filter=not(status eq 'active')", "is no condition"),
        ("$filter=status gt 'active'", "is no condition"),
        ("$filter=status eq active", "is no condition"),
        ("$filter=status eq true", "status is one of"),
        ("$filter=status eq 'active' and", "is no condition"),
        ("$filter=status eq 'active' andstatus eq 'active'", "only and may stand"),
        ("$filter=displayName eq 'Golf'", "displayName eq is not taken"),
        ("$filter=startswith(status,'a')", "status startswith is not taken"),
        ("$filter=customer/tenantId ne '01a20000-0000-7000-8000-000000000001'", "customer/tenantId ne is not taken"),
        ("$filter=customer/tenantId eq 'alpenblick'", "customer/tenantId is a GUID"),
        ("$filter=status eq 'active' and status eq 'active'", "status stands twice"),
        ("$filter=status in ()", "is no condition"),
        (f"$filter=status in ({', '.join(['%27active%27'] * 16)})", "at most 15 values"),
        ("$orderby=status", "send one of createdDateTime, lastModifiedDateTime, displayName"),
        ("$orderby=createdDateTime up", "with asc or desc"),
        ("$orderby=createdDateTime,displayName", "send one of"),
        ("$top=301", "from 1 to 300"),
        ("$top=0", "from 1 to 300"),
        ("$count=1", "true or false"),
        ("$select=nothing", "'nothing' is none of id, accessDetails"),
        ("$select=@odata.etag", "is none of"),
        ("$skip=10", "$skip: this address takes $count"),
        ("$expand=accessAssignments", "$expand: this address takes"),
        ("$search=x", "$search: this address takes"),
        ("$skiptoken=x", "follow @odata.nextLink"),
    ],
)
async def test_what_is_not_taken_is_said(site: Web, query: str, said: str) -> None:
    assert said in await refused(site, query)


async def test_one_thing_takes_a_choice_and_nothing_else(filled: Web) -> None:
    one = (await filled.get(AA, f"{GRAPH}?$top=1"))["value"][0]["id"]
    read = await filled.get(AA, f"{GRAPH}/{one}?$select=status,DisplayName")
    assert read.keys() == {"@odata.context", "@odata.etag", "id", "status", "displayName"}
    for wrong in ("$filter=status eq 'created'", "$top=1", "$select=x"):
        answered = await filled.call(AA, "GET", f"{GRAPH}/{one}?{wrong}")
        assert answered.status_code == 400, wrong


async def test_what_was_chosen_stands_in_the_context_and_on_the_next_page(filled: Web) -> None:
    page = await filled.get(AA, f"{GRAPH}?$select=status&$top=3&$filter=status eq 'created'&$count=true")
    assert page["@odata.context"].endswith("#tenantRelationships/delegatedAdminRelationships(id,status)")
    assert page["@odata.count"] == 5
    following = await filled.get(AA, page["@odata.nextLink"].removeprefix(filled.here.runtime.public_url.rstrip("/")))
    assert [one.keys() for one in following["value"]] == [{"@odata.etag", "id", "status"}] * 2
    assert (following["@odata.count"], "@odata.nextLink" in following) == (5, False)


async def test_a_token_is_of_one_tenant_one_query_and_any_process(filled: Web) -> None:
    page = await filled.get(AA, f"{GRAPH}?$top=1&$orderby=displayName")
    token = httpx.URL(page["@odata.nextLink"]).params["$skiptoken"]
    assert "alpha" not in token
    for who, query in (
        (AA, ""), (AA, "$orderby=displayName desc"), (AA, "$orderby=displayName&$filter=status eq 'created'"),
        ("aa@suedwind", "$orderby=displayName"),
    ):  # fmt: skip
        answered = await filled.call(who, "GET", f"{GRAPH}?{query}&$skiptoken={token}")
        assert answered.status_code == 400, query
    other = build(filled.here.runtime, NamedTokens(filled.here), access_log=False)
    async with client(other) as http:
        again = Web(filled.here, http)
        found = await again.get(AA, f"{GRAPH}?$orderby=displayName&$top=2&$skiptoken={token}")
    assert [one["displayName"] for one in found["value"]] == ["bravo", "Charlie"]


async def test_a_page_goes_on_though_its_last_item_is_gone(filled: Web) -> None:
    page = await filled.get(AA, f"{GRAPH}?$top=2")
    gone = page["value"][1]["id"]
    assert (await filled.call(AA, "DELETE", f"{GRAPH}/{gone}", headers={"If-Match": "*"})).status_code == 204
    path = page["@odata.nextLink"].removeprefix(filled.here.runtime.public_url.rstrip("/"))
    assert [one["displayName"] for one in (await filled.get(AA, path))["value"]] == ["Echo", "bravo"]


async def test_a_page_is_one_trip(filled: Web) -> None:
    async with counted(filled.here.database.login_url) as (url, tally):
        pool = Pool(url, size=1)
        here = replace(filled.here, runtime=replace(filled.here.runtime, pool=pool))
        try:
            async with client(build(here.runtime, NamedTokens(here), access_log=False)) as http:
                watched = Web(here, http)
                query = "$top=2&$count=true&$orderby=displayName desc&$filter=status ne 'active'"
                page: Any = await watched.get(AA, f"{GRAPH}?{query}")
                path = page["@odata.nextLink"].removeprefix(here.runtime.public_url.rstrip("/"))
                tally.clear()
                await watched.get(AA, path)
                assert len(tally.trips) == 1
        finally:
            await pool.close()
