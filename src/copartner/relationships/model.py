"""Who works with whom, by which request it came about, and how a customer answers one."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from copartner.kernel.languages import Language
from copartner.partners.model import Partner
from copartner.policy.explain import Explanation
from copartner.policy.facts import Role


class RequestState(StrEnum):
    """A request waits until the customer answers it or the partner takes it back."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class StandingLink:
    """A partner's reusable invitation; it names no customer."""

    url: str


@dataclass(frozen=True, slots=True)
class RelationshipRequest:
    """A partner's invitation; without `customer_tenant_id` it is open, and names the customer that answers it.

    `addressee` is what the partner typed to name the customer, whose name it may not know; `letter_at` is when the
    customer's Global admins were last written to about it.
    """

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id", "customer_tenant_id")

    id: UUID
    partner_tenant_id: UUID
    customer_tenant_id: UUID | None
    includes_privileges: bool
    reason: str
    state: RequestState
    created_at: datetime
    answered_at: datetime | None
    created_by: str = field(default="", metadata={"seller_only": True})
    addressee: str = field(default="", metadata={"seller_only": True})
    letter_at: datetime | None = field(default=None, metadata={"seller_only": True})


@dataclass(frozen=True, slots=True)
class Asking:
    """What a partner may ask for today.

    `send`, `privileges` and `omission` of these say why not, None where it may; `since` is the day from which the rules
    that keep privileges out hold, None where they always did or it is the role that lacks.
    """

    link: StandingLink
    partner: Partner
    send: Explanation | None
    privileges: Explanation | None
    omission: Explanation | None
    since: date | None


@dataclass(frozen=True, slots=True)
class Written:
    """A request with what a letter about it needs; `language` is that of the customer it names, None for nobody."""

    request: RelationshipRequest
    partner: Partner
    language: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as the partner that sent it works with it.

    `next_letter_at` is when the customer may be written to again, None where it may be at once.
    """

    request: RelationshipRequest
    partner: Partner
    link: str
    language: Language
    next_letter_at: datetime | None


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Requests by id; `next_after` continues the list, None at its end."""

    items: tuple[RelationshipRequest, ...]
    next_after: UUID | None


@dataclass(frozen=True, slots=True)
class Relationship:
    """A reseller relationship with the customer's name; `privileges` are delegated admin of the whole-tenant kind."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id", "customer_tenant_id")

    id: UUID
    customer_tenant_id: UUID
    partner_tenant_id: UUID
    company_name: str
    domain: str
    privileges: bool
    formed_at: datetime
    ended_at: datetime | None = None

    @property
    def version(self) -> int:
        """A number that is another one once a partner changed what it may change; see version_of."""
        return version_of(self.id, self.privileges)


def version_of(relationship_id: UUID, privileges: bool) -> int:
    """The version of a customer as a partner sees it: of which relationship, with or without privileges; below 2^25."""
    return int.from_bytes(relationship_id.bytes[-3:]) << 1 | privileges


@dataclass(frozen=True, slots=True)
class OwnRelationship:
    """A relationship as the customer sees it; `powers` say what the partner's agents may do in its tenant now."""

    id: UUID
    partner: Partner
    privileges: bool
    formed_at: datetime
    powers: tuple["Power", ...] = ()


@dataclass(frozen=True, slots=True)
class Power:
    """What the holders of a partner's role may do at a customer; `acts_as` is None for nothing in its tenant."""

    role: Role
    acts_as: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Consent:
    """What a customer reads before it answers; `request_id` is None for the standing link, which has no state.

    `includes_privileges` is what is asked for, `privileges_come` what the rules of today make of it, and
    `privileges_withheld` why privileges that are asked for would not come. `obstacles` are the texts of the rules that
    forbid acceptance today. `relationship_exists`: partner and customer have one already.
    """

    request_id: UUID | None
    state: RequestState | None
    partner: Partner
    reason: str
    includes_privileges: bool
    privileges_come: bool
    powers: tuple[Power, ...]
    agreement_needed: bool
    relationship_exists: bool
    obstacles: tuple[str, ...]
    privileges_withheld: str | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What an acceptance led to; `privileges_withheld` says why privileges that were asked for did not come."""

    relationship: Relationship
    request: RelationshipRequest | None
    agreement_id: UUID | None
    agreement_accepted: bool
    privileges_withheld: str | None
