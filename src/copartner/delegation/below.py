"""What belongs to one granular relationship: the groups that hold its roles, what was asked of it, what goes on."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from copartner.delegation.model import AutoExtend

T = TypeVar("T")


class AssignmentStatus(StrEnum):
    """The states of an assignment in the published contract."""

    PENDING = "pending"
    ACTIVE = "active"
    DELETING = "deleting"
    DELETED = "deleted"
    ERROR = "error"


class AssignmentStep(StrEnum):
    """What moves an assignment on."""

    CHANGE = "change"
    DELETE = "delete"
    SETTLE = "settle"
    END = "end"


class OperationType(StrEnum):
    """What takes the system a while."""

    ASSIGNMENT_UPDATE = "delegatedAdminAccessAssignmentUpdate"
    RELATIONSHIP_UPDATE = "delegatedAdminRelationshipUpdate"


class OperationStatus(StrEnum):
    """How far it is."""

    NOT_STARTED = "notStarted"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RequestAction(StrEnum):
    """What can be asked to be done with a relationship."""

    LOCK_FOR_APPROVAL = "lockForApproval"
    APPROVE = "approve"
    REJECT = "reject"
    TERMINATE = "terminate"


class RequestStatus(StrEnum):
    """What became of it."""

    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessAssignment:
    """A group of the partner, and the roles of a relationship that it has, or had when it ended."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id", "customer_tenant_id")

    id: UUID
    partner_tenant_id: UUID
    relationship_id: UUID
    customer_tenant_id: UUID
    group_id: UUID
    roles: tuple[UUID, ...]
    status: AssignmentStatus
    created_at: datetime
    modified_at: datetime
    activated_at: datetime | None = None
    deleted_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What an operation makes of a relationship, or of the assignment and group that it names; None stays as it is."""

    roles: tuple[UUID, ...]
    auto_extend: AutoExtend | None = None
    assignment_id: UUID | None = None
    group_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something begun that takes the system a while; `data` is what it leads to."""

    id: UUID
    partner_tenant_id: UUID
    relationship_id: UUID
    operation_type: OperationType
    status: OperationStatus
    data: Intent
    created_at: datetime
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a partner asked to be done with a relationship."""

    id: UUID
    partner_tenant_id: UUID
    relationship_id: UUID
    action: RequestAction
    status: RequestStatus
    created_at: datetime
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Begun(Generic[T]):
    """What a change leads to: the thing as it is now, and the operation that brings the rest, if any."""

    thing: T
    operation: Operation | None = None


@dataclass(frozen=True, slots=True)
class AdminCustomer:
    """A customer that a relationship of the partner is active with."""

    id: UUID
    display_name: str


@dataclass(frozen=True, slots=True)
class AdministeredService:
    """A service of which such a customer has licences."""

    id: str
    name: str
