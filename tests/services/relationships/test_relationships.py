"""Privileges taken back and relationships ended, called as services."""

from uuid import uuid4

import pytest

from copartner.catalogue.model import BillingCycle
from copartner.command.denial import Denied
from copartner.customers import service as customers
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.facts import Side
from copartner.relationships.service import consent, relationships, requests
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch, Status
from support.programme import Programme


async def with_privileges(here: Programme, *partners: str) -> None:
    """Each partner has a relationship with alpenblick, with privileges."""
    for partner in partners:
        request = await requests.send_request(here.context(f"aa@{partner}"))
        await consent.accept_request(
            here.context("ga@alpenblick", Side.CUSTOMER), request_id=request.id, accept_agreement=True
        )


async def test_the_customer_takes_one_partners_privileges_back(then: Programme) -> None:
    await with_privileges(then, "nordlicht", "wolkenwerk")
    admin = then.context("ga@alpenblick", Side.CUSTOMER)
    after = await relationships.withdraw_privileges(admin, partner_tenant_id=then.id("nordlicht"))
    assert not after.privileges
    assert await relationships.withdraw_privileges(admin, partner_tenant_id=then.id("nordlicht")) == after
    own = await relationships.list_own_relationships(admin)
    assert [(one.partner.domain, one.privileges, one.powers[0].acts_as) for one in own] == [
        ("nordlicht.example", False, None),
        ("wolkenwerk.example", True, "Global administrator"),
    ]
    read = await customers.read_customer(then.context("aa@nordlicht"), customer_id=then.id("alpenblick"))
    assert not read.allows_delegated_access


async def test_a_customer_reaches_only_partners_of_its_own(then: Programme) -> None:
    await with_privileges(then, "nordlicht")
    told = set()
    for context in (then.context("ga@lavande", Side.CUSTOMER), then.context("ga@alpenblick", Side.CUSTOMER)):
        for partner in (then.id("wolkenwerk"), uuid4()):
            with pytest.raises(Denied) as denied:
                await relationships.withdraw_privileges(context, partner_tenant_id=partner)
            told.add(denied.value.message)
    with pytest.raises(Denied) as denied:
        await relationships.withdraw_privileges(
            then.context("ga@lavande", Side.CUSTOMER), partner_tenant_id=then.id("nordlicht")
        )
    told.add(denied.value.message)
    assert told == {"There is no such partner among yours."}
    for who in ("ba@alpenblick", "user@alpenblick"):
        with pytest.raises(Denied):
            await relationships.list_own_relationships(then.context(who, Side.CUSTOMER))
        with pytest.raises(Denied):
            await relationships.withdraw_privileges(
                then.context(who, Side.CUSTOMER), partner_tenant_id=then.id("nordlicht")
            )
    assert (await relationships.list_own_relationships(then.context("ga@alpenblick", Side.CUSTOMER)))[0].privileges


async def test_only_the_partners_admin_agents_give_privileges_back(then: Programme) -> None:
    await with_privileges(then, "nordlicht")
    customer_id = then.id("alpenblick")
    for who in ("ga@nordlicht", "sa@nordlicht", "hd@nordlicht", "aa@wolkenwerk"):
        with pytest.raises(Denied):
            await customers.remove_privileges(then.context(who), customer_id=customer_id)
    after = await customers.remove_privileges(then.context("aa@nordlicht"), customer_id=customer_id)
    assert (after.allows_delegated_access, after.relationship_to_partner) == (False, "reseller")


async def test_a_relationship_ends_once_nothing_sold_is_active_and_leaves_others_alone(then: Programme) -> None:
    await with_privileges(then, "nordlicht", "wolkenwerk")
    customer_id = then.id("alpenblick")
    wish = Wish(
        catalog_item_id=await then.item("Office 365 Enterprise"),
        quantity=5,
        term="P1Y",
        billing_cycle=BillingCycle.ANNUAL,
    )
    sales = then.context("sa@nordlicht")
    cart = await orders.create_cart(sales, customer_id=customer_id, wishes=[wish])
    (order,) = await orders.checkout(sales, customer_id=customer_id, cart_id=cart.id)
    head = then.context("ga@nordlicht")
    with pytest.raises(Denied) as denied:
        await customers.end_relationship(head, customer_id=customer_id)
    assert denied.value.rules == ("rel-end",)
    await subscriptions.change_subscription(
        sales,
        customer_id=customer_id,
        subscription_id=order.lines[0].subscription_id,
        patch=Patch(status=Status.SUSPENDED),
    )
    for who in ("aa@nordlicht", "sa@nordlicht"):
        with pytest.raises(Denied):
            await customers.end_relationship(then.context(who), customer_id=customer_id)
    ended = await customers.end_relationship(head, customer_id=customer_id)
    assert (ended.relationship_to_partner, ended.allows_delegated_access) == ("none", False)
    with pytest.raises(Denied):
        await customers.read_customer(head, customer_id=customer_id)
    own = await relationships.list_own_relationships(then.context("ga@alpenblick", Side.CUSTOMER))
    assert [(one.partner.domain, one.privileges) for one in own] == [("wolkenwerk.example", True)]
    await with_privileges(then, "nordlicht")
    assert (await customers.read_customer(head, customer_id=customer_id)).allows_delegated_access


async def test_since_2024_a_relationship_ends_only_when_all_is_cancelled(here: Programme) -> None:
    await here.relate("wolkenwerk", "alpenblick")
    sales, customer_id = here.context("aa@wolkenwerk"), here.id("alpenblick")
    cart = await orders.create_cart(
        sales, customer_id=customer_id, wishes=[Wish(catalog_item_id=await here.item("Azure plan"), quantity=1)]
    )
    (order,) = await orders.checkout(sales, customer_id=customer_id, cart_id=cart.id)
    change = order.lines[0].subscription_id
    for status, stopped in ((Status.SUSPENDED, True), (Status.DELETED, False)):
        await subscriptions.change_subscription(
            sales, customer_id=customer_id, subscription_id=change, patch=Patch(status=status)
        )
        if stopped:
            with pytest.raises(Denied) as denied:
                await customers.end_relationship(here.context("ga@wolkenwerk"), customer_id=customer_id)
            assert denied.value.rules == ("rel-end-cancelled",)
    ended = await customers.end_relationship(here.context("ga@wolkenwerk"), customer_id=customer_id)
    assert ended.relationship_to_partner == "none"
