"""Forbids that judge the bearer: whom they deny, from which day, at which door, and that nothing else would."""

from datetime import date

import pytest

from copartner.policy.actions import Action as A
from copartner.policy.decide import decide_cold
from copartner.policy.facts import Cloud, Door, Facts, Role
from copartner.proof.specimens import sides, specimen, with_principal
from support.rulebook import RULEBOOK as BOOK

C = Cloud.COMMERCIAL
FIRST_DAYS = {"mfa-portal": date(2019, 11, 18), "mfa-transaction": date(2020, 5, 1), "mfa-api": date(2026, 4, 1)}
BEFORE_THE_API, PRESENT = date(2026, 3, 31), date(2026, 11, 22)
TRANSACTIONS = (
    (A.CART_CHECKOUT, "Cart"),
    (A.ORDER_PLACE, "Customer"),
    (A.ORDER_PLACE, "Cart"),
    (A.ORDER_EXTEND, "Order"),
    (A.ORDER_CANCEL, "Order"),
    (A.ORDER_CHANGE_BILLING_CYCLE, "Order"),
    *(
        (action, "Subscription")
        for action in A
        if action.startswith("subscription.")
        and action not in (A.SUBSCRIPTION_LIST, A.SUBSCRIPTION_READ, A.SUBSCRIPTION_READ_TRANSITIONS)
    ),
)
READS = ((A.CUSTOMER_LIST, "Home"), (A.SUBSCRIPTION_READ, "Subscription"), (A.USER_CREATE, "Home"))
# At the present the rule about the door speaks of transactions too, so the other one stands alone before that.
CASES = (
    *(("mfa-transaction", *one, Door.API, day) for one in TRANSACTIONS for day in (date(2020, 5, 1), BEFORE_THE_API)),
    *(("mfa-portal", *one, Door.PAGE, day) for one in READS for day in (date(2019, 11, 18), PRESENT)),
    *(("mfa-api", *one, Door.API, day) for one in READS for day in (date(2026, 4, 1), PRESENT)),
    # A partner's user is one on the customer's side too.
    ("mfa-api", A.OWN_SUBSCRIPTION_LIST, "Home", Door.API, PRESENT),
    ("mfa-portal", A.CONSENT_READ, "RelationshipRequest", Door.PAGE, PRESENT),
)


def one_factor(action: A, kind: str, cloud: Cloud, door: Door) -> Facts:
    """A partner's user with every role and no second factor, on whichever side the action is."""
    facts = specimen(action, kind, cloud, sides(action)[0], tuple(Role))
    return with_principal(facts, enrolled=True, multi_factor=False, door=door)


@pytest.mark.parametrize(("rule", "action", "kind", "door", "day"), CASES)
def test_a_forbid_denies_and_nothing_else_would(rule: str, action: A, kind: str, door: Door, day: date) -> None:
    facts = one_factor(action, kind, C, door)
    held = decide_cold(BOOK.at(C, day), action, facts)
    assert (held.allowed, held.rules, held.doubt) == (False, (rule,), ())
    deleted = decide_cold(BOOK.variant(drop={rule}, permit_all=True).at(C, day), action, facts)
    assert deleted.allowed, deleted


@pytest.mark.parametrize(
    ("rule", "action", "kind", "door"),
    [
        ("mfa-portal", A.CUSTOMER_LIST, "Home", Door.PAGE),
        ("mfa-transaction", A.SUBSCRIPTION_SUSPEND, "Subscription", Door.API),
        ("mfa-api", A.CUSTOMER_LIST, "Home", Door.API),
    ],
)
def test_it_begins_on_its_day_in_its_cloud_and_spares_who_is_no_partners_user(
    rule: str, action: A, kind: str, door: Door
) -> None:
    first_day = FIRST_DAYS[rule]
    for cloud in Cloud:
        facts = one_factor(action, kind, cloud, door)
        assert decide_cold(BOOK.at(cloud, date.fromordinal(first_day.toordinal() - 1)), action, facts).allowed
        then = decide_cold(BOOK.at(cloud, first_day), action, facts)
        assert then.rules == (rule,) if cloud is C else then.allowed
        for spared in ({"multi_factor": True}, {"app_only": True}, {"enrolled": False}):
            assert decide_cold(BOOK.at(cloud, first_day), action, with_principal(facts, **spared)).allowed


def test_every_forbid_of_this_kind_is_shown() -> None:
    assert {case[0] for case in CASES} == FIRST_DAYS.keys() == {rule.id for rule in BOOK.rules if rule.of_bearer}
