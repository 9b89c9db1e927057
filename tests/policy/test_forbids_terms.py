"""The forbids about agreed terms deny what they are for from their day on, and nothing else would."""

from datetime import date

import pytest

from copartner.policy.actions import Action
from copartner.policy.decide import decide_cold
from copartner.policy.facts import Cloud, Commitment, Role, Side
from copartner.proof.specimens import specimen, with_context
from policy import test_forbids
from support.rulebook import RULEBOOK as BOOK

CLOSED = Commitment(window_open=False, reduces=True, shortens=False)
SHORTER = Commitment(window_open=True, reduces=False, shortens=True)
CASES = [
    (rule, action, held, begins)
    for rule, actions, changed, begins in (
        ("nce-7-days", (Action.SUBSCRIPTION_CANCEL, Action.SUBSCRIPTION_CHANGE_QUANTITY), CLOSED, date(2023, 7, 1)),
        ("nce-longer-only", (Action.SUBSCRIPTION_TRANSITION, Action.SUBSCRIPTION_CHANGE_TERM), SHORTER,
         date(2023, 10, 1)),
    )
    for action in actions
    for held in (changed, None)
]  # fmt: skip


@pytest.mark.parametrize(("rule", "action", "held", "begins"), CASES)
def test_a_forbid_denies_from_its_day_on(rule: str, action: Action, held: Commitment | None, begins: date) -> None:
    facts = specimen(action, "Subscription", Cloud.COMMERCIAL, Side.PARTNER, (Role.GLOBAL_ADMIN,))
    facts = with_context(facts, commitment=held)
    decision = decide_cold(BOOK.at(Cloud.COMMERCIAL, begins), action, facts)
    assert (decision.allowed, decision.rules, decision.doubt) == (False, (rule,), ())
    before = date.fromordinal(begins.toordinal() - 1)
    without = BOOK.variant(drop={rule}, permit_all=True)
    for book, cloud, day in (
        (without, Cloud.COMMERCIAL, begins),
        (BOOK, Cloud.COMMERCIAL, before),
        (BOOK, Cloud.US_GOVERNMENT, begins),
    ):
        facts = specimen(action, "Subscription", cloud, Side.PARTNER, (Role.GLOBAL_ADMIN,))
        assert decide_cold(book.at(cloud, day), action, with_context(facts, commitment=held)).allowed, (cloud, day)


@pytest.mark.parametrize(
    ("action", "held"),
    [
        (Action.SUBSCRIPTION_CANCEL, Commitment(window_open=True, reduces=True, shortens=False)),
        (Action.SUBSCRIPTION_CHANGE_QUANTITY, Commitment(window_open=False, reduces=False, shortens=False)),
        (Action.SUBSCRIPTION_TRANSITION, Commitment(window_open=False, reduces=True, shortens=False)),
    ],
)
def test_in_time_and_larger_and_longer_are_allowed(action: Action, held: Commitment) -> None:
    facts = specimen(action, "Subscription", Cloud.COMMERCIAL, Side.PARTNER, (Role.GLOBAL_ADMIN,))
    assert decide_cold(
        BOOK.at(Cloud.COMMERCIAL, date(2026, 1, 1)), action, with_context(facts, commitment=held)
    ).allowed


def test_every_forbid_has_a_case() -> None:
    shown = {case.rule for case in test_forbids.CASES} | {rule for rule, *_ in CASES}
    assert shown == {rule.id for rule in BOOK.rules if not (rule.permits or rule.of_bearer)}
