"""Carts, orders and subscriptions, called as services."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from copartner.catalogue.model import BillingCycle
from copartner.command.denial import Denied
from copartner.kernel.errors import RepeatedWithOtherBody, StaleTag
from copartner.orders import service as orders
from copartner.orders.model import Order, Wish
from copartner.orders.rules import CartCheckedOut, OnePerSeller, PrerequisiteMissing, UnknownCart
from copartner.policy.facts import Side
from copartner.subscriptions import rules
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch, Status
from support.programme import Programme


async def sell(here: Programme, who: str, customer: str, title: str, quantity: int, **more: Any) -> Order:
    """Draft, check out and answer the first order."""
    wish = Wish(catalog_item_id=await here.item(title), quantity=quantity, **more)
    context = here.context(who)
    cart = await orders.create_cart(context, customer_id=here.id(customer), wishes=[wish])
    return (await orders.checkout(context, customer_id=here.id(customer), cart_id=cart.id))[0]


def first(order: Order) -> UUID:
    """The subscription the order's first line made."""
    return order.lines[0].subscription_id


async def test_a_checkout_makes_one_active_subscription_and_repeats_its_answer(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")
    name = await here.item("Office 365 Enterprise")
    wish = Wish(catalog_item_id=name, quantity=5, term="P1Y", billing_cycle=BillingCycle.ANNUAL)
    context = here.context("sa@nordlicht")
    customer = here.id("alpenblick")
    cart = await orders.create_cart(context, customer_id=customer, wishes=[wish])
    placed = await orders.checkout(context, customer_id=customer, cart_id=cart.id)
    assert await orders.checkout(context, customer_id=customer, cart_id=cart.id) == placed
    held = await subscriptions.list_subscriptions(context, customer_id=customer)
    assert [(one.quantity, one.status, one.term) for one in held] == [(5, Status.ACTIVE, "P1Y")]
    assert held[0].commitment_ends_at == here.clock.now().replace(year=here.clock.now().year + 1)
    assert (await orders.list_orders(context, customer_id=customer)).items == placed
    assert await orders.read_order(context, customer_id=customer, order_id=placed[0].id) == placed[0]
    with pytest.raises(CartCheckedOut):
        await orders.replace_cart(context, customer_id=customer, cart_id=cart.id, wishes=[wish])


async def test_a_cart_expires_after_seven_days(here: Programme) -> None:
    await here.relate("wolkenwerk", "alpenblick")
    context = here.context("aa@wolkenwerk")
    wish = Wish(catalog_item_id=await here.item("Azure plan"), quantity=1)
    cart = await orders.create_cart(context, customer_id=here.id("alpenblick"), wishes=[wish])
    here.clock.moment += timedelta(days=7)
    with pytest.raises(UnknownCart):
        await orders.checkout(here.context("aa@wolkenwerk"), customer_id=here.id("alpenblick"), cart_id=cart.id)


async def test_a_second_partner_sells_azure_beside_the_first_but_none_sells_it_twice(here: Programme) -> None:
    await here.relate("wolkenwerk", "alpenblick")
    await here.relate("suedwind", "alpenblick")
    await sell(here, "aa@wolkenwerk", "alpenblick", "Azure plan", 1)
    await sell(here, "aa@suedwind", "alpenblick", "Azure plan", 1)
    with pytest.raises(OnePerSeller):
        await sell(here, "aa@suedwind", "alpenblick", "Azure plan", 1)
    for partner in ("wolkenwerk", "suedwind"):
        own = await subscriptions.list_subscriptions(here.context(f"aa@{partner}"), customer_id=here.id("alpenblick"))
        assert [one.partner_tenant_id for one in own] == [here.id(partner)]
    held = await subscriptions.list_held(here.context("ga@alpenblick", Side.CUSTOMER))
    assert {one.partner_tenant_id for one in held} == {
        here.id("wolkenwerk"),
        here.id("suedwind"),
        here.id("wolkenstadt"),
    }


async def test_the_seller_suspends_reactivates_and_renames(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")
    order = await sell(
        here, "sa@nordlicht", "alpenblick", "Office 365 Basic", 10, term="P1Y", billing_cycle=BillingCycle.MONTHLY
    )
    context, names = (
        here.context("aa@nordlicht"),
        {"customer_id": here.id("alpenblick"), "subscription_id": first(order)},
    )

    suspended = await subscriptions.change_subscription(context, **names, patch=Patch(status=Status.SUSPENDED))
    assert (suspended.status, suspended.auto_renew, suspended.version) == (Status.SUSPENDED, False, 2)
    with pytest.raises(rules.SuspendedQuantity):
        await subscriptions.change_subscription(context, **names, patch=Patch(quantity=11))
    with pytest.raises(StaleTag):
        await subscriptions.change_subscription(context, **names, patch=Patch(quantity=11), expected_version=1)
    await subscriptions.change_subscription(context, **names, patch=Patch(status=Status.ACTIVE, nickname="Zentrale"))
    after = await subscriptions.read_subscription(context, **names)
    assert (after.status, after.nickname, after.auto_renew) == (Status.ACTIVE, "Zentrale", False)
    unchanged = await subscriptions.change_subscription(
        context, **names, patch=Patch(status=Status.ACTIVE, quantity=10)
    )
    assert unchanged == after
    with pytest.raises(rules.FixedByPurchase):
        await subscriptions.change_subscription(context, **names, patch=Patch(term="P3Y"))


@pytest.mark.parametrize("patch", [Patch(status=Status.SUSPENDED), Patch(nickname="mine"), Patch(term="P3Y"), Patch()])
async def test_a_foreign_subscription_is_answered_like_an_unknown_one(here: Programme, patch: Patch) -> None:
    await here.relate("nordlicht", "alpenblick")
    await here.relate("suedwind", "alpenblick")
    order = await sell(
        here, "sa@nordlicht", "alpenblick", "Office 365 Basic", 10, term="P1Y", billing_cycle=BillingCycle.MONTHLY
    )
    context, customer = here.context("aa@suedwind"), here.id("alpenblick")
    told = []
    for subscription in (first(order), uuid4()):
        with pytest.raises(Denied) as denial:
            await subscriptions.change_subscription(
                context, customer_id=customer, subscription_id=subscription, patch=patch
            )
        told.append((denial.value.message, denial.value.concealed, denial.value.rules))
        with pytest.raises(Denied):
            await subscriptions.read_subscription(context, customer_id=customer, subscription_id=subscription)
    assert told[0] == told[1]
    async with here.owner() as owner:
        rows = await owner.fetch("SELECT tenant_id, actor_name, rules, caller_text, times FROM decision_record")
    for row in rows:
        mine = row["tenant_id"] == here.id("suedwind")
        assert bool(row["rules"]) != mine
        assert (row["actor_name"] is None) == (row["tenant_id"] == here.id("nordlicht"))
    assert {row["tenant_id"] for row in rows} == {here.id("suedwind"), here.id("nordlicht"), customer}


async def test_a_maximum_is_pooled_over_all_partners(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")
    await here.relate("suedwind", "alpenblick")
    await sell(
        here, "sa@nordlicht", "alpenblick", "Office 365 Basic", 200, term="P1Y", billing_cycle=BillingCycle.MONTHLY
    )
    with pytest.raises(Denied) as denial:
        await sell(
            here, "sa@suedwind", "alpenblick", "Office 365 Basic", 101, term="P1Y", billing_cycle=BillingCycle.MONTHLY
        )
    assert denial.value.rules == ("seats-pooled",)
    order = await sell(
        here, "sa@suedwind", "alpenblick", "Office 365 Basic", 100, term="P1Y", billing_cycle=BillingCycle.MONTHLY
    )
    with pytest.raises(Denied):
        await subscriptions.change_subscription(
            here.context("sa@suedwind"),
            customer_id=here.id("alpenblick"),
            subscription_id=first(order),
            patch=Patch(quantity=101),
        )


async def test_a_prerequisite_counts_whoever_sold_it_but_a_parent_must_be_ones_own(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")
    await here.relate("suedwind", "alpenblick")
    phone: dict[str, Any] = {"term": "P1Y", "billing_cycle": BillingCycle.MONTHLY}
    with pytest.raises(PrerequisiteMissing):
        await sell(
            here, "sa@suedwind", "alpenblick", "VM reservation", 1, term="P1Y", billing_cycle=BillingCycle.MONTHLY
        )
    order = await sell(
        here, "sa@nordlicht", "alpenblick", "Office 365 Premium", 10, term="P1Y", billing_cycle=BillingCycle.MONTHLY
    )
    await sell(here, "sa@suedwind", "alpenblick", "Phone add-on", 1, **phone)
    archive = Wish(catalog_item_id=await here.item("Archive add-on"), quantity=2, parent_id=first(order), **phone)
    with pytest.raises(Denied) as denial:
        await orders.place_order(here.context("sa@suedwind"), customer_id=here.id("alpenblick"), wishes=[archive])
    assert denial.value.rules == ("mp-addon",)


async def test_a_repeated_request_id_answers_the_first_result_and_refuses_another_body(here: Programme) -> None:
    await here.relate("wolkenwerk", "alpenblick")
    wish = Wish(catalog_item_id=await here.item("Azure plan"), quantity=1)
    customer = here.id("alpenblick")
    placed = [
        await orders.place_order(
            here.context("aa@wolkenwerk", request_id="r1", body=b"a"), customer_id=customer, wishes=[wish]
        )
        for _ in range(2)
    ]
    assert placed[0] == placed[1]
    with pytest.raises(RepeatedWithOtherBody):
        await orders.place_order(
            here.context("aa@wolkenwerk", request_id="r1", body=b"b"), customer_id=customer, wishes=[wish]
        )


async def test_without_the_agreement_a_checkout_is_refused(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick", agreement=False)
    with pytest.raises(Denied) as denial:
        await sell(
            here, "sa@nordlicht", "alpenblick", "Office 365 Basic", 1, term="P1Y", billing_cycle=BillingCycle.MONTHLY
        )
    assert denial.value.rules == ("mca-confirmed",)
