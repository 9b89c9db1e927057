"""Who can do what in a customer's tenant, and through what."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from copartner.delegation.model import AdminRelationship, AdminRole
from copartner.partners.model import Partner
from copartner.policy.actions import Action
from copartner.policy.explain import Reason
from copartner.relationships.model import Relationship


class Kind(StrEnum):
    """Through what a role is held."""

    PRIVILEGES = "privileges"
    ASSIGNMENT = "assignment"
    OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A role of a partner's group at a customer, by one way, as the database has it.

    `relationship_id` is the reseller relationship of privileges or the granular one of an assignment. An owner owns the
    one Azure subscription. What is not `in_force` waits for the granular relationship that decides instead to be over.
    """

    partner: Partner
    customer_tenant_id: UUID
    kind: Kind
    role_id: UUID
    relationship_id: UUID | None
    assignment_id: UUID | None
    subscription_id: UUID | None
    group_id: UUID
    begins: datetime
    until: datetime | None
    in_force: bool

    @property
    def way(self) -> tuple[object, ...]:
        """What tells it from any other; when it ends is not part of it."""
        return (
            *(self.partner.tenant_id, self.kind, self.role_id, self.relationship_id, self.assignment_id),
            *(self.subscription_id, self.group_id, self.begins, self.in_force),
        )


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that is held, and what it is in plain words."""

    held: Held
    role: AdminRole


@dataclass(frozen=True, slots=True)
class Overview:
    """All that is held at one moment."""

    at: datetime
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What was held at the later of two moments and not at the earlier, and the other way round."""

    since: datetime
    until: datetime
    added: tuple[Grant, ...]
    removed: tuple[Grant, ...]


class Layer(StrEnum):
    """One of the things that bind a partner to a customer."""

    GRANULAR = "delegatedAdminRelationship"
    PRIVILEGES = "delegatedAdminPrivileges"
    REQUEST = "delegatedAdminRequest"
    RESELLER = "resellerRelationship"
    SUBSCRIPTION = "subscription"
    OWNER = "azureOwner"


@dataclass(frozen=True, slots=True)
class Sold:
    """A subscription that the partner sold, as its customer reads it."""

    id: UUID
    name: str
    kind: str
    status: str
    commitment_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Layers:
    """All that binds a partner and a customer now; `sold` counts the subscriptions, of which some may be left out."""

    partner: Partner
    granular: tuple[AdminRelationship, ...]
    reseller: Relationship | None
    subscriptions: tuple[Sold, ...]
    sold: int = 0


@dataclass(frozen=True, slots=True)
class Bond:
    """One layer and the thing it is, what becomes of it, and why."""

    layer: Layer
    id: UUID
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Revocation:
    """What ends when a customer takes all access from a partner, and what stays: that and `more` subscriptions."""

    partner: Partner
    ends: tuple[Bond, ...]
    stays: tuple[Bond, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A role that one user has in a customer's tenant, and through which group of which approval."""

    role_id: UUID
    kind: Kind
    relationship_id: UUID
    assignment_id: UUID | None
    group_id: UUID
    until: datetime | None


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that a user has, in plain words."""

    way: Way
    role: AdminRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a partner's user may do something at a customer.

    `through` are the roles in the customer's tenant by which it is allowed, `held` all that the user has there. `rules`
    decided; `missing` says what would be needed. Without rules the thing has to stay unknown to whoever asks.
    """

    partner: Partner
    user_id: UUID
    user_name: str
    action: Action
    allowed: bool
    summary: str
    held: tuple[HeldRole, ...]
    through: tuple[HeldRole, ...]
    rules: tuple[Reason, ...]
    missing: tuple[str, ...]


class Finding(StrEnum):
    """What the record says of a role."""

    USED = "used"
    SMALLER = "smaller"
    UNUSED = "unused"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Use:
    """How often a partner did something in a customer's directory, and when last."""

    partner_tenant_id: UUID
    operation: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a role of one approval was used for, and the smallest role that would have done where it is another."""

    partner: Partner
    kind: Kind
    relationship_id: UUID
    role: AdminRole
    finding: Finding
    used_for: tuple[Action, ...]
    smaller: AdminRole | None
    why: str


@dataclass(frozen=True, slots=True)
class Review:
    """The advice on all that is held, by what was done since a moment, and what is held."""

    since: datetime
    advice: tuple[Advice, ...]
    grants: tuple[Grant, ...] = ()


@dataclass(frozen=True, slots=True)
class Offering:
    """What somebody sells to a customer: how many subscriptions of it run, and of how many units."""

    name: str
    subscriptions: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Approval:
    """A granular relationship in force; with `extends` it goes on at its end."""

    id: UUID
    name: str
    roles: tuple[AdminRole, ...]
    until: datetime
    extends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Who sells to a customer or administers it; without `partner` it is the vendor, that sold directly.

    `sells` and `approvals` are the first few; there are `products` and `approved` of them. `sold` counts all running
    subscriptions, `credited` those for which it is the partner of record. What it may do was last used at
    `last_used_at`, None when not in the last 90 days.
    """

    id: UUID
    name: str
    partner: Partner | None
    since: datetime | None
    privileges: bool
    sells: tuple[Offering, ...]
    sold: int
    products: int
    approvals: tuple[Approval, ...]
    approved: int
    credited: int
    last_used_at: datetime | None

    @property
    def administers(self) -> bool:
        """Whether it may do anything in the customer's tenant."""
        return self.privileges or self.approved > 0


@dataclass(frozen=True, slots=True)
class Ended:
    """One thing that a customer ended, by its audit; `id` is the record."""

    id: UUID
    granular: bool
    resource_id: UUID
    name: str
    roles: tuple[AdminRole, ...]
    by: str
    correlation_id: str


@dataclass(frozen=True, slots=True)
class EndedAccess:
    """What was ended in one act, and when; nothing when that never was."""

    at: datetime | None
    items: tuple[Ended, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a partner whom a customer saw in its audit."""

    name: str
    company_name: str | None
    last_at: datetime
