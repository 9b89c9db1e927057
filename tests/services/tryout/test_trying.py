"""What a try-out finds on a world of known differences, how much it holds at once, and that nothing is changed."""

import contextlib
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from copartner.catalogue.model import BillingCycle
from copartner.command.context import Context
from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.facts import Side
from copartner.policy.rulebook import Rulebook
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch, Status
from copartner.tryout import service, store
from copartner.tryout.model import Basis, Outcome, Progress, Turn
from support.programme import RULEBOOK, Programme

BEGINS = date(2026, 12, 1)
NO_GERMANY = """
@id("no-germany")
@text("Nothing is sold into Germany.")
@source("a test")
@needs("The customer's tenant has to be in another country.")
forbid (principal, action in Action::"sell", resource)
when { resource has customer && resource.customer.country == "DE" };
"""
NO_SUSPENDING_IN_GERMANY = """
@id("no-suspending")
@text("Nothing is suspended in Germany.")
@source("a test")
@needs("The customer's tenant has to be in another country.")
forbid (principal, action == Action::"subscription.suspend", resource)
when { resource has customer && resource.customer.country == "DE" };
"""


def operator(here: Programme) -> Context:
    """The operator's Global admin."""
    return here.context("ga@wolkenstadt", Side.OPERATOR)


async def tried(here: Programme, after: Rulebook, **how: Any) -> Outcome:
    """What another rulebook would decide otherwise."""
    asked = {
        "operator": operator(here).caller.tenant_id,
        "now": here.clock.now(),
        "before": RULEBOOK,
        "begins": BEGINS,
        **how,
    }
    return await service.try_out(here.runtime, after=after, **asked)


async def sold(here: Programme, partner: str, count: int = 1) -> list[UUID]:
    """Subscriptions that a partner sold to alpenblick, with which it works from now on."""
    await here.relate(partner, "alpenblick")
    wish = Wish(
        catalog_item_id=await here.item("Office 365 Enterprise"),
        quantity=5,
        term="P1Y",
        billing_cycle=BillingCycle.MONTHLY,
    )
    placed = await orders.place_order(
        here.context(f"sa@{partner}"), customer_id=here.id("alpenblick"), wishes=[wish] * count
    )
    return [line.subscription_id for order in placed for line in order.lines]


async def suspended(here: Programme, name: str, subscription: UUID) -> None:
    await subscriptions.change_subscription(
        here.context(name),
        customer_id=here.id("alpenblick"),
        subscription_id=subscription,
        patch=Patch(status=Status.SUSPENDED),
    )


async def counts(here: Programme) -> dict[str, int]:
    """How many rows each table has."""
    async with here.owner() as owner:
        tables = await owner.fetch("SELECT relname FROM pg_class WHERE relnamespace = 'copartner'::regnamespace "
                                   "AND relkind IN ('r', 'p') AND NOT relispartition")  # fmt: skip
        return {row[0]: await owner.fetchval(f"SELECT count(*) FROM {row[0]}") for row in tables}


def found(outcome: Outcome, basis: Basis) -> Counter[tuple[str, str | None, str | None, str | None]]:
    """How many answers turn, by what becomes of them, rule, partner and customer."""
    return Counter(
        {(it.turn, it.rule, it.partner, it.customer): it.count for it in outcome.differences if it.basis is basis}
    )


NORDLICHT, SUEDWIND = "Nordlicht IT GmbH", "Südwind Systeme GmbH"
ALPENBLICK, HAFEN = "Alpenblick Logistik GmbH", "Hafen Digital GmbH"


async def test_a_ban_on_a_country_is_told_by_partner_and_customer(here: Programme) -> None:
    await sold(here, "nordlicht")
    await here.relate("suedwind", "lavande")
    outcome = await tried(here, RULEBOOK.variant(add=NO_GERMANY))
    assert outcome.changed == ("no-germany",)
    assert {"cart.create", "order.place", "subscription.transition", "consent.accept"} <= {*outcome.actions}
    # Five actions that sell, each with Azure and without; and one subscription that becomes another, as long or longer.
    assert found(outcome, Basis.PRESENT) == {
        ("denied", "no-germany", NORDLICHT, ALPENBLICK): 10 + 1,
        ("denied", "no-germany", NORDLICHT, HAFEN): 10,
    }
    # The order that was placed would be denied today.
    assert found(outcome, Basis.COMMITTED) == {("denied", "no-germany", NORDLICHT, ALPENBLICK): 1}
    assert (outcome.present.denied, outcome.present.allowed, outcome.committed.denied) == (21, 0, 1)
    assert [(it.id, it.denied, it.allowed) for it in outcome.rules] == [("no-germany", 22, 0)]
    assert {it.name: it.denied for it in outcome.partners} == {NORDLICHT: 22}
    assert {it.name: it.denied for it in outcome.customers} == {ALPENBLICK: 12, HAFEN: 10}
    assert outcome.beyond == 0
    example = next(it for it in outcome.differences if it.basis is Basis.COMMITTED).examples[0]
    assert (example.action, example.actor, example.at) == ("order.place", NORDLICHT, here.clock.now())
    asked = {one.roles for it in outcome.differences for one in it.examples if it.basis is Basis.PRESENT}
    assert ("Global admin", "Admin agent", "Sales agent") in asked


async def test_a_promise_that_ends_shows_whose_subscriptions_others_could_change(here: Programme) -> None:
    first, _ = await sold(here, "nordlicht", 2)
    await here.relate("suedwind", "alpenblick")
    with pytest.raises(Denied):
        await suspended(here, "sa@suedwind", first)
    outcome = await tried(here, RULEBOOK.variant(drop=["mp-subscription"]))
    # Nine changes each: two of nordlicht's and what the operator sold for suedwind, and that one for nordlicht.
    assert found(outcome, Basis.PRESENT) == {
        ("allowed", "mp-subscription", SUEDWIND, ALPENBLICK): 27,
        ("allowed", "mp-subscription", NORDLICHT, ALPENBLICK): 9,
    }
    assert found(outcome, Basis.COMMITTED) == {("allowed", "mp-subscription", SUEDWIND, ALPENBLICK): 1}
    # What no service asks is said to be unasked.
    assert outcome.unasked == ()
    assert outcome.looked.things == {"subscriptions": 3}
    examples = [one for it in outcome.differences for one in it.examples]
    assert {one.resource_type for one in examples} == {"Subscription"}
    assert all(len(it.examples) <= 3 for it in outcome.differences)


async def test_a_rule_about_what_a_request_does_not_tell_denies_and_says_why(here: Programme) -> None:
    await sold(here, "nordlicht")
    outcome = await tried(here, RULEBOOK.variant(add=NO_SUSPENDING_IN_GERMANY), days=0)
    (difference,) = outcome.differences
    assert (difference.rule, difference.turn, difference.count) == (None, Turn.DENIED, 1)
    assert difference.text.startswith("The rules could not be applied to these facts: ")
    assert outcome.looked.decisions == 0


async def test_so_many_are_held_at_once_whatever_there_is(here: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_ = await sold(here, "nordlicht", 5)
    await here.relate("suedwind", "alpenblick")
    for name in ("sa@nordlicht", "sa@suedwind"):
        with pytest.raises(Denied) if name == "sa@suedwind" else contextlib.nullcontext():
            await suspended(here, name, first)
    after = RULEBOOK.variant(drop=["mp-subscription", "mp-visibility"], add=NO_GERMANY)
    told: list[Progress] = []

    async def report(progress: Progress) -> None:
        told.append(progress)

    whole = await tried(here, after)
    fetched: list[int] = []
    _counting(monkeypatch, "present", lambda batch: fetched.append(batch.read))
    _counting(monkeypatch, "decided", lambda rows: fetched.append(len(rows)))
    parts = await tried(here, after, batch=2, report=report)
    assert max(fetched) == 2
    assert len(fetched) > 5
    same = {"seconds": 0.0, "differences": (), "looked": whole.looked}
    assert msgspec.structs.replace(parts, **same) == msgspec.structs.replace(whole, **same)
    assert found(parts, Basis.PRESENT) == found(whole, Basis.PRESENT)
    assert parts.looked.things == whole.looked.things
    # Each part is told of, and at the end all of it was looked at.
    assert [it.done for it in told] == sorted(it.done for it in told)
    assert (told[-1].done, {it.of for it in told}) == (told[-1].of, {told[-1].of})


async def test_a_try_out_changes_nothing_and_leaves_its_own_audit_alone(here: Programme) -> None:
    await sold(here, "nordlicht")
    before = await counts(here)
    with pytest.raises(Invalid, match="there is no rule no-such-rule to end"):
        await service.try_rules(operator(here), text="", ends=["no-such-rule"], begins=BEGINS)
    with pytest.raises(Invalid, match="from 0 to 366"):
        await service.try_rules(operator(here), text=NO_GERMANY, ends=[], begins=BEGINS, days=400)
    assert await counts(here) == before
    ours, theirs = await service.try_rules(operator(here), text=NO_GERMANY, ends=["role-promotions"], begins=BEGINS)
    assert (await counts(here)).items() - before.items() == {
        ("audit_record", before["audit_record"] + 1),
        ("decided", before["decided"] + 1),
    }
    before = await counts(here)
    with pytest.raises(ConnectionAbortedError):
        await tried(here, theirs, before=ours, report=_gone)
    # Nobody waits for one that was given up.
    outcome = await tried(here, theirs, before=ours)
    assert await counts(here) == before
    assert {"no-germany", "role-promotions"} == {*outcome.changed}
    assert here.runtime.rulebook is RULEBOOK
    # The day before they begin, nothing differs and nothing is asked.
    early = await tried(here, theirs, before=ours, begins=date(2026, 11, 30))
    assert (early.actions, early.looked.requests, early.differences) == ((), 0, ())


async def test_nobody_but_the_operators_global_admin_tries_rules_out(here: Programme) -> None:
    callers = (here.context("ga@nordlicht"), here.context("ga@alpenblick", Side.CUSTOMER))
    for caller in (*callers, here.context("ga@nordlicht", Side.OPERATOR)):
        with pytest.raises(Denied):
            await service.try_rules(caller, text=NO_GERMANY, ends=[], begins=BEGINS)
    # What a try-out reads is closed to the roles of partners and customers, whatever they say they are.
    for caller in callers:
        who = caller.caller.side.value, caller.caller.tenant_id
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await store.present(
                here.runtime.pool, who, "subscriptions", after=(store.FIRST, store.FIRST), size=9, now=caller.moment
            )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await store.decided(
                here.runtime.pool, who, actions=["order.place"], after=(caller.moment, store.FIRST), size=9
            )


async def _gone(_: Progress) -> None:
    raise ConnectionAbortedError


def _counting(patch: pytest.MonkeyPatch, name: str, count: Callable[[Any], None]) -> None:
    original = getattr(store, name)

    async def counted(*args: Any, **named: Any) -> Any:
        answered = await original(*args, **named)
        count(answered)
        return answered

    patch.setattr(store, name, counted)
