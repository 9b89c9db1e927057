"""Why a partner's user may do something at a customer, or may not."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from copartner.access import questions
from copartner.access.rules import UnknownUser
from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from support.delegated import GLOBAL_ADMINISTRATOR, LICENCES, Delegated
from support.programme import RULEBOOK, Programme


@pytest.fixture
async def pair(here: Programme) -> AsyncIterator[Delegated]:
    """A partner beside another one."""
    for partner in ("nordlicht", "suedwind"):
        await here.relate(partner, "alpenblick")
    async with here.owner() as owner:
        yield Delegated(here, owner, "nordlicht", "alpenblick")


async def _sold(pair: Delegated, partner: str) -> UUID:
    wish = Wish(
        catalog_item_id=await pair.here.item("Office 365 Enterprise"), quantity=1, term="P1Y", billing_cycle="monthly"
    )
    placed = await orders.place_order(pair.here.context(f"sa@{partner}"), customer_id=pair.pair[0], wishes=[wish])
    return placed[0].lines[0].subscription_id


def _asker(pair: Delegated, who: str) -> Any:
    return pair.here.context(who, Side.CUSTOMER if who.endswith(pair.customer) else Side.PARTNER)


async def _why(pair: Delegated, who: str, user: str, action: Action, **more: Any) -> Any:
    return await questions.explain_access(
        _asker(pair, who), customer_id=pair.pair[0], user_id=pair.user(user), action=action, **more
    )


async def test_both_are_told_the_same_of_what_is_allowed(pair: Delegated) -> None:
    own = await _sold(pair, "nordlicht")
    for who in ("ga@alpenblick", "ga@nordlicht", "aa@nordlicht"):
        told = await _why(pair, who, "sa", Action.SUBSCRIPTION_SUSPEND, subscription_id=own)
        assert (told.allowed, told.user_name, told.missing) == (True, "sa@nordlicht.example", ())
        assert [one.permits for one in told.rules] == [True]
        refused = await _why(pair, who, "um", Action.SUBSCRIPTION_SUSPEND, subscription_id=own)
        assert not refused.allowed
        # No permit fits: what would be needed is what the permits need.
        assert any("Sales agent" in need for need in refused.missing)


async def test_another_sellers_thing_is_explained_to_its_customer_alone(pair: Delegated) -> None:
    foreign = await _sold(pair, "suedwind")
    told = await _why(pair, "ga@alpenblick", "sa", Action.SUBSCRIPTION_SUSPEND, subscription_id=foreign)
    assert [one.rule for one in told.rules] == ["mp-subscription"]
    assert str(pair.here.id("suedwind")) in {fact.value for one in told.rules for fact in one.facts}
    unknown = pair.here.runtime.ids.new()
    answers = [
        await _why(pair, "ga@nordlicht", "sa", Action.SUBSCRIPTION_SUSPEND, subscription_id=one)
        for one in (foreign, unknown)
    ]
    assert answers[0] == answers[1]
    assert (answers[0].allowed, answers[0].rules) == (False, ())
    assert answers[0].summary == "There is no such subscription among yours."


async def test_a_stranger_answers_as_who_is_not_there(pair: Delegated) -> None:
    ctx, user = _asker(pair, "ga@nordlicht"), pair.user("aa")
    for action in questions.askable(ctx.rules.schema):
        answers = [
            await questions.explain_access(ctx, customer_id=customer, user_id=user, action=action)
            for customer in (pair.here.id("lavande"), pair.here.runtime.ids.new())
        ]
        assert answers[0] == answers[1], action
        assert not answers[0].allowed


async def test_what_the_user_is_there_is_told_beside(pair: Delegated) -> None:
    await pair.privileges()
    told = await _why(pair, "ga@alpenblick", "aa", Action.CUSTOMER_READ)
    assert [(one.role.id, one.way.kind) for one in told.held] == [(GLOBAL_ADMINISTRATOR, "privileges")]
    made = await pair.relationship(LICENCES)
    assignment = await pair.assign(made, await pair.group("support", pair.user("aa")), LICENCES)
    told = await _why(pair, "ga@alpenblick", "aa", Action.CUSTOMER_READ)
    assert [(one.role.id, one.way.relationship_id, one.way.assignment_id) for one in told.held] == [
        (LICENCES, made, assignment)
    ]


async def test_the_rules_are_asked_and_nothing_else(pair: Delegated) -> None:
    """Whatever the rules become, the answer follows: with a forbid dropped it is another."""
    foreign = await _sold(pair, "suedwind")
    for dropped, allowed in ((set[str](), False), ({"mp-subscription"}, True)):
        here = pair.here.under(RULEBOOK.variant(drop=dropped))
        told = await questions.explain_access(
            here.context("ga@alpenblick", Side.CUSTOMER),
            customer_id=pair.pair[0],
            user_id=pair.user("sa"),
            action=Action.SUBSCRIPTION_SUSPEND,
            subscription_id=foreign,
        )
        assert told.allowed is allowed


async def test_whose_users_can_be_asked_about(pair: Delegated) -> None:
    here, customer = pair.here, pair.pair[0]
    stranger = here.context("aa@wolkenwerk").caller.subject_id
    for user in (stranger, here.runtime.ids.new()):
        with pytest.raises(Denied) as denied:
            await questions.explain_access(
                _asker(pair, "ga@alpenblick"), customer_id=customer, user_id=user, action=Action.CUSTOMER_READ
            )
        assert denied.value.rules == ("access-told",)
    for user in (stranger, here.context("aa@suedwind").caller.subject_id, here.runtime.ids.new()):
        with pytest.raises(UnknownUser):
            await questions.explain_access(
                _asker(pair, "ga@nordlicht"), customer_id=customer, user_id=user, action=Action.CUSTOMER_READ
            )
    for who in ("ba@alpenblick", "sa@nordlicht"):
        with pytest.raises(Denied):
            await _why(pair, who, "aa", Action.CUSTOMER_READ)


async def test_what_can_be_asked(pair: Delegated) -> None:
    for action in ("subscription.explode", Action.AUDIT_READ, Action.CONSENT_ACCEPT, Action.SEATS_TAKE, ""):
        with pytest.raises(Invalid, match=r"customer\.read"):
            await questions.explain_access(
                _asker(pair, "ga@alpenblick"), customer_id=pair.pair[0], user_id=pair.user("aa"), action=action
            )
    with pytest.raises(Invalid, match="subscription"):
        await _why(pair, "ga@alpenblick", "aa", Action.CUSTOMER_READ, subscription_id=UUID(int=1))
