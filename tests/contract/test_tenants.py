"""The operator's tenants and the standing of the deployment over HTTP."""

import pytest

from support.web import Web, refused

ROOT = "/programme/v1"
OPERATOR = "ga@wolkenstadt"


async def test_tenants_are_listed_part_by_part_and_searched(site: Web) -> None:
    whole = (await site.get(OPERATOR, f"{ROOT}/tenants"))["items"]
    first = await site.get(OPERATOR, f"{ROOT}/tenants?size=4")
    address = first["next"].partition(ROOT)[2]
    rest = await site.get(OPERATOR, f"{ROOT}{address}")
    assert [*first["items"], *rest["items"]][:8] == whole[:8]
    found = await site.get(OPERATOR, f"{ROOT}/tenants?search=4100001&kind=partner")
    assert [one["domain"] for one in found["items"]] == ["nordlicht.example"]
    assert found["items"][0]["enrolment"]["markets"][:2] == ["AT", "BE"]
    wrong = await site.call(OPERATOR, "GET", f"{ROOT}/tenants?kind=vendor")
    assert (wrong.status_code, "kind" in wrong.json()["description"]) == (400, True)


async def test_affiliates_are_settled_and_read(site: Web) -> None:
    address = f"{ROOT}/tenants/{site.here.id('suedwind')}"
    for affiliated in (True, True, False, False):
        body = {"affiliate": "hafen.example", "affiliated": affiliated}
        made = await site.call(OPERATOR, "PUT", f"{address}/affiliates", body)
        assert (made.status_code, made.json()["affiliated"]) == (200, affiliated)
        names = [one["name"] for one in (await site.get(OPERATOR, address))["affiliates"]]
        assert names == (["Hafen Digital GmbH"] if affiliated else [])
    unknown = await site.call(OPERATOR, "GET", f"{ROOT}/tenants/0a000000-0000-4000-8000-0000000000ff")
    assert unknown.status_code == 404


async def test_the_standing_is_told(site: Web) -> None:
    found = await site.get(OPERATOR, f"{ROOT}/standing")
    assert (found["well"], found["rulesHere"], found["behind"]) == (True, found["rulesThere"], False)


@pytest.mark.parametrize("who", ["ga@nordlicht", "ga@alpenblick", "@nordlicht"])
async def test_nobody_else_is_told(site: Web, who: str) -> None:
    tenant = f"{ROOT}/tenants/{site.here.id('alpenblick')}"
    for path in (f"{ROOT}/tenants", tenant, f"{ROOT}/standing"):
        assert refused(await site.call(who, "GET", path))[0] == 403
    body = {"affiliate": "hafen.example", "affiliated": True}
    assert refused(await site.call(who, "PUT", f"{tenant}/affiliates", body))[0] == 403
