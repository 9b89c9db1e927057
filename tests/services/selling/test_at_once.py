"""Sales and changes of the same things at the same moment."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from copartner.catalogue.model import BillingCycle
from copartner.command.denial import Denied
from copartner.kernel.errors import Busy
from copartner.orders import service as orders
from copartner.orders.model import Cart, Order, Wish
from copartner.relationships.service import relationships
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch, Status, Subscription
from support.books import faults
from support.programme import SEED_DAY, Programme

CUSTOMER = "alpenblick"
WAITING = """SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE NOT l.granted AND a.datname = current_database()"""


async def draft(here: Programme, who: str, *titles: str) -> Cart:
    """A cart with one unit of each title, in that order."""
    wishes = []
    for title in titles:
        usual: dict[str, Any] = {} if title == "Azure plan" else {"term": "P1Y", "billing_cycle": BillingCycle.MONTHLY}
        wishes.append(Wish(catalog_item_id=await here.item(title), quantity=1, **usual))
    return await orders.create_cart(here.context(who), customer_id=here.id(CUSTOMER), wishes=wishes)


def checkout(here: Programme, who: str, cart: Cart) -> Coroutine[Any, Any, tuple[Order, ...]]:
    """The checkout of a cart, to be started."""
    return orders.checkout(here.context(who), customer_id=here.id(CUSTOMER), cart_id=cart.id)


@asynccontextmanager
async def held_back(here: Programme, statement: str, *arguments: Any) -> AsyncIterator[asyncpg.Connection]:
    """Whoever needs what the statement locks or changes waits while the block lasts."""
    async with here.owner() as owner, owner.transaction():
        await owner.execute(statement, *arguments)
        yield owner


async def started(owner: asyncpg.Connection, waiting: int, coroutine: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    """The coroutine as a task, once so many wait for a lock or it is over."""
    task = asyncio.create_task(coroutine)
    while not task.done() and await owner.fetchval(WAITING) < waiting:
        await asyncio.sleep(0.01)
        # A transaction keeps what it saw of the others.
        await owner.execute("SELECT pg_stat_clear_snapshot()")
    return task


async def outcomes(tasks: Sequence["asyncio.Task[Any]"]) -> list[str]:
    """What became of each: `done` or the name of what it raised, sorted."""
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(type(one).__name__ if isinstance(one, BaseException) else "done" for one in ended)


async def test_two_carts_of_the_same_pooled_skus_in_another_order_are_both_sold(here: Programme) -> None:
    await here.relate("nordlicht", CUSTOMER)
    await here.relate("suedwind", CUSTOMER)
    titles = ("Office 365 Premium", "Office 365 Basic")
    carts = {
        "sa@nordlicht": await draft(here, "sa@nordlicht", *titles),
        "sa@suedwind": await draft(here, "sa@suedwind", *reversed(titles)),
    }
    reference = (await here.item(titles[0])).rpartition(":")[0]
    key = f"{here.id(CUSTOMER)}{reference}"
    async with held_back(here, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key) as owner:
        tasks = [
            await started(owner, number, checkout(here, who, cart))
            for number, (who, cart) in enumerate(carts.items(), 1)
        ]
    assert await outcomes(tasks) == ["done", "done"]


async def test_who_is_given_up_for_another_may_send_the_request_again(here: Programme) -> None:
    await here.relate("nordlicht", CUSTOMER)
    context = here.context("sa@nordlicht")
    for state in ("40P01", "40001", "55P03"):
        with pytest.raises(Busy):
            async with context.command("test") as cmd:
                await cmd.db.execute(f"DO $$ BEGIN RAISE EXCEPTION SQLSTATE '{state}'; END $$")
    async with here.owner() as owner:
        assert await faults(owner) == []


async def test_two_carts_with_the_same_azure_plan_sell_it_once(here: Programme) -> None:
    await here.relate("wolkenwerk", CUSTOMER)
    carts = [await draft(here, "aa@wolkenwerk", "Azure plan") for _ in range(2)]
    # Both have read what the customer holds, wherever they do so, before either sells.
    async with held_back(here, "SELECT FROM reseller_relationship FOR UPDATE") as owner:
        tasks = [
            await started(owner, number, checkout(here, "aa@wolkenwerk", cart)) for number, cart in enumerate(carts, 1)
        ]
    assert await outcomes(tasks) == ["OnePerSeller", "done"]
    own = await subscriptions.list_subscriptions(here.context("aa@wolkenwerk"), customer_id=here.id(CUSTOMER))
    assert len(own) == 1


@pytest.mark.parametrize("patch", [Patch(status=Status.ACTIVE), Patch(status=Status.ACTIVE, quantity=2)])
async def test_nothing_comes_alive_while_the_relationship_ends(here: Programme, patch: Patch) -> None:
    await here.relate("nordlicht", CUSTOMER)
    here.clock.moment = SEED_DAY + timedelta(days=365)
    placed = await checkout(here, "sa@nordlicht", await draft(here, "sa@nordlicht", "Office 365 Enterprise"))
    names = {"customer_id": here.id(CUSTOMER), "subscription_id": placed[0].lines[0].subscription_id}
    seller = here.context("aa@nordlicht")
    await subscriptions.change_subscription(seller, **names, patch=Patch(status=Status.SUSPENDED))
    ending = "UPDATE reseller_relationship SET state = 'ended', ended_at = $1"
    async with held_back(here, ending, here.clock.now()) as owner:
        tasks = [await started(owner, 1, subscriptions.change_subscription(seller, **names, patch=patch))]
    with pytest.raises(Denied) as denial:
        await tasks[0]
    assert denial.value.rules == ("rel-required",)
    async with here.owner() as owner:
        assert (
            await owner.fetchval("SELECT status FROM subscription WHERE id = $1", names["subscription_id"])
            == "suspended"
        )


async def test_a_relationship_does_not_end_while_something_comes_alive(here: Programme) -> None:
    await here.relate("nordlicht", CUSTOMER)
    here.clock.moment = SEED_DAY + timedelta(days=365)
    placed = await checkout(here, "sa@nordlicht", await draft(here, "sa@nordlicht", "Office 365 Enterprise"))
    names = {"customer_id": here.id(CUSTOMER), "subscription_id": placed[0].lines[0].subscription_id}
    seller = here.context("aa@nordlicht")
    await subscriptions.change_subscription(seller, **names, patch=Patch(status=Status.SUSPENDED))
    async with held_back(here, "SELECT FROM subscription WHERE id = $1 FOR UPDATE", names["subscription_id"]) as owner:
        alive = subscriptions.change_subscription(seller, **names, patch=Patch(status=Status.ACTIVE))
        end = relationships.end_relationship(here.context("aa@nordlicht"), customer_id=here.id(CUSTOMER))
        tasks = [await started(owner, 1, alive), await started(owner, 2, end)]
    assert await outcomes(tasks) == ["Denied", "done"]
    assert tasks[0].result().status is Status.ACTIVE


async def test_a_parent_and_its_addon_change_at_once(here: Programme) -> None:
    await here.relate("nordlicht", CUSTOMER)
    seller, usual = here.context("sa@nordlicht"), {"term": "P1Y", "billing_cycle": BillingCycle.MONTHLY}
    addon = Wish(catalog_item_id=await here.item("Archive add-on"), quantity=2, **usual)
    base = Wish(catalog_item_id=await here.item("Office 365 Premium"), quantity=2, addons=(addon,), **usual)
    (order,) = await orders.place_order(seller, customer_id=here.id(CUSTOMER), wishes=[base])
    upper, lower = (line.subscription_id for line in order.lines)

    def change(subscription_id: UUID, patch: Patch) -> Coroutine[Any, Any, Subscription]:
        return subscriptions.change_subscription(
            seller, customer_id=here.id(CUSTOMER), subscription_id=subscription_id, patch=patch
        )

    async with held_back(here, "SELECT FROM subscription WHERE id = $1 FOR UPDATE", upper) as owner:
        tasks = [
            await started(owner, 1, change(lower, Patch(quantity=1))),
            await started(owner, 2, change(upper, Patch(status=Status.SUSPENDED))),
        ]
    assert await outcomes(tasks) == ["done", "done"]
    async with here.owner() as owner:
        assert await faults(owner) == []
