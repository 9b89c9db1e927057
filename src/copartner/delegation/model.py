"""A granular delegated admin relationship, and what is asked of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from copartner.partners.model import Partner


class Status(StrEnum):
    """The states of the published contract."""

    CREATED = "created"
    APPROVAL_PENDING = "approvalPending"
    APPROVED = "approved"
    ACTIVATING = "activating"
    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    TERMINATION_REQUESTED = "terminationRequested"
    TERMINATING = "terminating"
    TERMINATED = "terminated"


class Party(StrEnum):
    """Who may take a step."""

    PARTNER = "partner"
    CUSTOMER = "customer"
    SYSTEM = "system"


class Step(StrEnum):
    """What moves a relationship on."""

    CHANGE = "change"
    ADJUST = "adjust"
    DELETE = "delete"
    LOCK_FOR_APPROVAL = "lockForApproval"
    CONSENT = "consent"
    APPROVE = "approve"
    REJECT = "reject"
    TERMINATE = "terminate"
    PROVISION = "provision"
    DEPROVISION = "deprovision"
    LAPSE = "lapse"
    END = "end"


class AutoExtend(StrEnum):
    """By how much a relationship goes on at its end; the first two say not at all."""

    NOT = "PT0S"
    NOT_EITHER = "P0D"
    HALF_A_YEAR = "P180D"


class OrderBy(StrEnum):
    """By what a list of relationships comes; identifiers are in the order of their making."""

    ID = "id"
    CREATED = "created_at"
    MODIFIED = "modified_at"
    NAME = "display_name"


class Risk(StrEnum):
    """How much harm a role can do."""

    HIGHEST = "highest"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class AdminRole:
    """A built-in role: `text` says in plain words what its holder does in the customer's tenant."""

    id: UUID
    name: str
    risk: Risk
    text: str


@dataclass(frozen=True, slots=True)
class Key:
    """How a relationship is named: whose it is, and which."""

    partner_tenant_id: UUID
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a partner asks for; None is what a change leaves as it is."""

    display_name: str | None = None
    duration: str | None = None
    roles: tuple[UUID, ...] | None = None
    auto_extend: AutoExtend | None = None
    customer_tenant_id: UUID | None = None
    customer_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminRelationship:
    """One relationship; without `customer_tenant_id` it is for whichever customer approves it.

    With `provider_tenant_id` an indirect provider asked for it, for the partner as its reseller.
    """

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id", "asked_tenant_id", "provider_tenant_id")

    id: UUID
    partner_tenant_id: UUID
    customer_tenant_id: UUID | None
    customer_name: str
    display_name: str
    roles: tuple[UUID, ...]
    duration: str
    auto_extend: AutoExtend
    status: Status
    created_at: datetime
    modified_at: datetime
    asked_at: datetime | None = None
    activated_at: datetime | None = None
    ends_at: datetime | None = None
    answer_reason: str = ""
    ended_at: datetime | None = None
    version: int = 1
    counters: UUID | None = None
    provider_tenant_id: UUID | None = None
    reseller_consented_at: datetime | None = None

    @property
    def approved_in_advance(self) -> bool:
        """Whether a customer offered exactly this instead of what it was asked, and nobody changed it since."""
        return self.counters is not None and self.status is Status.CREATED and self.version == 1

    @property
    def waits_for_reseller(self) -> bool:
        """Whether an indirect provider asked for it and its reseller, whose it is, has yet to answer."""
        waits = self.status is Status.APPROVAL_PENDING and self.reseller_consented_at is None
        return waits and self.provider_tenant_id is not None

    @property
    def key(self) -> Key:
        """How it is named."""
        return Key(self.partner_tenant_id, self.id)

    @property
    def asked_tenant_id(self) -> UUID | None:
        """The customer, once it was asked: a draft is its partner's alone, whomever it names."""
        return None if self.status is Status.CREATED else self.customer_tenant_id


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a customer reads before it answers, and afterwards of what it approved."""

    relationship: AdminRelationship
    partner: Partner
    roles: tuple[AdminRole, ...]
    text: str
    beyond_cap: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """That both were told of a relationship's end: how many days before it, and which end it was; `id` names it."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id", "customer_tenant_id")

    id: UUID
    partner_tenant_id: UUID
    customer_tenant_id: UUID | None
    days: int
    ends_at: datetime

    @property
    def due_at(self) -> datetime:
        """When it is told."""
        return self.ends_at - timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is told, in the language of the tenant."""

    tenant_id: UUID
    address: str
    language: str
