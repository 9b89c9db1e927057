"""Every pair of state and step, for each party: what the table has leads on, everything else is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from copartner.delegation import rules
from copartner.delegation.model import AdminRelationship, AutoExtend, Party, Status, Step
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR, known
from copartner.kernel.errors import Invalid

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DRAFT = AdminRelationship(
    id=UUID(int=1),
    partner_tenant_id=UUID(int=2),
    customer_tenant_id=UUID(int=3),
    customer_name="",
    display_name="Help",
    roles=tuple(known())[-2:],
    duration="P2Y",
    auto_extend=AutoExtend.NOT,
    status=Status.CREATED,
    created_at=NOW,
    modified_at=NOW,
)
# Written apart from the table: state, step, who may, what comes of it.
ALLOWED = """
created             change           partner   created
created             delete           partner   -
created             lockForApproval  partner   approvalPending
approvalPending     consent          partner   approvalPending
approvalPending     reject           partner   terminated
approvalPending     approve          customer  approved
approvalPending     reject           customer  terminated
approvalPending     lapse            system    expired
approved            provision        system    activating
activating          provision        system    active
active              adjust           partner   active
active              end              system    expiring
expiring            end              system    expired
active              terminate        partner   terminationRequested
active              terminate        customer  terminationRequested
terminationRequested deprovision     system    terminating
terminating         deprovision      system    terminated
"""
EXPECTED = {(a, b, c): None if d == "-" else d for a, b, c, d in map(str.split, ALLOWED.strip().splitlines())}


@pytest.mark.parametrize(("status", "step", "party"), list(product(Status, Step, Party)))
def test_a_step_leads_on_or_is_refused(status: Status, step: Step, party: Party) -> None:
    if (status, step, party) in EXPECTED:
        assert rules.after(status, step, party) == EXPECTED[status, step, party]
    else:
        with pytest.raises(rules.IllegalStep):
            rules.after(status, step, party)


def test_the_table_has_nothing_twice() -> None:
    assert len(rules.TRANSITIONS) == len(EXPECTED)


@pytest.mark.parametrize(
    ("duration", "days"), [("P1D", 1), ("P2Y", 730), ("P24M", 730), ("P730D", 730), ("P1Y6M", 547), ("P731D", 731)]
)
def test_durations_are_counted_in_days(duration: str, days: int) -> None:
    assert (rules.days_of(duration), rules.within_limits(duration)) == (days, days <= 730)


@pytest.mark.parametrize("duration", ["", "P", "1Y", "P1W", "PT24H", "P-1D", "P1D ", "p1d"])
def test_what_is_no_duration(duration: str) -> None:
    with pytest.raises(Invalid):
        rules.days_of(duration)


def active(draft: AdminRelationship = DRAFT) -> AdminRelationship:
    """What comes of a draft that was asked for and approved."""
    return rules.passed(rules.approved(rules.asked_for(draft, now=NOW), now=NOW), now=NOW)


def test_an_approval_is_followed_by_the_systems_steps_in_their_order() -> None:
    approved = rules.approved(rules.asked_for(DRAFT, now=NOW), now=NOW)
    assert (approved.status, approved.activated_at, approved.ends_at) == (Status.APPROVED, None, None)
    assert rules.due(approved) == NOW + rules.TAKES
    activating = rules.moved_on(approved, at=NOW + rules.TAKES)
    assert (activating.status, activating.activated_at) == (Status.ACTIVATING, None)
    made = rules.moved_on(activating, at=NOW + 2 * rules.TAKES)
    assert (made.status, made.activated_at) == (Status.ACTIVE, NOW + 2 * rules.TAKES)
    assert made.ends_at == datetime(2028, 11, 22, tzinfo=UTC) + 2 * rules.TAKES
    assert made.version == approved.version + 2


def test_an_end_is_followed_by_the_systems_steps_in_their_order() -> None:
    ended = rules.terminated(active(), Party.CUSTOMER, now=NOW)
    states = [ended.status]
    while (at := rules.due(ended)) is not None:
        ended = rules.moved_on(ended, at=at)
        states.append(ended.status)
    assert states == [Status.TERMINATION_REQUESTED, Status.TERMINATING, Status.TERMINATED]


@pytest.mark.parametrize("status", [Status.CREATED, Status.EXPIRED, Status.TERMINATED])
def test_what_is_a_draft_or_over_stays_as_it_is(status: Status) -> None:
    still = replace(DRAFT, status=status, asked_at=NOW, activated_at=NOW, ends_at=NOW)
    assert rules.due(still) is None
    assert rules.passed(still, now=NOW + timedelta(days=36500)) == still


def test_steps_that_take_their_time_are_seen_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "TAKES", timedelta(minutes=5))
    approved = rules.approved(rules.asked_for(DRAFT, now=NOW), now=NOW)
    seen = [rules.passed(approved, now=NOW + timedelta(minutes=minute)) for minute in (4, 5, 9, 10)]
    assert [one.status for one in seen] == [
        Status.APPROVED, Status.ACTIVATING, Status.ACTIVATING, Status.ACTIVE,
    ]  # fmt: skip
    assert seen[-1].activated_at == NOW + timedelta(minutes=10)


def test_two_years_with_extension_go_on_for_ten() -> None:
    begun = active(replace(DRAFT, auto_extend=AutoExtend.HALF_A_YEAR))
    assert (begun.status, begun.ends_at) == (Status.ACTIVE, datetime(2028, 11, 22, tzinfo=UTC))
    for day in range(3653):
        now = NOW + timedelta(days=day)
        seen = rules.passed(begun, now=now)
        assert seen.status is Status.ACTIVE
        assert seen.ends_at is not None
        assert begun.ends_at is not None
        assert now < seen.ends_at <= max(begun.ends_at, now + rules.EXTENSION)
        assert (seen.ends_at - begun.ends_at) % rules.EXTENSION == timedelta(0)


def test_without_extension_it_ends_at_its_end_and_not_before() -> None:
    begun = active()
    assert begun.ends_at is not None
    assert rules.passed(begun, now=begun.ends_at - timedelta(seconds=1)).status is Status.ACTIVE
    over = rules.passed(begun, now=begun.ends_at + timedelta(days=400))
    assert (over.status, over.modified_at) == (Status.EXPIRED, begun.ends_at + rules.TAKES)


def test_a_request_lapses_after_ninety_days_and_not_before() -> None:
    asked = rules.asked_for(DRAFT, now=NOW)
    assert rules.passed(asked, now=NOW + rules.WAITS - timedelta(seconds=1)).status is Status.APPROVAL_PENDING
    lapsed = rules.passed(asked, now=NOW + rules.WAITS)
    assert lapsed.status is Status.EXPIRED
    with pytest.raises(rules.IllegalStep):
        rules.approved(lapsed, now=NOW)


def test_global_administrator_and_extension_never_meet() -> None:
    everything = replace(DRAFT, roles=(GLOBAL_ADMINISTRATOR,))
    assert rules.checked(everything) == everything
    with pytest.raises(Invalid):
        rules.checked(replace(everything, auto_extend=AutoExtend.HALF_A_YEAR))
