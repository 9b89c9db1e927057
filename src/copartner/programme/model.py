"""Enrolments in the programme, and what a tenant reads about changes and decisions that concern it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from copartner.policy.facts import Role


class EnrolmentState(StrEnum):
    """Whether an enrolled partner does business."""

    ACTIVE = "active"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A tenant used for programme transactions; `id` is the tenant, `markets` the countries it may sell to."""

    audience: ClassVar[tuple[str, ...]] = ("id",)

    id: UUID
    mpn_id: str
    markets: tuple[str, ...]
    state: EnrolmentState
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class AgentGroup:
    """A group made with an enrolment, whose members hold `role`."""

    audience: ClassVar[tuple[str, ...]] = ("tenant_id",)

    id: UUID
    tenant_id: UUID
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class JudgedFact:
    """One fact that a rule judged: its name in the rules, what it is called, its value."""

    name: str
    value: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class DecidingRule:
    """One rule in a decision: its text and source, what would be needed, what it judged and what did not hold."""

    id: str
    text: str
    source: str
    needs: str
    facts: tuple[JudgedFact, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A tenant's record of a denial. The actor is None where the reader may not learn it.

    `rules` is empty and `summary` all there is where the thing has to stay unknown to the reader. `steps` is what can
    be done next. `times` counts equal denials within an hour, the last at `last_at`.
    """

    id: UUID
    at: datetime
    last_at: datetime
    times: int
    action: str
    resource_type: str
    resource_id: str | None
    actor_tenant_id: UUID | None
    actor_name: str | None
    summary: str
    rules: tuple[DecidingRule, ...]
    steps: tuple[str, ...]
    facts: dict[str, Any]
    digest: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """A decision and what the rules of its day say again of all that was judged then.

    `same` when that is the same verdict by the same rules. `rules` are those that the reader may know; `doubt` says why
    the engine could not be asked, in which case it denies. `concealed` when the reader may not know any rule.
    """

    id: UUID
    at: datetime
    action: str
    digest: str
    allowed: bool
    same: bool
    rules: tuple[str, ...]
    doubt: tuple[str, ...]
    concealed: bool = False


class AuditStatus(StrEnum):
    """How an audited operation ended."""

    SUCCEEDED = "succeeded"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One audited operation as the reading tenant may know it; values are plain JSON."""

    id: UUID
    at: datetime
    partner_tenant_id: UUID | None
    customer_tenant_id: UUID | None
    customer_name: str | None
    actor_tenant_id: UUID | None
    actor_name: str | None
    application_id: UUID | None
    operation_type: str
    resource_type: str
    resource_id: str | None
    status: AuditStatus
    old_value: Any
    new_value: Any
    decision_id: UUID | None
    correlation_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which records are wanted; None means any. `company_name` is a part of the customer's name, in any case.

    `resource_type` may be several with commas between them.
    """

    customer_tenant_id: UUID | None = None
    company_name: str | None = None
    resource_type: str | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One record as a list shows it; names are those the reading tenant may know."""

    id: UUID
    at: datetime
    actor_tenant_id: UUID | None
    actor_name: str | None
    application_id: UUID | None
    operation_type: str
    resource_type: str
    resource_id: str | None
    status: AuditStatus
    customer_tenant_id: UUID | None
    customer_name: str | None
    partner_tenant_id: UUID | None
    decision_id: UUID | None
    partner_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSearch:
    """What is looked for; what is empty narrows nothing.

    `operation` is one, or a kind of thing for all on it. `actor` is part of the name of who acted, `about` part of the
    name of the customer or partner concerned, or its identifier.
    """

    operation: str = ""
    actor: str = ""
    about: str = ""
    customer_tenant_id: UUID | None = None
    denied_only: bool = False


@dataclass(frozen=True, slots=True)
class AuditDetails:
    """One record, and the name of the partner in it."""

    record: AuditRecord
    partner_name: str | None
