"""What is shown as possible is what the acts then do, for every act, state and role; looking records nothing."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from copartner.catalogue.model import BillingCycle
from copartner.command.command import Command
from copartner.command.context import Context
from copartner.command.denial import Denied
from copartner.kernel.errors import Refusal
from copartner.orders import amending, possible, transitions
from copartner.orders import service as orders
from copartner.orders.model import Change, Wish
from copartner.orders.possible_model import Act, Outlook
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions import upkeep
from copartner.subscriptions.model import NextTerm, Patch, Status
from support.programme import Programme
from support.standings import CUSTOMER, SCENES, SELLER, YEAR, active

ROLES = ("ga", "aa", "sa", "hd", "ba")
Act_ = Callable[[Context, Outlook], Awaitable[object]]


class Undone(Exception):
    """A command came to its end; what it did was rolled back."""


class Unchanged(Refusal):
    """A command came to its end without a change."""


def to(patch: Patch) -> Act_:
    """Changes the subscription, whatever it is."""
    return patched(lambda _: patch)


def patched(patch: Callable[[Outlook], Patch]) -> Act_:
    """Changes the subscription."""
    return lambda ctx, seen: subscriptions.change_subscription(
        ctx,
        customer_id=seen.subscription.customer_tenant_id,
        subscription_id=seen.subscription.id,
        patch=patch(seen),
    )


def next_term(seen: Outlook) -> Patch:
    """What is offered for the next term, else the same again with one more."""
    own = seen.subscription
    chosen = [(it.item.availability.catalog_item_id, term) for it in seen.next_terms for term in it.terms]
    if not chosen:
        return Patch(next_term=NextTerm(own.catalog_item_id, own.term, own.billing_cycle, own.quantity + 1))
    item, term = chosen[0]
    return Patch(next_term=NextTerm(item, term.duration, term.billing_cycle, own.quantity))


def rebilled(ctx: Context, seen: Outlook) -> Awaitable[object]:
    """Has the order billed in a rhythm that is offered, else in another one than now."""
    own = seen.subscription
    others = [one for one in (BillingCycle.MONTHLY, BillingCycle.ANNUAL) if one is not own.billing_cycle]
    wanted = (*seen.cycles, *others)[0]
    return amending.change_billing_cycle(
        ctx, customer_id=own.customer_tenant_id, order_id=own.order_id, billing_cycle=wanted
    )


class Acting:
    """Does every act on what is seen, by the services that do it."""

    def __init__(self, here: Programme, targets: dict[str, str]) -> None:
        self._here = here
        self._targets = targets

    def transition(self, ctx: Context, seen: Outlook) -> Awaitable[object]:
        """To what is offered, else to Premium."""
        own = seen.subscription
        offered = [(it.item.availability.catalog_item_id, term) for it in seen.upgrades for term in it.terms]
        change = Change(catalog_item_id=self._targets["Office 365 Premium"])
        if offered:
            item, term = offered[0]
            change = Change(catalog_item_id=item, term=term.duration, billing_cycle=term.billing_cycle)
        return transitions.transition_subscription(
            ctx, customer_id=own.customer_tenant_id, subscription_id=own.id, change=change
        )

    def addon(self, ctx: Context, seen: Outlook) -> Awaitable[object]:
        """Sells what is offered below it, else the archive."""
        own, wish = seen.subscription, Wish(catalog_item_id=self._targets["Archive add-on"], quantity=1, **YEAR)
        if seen.addons:
            term = seen.addons[0].terms[0]
            wish = Wish(
                catalog_item_id=seen.addons[0].item.availability.catalog_item_id,
                quantity=1,
                term=term.duration,
                billing_cycle=term.billing_cycle,
            )
        wish = Wish(**{name: getattr(wish, name) for name in wish.__slots__} | {"parent_id": own.id})
        return orders.place_order(ctx, customer_id=own.customer_tenant_id, wishes=[wish])

    def contact(self, ctx: Context, seen: Outlook) -> Awaitable[object]:
        """Names another partner."""
        own, other = seen.subscription, self._here.tenant("suedwind")
        assert other.enrolment is not None
        return upkeep.set_support_contact(
            ctx,
            customer_id=own.customer_tenant_id,
            subscription_id=own.id,
            support_tenant_id=other.id,
            mpn_id=other.enrolment.mpn_id,
        )

    @property
    def all(self) -> dict[Act, Act_]:
        """Each act."""
        return {
            Act.SUSPEND: to(Patch(status=Status.SUSPENDED)),
            Act.REACTIVATE: to(Patch(status=Status.ACTIVE)),
            Act.CANCEL: to(Patch(status=Status.DELETED)),
            Act.MORE: patched(lambda seen: Patch(quantity=seen.subscription.quantity + 1)),
            Act.FEWER: patched(lambda seen: Patch(quantity=seen.subscription.quantity - 1)),
            Act.RENAME: patched(lambda seen: Patch(nickname=f"{seen.subscription.nickname}!")),
            Act.RENEWAL: patched(lambda seen: Patch(auto_renew=not seen.subscription.auto_renew)),
            Act.NEXT_TERM: patched(next_term),
            Act.BILLING_CYCLE: rebilled,
            Act.TERM: patched(lambda seen: Patch(term="P1M" if seen.subscription.term == "P3Y" else "P3Y")),
            Act.TRANSITION: self.transition,
            Act.ADDON: self.addon,
            Act.SUPPORT_CONTACT: self.contact,
            Act.PARTNER_OF_RECORD: to(Patch(partner_of_record="4100001")),
        }


async def _undo(cmd: Any) -> None:
    raise Undone if cmd._entries else Unchanged("nothing was changed")


async def outcome(act: Awaitable[object]) -> str:
    """What comes of an act that is rolled back in any case."""
    try:
        await act
    except Undone:
        return "done"
    except Denied as denied:
        return f"denied: {denied.message}"
    except Refusal as refusal:
        return f"refused: {refusal.message}"
    raise AssertionError("the command did not come to its end")


@pytest.fixture
async def acting(here: Programme) -> Acting:
    """The acts in a world where the seller has its customer."""
    await here.relate(SELLER, CUSTOMER)
    return Acting(here, {title: await here.item(title) for title in ("Office 365 Premium", "Archive add-on")})


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_an_act_shown_possible_succeeds_and_any_other_is_refused(
    here: Programme, acting: Acting, monkeypatch: pytest.MonkeyPatch, scene: Callable[[Programme], Awaitable[UUID]]
) -> None:
    subscription_id = await scene(here)
    monkeypatch.setattr(Command, "_finish", _undo)
    wrong = []
    for role in ROLES:
        ctx = here.context(f"{role}@{SELLER}")
        seen = await possible.read_possibilities(ctx, customer_id=here.id(CUSTOMER), subscription_id=subscription_id)
        assert {*seen.possible} == {*Act}
        for act, does in acting.all.items():
            shown = seen.possible[act]
            done = await outcome(does(ctx, seen))
            told = "" if shown.denied is None else shown.denied.summary
            if shown.is_open != (done == "done") or (told and shown.obstacle is None and told not in done):
                wrong.append((role, act, shown, done))
    assert not wrong


async def test_nothing_is_recorded_by_looking_and_a_foreign_subscription_is_as_an_unknown_one(
    here: Programme, acting: Acting
) -> None:
    await here.relate("suedwind", CUSTOMER)
    mine, customer = await active(here), here.id(CUSTOMER)
    async with here.owner() as owner:
        before = await owner.fetchval("SELECT count(*) FROM decision_record")
        await possible.read_possibilities(here.context(f"ba@{SELLER}"), customer_id=customer, subscription_id=mine)
        assert await owner.fetchval("SELECT count(*) FROM decision_record") == before
    told = []
    for subscription in (mine, uuid4()):
        with pytest.raises(Denied) as denial:
            await possible.read_possibilities(
                here.context("aa@suedwind"), customer_id=customer, subscription_id=subscription
            )
        told.append((denial.value.message, denial.value.concealed, denial.value.rules))
    assert told[0] == told[1]
    assert told[0][1]
