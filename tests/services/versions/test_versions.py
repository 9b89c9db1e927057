"""A version of the rules from proposal to effect and back."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from copartner.announcements import service as announcements
from copartner.catalogue.model import BillingCycle
from copartner.command.context import Context
from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid
from copartner.kernel.languages import Language
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.facts import Side
from copartner.programme import service as programme
from copartner.versions import rules, service
from copartner.versions.model import State, Verdict
from support.programme import Programme
from support.versions import NO_SALE, STORY, Answer, approved, approver, check, in_days, propose, proposer

HELP = "help@wolkenstadt.example"
VISIBLE = """
@id("mp-visibility") @text("Anybody reads it.") @source("a test") @needs("Nothing.")
forbid (principal, action in Action::"read_thing", resource) unless { resource has partner };
"""


async def place(here: Programme) -> object:
    """An order of nordlicht's for alpenblick."""
    item = await here.item("Office 365 Enterprise")
    wish = Wish(catalog_item_id=item, quantity=1, term="P1Y", billing_cycle=BillingCycle.MONTHLY)
    return await orders.place_order(here.context("aa@nordlicht"), customer_id=here.id("alpenblick"), wishes=[wish])


async def test_from_proposal_to_effect_and_back(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")
    made = await propose(here)
    assert (made.number, made.state, made.proposed_by_name) == (1, State.PROPOSED, "ga@wolkenstadt.example")
    assert [rule.id for rule in made.difference.new] == ["no-sale-abroad"]
    asked = (await check(here)).asked
    assert asked[0][0] == here.runtime.rulebook.source
    assert [one.name for one in asked[0][1].amendments] == ["version 1"]
    found = await service.read_version(approver(here), version_id=made.id)
    assert found.findings is not None
    assert (found.state, found.findings.verdict) == (State.CHECKED, Verdict.HOLDS)
    tried = found.findings.try_out
    assert tried is not None
    assert (tried["changed"], tried["present"]["allowed"]) == (["no-sale-abroad"], 0)
    assert tried["present"]["denied"] > 0
    assert here.tenant("alpenblick").company_name in [one["name"] for one in tried["customers"]]
    done = await service.approve_version(approver(here), version_id=made.id)
    assert (done.state, done.place, done.approved_by_name) == (State.APPROVED, 1, "approver@wolkenstadt.example")
    await here.runtime.rules.settled()
    await place(here)
    here.clock.moment += timedelta(days=40)
    with pytest.raises(Denied) as denied:
        await place(here)
    assert denied.value.message == "Nothing is sold into DE any more."
    assert denied.value.rules == ("no-sale-abroad",)
    back = await service.take_back_version(proposer(here), version_id=made.id, reason="It was wrong.")
    assert (back.state, back.until, back.ended_because) == (State.TAKEN_BACK, in_days(here, 0), "It was wrong.")
    await here.runtime.rules.settled()
    await place(here)
    # Of its days it is told by its own text, although nothing of it is in force any more.
    view = await programme.read_decision(here.context("aa@nordlicht"), decision_id=denied.value.decision_id or uuid4())
    assert [rule.id for rule in view.rules] == ["no-sale-abroad"]
    audit = await programme.list_audit(proposer(here), start=here.clock.now() - timedelta(days=41))
    steps = [one.operation_type for one in audit.items if one.resource_id == str(made.id)]
    assert steps == [f"rule_version.{step}" for step in ("propose", "check", "approve", "take_back")]


async def test_stories_have_the_names_of_two_partners_of_one_customer(here: Programme) -> None:
    await propose(here)
    assert (await check(here)).names is None
    for partner in ("nordlicht", "suedwind"):
        await here.relate(partner, "alpenblick")
    await propose(here)
    names = (await check(here)).names
    assert names is not None
    assert {names.actor, names.other} == {here.tenant(one).company_name for one in ("nordlicht", "suedwind")}
    assert names.customer == here.tenant("alpenblick").company_name


async def test_what_it_changes_becomes_the_draft_of_an_announcement(here: Programme) -> None:
    made = await propose(here)
    draft = await announcements.draft_of_version(proposer(here), version_id=made.id, contact=HELP)
    assert (draft.content.rule_version, draft.content.begins_on) == (made.number, made.begins)
    out = await announcements.publish_announcement(proposer(here), announcement_id=draft.id)
    assert out.content.contact == HELP
    assert "Nothing is sold into DE any more." in draft.content.texts[Language.ENGLISH].changes
    with pytest.raises(Denied):
        await announcements.draft_of_version(proposer(here), version_id=uuid4(), contact=HELP)


async def test_nobody_approves_its_own_or_what_was_not_proved_or_without_notice(here: Programme) -> None:
    made = await propose(here)
    with pytest.raises(Denied) as unproved:
        await service.approve_version(approver(here), version_id=made.id)
    assert unproved.value.rules == ("rules-proved",)
    await check(here)
    with pytest.raises(Denied) as own:
        await service.approve_version(proposer(here), version_id=made.id)
    assert own.value.rules == ("rules-second",)
    here.clock.moment += timedelta(days=11)
    with pytest.raises(Denied) as late:
        await service.approve_version(approver(here), version_id=made.id)
    assert late.value.rules == ("rules-notice",)
    here.clock.moment -= timedelta(days=1)
    assert (await service.approve_version(approver(here), version_id=made.id)).state is State.APPROVED


async def test_a_version_that_breaks_a_promise_stays_refused(here: Programme) -> None:
    made = await propose(here, VISIBLE)
    assert [one.before.id for one in made.difference.restated] == ["mp-visibility"]
    assert made.difference.lifts
    await check(here, Answer(holds=False, stories=(STORY,)))
    found = await service.read_version(approver(here), version_id=made.id)
    assert found.state is State.REFUSED
    assert found.findings is not None
    assert found.findings.stories == (STORY,)
    with pytest.raises(Denied):
        await service.approve_version(approver(here), version_id=made.id)
    with pytest.raises(rules.WrongState, match="stays refused"):
        await service.check_version(proposer(here), version_id=made.id)
    assert (await service.withdraw_version(proposer(here), version_id=made.id)).state is State.WITHDRAWN


async def test_an_undecided_one_is_checked_again(here: Programme) -> None:
    made = await propose(here)
    await check(here, Answer(holds=False, undecided="no answer after 120 seconds"))
    found = await service.read_version(proposer(here), version_id=made.id)
    assert found.findings is not None
    assert (found.state, found.check_wanted_at) == (State.PROPOSED, None)
    assert (found.findings.verdict, found.findings.undecided) == (Verdict.UNDECIDED, "no answer after 120 seconds")
    with pytest.raises(Denied):
        await service.approve_version(approver(here), version_id=made.id)
    again = await service.check_version(approver(here), version_id=made.id)
    assert again.check_wanted_at is not None
    await check(here)
    assert (await service.approve_version(approver(here), version_id=made.id)).state is State.APPROVED


async def test_what_was_checked_with_other_rules_is_checked_again(here: Programme) -> None:
    first, second = await propose(here), await propose(here, "", ends=["rel-market"])
    await check(here)
    await check(here)
    await service.approve_version(approver(here), version_id=first.id)
    await here.runtime.rules.settled()
    with pytest.raises(Denied) as unproved:
        await service.approve_version(approver(here), version_id=second.id)
    assert unproved.value.rules == ("rules-proved",)
    await service.check_version(proposer(here), version_id=second.id)
    asked = (await check(here)).asked
    assert [one.name for one in asked[0][0].amendments] == ["version 1"]
    assert (await service.approve_version(approver(here), version_id=second.id)).place == 2


@pytest.mark.parametrize(
    ("text", "ends", "complaint"),
    [
        ("forbid (principal", (), "version 1 cannot be read"),
        ("", (), "changes nothing"),
        (NO_SALE.format(country="DE").replace("country", "planet"), (), "planet"),
        ("", ("rel-nothing",), "there is no rule rel-nothing to end"),
        ("", ("NOT an id",), "is no id of a rule"),
        ("x" * 65_537, (), "65537 characters"),
    ],
)
async def test_what_does_not_fit_is_not_even_proposed(
    here: Programme, text: str, ends: tuple[str, ...], complaint: str
) -> None:
    with pytest.raises(Invalid, match=complaint):
        await propose(here, text, ends=ends)
    assert (await service.list_versions(proposer(here))).items == ()


async def test_the_past_and_the_present_day_stay_as_they_are(here: Programme) -> None:
    for days in (-1, 0):
        with pytest.raises(Invalid, match="a day after"):
            await propose(here, days=days)


async def test_a_version_that_another_builds_on_is_not_taken_back(here: Programme) -> None:
    first = await approved(here)
    second = await approved(here, "", ends=["no-sale-abroad"], days=50)
    with pytest.raises(rules.BuiltUpon, match=r"Version 2 builds on version 1.*Take version 2 back first"):
        await service.take_back_version(proposer(here), version_id=first.id, reason="wrong")
    await service.take_back_version(proposer(here), version_id=second.id, reason="wrong")
    await here.runtime.rules.settled()
    await service.take_back_version(proposer(here), version_id=first.id, reason="wrong")


async def test_what_a_later_one_lifted_beside_it_keeps_it(here: Programme) -> None:
    first = await approved(here)
    await approved(here, "", ends=["rel-market"])
    with pytest.raises(rules.BuiltUpon, match="lifts"):
        await service.take_back_version(proposer(here), version_id=first.id, reason="wrong")
    third = await approved(here, NO_SALE.format(country="FR").replace("no-sale", "none-sold"))
    assert (await service.take_back_version(proposer(here), version_id=third.id, reason="wrong")).until


async def test_versions_are_listed_read_by_number_and_strangers_see_none(here: Programme) -> None:
    made = [await propose(here), await propose(here)]
    page = await service.list_versions(approver(here), size=1)
    assert ([one.number for one in page], page.total) == ([1], 2)
    assert [one.id for one in await service.list_versions(approver(here), after=page.next_after)] == [made[1].id]
    assert [one.id for one in await service.list_versions(approver(here), number=2)] == [made[1].id]
    with pytest.raises(Denied) as unknown:
        await service.read_version(approver(here), version_id=uuid4())
    assert unknown.value.concealed

    def elsewhere() -> Context:
        return here.context("ga@nordlicht", Side.OPERATOR)

    with pytest.raises(Denied) as foreign:
        await service.read_version(elsewhere(), version_id=made[0].id)
    assert foreign.value.concealed
    for attempt in (service.list_versions(elsewhere()), service.withdraw_version(elsewhere(), version_id=made[0].id)):
        with pytest.raises(Denied):
            await attempt


async def test_a_repeated_proposal_is_made_once(here: Programme) -> None:
    wanted: dict[str, Any] = {
        "title": "x",
        "reason": "y",
        "text": "",
        "ends": ["rel-market"],
        "begins": in_days(here, 40),
    }
    made = [
        await service.propose_version(here.context("ga@wolkenstadt", Side.OPERATOR, request_id="1"), **wanted)
        for _ in range(2)
    ]
    assert made[0] == made[1]


async def test_a_repeated_approval_and_taking_back_happen_once(here: Programme) -> None:
    made = await propose(here)
    await check(here)

    def again(who: str, request: str) -> Context:
        return here.context(f"{who}@wolkenstadt", Side.OPERATOR, request_id=request)

    first = await service.approve_version(again("approver", "a"), version_id=made.id)
    await here.runtime.rules.settled()
    assert await service.approve_version(again("approver", "a"), version_id=made.id) == first
    with pytest.raises(rules.WrongState, match="is approved; only a checked one"):
        await service.approve_version(approver(here), version_id=made.id)
    await here.runtime.rules.settled()
    taken = await service.take_back_version(again("ga", "b"), version_id=made.id, reason="wrong")
    await here.runtime.rules.settled()
    assert await service.take_back_version(again("ga", "b"), version_id=made.id, reason="wrong") == taken
    assert here.runtime.rules.number == 2
