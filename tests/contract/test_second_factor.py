"""Without a second factor a partner's user is refused at the API, in the same words whatever was asked for."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from support.examples import UNKNOWN
from support.postgres import Database
from support.programme import SEED_DAY, programme
from support.web import Web, refused, web

OWN = "/programme/v1"
TEXT = "A partner's user calls the API after a sign-in with a second factor."


@pytest.fixture
async def seed_site(database: Database, tmp_path: Path) -> AsyncIterator[Web]:
    """The world on the day of the seed, when transactions alone needed a second factor at the API."""
    async with programme(database, tmp_path, now=SEED_DAY) as here:
        await here.relate("nordlicht", "alpenblick")
        async with web(here) as made:
            yield made


async def denials_of(site: Web, tenant: str) -> list[str]:
    """The decisions behind the denials in a tenant's audit."""
    async with site.here.owner() as owner:
        rows = await owner.fetch(
            "SELECT decision_id FROM audit_record WHERE tenant_id = $1 AND status = 'denied'", site.here.id(tenant)
        )
    return [str(row["decision_id"]) for row in rows]


async def test_the_refusal_says_what_is_needed_and_is_kept(site: Web) -> None:
    answer = await site.call("pwd:aa@nordlicht", "GET", "/v1/customers")
    assert refused(answer) == (401, "900421")
    assert answer.json()["description"] == TEXT
    assert answer.headers["www-authenticate"] == 'Bearer realm="copartner", error="invalid_token"'
    decision = answer.headers["copartner-decision-id"]
    assert refused(await site.call("pwd:aa@nordlicht", "GET", f"{OWN}/decisions/{decision}")) == (401, "900421")
    kept = await site.get("aa@nordlicht", f"{OWN}/decisions/{decision}")
    (rule,) = kept["rules"]
    assert (rule["id"], rule["text"]) == ("mfa-api", TEXT)
    assert "amr" in rule["needs"]
    assert {
        "name": "principal.multiFactor",
        "words": "the actor signed in with a second factor",
        "value": "no",
    } in rule["facts"]
    assert decision in await denials_of(site, "nordlicht")


async def test_own_foreign_and_unknown_things_are_refused_alike(site: Web) -> None:
    root = site.customer("alpenblick")
    foreign = (await site.get("ga@alpenblick", f"{OWN}/subscriptions?side=customer"))["items"][0]["id"]
    answers = [
        await site.call("pwd:aa@nordlicht", "GET", path)
        for path in (
            f"{root}/subscriptions/{foreign}",
            f"{root}/subscriptions/{UNKNOWN}",
            f"/v1/customers/{UNKNOWN}/subscriptions/{foreign}",
        )
    ]
    assert len({answer.text for answer in answers}) == 1
    assert {refused(answer) for answer in answers} == {(401, "900421")}
    kept = await site.get("aa@nordlicht", f"{OWN}/decisions/{answers[0].headers['copartner-decision-id']}")
    assert kept["facts"].keys() == {"principal", "resource"}
    assert kept["facts"]["resource"] == {"type": "Subscription"}
    assert kept["times"] == 3
    assert await denials_of(site, "alpenblick") == []


async def test_who_is_no_partners_user_needs_none(site: Web) -> None:
    partner = site.here.id("wolkenwerk")
    for who, path in (
        ("pwd:ga@alpenblick", f"{OWN}/consent/reseller-relationships/{partner}"),
        ("pwd:ga@alpenblick", f"{OWN}/users"),
        ("pwd:ga@wolkenstadt", f"{OWN}/users"),
        ("@nordlicht", "/v1/customers"),
    ):
        answer = await site.call(who, "GET", path)
        assert answer.status_code == 200, (who, answer.text)


async def test_the_customers_side_is_no_way_round_it(site: Web) -> None:
    path = f"{OWN}/users?side=customer"
    assert (await site.call("ga@nordlicht", "GET", path)).status_code == 200
    assert refused(await site.call("pwd:ga@nordlicht", "GET", path)) == (401, "900421")


async def test_at_first_transactions_alone_needed_it(seed_site: Web) -> None:
    root = seed_site.customer("alpenblick")
    item = await seed_site.here.item("Office 365 Enterprise")
    line = {"catalogItemId": item, "quantity": 1, "termDuration": "P1Y", "billingCycle": "monthly"}
    cart = await seed_site.call("pwd:sa@nordlicht", "POST", f"{root}/carts", {"lineItems": [line]})
    assert cart.status_code == 201, cart.text
    checkout = f"{root}/carts/{cart.json()['id']}/checkout"
    answer = await seed_site.call("pwd:sa@nordlicht", "POST", checkout)
    assert refused(answer) == (401, "900421")
    assert (
        answer.json()["description"] == "A partner's user orders and changes subscriptions after a sign-in with a "
        "second factor."
    )
    assert (await seed_site.call("sa@nordlicht", "POST", checkout)).status_code == 201


async def test_from_the_first_of_april_every_call_does(seed_site: Web) -> None:
    for moment, status in (
        (datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC), 200),
        (datetime(2026, 4, 1, tzinfo=UTC), 401),
    ):
        seed_site.here.clock.moment = moment
        assert (await seed_site.call("pwd:aa@nordlicht", "GET", "/v1/customers")).status_code == status


@pytest.mark.parametrize(
    ("who", "asked", "status", "told"),
    [
        ("aa@nordlicht", "true", 200, "true"),
        ("aa@nordlicht", "True", 200, "true"),
        ("pwd:aa@nordlicht", "true", 401, "false"),
        ("pwd:ga@alpenblick", "true", 401, "false"),
        ("aa@nordlicht", "false", 200, None),
        ("aa@nordlicht", None, 200, None),
        ("@nordlicht", "true", 200, None),
        ("nobody", "true", 401, None),
    ],
)
async def test_a_client_may_ask_whether_its_token_will_do(
    site: Web, who: str, asked: str | None, status: int, told: str | None
) -> None:
    headers = {} if asked is None else {"ValidateMfa": asked}
    answer: httpx.Response = await site.call(who, "GET", "/v1/customers", headers=headers)
    assert answer.status_code == status
    assert answer.headers.get("isMfaCompliant") == told
