"""Least privilege: roles that are held beside what was done with them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from copartner.access import advising, questions
from copartner.access.model import Finding, Review
from copartner.command.denial import Denied
from copartner.directory.model import NewUser, Password, UserChange
from copartner.directory.service import users
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from support.delegated import GLOBAL_ADMINISTRATOR, HELPDESK, LICENCES, READER, USERS, Delegated
from support.programme import Programme

PASSWORD = Password("Abc-12345")


@pytest.fixture
async def pair(here: Programme) -> AsyncIterator[Delegated]:
    """A partner beside another one that has privileges and uses none."""
    for partner in ("nordlicht", "suedwind"):
        await here.relate(partner, "alpenblick")
    async with here.owner() as owner:
        await Delegated(here, owner, "suedwind", "alpenblick").privileges()
        yield Delegated(here, owner, "nordlicht", "alpenblick")


def _said(review: Review, partner: str = "nordlicht.example") -> dict[str, tuple[Finding, set[str], str | None]]:
    return {
        one.role.name: (one.finding, set(one.used_for), one.smaller.name if one.smaller else None)
        for one in review.advice
        if one.partner.domain == partner
    }


async def _asked(pair: Delegated) -> Review:
    """What the customer is told of all, of which the partner is told its own."""
    whole = await advising.advise(pair.here.context("ga@alpenblick", Side.CUSTOMER))
    own = await advising.advise(pair.agent, customer_id=pair.pair[0])
    assert _said(own) == _said(whole)
    assert {one.partner.tenant_id for one in own.advice} <= {pair.pair[1]}
    return whole


async def _holding(pair: Delegated, *roles: Any) -> Any:
    made = await pair.relationship(*roles)
    await pair.assign(made, await pair.group(f"group {made}", pair.user("sa")), *roles)
    return pair.here.context("sa@nordlicht")


async def test_roles_are_measured_by_what_was_done(pair: Delegated) -> None:
    agent = await _holding(pair, GLOBAL_ADMINISTRATOR, USERS, LICENCES, READER)
    assert {finding for finding, _, _ in _said(await _asked(pair)).values()} == {Finding.UNUSED, Finding.UNSEEN}
    user = await users.create_user(
        agent, customer_id=pair.pair[0], new=NewUser("neu@alpenblick.example", "Neu", PASSWORD)
    )
    await users.reset_password(agent, customer_id=pair.pair[0], user_id=user.id, password=PASSWORD)
    said = _said(await _asked(pair))
    done: set[str] = {Action.CUSTOMER_USER_CREATE, Action.CUSTOMER_USER_RESET_PASSWORD}
    assert said == {
        "Global Administrator": (Finding.SMALLER, done, "User Administrator"),
        "User Administrator": (Finding.USED, done, None),
        "License Administrator": (Finding.UNUSED, set(), None),
        "Global Reader": (Finding.UNSEEN, set(), None),
    }
    # The other partner is judged by what it did itself.
    assert {one for one, _, _ in _said(await _asked(pair), "suedwind.example").values()} == {Finding.UNUSED}


async def test_the_smallest_role_that_would_have_done(pair: Delegated) -> None:
    agent = await _holding(pair, USERS)
    user = await users.create_user(
        agent, customer_id=pair.pair[0], new=NewUser("neu@alpenblick.example", "Neu", PASSWORD)
    )
    start = pair.here.clock.moment
    pair.here.clock.moment = start + timedelta(days=91)
    agent = pair.here.context("sa@nordlicht")
    assert _said(await _asked(pair)) == {"User Administrator": (Finding.UNUSED, set(), None)}
    await users.reset_password(agent, customer_id=pair.pair[0], user_id=user.id, password=PASSWORD)
    [(finding, done, smaller)] = _said(await _asked(pair)).values()
    assert (finding, done) == (Finding.SMALLER, {Action.CUSTOMER_USER_RESET_PASSWORD})
    assert smaller in ("Helpdesk Administrator", "Password Administrator")
    await users.change_user(
        agent, customer_id=pair.pair[0], user_id=user.id, change=UserChange(display_name="Neuer Name")
    )
    await users.delete_user(agent, customer_id=pair.pair[0], user_id=user.id)
    [(finding, done, smaller)] = _said(await _asked(pair)).values()
    assert (finding, smaller) == (Finding.USED, None)
    assert {Action.CUSTOMER_USER_CHANGE, Action.CUSTOMER_USER_DELETE} <= done


async def test_what_waits_and_what_ended_gets_no_advice(pair: Delegated) -> None:
    await pair.privileges()
    assert set(_said(await _asked(pair))) == {"Global Administrator", "Helpdesk Administrator"}
    await _holding(pair, HELPDESK)
    assert set(_said(await _asked(pair))) == {"Helpdesk Administrator"}


async def test_why_somebody_may_act_on_behalf(pair: Delegated) -> None:
    """The rules that decide about a customer's directory explain themselves in the same words."""
    here, customer = pair.here, pair.pair[0]

    async def why(name: str, action: Action) -> Any:
        asker = here.context("ga@alpenblick", Side.CUSTOMER)
        return await questions.explain_access(asker, customer_id=customer, user_id=pair.user(name), action=action)

    told = await why("sa", Action.CUSTOMER_USER_CREATE)
    assert (told.allowed, told.through) == (False, ())
    assert [one.rule for one in told.rules] == ["behalf-delegated"]
    await _holding(pair, LICENCES)
    await _holding(pair, USERS)
    told = await why("sa", Action.CUSTOMER_USER_CREATE)
    assert told.allowed
    # Of two approvals the one that allows it is named, and not the other.
    assert [one.role.id for one in told.through] == [USERS]
    assert {one.role.id for one in told.held} == {USERS, LICENCES}
    await pair.privileges()
    told = await why("aa", Action.CUSTOMER_USER_CREATE)
    assert not told.allowed
    assert "gdap-over-dap" in {one.rule for one in told.rules}
    missing = await why("sa", Action.CUSTOMER_ROLE_SET)
    assert not missing.allowed
    assert any("Privileged Role Administrator" in need for need in missing.missing)


async def test_every_change_on_behalf_is_known_by_its_record(pair: Delegated) -> None:
    rules = pair.agent.rules
    called = {str(action) for action in advising.recorded(rules)}
    assert called == {
        *("customer_user.create", "customer_user.change", "customer_user.delete", "customer_user.restore"),
        *("customer_user.reset_password", "customer_role.set", "customer_licence.set"),
    }


async def test_whoever_may_not(pair: Delegated) -> None:
    for ctx, customer in (
        (pair.here.context("ba@alpenblick", Side.CUSTOMER), None),
        (pair.here.context("sa@nordlicht"), pair.pair[0]),
    ):
        with pytest.raises(Denied):
            await advising.advise(ctx, customer_id=customer)
