"""Subscriptions of one seller in every state that they can be in."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from copartner.catalogue.model import BillingCycle
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch, Status
from support.programme import Programme

SELLER, CUSTOMER = "nordlicht", "alpenblick"
YEAR: dict[str, Any] = {"term": "P1Y", "billing_cycle": BillingCycle.MONTHLY}
THREE: dict[str, Any] = {"term": "P3Y", "billing_cycle": BillingCycle.ANNUAL}


async def sell(here: Programme, title: str, quantity: int, who: str = f"aa@{SELLER}", **more: Any) -> UUID:
    """The subscription of one line that is ordered."""
    wish = Wish(catalog_item_id=await here.item(title), quantity=quantity, **more)
    (order,) = await orders.place_order(here.context(who), customer_id=here.id(CUSTOMER), wishes=[wish])
    return order.lines[0].subscription_id


async def become(here: Programme, subscription_id: UUID, status: Status) -> UUID:
    """A status that only time or the vendor gives."""
    async with here.owner() as owner:
        await owner.execute("UPDATE subscription SET status = $2 WHERE id = $1", subscription_id, status)
    return subscription_id


async def active(here: Programme) -> UUID:
    return await sell(here, "Office 365 Basic", 10, **YEAR)


async def committed(here: Programme) -> UUID:
    made = await active(here)
    here.clock.moment += timedelta(days=8)
    return made


async def suspended(here: Programme) -> UUID:
    made = await active(here)
    patch = Patch(status=Status.SUSPENDED)
    await subscriptions.change_subscription(
        here.context(f"aa@{SELLER}"), customer_id=here.id(CUSTOMER), subscription_id=made, patch=patch
    )
    return made


async def cancelled(here: Programme) -> UUID:
    return await become(here, await active(here), Status.DELETED)


async def expired(here: Programme) -> UUID:
    return await become(here, await active(here), Status.EXPIRED)


async def disabled(here: Programme) -> UUID:
    return await become(here, await active(here), Status.DISABLED)


async def pending(here: Programme) -> UUID:
    return await become(here, await active(here), Status.PENDING)


async def trial(here: Programme) -> UUID:
    return await sell(here, "Office 365 Premium Trial", 25, term="P1M", billing_cycle=BillingCycle.NONE)


async def three_years(here: Programme) -> UUID:
    return await sell(here, "Office 365 Enterprise", 1, **THREE)


async def parent(here: Programme) -> UUID:
    made = await sell(here, "Office 365 Premium", 7, **YEAR)
    await sell(here, "Archive add-on", 7, parent_id=made, **YEAR)
    return made


async def addon(here: Programme) -> UUID:
    return await sell(here, "Archive add-on", 7, parent_id=await sell(here, "Office 365 Premium", 7, **YEAR), **YEAR)


async def suspended_addon(here: Programme) -> UUID:
    made = await addon(here)
    async with here.owner() as owner:
        await owner.execute("UPDATE subscription SET status = 'suspended'")
    return made


async def pooled(here: Programme) -> UUID:
    """The pool of 300 is taken, most of it by another seller."""
    await here.relate("suedwind", CUSTOMER)
    await sell(here, "Office 365 Basic", 290, "aa@suedwind", **YEAR)
    return await active(here)


async def pooled_target(here: Programme) -> UUID:
    """What it would become has no seats left for all of it."""
    await here.relate("suedwind", CUSTOMER)
    await sell(here, "Office 365 Premium", 295, "aa@suedwind", **YEAR)
    return await active(here)


async def azure(here: Programme) -> UUID:
    return await sell(here, "Azure plan", 1)


async def reservation(here: Programme) -> UUID:
    await azure(here)
    return await sell(here, "VM reservation", 2, term="P1Y", billing_cycle=BillingCycle.MONTHLY)


async def without_agreement(here: Programme) -> UUID:
    made = await active(here)
    async with here.owner() as owner:
        await owner.execute("DELETE FROM customer_agreement")
    return made


SCENES = (
    *(active, committed, suspended, cancelled, expired, disabled, pending, trial, three_years, parent, addon),
    *(suspended_addon, pooled, pooled_target, azure, reservation, without_agreement),
)
