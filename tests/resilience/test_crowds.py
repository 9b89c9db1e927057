"""Many ask for the same at once."""

import asyncio
from uuid import uuid4

import pytest

from copartner.catalogue.model import BillingCycle
from copartner.command.denial import Denied
from copartner.orders import service as orders
from copartner.orders.model import Order, Wish
from copartner.subscriptions import service as subscriptions
from support.books import faults
from support.pools import is_whole
from support.programme import Programme

CUSTOMER = "alpenblick"


async def cart_of_two_cycles(here: Programme) -> tuple[Order, ...]:
    """Check one cart out two hundred times at once, half of them under one request id; answers what all were given."""
    who, item = here.context("sa@nordlicht"), await here.item("Office 365 Enterprise")
    wishes = [
        Wish(catalog_item_id=item, quantity=3, term="P1Y", billing_cycle=cycle)
        for cycle in (BillingCycle.MONTHLY, BillingCycle.ANNUAL)
    ]
    cart = await orders.create_cart(who, customer_id=here.id(CUSTOMER), wishes=wishes)
    request_id = str(uuid4())
    placed = await asyncio.gather(
        *(
            orders.checkout(
                here.bearing(who.caller, request_id if number % 2 else None),
                customer_id=here.id(CUSTOMER),
                cart_id=cart.id,
            )
            for number in range(200)
        )
    )
    assert all(one == placed[0] for one in placed)
    return placed[0]


async def test_two_hundred_checkouts_of_one_cart_give_one_order_a_billing_cycle(here: Programme) -> None:
    await here.relate("nordlicht", CUSTOMER)
    placed = await cart_of_two_cycles(here)
    assert [len(order.lines) for order in placed] == [1, 1]
    async with here.owner() as owner:
        kept = await owner.fetch("SELECT id FROM purchase_order WHERE cart_id = $1", placed[0].cart_id)
        assert {row["id"] for row in kept} == {order.id for order in placed}
        assert await faults(owner) == []
        await is_whole(here.runtime.pool, owner)


async def test_a_request_id_sent_many_times_at_once_makes_one_order(here: Programme) -> None:
    await here.relate("wolkenwerk", CUSTOMER)
    who, wish = here.context("aa@wolkenwerk"), Wish(catalog_item_id=await here.item("Azure plan"), quantity=1)
    placed = await asyncio.gather(
        *(
            orders.place_order(here.bearing(who.caller, "once"), customer_id=here.id(CUSTOMER), wishes=[wish])
            for _ in range(50)
        )
    )
    assert all(one == placed[0] for one in placed)
    async with here.owner() as owner:
        assert await owner.fetchval("SELECT count(*) FROM purchase_order WHERE relationship_id IS NOT NULL") == 1
        assert await faults(owner) == []


async def test_equal_denials_at_the_same_moment_are_one_record(here: Programme) -> None:
    await here.relate("nordlicht", CUSTOMER)
    await here.relate("suedwind", CUSTOMER)
    sold = await orders.place_order(
        here.context("sa@nordlicht"),
        customer_id=here.id(CUSTOMER),
        wishes=[Wish(catalog_item_id=await here.item("Office 365 Enterprise"), quantity=1, term="P1M")],
    )
    foreign = sold[0].lines[0].subscription_id

    async def attempt() -> None:
        with pytest.raises(Denied):
            await subscriptions.read_subscription(
                here.context("aa@suedwind"), customer_id=here.id(CUSTOMER), subscription_id=foreign
            )

    for _ in range(2):
        await asyncio.gather(*(attempt() for _ in range(30)))
    async with here.owner() as owner:
        kept = await owner.fetch("SELECT tenant_id, times FROM decision_record")
        assert {row["tenant_id"]: row["times"] for row in kept} == {
            here.id(name): 60 for name in ("suedwind", CUSTOMER, "nordlicht")
        }
        assert len(kept) == 3
        assert await faults(owner) == []
