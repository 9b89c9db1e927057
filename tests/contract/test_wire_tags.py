"""Entity tags: in the attributes of whatever changes, honoured in If-Match when it is sent."""

from typing import Any

from copartner.api.partner_center.resources import ROUTES
from support.web import Web, refused

LINE: dict[str, Any] = {"quantity": 2, "termDuration": "P1Y", "billingCycle": "monthly"}


# The published resources have no tag. Sources: the pages on updating a support contact, 2022-06-22, on updating a user
# account of a customer and on resetting a password, 2023-10.
UNTAGGED = {"support_contacts.replace", "customer_users.change", "customer_users.reset_password"}


def test_whatever_changes_takes_a_tag() -> None:
    changing = [route for route in ROUTES if {"PATCH", "PUT"} & set(route.methods) and route.name not in UNTAGGED]
    assert len(changing) >= 4
    for route in changing:
        assert "If-Match" in [header.name for header in route.headers], route.name


async def _holds(site: Web, who: str, method: str, path: str, bodies: list[Any], *, needed: bool = False) -> None:
    """Raise AssertionError unless stale and foreign tags are refused and the present one is taken, body after body."""
    for number, body in enumerate(bodies):
        tag = (await site.get(who, path))["attributes"]["etag"]
        for wrong in ('"x"', "djE=" if tag != "djE=" else "djk=", "W/garbage"):
            answer = await site.call(who, method, path, body, headers={"If-Match": wrong})
            assert refused(answer) == (400, "2055"), (path, wrong, answer.text)
        sent = {"If-Match": f'W/"{tag}"' if number else tag}
        done = await site.call(who, method, path, body, headers=sent)
        assert done.status_code == 200, done.text
        assert done.json()["attributes"]["etag"] != tag, path
        assert refused(await site.call(who, method, path, body, headers=sent)) == (400, "2055"), path
    without = await site.call(who, method, path, bodies[-1])
    anything = await site.call(who, method, path, bodies[-1], headers={"If-Match": "*"})
    if needed:
        assert [refused(one) for one in (without, anything)] == [(400, "2055")] * 2
    else:
        assert (without.status_code, anything.status_code) == (200, 200), without.text


async def test_a_subscription(site: Web) -> None:
    root = site.customer("alpenblick")
    line = {"offerId": await site.here.item("Office 365 Enterprise"), "quantity": 2, "termDuration": "P1Y"}
    order = await site.call("sa@nordlicht", "POST", f"{root}/orders", {"lineItems": [line], "billingCycle": "monthly"})
    path = f"{root}/subscriptions/{order.json()['lineItems'][0]['subscriptionId']}"
    await _holds(site, "sa@nordlicht", "PATCH", path, [{"quantity": 3}, {"friendlyName": "Werk"}])


async def test_a_cart(site: Web) -> None:
    root, item = site.customer("alpenblick"), await site.here.item("Office 365 Enterprise")
    bodies = [{"lineItems": [{**LINE, "catalogItemId": item, "quantity": quantity}]} for quantity in (2, 3, 4)]
    cart = await site.call("sa@nordlicht", "POST", f"{root}/carts", bodies[0])
    await _holds(site, "sa@nordlicht", "PUT", f"{root}/carts/{cart.json()['id']}", bodies[1:])


async def test_a_billing_profile_which_needs_one(site: Web) -> None:
    path = f"{site.customer('alpenblick')}/profiles/billing"
    whole = await site.get("ga@nordlicht", path)
    bodies = [{**whole, "email": "eva@alpenblick.example", "companyName": name} for name in ("A", "B")]
    await _holds(site, "ga@nordlicht", "PUT", path, bodies, needed=True)


async def test_a_customer(site: Web) -> None:
    path = site.customer("alpenblick")
    async with site.here.owner() as owner:
        await owner.execute("UPDATE reseller_relationship SET privileges = true")
    first = (await site.get("ga@nordlicht", path))["attributes"]["etag"]
    stale = {"If-Match": first}
    taken = await site.call("aa@nordlicht", "PATCH", path, {"allowDelegatedAccess": False}, headers=stale)
    assert (taken.status_code, taken.json()["allowDelegatedAccess"]) == (200, False)
    second = taken.json()["attributes"]["etag"]
    assert second != first
    assert (await site.get("ga@nordlicht", "/v1/customers?size=1"))["items"][0]["attributes"]["etag"]
    whole = await site.get("ga@nordlicht", path)
    for who, body in (
        ("aa", {"allowDelegatedAccess": False}),
        ("ga", whole),
        ("ga", {"relationshipToPartner": "none"}),
    ):
        answer = await site.call(f"{who}@nordlicht", "PATCH", path, body, headers=stale)
        assert refused(answer) == (400, "2055"), body
    same = await site.call("ga@nordlicht", "PATCH", path, whole, headers={"If-Match": second})
    assert (same.status_code, same.json()) == (200, whole)
    ended = await site.call(
        "ga@nordlicht", "PATCH", path, {"relationshipToPartner": "none"}, headers={"If-Match": second}
    )
    assert (ended.status_code, ended.json()["relationshipToPartner"]) == (200, "none")
    # The same customer in a relationship of its own again is another version.
    await site.here.relate("nordlicht", "alpenblick", agreement=False)
    assert (await site.get("ga@nordlicht", path))["attributes"]["etag"] not in (first, second)
