"""What assignments and operations can do, written apart from the tables; what becomes of them with time and an end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from copartner.delegation import assignment_rules, rules
from copartner.delegation.assignment_rules import (
    ASSIGNMENT_TRANSITIONS,
    assignment_after,
    assignment_as,
    assignment_changed,
    assignment_deleted,
    carried_on,
    ended_with,
    narrowed,
    relationship_as,
    settled,
)
from copartner.delegation.below import (
    AccessAssignment,
    AssignmentStatus,
    AssignmentStep,
    Intent,
    Operation,
    OperationStatus,
    OperationType,
)
from copartner.delegation.model import AdminRelationship, Asked, AutoExtend, Party, Status
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR, known
from copartner.kernel.errors import Invalid

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LATER = NOW + timedelta(minutes=3)
A, B = tuple(known())[-2:]
ALLOWED = """
pending   settle  system   active
active    change  partner  active
pending   delete  partner  deleting
active    delete  partner  deleting
error     delete  partner  deleting
deleting  settle  system   deleted
pending   end     system   deleted
active    end     system   deleted
deleting  end     system   deleted
error     end     system   deleted
"""
EXPECTED = {(a, b, c): d for a, b, c, d in map(str.split, ALLOWED.strip().splitlines())}
ACTIVE = AdminRelationship(
    id=UUID(int=1),
    partner_tenant_id=UUID(int=2),
    customer_tenant_id=UUID(int=3),
    customer_name="",
    display_name="Help",
    roles=(GLOBAL_ADMINISTRATOR, A, B),
    duration="P2Y",
    auto_extend=AutoExtend.NOT,
    status=Status.ACTIVE,
    created_at=NOW,
    modified_at=NOW,
    activated_at=NOW,
    ends_at=NOW + timedelta(days=730),
)
HELD = AccessAssignment(
    id=UUID(int=4),
    partner_tenant_id=UUID(int=2),
    relationship_id=UUID(int=1),
    customer_tenant_id=UUID(int=3),
    group_id=UUID(int=5),
    roles=(GLOBAL_ADMINISTRATOR, A),
    status=AssignmentStatus.ACTIVE,
    created_at=NOW,
    modified_at=NOW,
    activated_at=NOW,
)
BEGUN = Operation(
    id=UUID(int=6),
    partner_tenant_id=UUID(int=2),
    relationship_id=UUID(int=1),
    operation_type=OperationType.ASSIGNMENT_UPDATE,
    status=OperationStatus.NOT_STARTED,
    data=Intent(roles=(B,), assignment_id=HELD.id, group_id=HELD.group_id),
    created_at=NOW,
    modified_at=NOW,
)


@pytest.mark.parametrize(("status", "step", "party"), list(product(AssignmentStatus, AssignmentStep, Party)))
def test_a_step_leads_on_or_is_refused(status: AssignmentStatus, step: AssignmentStep, party: Party) -> None:
    if (status, step, party) in EXPECTED:
        assert assignment_after(status, step, party) == EXPECTED[status, step, party]
    else:
        with pytest.raises(rules.IllegalStep):
            assignment_after(status, step, party)


def test_the_table_has_nothing_twice() -> None:
    assert len(ASSIGNMENT_TRANSITIONS) == len(EXPECTED)


def test_the_system_settles_what_is_new_and_what_goes() -> None:
    new = replace(HELD, status=AssignmentStatus.PENDING, activated_at=None)
    assert settled(new, now=LATER) == replace(HELD, modified_at=LATER, activated_at=LATER)
    going = assignment_deleted(HELD, now=NOW)
    assert (going.status, going.version) == (AssignmentStatus.DELETING, 2)
    gone = settled(going, now=LATER)
    assert (gone.status, gone.deleted_at, gone.version) == (AssignmentStatus.DELETED, LATER, 2)
    for status in (AssignmentStatus.ACTIVE, AssignmentStatus.DELETED, AssignmentStatus.ERROR):
        assert settled(replace(HELD, status=status), now=LATER).status is status


def test_a_change_begins_and_is_brought_about_later() -> None:
    assert assignment_changed(HELD, (A, GLOBAL_ADMINISTRATOR), None, now=LATER) is HELD
    begun = assignment_changed(HELD, (B,), HELD.group_id, now=LATER)
    assert (begun.roles, begun.version, begun.status) == (HELD.roles, 2, AssignmentStatus.ACTIVE)
    assert assignment_as(begun, BEGUN.data, now=LATER).roles == (B,)
    for roles, group in (((), None), ((UUID(int=9),), None), ((B,), UUID(int=9))):
        with pytest.raises(Invalid):
            assignment_changed(HELD, roles, group, now=LATER)


def test_an_operation_begins_succeeds_and_stays_so() -> None:
    running = carried_on(BEGUN, ACTIVE, now=LATER)
    assert (running.status, running.modified_at) == (OperationStatus.RUNNING, LATER)
    done = carried_on(running, ACTIVE, now=LATER)
    assert done.status is OperationStatus.SUCCEEDED
    assert carried_on(done, ACTIVE, now=LATER + timedelta(days=1)) is done


@pytest.mark.parametrize("status", [OperationStatus.NOT_STARTED, OperationStatus.RUNNING])
def test_an_operation_fails_with_its_relationship(status: OperationStatus) -> None:
    ended = rules.terminated(ACTIVE, Party.CUSTOMER, now=NOW)
    failed = carried_on(replace(BEGUN, status=status), ended, now=LATER)
    assert failed.status is OperationStatus.FAILED
    assert carried_on(failed, ended, now=LATER + timedelta(days=1)) is failed


def test_a_role_that_the_relationship_loses_goes_from_its_groups() -> None:
    left = narrowed(HELD, (A, B), now=LATER)
    assert (left.roles, left.version, left.status) == ((A,), 2, AssignmentStatus.ACTIVE)
    assert narrowed(left, (A, B), now=LATER) is left
    assert narrowed(HELD, (B,), now=LATER).status is AssignmentStatus.DELETING
    gone = replace(HELD, status=AssignmentStatus.DELETED)
    assert narrowed(gone, (B,), now=LATER) is gone


@pytest.mark.parametrize(
    "status", [AssignmentStatus.PENDING, AssignmentStatus.ACTIVE, AssignmentStatus.DELETING, AssignmentStatus.ERROR]
)
def test_an_assignment_ends_with_its_relationship_and_at_that_time(status: AssignmentStatus) -> None:
    held = replace(HELD, status=status)
    assert ended_with(held, ACTIVE) is held
    over = rules.passed(ACTIVE, now=NOW + timedelta(days=800))
    assert over.ended_at == ACTIVE.ends_at
    ended = ended_with(held, over)
    assert (ended.status, ended.deleted_at, ended.modified_at) == (
        AssignmentStatus.DELETED,
        over.ended_at,
        over.ended_at,
    )
    assert ended_with(ended, over) is ended


def test_of_an_active_relationship_the_extension_and_global_administrator_alone() -> None:
    asked = Asked(roles=(B, A), auto_extend=AutoExtend.HALF_A_YEAR, display_name="Help", duration="P2Y")
    made = rules.adjusted(ACTIVE, asked, now=LATER)
    assert (made.roles, made.auto_extend, made.version) == ((A, B), AutoExtend.HALF_A_YEAR, 2)
    assert relationship_as(ACTIVE, Intent(roles=made.roles, auto_extend=made.auto_extend), now=LATER).roles == (A, B)
    same = Asked(roles=(B, A, GLOBAL_ADMINISTRATOR), display_name="Help", auto_extend=AutoExtend.NOT)
    assert rules.adjusted(ACTIVE, same, now=LATER) is ACTIVE
    with pytest.raises(Invalid):
        rules.adjusted(ACTIVE, Asked(auto_extend=AutoExtend.HALF_A_YEAR), now=LATER)
    with pytest.raises(Invalid):
        rules.adjusted(replace(ACTIVE, roles=(GLOBAL_ADMINISTRATOR,)), Asked(roles=()), now=LATER)
    for asked in (Asked(roles=(A,)), Asked(duration="P1Y"), Asked(customer_tenant_id=UUID(int=9))):
        with pytest.raises(rules.IllegalStep):
            rules.adjusted(ACTIVE, asked, now=LATER)


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.ACTIVE])
def test_nothing_is_adjusted_but_an_active_relationship(status: Status) -> None:
    with pytest.raises(rules.IllegalStep):
        rules.adjusted(replace(ACTIVE, status=status), Asked(roles=(A, B)), now=LATER)


def test_what_ended_is_seen_for_a_year() -> None:
    assert rules.seen(ACTIVE, now=NOW + timedelta(days=5000))
    ended = rules.terminated(ACTIVE, Party.PARTNER, now=NOW)
    assert ended.ended_at == NOW
    assert rules.seen(ended, now=NOW + timedelta(days=365) - timedelta(seconds=1))
    assert not rules.seen(ended, now=NOW + timedelta(days=365))
    refused = rules.rejected(replace(ACTIVE, status=Status.APPROVAL_PENDING), "", now=LATER)
    assert refused.ended_at == LATER
    waiting = replace(ACTIVE, status=Status.APPROVAL_PENDING, asked_at=NOW)
    assert rules.passed(waiting, now=NOW + timedelta(days=100)).ended_at == NOW + rules.WAITS


def test_roles_are_within_a_relationship() -> None:
    assert assignment_rules.within(ACTIVE, (A,))
    assert not assignment_rules.within(replace(ACTIVE, roles=(A,)), (A, B))
