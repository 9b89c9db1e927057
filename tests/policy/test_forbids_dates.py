"""Forbids begin and end on their day, in their clouds."""

from datetime import date

import pytest

from copartner.policy.actions import Action
from copartner.policy.decide import decide_cold
from copartner.policy.facts import Cloud, Role
from copartner.proof.specimens import BUYER, CUSTOMER, sides, specimen, with_organisation, with_tenant
from support.rulebook import RULEBOOK as BOOK

C, V = Cloud.COMMERCIAL, Cloud.CHINA


@pytest.mark.parametrize(
    ("rule", "action", "kind", "change", "cloud", "last_free_day"),
    [
        ("csp-no-partner-buyer", Action.CART_CREATE, "Customer", ("organisation", BUYER), C, date(2017, 3, 29)),
        ("csp-tenant-only", Action.CART_CREATE, "Customer", ("tenant", CUSTOMER), C, date(2020, 11, 28)),
        ("csp-tenant-only", Action.CART_CREATE, "Customer", ("tenant", CUSTOMER), V, date(9999, 1, 1)),
    ],
)
def test_dates_and_clouds_hold_to_the_day(
    rule: str, action: Action, kind: str, change: tuple[str, str], cloud: Cloud, last_free_day: date
) -> None:
    facts = specimen(action, kind, cloud, sides(action)[0], (Role.ADMIN_AGENT,))
    changer = with_organisation if change[0] == "organisation" else with_tenant
    facts = changer(facts, change[1], enrolled=True)
    assert decide_cold(BOOK.at(cloud, last_free_day), action, facts).allowed
    if cloud is not V:
        next_day = date.fromordinal(last_free_day.toordinal() + 1)
        assert decide_cold(BOOK.at(cloud, next_day), action, facts).rules == (rule,)
