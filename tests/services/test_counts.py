"""How often the database is asked: an allowed read once, an allowed write in one transaction; and how much it reads."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from copartner.app import build
from copartner.catalogue.model import BillingCycle
from copartner.customers import service as customers
from copartner.customers import store as customers_store
from copartner.kernel.database import Pool, connect
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions import store
from copartner.subscriptions.model import Patch, Status
from support.authority import office
from support.programme import Programme
from support.tally import Tally, counted
from support.web import client

Counted = tuple[Programme, Tally]
TERM: dict[str, Any] = {"term": "P1Y", "billing_cycle": BillingCycle.MONTHLY}


@pytest.fixture
async def watched(here: Programme) -> AsyncIterator[Counted]:
    """The same system with one connection whose trips are counted."""
    await here.relate("nordlicht", "alpenblick")
    async with counted(here.database.login_url) as (url, tally):
        pool = Pool(url, size=1)
        try:
            yield replace(here, runtime=replace(here.runtime, pool=pool)), tally
        finally:
            await pool.close()


async def _again(tally: Tally, call: Callable[[], Awaitable[object]]) -> list[str]:
    """The trips of the second call: the first one opens the connection and prepares statements."""
    await call()
    tally.clear()
    await call()
    return list(tally.trips)


async def _sold(here: Programme, count: int = 1) -> list[UUID]:
    wish = Wish(catalog_item_id=await here.item("Office 365 Enterprise"), quantity=5, **TERM)
    placed = await orders.place_order(
        here.context("sa@nordlicht"), customer_id=here.id("alpenblick"), wishes=[wish] * count
    )
    return [line.subscription_id for order in placed for line in order.lines]


async def test_an_allowed_read_is_one_trip(watched: Counted) -> None:
    here, tally = watched
    subscription = (await _sold(here, 3))[0]
    context, customer = here.context("aa@nordlicht"), here.id("alpenblick")
    order = (await orders.list_orders(context, customer_id=customer))[0].id
    wish = Wish(catalog_item_id=await here.item("Azure plan"), quantity=1)
    cart = (await orders.create_cart(context, customer_id=customer, wishes=[wish])).id
    reads: dict[str, Callable[[], Awaitable[object]]] = {
        "a customer": lambda: customers.read_customer(context, customer_id=customer),
        "customers": lambda: customers.list_customers(context),
        "customers searched": lambda: customers.search_customers(context, text="blick"),
        "a subscription": lambda: subscriptions.read_subscription(
            context, customer_id=customer, subscription_id=subscription
        ),
        "subscriptions": lambda: subscriptions.list_subscriptions(context, customer_id=customer),
        "subscriptions of an order": lambda: subscriptions.list_subscriptions(
            context, customer_id=customer, order_id=order, size=2
        ),
        "an order": lambda: orders.read_order(context, customer_id=customer, order_id=order),
        "orders": lambda: orders.list_orders(context, customer_id=customer),
        "a cart": lambda: orders.read_cart(context, customer_id=customer, cart_id=cart),
    }
    for what, read in reads.items():
        assert len(await _again(tally, read)) == 1, what
        assert tally.transactions == [], what


async def test_an_allowed_write_is_one_transaction(watched: Counted) -> None:
    here, tally = watched
    names = {"customer_id": here.id("alpenblick"), "subscription_id": (await _sold(here))[0]}
    context, customer = here.context("sa@nordlicht"), here.id("alpenblick")
    states, quantities = iter([Status.SUSPENDED, Status.ACTIVE]), iter([6, 7])
    wish = Wish(catalog_item_id=await here.item("Office 365 Enterprise"), quantity=1, **TERM)
    waiting = iter([(await orders.create_cart(context, customer_id=customer, wishes=[wish])).id for _ in range(2)])
    fresh = iter([here.context("sa@nordlicht", request_id=f"r{number}") for number in range(6)])
    writes: dict[str, tuple[int, Callable[[], Awaitable[object]]]] = {
        "status": (8, lambda: subscriptions.change_subscription(context, **names, patch=Patch(status=next(states)))),
        "quantity": (
            9,
            lambda: subscriptions.change_subscription(context, **names, patch=Patch(quantity=next(quantities))),
        ),
        "cart": (7, lambda: orders.create_cart(next(fresh), customer_id=customer, wishes=[wish])),
        "checkout": (7, lambda: orders.checkout(next(fresh), customer_id=customer, cart_id=next(waiting))),
        "order": (9, lambda: orders.place_order(next(fresh), customer_id=customer, wishes=[wish])),
    }
    for what, (most, write) in writes.items():
        trips = await _again(tally, write)
        assert tally.transactions == ["BEGIN", "COMMIT"], (what, trips)
        assert len(trips) <= most, (what, trips)


async def test_a_read_over_http_is_one_trip_beside_the_cached_token_check(watched: Counted) -> None:
    here, tally = watched
    subscription = (await _sold(here))[0]
    path = f"/v1/customers/{here.id('alpenblick')}/subscriptions"
    async with office(here) as authority:
        token = (await authority.app_token()).json()["access_token"]
        async with client(build(here.runtime, authority.authority.tokens, access_log=False)) as http:
            for what in (path, f"{path}/{subscription}"):

                async def read(what: str = what) -> None:
                    answer = await http.get(what, headers={"Authorization": f"Bearer {token}"})
                    assert answer.status_code == 200, answer.text

                assert len(await _again(tally, read)) == 1, what


async def test_what_a_read_reads_does_not_grow_with_what_others_sold(here: Programme) -> None:
    customer = here.id("alpenblick")
    for partner in ("nordlicht", "suedwind"):
        await here.relate(partner, "alpenblick")
    keys = [here.runtime.ids.new() for _ in range(6300)]
    own = keys[::21]
    await _fill(here, "nordlicht", own)
    context = here.context("aa@nordlicht")
    calls: dict[str, tuple[str, tuple[Any, ...]]] = {
        "a customer": (customers_store.read(), (customer,)),
        "customers": (customers_store.page(), (None, "", None, 0, 100)),
        "a subscription": (store.read(), (customer, own[150])),
        "the first page": (store.page(), (customer, None, None, None, 0, 100)),
        "the last page": (store.page(), (customer, None, None, own[199], 0, 100)),
    }
    before = {what: await _pages(here, sql, *context.who, *rest) for what, (sql, rest) in calls.items()}
    await _fill(here, "suedwind", [key for key in keys if key not in set(own)])
    after = {what: await _pages(here, sql, *context.who, *rest) for what, (sql, rest) in calls.items()}
    for what, pages in before.items():
        # An index of more rows may be a level deeper; a few are read for each call.
        assert after[what] <= pages + 6, (what, pages, after[what])
    assert after["the last page"] <= after["the first page"] + 6, after


async def _fill(here: Programme, partner: str, keys: list[UUID]) -> None:
    """Subscriptions of one partner at alpenblick with these identifiers, as the owner."""
    order = here.runtime.ids.new()
    async with here.owner() as owner:
        await owner.execute(
            """INSERT INTO purchase_order (customer_tenant_id, id, partner_tenant_id, relationship_id, billing_cycle,
                currency, lines, placed_at, placed_by)
            SELECT r.customer_tenant_id, $1, r.partner_tenant_id, r.id, 'monthly', 'EUR', '[]', $2, 'test'
            FROM reseller_relationship r WHERE r.partner_tenant_id = $3 AND r.customer_tenant_id = $4""",
            *(order, here.clock.now(), here.id(partner), here.id("alpenblick")),
        )
        await owner.execute(
            """INSERT INTO subscription (customer_tenant_id, id, partner_tenant_id, order_id, line_number, product_id,
                sku_id, availability_id, kind, offer_name, nickname, quantity, status, auto_renew, term, billing_cycle,
                unit_price, currency, created_at, starts_at, is_trial, term_starts_at)
            SELECT $1, made.id, $2, $3, made.place, 'P', 'S', 'A', 'license', 'An offer', 'A name', 1, 'active', true,
                'P1Y', 'monthly', 1, 'EUR', $4, $4, false, $4
            FROM unnest($5::uuid[]) WITH ORDINALITY AS made(id, place)""",
            *(here.id("alpenblick"), here.id(partner), order, here.clock.now(), keys),
        )
        await owner.execute("ANALYZE subscription")


async def _pages(here: Programme, sql: str, *arguments: object) -> int:
    """How many pages of tables and indexes a call touches, its nested statements included, once its plans are made."""
    explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}"
    connection = await connect(here.database.login_url)
    try:
        plans = [json.loads(await connection.fetchval(explained, *arguments)) for _ in range(3)]
    finally:
        await connection.close()
    last = plans[-1][0]["Plan"]
    return int(last["Shared Hit Blocks"]) + int(last["Shared Read Blocks"])
