"""Which decisions are kept for the operator, with what, for how long; and that no tenant reads them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from copartner.catalogue.model import BillingCycle
from copartner.command.denial import Denied
from copartner.command.sweeping import forget_decisions
from copartner.kernel.errors import Refusal
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.actions import Action
from copartner.policy.decide import decide_cold
from copartner.policy.facts import Door, Facts, Subscription
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch, Status
from support.programme import Programme

SUSPEND = Patch(status=Status.SUSPENDED)


async def kept(here: Programme, action: Action | None = None) -> list[dict[str, Any]]:
    """The kept decisions in order, of one action where it is named, facts decoded."""
    async with here.owner() as owner:
        rows = await owner.fetch("SELECT * FROM decided WHERE $1::text IS NULL OR action = $1 ORDER BY at, id", action)
    return [{**row, "facts": msgspec.json.decode(row["facts"], type=Facts)} for row in rows]


async def sold(here: Programme, partner: str = "nordlicht") -> UUID:
    """A subscription at alpenblick that the partner sold."""
    await here.relate(partner, "alpenblick")
    wish = Wish(
        catalog_item_id=await here.item("Office 365 Enterprise"),
        quantity=5,
        term="P1Y",
        billing_cycle=BillingCycle.MONTHLY,
    )
    placed = await orders.place_order(here.context(f"sa@{partner}"), customer_id=here.id("alpenblick"), wishes=[wish])
    return placed[0].lines[0].subscription_id


async def suspended(here: Programme, subscription: UUID, name: str = "sa@nordlicht", **how: Any) -> None:
    await subscriptions.change_subscription(
        here.context(name, **how),
        customer_id=here.id("alpenblick"),
        subscription_id=subscription,
        patch=SUSPEND,
    )


async def counted(here: Programme, side: str, domain: str) -> int:
    """How many kept decisions a side sees."""
    async with here.runtime.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT act_as($1, $2)", side, here.id(domain))
        found: int = await connection.fetchval("SELECT count(id) FROM decided")
        return found


async def test_a_committed_command_keeps_what_it_was_decided_by(here: Programme) -> None:
    subscription = await sold(here)
    context = here.context("sa@nordlicht", door=Door.PAGE)
    await suspended(here, subscription, door=Door.PAGE)
    row = (await kept(here))[-1]
    facts = row["facts"]
    assert (row["action"], row["allowed"], row["times"]) == (Action.SUBSCRIPTION_SUSPEND, True, 1)
    assert (row["at"], row["digest"]) == (context.moment, context.rules.digest)
    assert facts.resource == Subscription(
        id=str(subscription), partner=str(here.id("nordlicht")), customer=str(here.id("alpenblick"))
    )
    # What the token and the door say is among it, so the same rules decide the same again.
    assert (facts.principal.multi_factor, facts.principal.door) == (True, Door.PAGE)
    again = decide_cold(context.rules, row["action"], facts)
    assert (again.allowed, list(again.rules)) == (True, row["rules"])


async def test_each_decision_of_a_command_is_kept(here: Programme) -> None:
    await sold(here)
    assert [row["action"] for row in await kept(here)] == [Action.ORDER_PLACE]
    wish = Wish(
        catalog_item_id=await here.item("Azure plan"),
        quantity=1,
    )
    context = here.context("sa@nordlicht")
    cart = await orders.create_cart(context, customer_id=here.id("alpenblick"), wishes=[wish])
    await orders.checkout(here.context("sa@nordlicht"), customer_id=here.id("alpenblick"), cart_id=cart.id)
    assert [row["action"] for row in await kept(here)][1:] == [Action.CART_CREATE, Action.CART_CHECKOUT]


async def test_nothing_is_kept_of_a_read_of_a_change_rolled_back_or_of_a_repeated_request(here: Programme) -> None:
    subscription = await sold(here)
    before = await kept(here)
    context = here.context("sa@nordlicht")
    await subscriptions.list_subscriptions(context, customer_id=here.id("alpenblick"))
    with pytest.raises(Refusal, match="quantity"):
        await subscriptions.change_subscription(
            context, customer_id=here.id("alpenblick"), subscription_id=subscription, patch=Patch(quantity=0)
        )
    assert await kept(here) == before
    wish = Wish(catalog_item_id=await here.item("Azure plan"), quantity=1)
    for _ in range(2):
        again = here.context("sa@nordlicht", request_id="once")
        await orders.create_cart(again, customer_id=here.id("alpenblick"), wishes=[wish])
    assert len(await kept(here)) == len(before) + 1


async def test_a_denial_is_kept_under_the_number_its_caller_was_told_and_counted(here: Programme) -> None:
    subscription = await sold(here)
    await here.relate("suedwind", "alpenblick")
    told = set()
    for _ in range(3):
        with pytest.raises(Denied) as denied:
            await suspended(here, subscription, "sa@suedwind")
        told.add(denied.value.decision_id)
    (row,) = [row for row in await kept(here) if not row["allowed"]]
    assert {row["id"]} == told
    assert row["times"] == 3
    # The caller learns nothing of the thing; here it is with its seller and the rule that stopped it.
    assert row["facts"].resource.partner == str(here.id("nordlicht"))
    assert row["rules"] == list(denied.value.rules) != []
    again = decide_cold(here.context("sa@suedwind").rules, row["action"], row["facts"])
    assert (again.allowed, list(again.rules)) == (False, row["rules"])


async def test_a_denial_for_want_of_a_second_factor_keeps_every_rule_that_stood_in_the_way(here: Programme) -> None:
    subscription = await sold(here)
    await here.relate("suedwind", "alpenblick")
    with pytest.raises(Denied) as denied:
        await suspended(here, subscription, "sa@suedwind", multi_factor=False)
    assert denied.value.of_bearer
    row = (await kept(here))[-1]
    assert row["id"] == denied.value.decision_id
    assert {*denied.value.rules} < {*row["rules"]}


async def test_the_operator_reads_kept_decisions_and_no_tenant_does(here: Programme) -> None:
    await sold(here)
    assert await counted(here, "operator", "wolkenstadt") == 1
    for side in ("partner", "customer", "signin"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await counted(here, side, "nordlicht")


async def test_kept_decisions_are_swept_out_in_bounded_parts(here: Programme) -> None:
    await sold(here)
    now, life = here.clock.now(), timedelta(days=90)
    async with here.owner() as owner:
        await owner.executemany(
            "INSERT INTO decided VALUES ($1, $2, 1, 'x', true, '{}', 'x', '{}')",
            [(now - timedelta(days=day), here.runtime.ids.new()) for day in range(88, 95)],
        )
    assert await forget_decisions(here.runtime, now=now, life=life, at_once=1, times=3) == 3
    assert await forget_decisions(here.runtime, now=now, life=life, at_once=3) == 1
    assert await forget_decisions(here.runtime, now=now, life=life) == 0
    async with here.owner() as owner:
        left = [row["at"] for row in await owner.fetch("SELECT at FROM decided ORDER BY at")]
    assert left == [now - timedelta(days=90), now - timedelta(days=89), now - timedelta(days=88), now]
