"""How states, risks and lengths of granular relationships are said."""

from datetime import datetime, timedelta
from uuid import UUID

from copartner.delegation.below import AssignmentStatus, OperationStatus, OperationType, RequestAction, RequestStatus
from copartner.delegation.model import AdminRelationship, Key, Risk, Status
from copartner.portal.page import Visit
from copartner.portal.speaking import word

ROOT = "/partner/admin-relationships"
# Of each state its kind, as parts/state.html has it, and its word.
STATES = {
    Status.CREATED: ("off", word("Draft")),
    Status.APPROVAL_PENDING: ("soon", word("Waits for approval")),
    Status.APPROVED: ("soon", word("Approved by the customer")),
    Status.ACTIVATING: ("soon", word("Being activated")),
    Status.ACTIVE: ("good", word("Active")),
    Status.EXPIRING: ("off", word("Is ending")),
    Status.EXPIRED: ("off", word("Expired")),
    Status.TERMINATION_REQUESTED: ("off", word("Is being ended")),
    Status.TERMINATING: ("off", word("Is being ended")),
    Status.TERMINATED: ("off", word("Ended")),
}
ASSIGNMENT_STATES = {
    AssignmentStatus.PENDING: ("soon", word("Being assigned")),
    AssignmentStatus.ACTIVE: ("good", word("Active")),
    AssignmentStatus.DELETING: ("soon", word("Being taken away")),
    AssignmentStatus.DELETED: ("off", word("Taken away")),
    AssignmentStatus.ERROR: ("alarm", word("Failed")),
}
PROGRESS = {
    OperationStatus.NOT_STARTED: ("soon", word("Not begun")),
    OperationStatus.RUNNING: ("soon", word("Under way")),
    OperationStatus.SUCCEEDED: ("good", word("Done")),
    OperationStatus.FAILED: ("alarm", word("Failed")),
}
PROGRESS_OF = {
    RequestStatus.CREATED: ("soon", word("Not begun")),
    RequestStatus.PENDING: ("soon", word("Under way")),
    RequestStatus.SUCCEEDED: ("good", word("Done")),
    RequestStatus.FAILED: ("alarm", word("Failed")),
}
DEEDS = {
    RequestAction.LOCK_FOR_APPROVAL: word("Approval asked for"),
    RequestAction.APPROVE: word("Agreed to as indirect reseller"),
    RequestAction.REJECT: word("Refused as indirect reseller"),
    RequestAction.TERMINATE: word("Ended by your company"),
    OperationType.ASSIGNMENT_UPDATE: word("Roles of a group changed"),
    OperationType.RELATIONSHIP_UPDATE: word("Roles of the relationship narrowed"),
}
RISKS = {
    Risk.LOW: word("low risk"),
    Risk.MEDIUM: word("medium risk"),
    Risk.HIGH: word("high risk"),
    Risk.HIGHEST: word("highest risk"),
}
_ENDS_SOON = 30


def address(key: Key, below: str = "") -> str:
    """The page of a relationship, or one below it."""
    return f"{ROOT}/{key.id}-{key.partner_tenant_id}{below}"


def key_of(visit: Visit) -> Key:
    """The relationship that an address names."""
    return Key(visit.ids["partner_tenant_id"], visit.ids["relationship_id"])


def days_left(relationship: AdminRelationship, now: datetime) -> int | None:
    """Days until an active relationship ends, begun ones counted; None for one that is not active."""
    if relationship.status is not Status.ACTIVE or relationship.ends_at is None:
        return None
    return max(-((now - relationship.ends_at) // timedelta(days=1)), 0)


def kind_of(relationship: AdminRelationship, now: datetime) -> str:
    """The kind of its state: an active one that ends within 30 days is soon over."""
    left = days_left(relationship, now)
    return "soon" if left is not None and left <= _ENDS_SOON else STATES[relationship.status][0]


def ticked(form: dict[str, str] | None, prefix: str = "role-") -> tuple[UUID, ...]:
    """The identifiers of boxes that are ticked, each a field of its own."""
    names = (name.removeprefix(prefix) for name in form or () if name.startswith(prefix))
    return tuple(UUID(name) for name in names if _is_id(name))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
