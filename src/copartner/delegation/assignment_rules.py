"""What assignments and operations of a granular relationship can do, and what becomes of them when it ends. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from copartner.delegation.below import (
    AccessAssignment,
    AssignmentStatus,
    AssignmentStep,
    Intent,
    Operation,
    OperationStatus,
)
from copartner.delegation.model import AdminRelationship, Party, Status
from copartner.delegation.roles import check_roles
from copartner.delegation.rules import IllegalStep
from copartner.kernel.errors import Conflict, Invalid, NotFound


class UnknownAssignment(NotFound):
    """The relationship has no such assignment."""


class UnknownOperation(NotFound):
    """The relationship has no such operation."""


class UnknownRelationshipRequest(NotFound):
    """Nothing of that identifier was asked of the relationship."""


class AlreadyAssigned(Conflict):
    """The group has roles of this relationship already."""


@dataclass(frozen=True, slots=True)
class AssignmentTransition:
    """From `before`, this step of this party leads to `after`."""

    before: AssignmentStatus
    step: AssignmentStep
    party: Party
    after: AssignmentStatus


_P, _S = Party.PARTNER, Party.SYSTEM
# All that an assignment can do. What is not in the table is refused.
ASSIGNMENT_TRANSITIONS = (
    AssignmentTransition(AssignmentStatus.PENDING, AssignmentStep.SETTLE, _S, AssignmentStatus.ACTIVE),
    AssignmentTransition(AssignmentStatus.ACTIVE, AssignmentStep.CHANGE, _P, AssignmentStatus.ACTIVE),
    AssignmentTransition(AssignmentStatus.PENDING, AssignmentStep.DELETE, _P, AssignmentStatus.DELETING),
    AssignmentTransition(AssignmentStatus.ACTIVE, AssignmentStep.DELETE, _P, AssignmentStatus.DELETING),
    AssignmentTransition(AssignmentStatus.ERROR, AssignmentStep.DELETE, _P, AssignmentStatus.DELETING),
    AssignmentTransition(AssignmentStatus.DELETING, AssignmentStep.SETTLE, _S, AssignmentStatus.DELETED),
    # With its relationship, whoever ended that.
    AssignmentTransition(AssignmentStatus.PENDING, AssignmentStep.END, _S, AssignmentStatus.DELETED),
    AssignmentTransition(AssignmentStatus.ACTIVE, AssignmentStep.END, _S, AssignmentStatus.DELETED),
    AssignmentTransition(AssignmentStatus.DELETING, AssignmentStep.END, _S, AssignmentStatus.DELETED),
    AssignmentTransition(AssignmentStatus.ERROR, AssignmentStep.END, _S, AssignmentStatus.DELETED),
)
_TABLE = {(one.before, one.step, one.party): one.after for one in ASSIGNMENT_TRANSITIONS}
_NEXT = {
    OperationStatus.NOT_STARTED: OperationStatus.RUNNING,
    OperationStatus.RUNNING: OperationStatus.SUCCEEDED,
}


def assignment_after(status: AssignmentStatus, step: AssignmentStep, party: Party) -> AssignmentStatus:
    """Where a step of a party leads from a state; raises IllegalStep."""
    if (status, step, party) not in _TABLE:
        raise IllegalStep(f"An assignment that is {status} takes no step {step} of the {party}.", status)
    return _TABLE[status, step, party]


def assigned(made: AccessAssignment) -> AccessAssignment:
    """The new assignment, each role once; raises Invalid."""
    return replace(made, roles=check_roles(made.roles))


def assignment_changed(
    assignment: AccessAssignment, roles: tuple[UUID, ...], group_id: UUID | None, *, now: datetime
) -> AccessAssignment:
    """The assignment that begins to get other roles, itself where these are its own; raises IllegalStep, Invalid."""
    if group_id not in (None, assignment.group_id):
        raise Invalid(
            "accessContainer: an assignment stays with its group; delete it and assign the roles to another.",
            "accessContainer",
        )
    made = _moved(assignment, AssignmentStep.CHANGE, Party.PARTNER, now=now)
    return assignment if {*check_roles(roles)} == {*assignment.roles} else made


def assignment_deleted(assignment: AccessAssignment, *, now: datetime) -> AccessAssignment:
    """The assignment on its way out, its roles no longer in force; raises IllegalStep."""
    return _moved(assignment, AssignmentStep.DELETE, Party.PARTNER, now=now)


def settled(assignment: AccessAssignment, *, now: datetime) -> AccessAssignment:
    """The assignment after what the system does by itself: a new one is active, one on its way out is gone."""
    if (assignment.status, AssignmentStep.SETTLE, Party.SYSTEM) not in _TABLE:
        return assignment
    status = assignment_after(assignment.status, AssignmentStep.SETTLE, Party.SYSTEM)
    if status is AssignmentStatus.ACTIVE:
        return replace(assignment, status=status, modified_at=now, activated_at=now)
    return replace(assignment, status=status, modified_at=now, deleted_at=now)


def narrowed(assignment: AccessAssignment, roles: tuple[UUID, ...], *, now: datetime) -> AccessAssignment:
    """The assignment without roles that its relationship no longer has; with none left it is on its way out."""
    left = tuple(role for role in assignment.roles if role in set(roles))
    if left == assignment.roles or assignment.status in (AssignmentStatus.DELETING, AssignmentStatus.DELETED):
        return assignment
    if not left:
        return assignment_deleted(assignment, now=now)
    return replace(assignment, roles=left, modified_at=now, version=assignment.version + 1)


def ended_with(assignment: AccessAssignment, relationship: AdminRelationship) -> AccessAssignment:
    """The assignment as its relationship leaves it: gone at the end of one that has ended."""
    ended = relationship.ended_at
    if ended is None or assignment.status is AssignmentStatus.DELETED:
        return assignment
    return replace(_moved(assignment, AssignmentStep.END, Party.SYSTEM, now=ended), deleted_at=ended)


def carried_on(operation: Operation, relationship: AdminRelationship, *, now: datetime) -> Operation:
    """The operation one step further; failed where its relationship is active no more. What is over stays."""
    if operation.status not in _NEXT:
        return operation
    status = _NEXT[operation.status] if relationship.status is Status.ACTIVE else OperationStatus.FAILED
    return replace(operation, status=status, modified_at=now)


def assignment_as(assignment: AccessAssignment, intent: Intent, *, now: datetime) -> AccessAssignment:
    """The assignment as an operation leaves it."""
    return replace(assignment, roles=intent.roles, modified_at=now)


def relationship_as(relationship: AdminRelationship, intent: Intent, *, now: datetime) -> AdminRelationship:
    """The relationship as an operation leaves it."""
    auto_extend = intent.auto_extend or relationship.auto_extend
    return replace(relationship, roles=intent.roles, auto_extend=auto_extend, modified_at=now)


def within(relationship: AdminRelationship, roles: tuple[UUID, ...]) -> bool:
    """Whether the relationship has all these roles."""
    return {*roles} <= {*relationship.roles}


def _moved(assignment: AccessAssignment, step: AssignmentStep, party: Party, *, now: datetime) -> AccessAssignment:
    status = assignment_after(assignment.status, step, party)
    return replace(assignment, status=status, modified_at=now, version=assignment.version + 1)
