"""An add-on and the subscription it goes below: neither is without the other."""

from typing import Any
from uuid import UUID

import pytest

from copartner.catalogue.model import BillingCycle
from copartner.catalogue.rules import QuantityOutOfRange
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.subscriptions import rules
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch, Status, Subscription
from support.programme import Programme

CUSTOMER = "alpenblick"
USUAL: dict[str, Any] = {"term": "P1Y", "billing_cycle": BillingCycle.MONTHLY}


async def family(here: Programme) -> tuple[UUID, UUID]:
    """A parent of ten and its add-on of six, sold by one partner."""
    await here.relate("nordlicht", CUSTOMER)
    addon = Wish(catalog_item_id=await here.item("Archive add-on"), quantity=6, **USUAL)
    parent = Wish(catalog_item_id=await here.item("Office 365 Premium"), quantity=10, addons=(addon,), **USUAL)
    context = here.context("sa@nordlicht")
    (order,) = await orders.place_order(context, customer_id=here.id(CUSTOMER), wishes=[parent])
    upper, lower = (line.subscription_id for line in order.lines)
    return upper, lower


async def change(here: Programme, subscription_id: UUID, **patch: Any) -> Subscription:
    """The seller's change."""
    return await subscriptions.change_subscription(
        here.context("ga@nordlicht"),
        customer_id=here.id(CUSTOMER),
        subscription_id=subscription_id,
        patch=Patch(**patch),
    )


async def read(here: Programme, subscription_id: UUID) -> Subscription:
    """What the seller reads."""
    return await subscriptions.read_subscription(
        here.context("sa@nordlicht"), customer_id=here.id(CUSTOMER), subscription_id=subscription_id
    )


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.DELETED])
async def test_a_parent_takes_its_addons_along_and_both_are_in_the_audit(here: Programme, status: Status) -> None:
    upper, lower = await family(here)
    await change(here, upper, status=status)
    addon = await read(here, lower)
    assert (addon.status, addon.auto_renew, addon.version) == (status, False, 2)
    async with here.owner() as owner:
        rows = await owner.fetch(
            """SELECT resource_id, tenant_id, new_value FROM audit_record
            WHERE resource_type = 'Subscription' AND old_value IS NOT NULL"""
        )
    told = {(row["resource_id"], row["tenant_id"]) for row in rows}
    assert told == {(str(one), here.id(who)) for one in (upper, lower) for who in ("nordlicht", CUSTOMER)}
    assert all(f'"{status}"' in str(row["new_value"]) for row in rows)


async def test_an_addon_comes_back_after_its_parent_and_by_itself(here: Programme) -> None:
    upper, lower = await family(here)
    await change(here, upper, status=Status.SUSPENDED)
    with pytest.raises(rules.ParentNotActive):
        await change(here, lower, status=Status.ACTIVE)
    await change(here, upper, status=Status.ACTIVE)
    assert (await read(here, lower)).status is Status.SUSPENDED
    assert (await change(here, lower, status=Status.ACTIVE)).status is Status.ACTIVE


async def test_a_pending_addon_is_not_activated_below_a_suspended_parent(here: Programme) -> None:
    upper, lower = await family(here)
    await change(here, upper, status=Status.SUSPENDED)
    async with here.owner() as owner:
        await owner.execute("UPDATE subscription SET status = 'pending' WHERE id = $1", lower)
    with pytest.raises(rules.ParentNotActive):
        await subscriptions.activate_subscription(
            here.context("ga@nordlicht"), customer_id=here.id(CUSTOMER), subscription_id=lower
        )


async def test_a_parent_is_not_reduced_below_an_active_addon(here: Programme) -> None:
    upper, lower = await family(here)
    with pytest.raises(rules.AddonsAreLarger, match="quantity of 6; reduce or suspend the add-on first"):
        await change(here, upper, quantity=5)
    await change(here, upper, quantity=6)
    await change(here, lower, status=Status.SUSPENDED)
    await change(here, upper, quantity=5)
    with pytest.raises(QuantityOutOfRange, match="quantity is 5"):
        await change(here, lower, status=Status.ACTIVE)
    assert (await change(here, lower, status=Status.ACTIVE, quantity=5)).quantity == 5


async def test_an_addon_that_was_cancelled_does_not_hold_its_parent(here: Programme) -> None:
    upper, lower = await family(here)
    await change(here, lower, status=Status.DELETED)
    await change(here, upper, quantity=1)
    assert (await change(here, upper, status=Status.SUSPENDED)).status is Status.SUSPENDED
    assert (await read(here, lower)).version == 2
