"""What needs attention, part by part; a part that the reader may not see says why instead."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from copartner.delegation.model import AdminRelationship
from copartner.partners.model import Partner
from copartner.policy.explain import Explanation
from copartner.relationships.model import RelationshipRequest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """The first few of a list, and how many there are: `total` is None beyond 1,000.

    `hidden` is what the rules say to whoever may not see it; there are no items then.
    """

    items: tuple[T, ...] = ()
    total: int | None = 0
    hidden: Explanation | None = None

    @property
    def more(self) -> bool:
        """Whether there are others than these items."""
        return self.total is None or self.total > len(self.items)


@dataclass(frozen=True, slots=True)
class Ending:
    """A granular relationship that ends soon; `within` is the smallest of 1, 7 and 30 days that it ends in."""

    relationship: AdminRelationship
    within: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A subscription for which something is due at a moment: the end of its term, or of the time to cancel it."""

    id: UUID
    customer_tenant_id: UUID
    customer_name: str
    name: str
    quantity: int
    renews: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Week:
    """The terms that end from one moment to another, at most a calendar week later."""

    begins: datetime
    ends: datetime
    due: Part[Due]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeniedAct:
    """Something that the rules denied in the reader's tenant; `told` is why, in the reader's language.

    `company_name` is the partner whose people it was denied to, None where it was no partner's or is not told.
    """

    id: UUID
    at: datetime
    actor_name: str | None
    company_name: str | None
    action: str
    customer_tenant_id: UUID | None
    customer_name: str | None
    decision_id: UUID | None
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """What needs a partner's attention.

    `weeks` are five calendar weeks from now on, none when `selling` is hidden. `customers` says why the customers
    cannot be listed, None when they can.
    """

    requests: Part[RelationshipRequest]
    approvals: Part[AdminRelationship]
    endings: Part[Ending]
    weeks: tuple[Week, ...]
    windows: Part[Due]
    denials: Part[DeniedAct]
    selling: Explanation | None
    customers: Explanation | None


@dataclass(frozen=True, slots=True)
class AskedRelationship:
    """A reseller relationship that a partner asks the reader's organisation for."""

    id: UUID
    partner: Partner
    includes_privileges: bool
    reason: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class AskedRoles:
    """A granular relationship of the reader's organisation, and its partner."""

    relationship: AdminRelationship
    partner: Partner


@dataclass(frozen=True, slots=True)
class TermEnd:
    """A subscription of the reader's organisation whose term ends at a moment, and who sold it."""

    id: UUID
    name: str
    seller_name: str
    quantity: int
    renews: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAttention:
    """What needs a customer's attention; `selling` and `administering` count its partners, None to whom may not see."""

    requests: Part[AskedRelationship]
    approvals: Part[AskedRoles]
    endings: Part[AskedRoles]
    renewals: Part[TermEnd]
    denials: Part[DeniedAct]
    partners: Explanation | None
    selling: int
    administering: int
