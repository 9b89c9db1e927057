"""Partners and a customer at work through services, whose every answer is held to be their own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from copartner.command.context import Context
from copartner.command.denial import Denied
from copartner.customers import service as customers
from copartner.orders import service as orders
from copartner.orders.model import Order, Wish
from copartner.policy.facts import Side
from copartner.programme import service as programme
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch, Status
from support.programme import Programme

PARTNERS = ("nordlicht", "wolkenwerk", "suedwind")
CUSTOMER = "alpenblick"
Deed = Callable[["Worker", Random], Awaitable[None]]


@dataclass(slots=True)
class Worker:
    """One partner's Admin agent at one customer, and what it knows to be its own and to be others'."""

    here: Programme
    context: Context
    customer: UUID
    customers: set[UUID]
    item: str
    own: list[UUID] = field(default_factory=list)
    foreign: list[UUID] = field(default_factory=list)
    drafts: list[UUID] = field(default_factory=list)

    def is_own(self, *found: Any) -> None:
        """Raise AssertionError when one of the things is another partner's."""
        strangers = [one for one in found if one.partner_tenant_id != self.context.caller.tenant_id]
        assert not strangers, f"{self.context.caller} was given {strangers}"

    def again(self, request_id: str | None = None) -> Context:
        """A new request of the same caller."""
        return self.here.bearing(self.context.caller, request_id, b"body")


async def list_own(worker: Worker, rng: Random) -> None:
    """Lists subscriptions, orders or customers."""
    which, context = rng.randrange(3), worker.again()
    if which == 0:
        worker.is_own(*await subscriptions.list_subscriptions(context, customer_id=worker.customer, size=50))
    elif which == 1:
        worker.is_own(*await orders.list_orders(context, customer_id=worker.customer, size=50))
    else:
        page = await customers.list_customers(context)
        assert {one.tenant_id for one in page.items} == worker.customers


async def read_own(worker: Worker, rng: Random) -> None:
    """Reads one subscription of its own."""
    wanted = rng.choice(worker.own)
    found = await subscriptions.read_subscription(worker.again(), customer_id=worker.customer, subscription_id=wanted)
    worker.is_own(found)
    assert found.id == wanted


async def read_foreign(worker: Worker, rng: Random) -> None:
    """Tries another's subscription, which is denied and recorded."""
    with pytest.raises(Denied):
        await subscriptions.read_subscription(
            worker.again(), customer_id=worker.customer, subscription_id=rng.choice(worker.foreign)
        )


async def read_audit(worker: Worker, rng: Random) -> None:
    """Reads the newest of its own audit."""
    page = await programme.list_audit(worker.again(), size=rng.choice((5, 50)))
    assert all(one.partner_tenant_id in (worker.context.caller.tenant_id, None) for one in page.items)


async def draft(worker: Worker, rng: Random) -> None:
    """Drafts a cart, half of the time under a request id."""
    context = worker.again(str(uuid4()) if rng.random() < 0.5 else None)
    wish = Wish(catalog_item_id=worker.item, quantity=rng.randrange(1, 9), term="P1M", nickname="Entwurf")
    cart = await orders.create_cart(context, customer_id=worker.customer, wishes=[wish])
    worker.is_own(cart)
    worker.drafts.append(cart.id)


async def sell(worker: Worker, rng: Random) -> None:
    """Checks a cart out, drafting one when it has none; half of the time under a request id."""
    if not worker.drafts:
        await draft(worker, rng)
    cart = worker.drafts.pop()
    context = worker.again(str(uuid4()) if rng.random() < 0.5 else None)
    remember(worker, await orders.checkout(context, customer_id=worker.customer, cart_id=cart))


async def order(worker: Worker, rng: Random) -> None:
    """Places an order without a cart."""
    wish = Wish(catalog_item_id=worker.item, quantity=rng.randrange(1, 9), term="P1M")
    remember(worker, await orders.place_order(worker.again(), customer_id=worker.customer, wishes=[wish]))


async def change(worker: Worker, rng: Random) -> None:
    """Renames, suspends, reactivates or resizes a subscription of its own."""
    wanted = rng.choice(worker.own)
    before = await subscriptions.read_subscription(worker.again(), customer_id=worker.customer, subscription_id=wanted)
    patches = [Patch(nickname=f"Name {rng.randrange(10**6)}")]
    if before.status is Status.ACTIVE:
        patches += [Patch(status=Status.SUSPENDED)] if before.id != worker.own[0] else []
    elif before.status is Status.SUSPENDED:
        patches = [Patch(status=Status.ACTIVE)]
    after = await subscriptions.change_subscription(
        worker.again(), customer_id=worker.customer, subscription_id=wanted, patch=rng.choice(patches)
    )
    worker.is_own(after)


async def change_foreign(worker: Worker, rng: Random) -> None:
    """Tries to suspend another's subscription, which is denied in the middle of a transaction."""
    with pytest.raises(Denied):
        await subscriptions.change_subscription(
            worker.again(str(uuid4())),
            customer_id=worker.customer,
            subscription_id=rng.choice(worker.foreign),
            patch=Patch(status=Status.SUSPENDED),
        )


READS: tuple[Deed, ...] = (list_own, read_own, read_foreign, read_audit)
WRITES: tuple[Deed, ...] = (draft, sell, order, change, change_foreign)
DEEDS = READS + WRITES


def remember(worker: Worker, placed: tuple[Order, ...]) -> None:
    """Note what was just sold."""
    worker.is_own(*placed)
    worker.own += [line.subscription_id for one in placed for line in one.lines]


async def workers(here: Programme) -> list[Worker]:
    """Three partners at one customer, each with a subscription of its own; the customer's are foreign to all."""
    customer, item = here.id(CUSTOMER), await here.item("Office 365 Enterprise")
    made = []
    for partner in PARTNERS:
        await here.relate(partner, CUSTOMER)
        made.append(Worker(here, here.context(f"aa@{partner}"), customer, await _customers(here, partner), item))
    for worker in made:
        await order(worker, Random(1))
    held = await subscriptions.list_held(here.context(f"ga@{CUSTOMER}", Side.CUSTOMER))
    for worker in made:
        worker.foreign = [one.id for one in held if one.id not in worker.own]
    return made


async def _customers(here: Programme, partner: str) -> set[UUID]:
    async with here.owner() as owner:
        rows = await owner.fetch(
            "SELECT customer_tenant_id FROM reseller_relationship WHERE partner_tenant_id = $1", here.id(partner)
        )
    return {row["customer_tenant_id"] for row in rows}
