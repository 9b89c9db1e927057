"""Collections: an honest count, pages by token and by offset, tokens that are good for one list of one tenant."""

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from support.web import Web, refused

CUSTOMERS = ("hafen", "fjord", "lavande")


async def _stock(site: Web) -> str:
    """Three more customers of nordlicht, and five orders with a subscription each at alpenblick."""
    for name in CUSTOMERS:
        async with site.here.owner() as owner:
            known = await owner.fetchval(
                "SELECT count(*) FROM reseller_relationship WHERE (partner_tenant_id, customer_tenant_id) = ($1, $2)",
                *(site.here.id("nordlicht"), site.here.id(name)),
            )
        if not known:
            await site.here.relate("nordlicht", name)
    root, item = site.customer("alpenblick"), await site.here.item("Office 365 Enterprise")
    line = {"offerId": item, "quantity": 1, "termDuration": "P1Y"}
    for _ in range(5):
        body = {"lineItems": [line], "billingCycle": "monthly"}
        assert (await site.call("sa@nordlicht", "POST", f"{root}/orders", body)).status_code == 201
    return root


async def _pages(site: Web, who: str, path: str) -> list[dict[str, Any]]:
    """Every page from the first, by the links a client follows."""
    pages = [await site.get(who, path)]
    while (following := pages[-1]["links"].get("next")) is not None:
        uri = following["uri"]
        assert not uri.startswith(("/", "v1", "http")), uri
        assert parse_qs(urlsplit(uri).query)["seekOperation"] == ["Next"]
        assert following["method"] == "GET"
        (header,) = following["headers"]
        assert header["key"] == "MS-ContinuationToken"
        pages.append(await site.get(who, f"/v1/{uri}", **{header["key"]: header["value"]}))
    return pages


def _lists(site: Web, root: str) -> dict[str, tuple[str, str]]:
    domain = quote('{"Field":"Domain","Value":"a","Operator":"starts_with"}')
    return {
        "customers": ("sa@nordlicht", "/v1/customers?size=2"),
        "customers by domain": ("sa@nordlicht", f"/v1/customers?size=1&filter={domain}"),
        "subscriptions": ("sa@nordlicht", f"{root}/subscriptions?size=2"),
        "orders": ("sa@nordlicht", f"{root}/orders?size=2"),
        "orders by cycle": ("sa@nordlicht", f"{root}/orders?size=2&billingType=Monthly"),
        "audit": ("ga@nordlicht", "/v1/auditrecords?size=4"),
    }


async def test_every_page_counts_the_whole_list(site: Web) -> None:
    root = await _stock(site)
    for what, (who, path) in _lists(site, root).items():
        pages = await _pages(site, who, path)
        ids = [one["id"] for page in pages for one in page["items"]]
        assert len(ids) == len(set(ids)), what
        assert {page["totalCount"] for page in pages} == {len(ids)}, what
        assert len(pages) > 1 or "domain" in what, what
        size = int(parse_qs(urlsplit(path).query)["size"][0])
        assert all(len(page["items"]) == size for page in pages[:-1]), what
        whole = await site.get(who, path.replace(f"size={size}", "size=500"))
        assert [one["id"] for one in whole["items"]] == ids, what


async def test_a_list_is_read_from_an_offset(site: Web) -> None:
    root = await _stock(site)
    for what, (who, path) in _lists(site, root).items():
        whole = [one["id"] for page in await _pages(site, who, path) for one in page["items"]]
        for offset in (0, 1, len(whole) - 1, len(whole), 10_000):
            page = await site.get(who, f"{path}&offset={offset}")
            size = int(parse_qs(urlsplit(path).query)["size"][0])
            assert [one["id"] for one in page["items"]] == whole[offset : offset + size], (what, offset)
            assert page["totalCount"] == len(whole), (what, offset)
        for wrong in ("-1", "x", "10001", "1.5"):
            assert refused(await site.call(who, "GET", f"{path}&offset={wrong}")) == (400, "3000"), (what, wrong)


async def test_a_size_of_nought_is_the_usual_one(site: Web) -> None:
    root = await _stock(site)
    for who, path in _lists(site, root).values():
        address = path.partition("?")[0]
        assert (await site.get(who, f"{address}?size=0"))["items"] == (await site.get(who, address))["items"]
        for wrong in ("-1", "501", "many"):
            assert refused(await site.call(who, "GET", f"{address}?size={wrong}")) == (400, "3000")


async def test_a_token_is_of_one_list_of_one_tenant(site: Web) -> None:
    root = await _stock(site)
    tokens: dict[str, str] = {}
    for what, (who, path) in _lists(site, root).items():
        first = await site.get(who, path)
        if "next" in first["links"]:
            tokens[what] = first["links"]["next"]["headers"][0]["value"]
    assert len(tokens) >= 5
    assert len(set(tokens.values())) == len(tokens)
    lists = _lists(site, root)
    for what, token in tokens.items():
        for other, (who, path) in lists.items():
            answer = await site.call(who, "GET", path, headers={"MS-ContinuationToken": token})
            assert (answer.status_code == 200) == (other == what), (what, other)
            if other != what:
                assert refused(answer) == (400, "3000")
                assert answer.json()["data"] == ["MS-ContinuationToken"]
        who, path = lists[what]
        stranger = f"{who.partition('@')[0]}@suedwind"
        answer = await site.call(stranger, "GET", path, headers={"MS-ContinuationToken": token})
        assert refused(answer) == (400, "3000"), what
        for place in (0, len(token) // 2, len(token) - 2):
            other = "A" if token[place] != "A" else "B"
            altered = {"MS-ContinuationToken": token[:place] + other + token[place + 1 :]}
            assert refused(await site.call(who, "GET", path, headers=altered)) == (400, "3000"), (what, place)
        both = await site.call(who, "GET", f"{path}&offset=1", headers={"MS-ContinuationToken": token})
        assert refused(both) == (400, "3000")


async def test_a_search_goes_on_after_its_last_customer_ended(site: Web) -> None:
    await _stock(site)
    async with site.here.owner() as owner:
        await owner.execute("UPDATE tenant SET company_name = 'Gleich ' || company_name")
    query = quote('{"Field":"CompanyName","Value":"gleich","Operator":"starts_with"}')
    whole = [one["id"] for one in (await site.get("sa@nordlicht", f"/v1/customers?filter={query}"))["items"]]
    names = [
        one["companyProfile"]["companyName"].lower()
        for one in (await site.get("sa@nordlicht", f"/v1/customers?filter={query}"))["items"]
    ]
    assert names == sorted(names, key=lambda name: name.encode())
    first = await site.get("sa@nordlicht", f"/v1/customers?size=2&filter={query}")
    assert first["totalCount"] == len(whole)
    async with site.here.owner() as owner:
        await owner.execute(
            """UPDATE reseller_relationship SET state = 'ended', ended_at = formed_at, privileges = false
            WHERE (partner_tenant_id, customer_tenant_id::text) = ($1, $2)""",
            *(site.here.id("nordlicht"), whole[1]),
        )
    header = first["links"]["next"]["headers"][0]
    rest = await site.get("sa@nordlicht", f"/v1/{first['links']['next']['uri']}", **{header["key"]: header["value"]})
    assert [one["id"] for one in rest["items"]] == whole[2:4]
    assert rest["totalCount"] == len(whole) - 1


@pytest.mark.parametrize("slashes", ["//v1/customers", "/v1//customers", "//v1///customers//"])
async def test_doubled_slashes_are_one(site: Web, slashes: str) -> None:
    answer = await site.call("sa@nordlicht", "GET", f"http://copartner.test{slashes}?size=1")
    assert answer.status_code == 200
    assert answer.json()["links"]["self"]["uri"] == "customers"
