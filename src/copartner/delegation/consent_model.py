"""What a customer says to a partner and keeps of it: counter-proposals, the cap on roles, consent receipts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import msgspec

from copartner.delegation.model import AdminRelationship, AutoExtend, Risk
from copartner.partners.model import Partner


class Approver(msgspec.Struct, frozen=True, rename="camel"):
    """Who approved, for which tenant."""

    tenant_id: UUID
    company_name: str
    user_id: UUID
    user_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a customer offers instead of what it is asked for; None is what it leaves as asked."""

    roles: tuple[UUID, ...] | None = None
    duration: str | None = None
    auto_extend: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterProposal:
    """A smaller relationship that a customer offers and approves in advance; `id` is the new relationship's."""

    id: UUID
    partner_tenant_id: UUID
    counters: UUID
    roles: tuple[UUID, ...]
    duration: str
    auto_extend: AutoExtend
    reason: str
    approver: Approver
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Countered:
    """The relationship that was refused, and the one offered instead."""

    refused: AdminRelationship
    offered: AdminRelationship


class CapKind(StrEnum):
    """Whether a cap lists the roles that partners may have, or those that they may not."""

    ALLOWED = "allowed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RoleCap:
    """The roles that a customer lets partners have at most."""

    audience: ClassVar[tuple[str, ...]] = ("customer_tenant_id",)

    customer_tenant_id: UUID
    kind: CapKind = CapKind.REFUSED
    roles: tuple[UUID, ...] = ()
    set_at: datetime | None = None
    version: int = 1

    @property
    def id(self) -> UUID:
        """A customer has one."""
        return self.customer_tenant_id


@dataclass(frozen=True, slots=True)
class Exceeding:
    """An active relationship with roles that the cap leaves out; it stays until one of the two ends it."""

    relationship: AdminRelationship
    partner: Partner
    roles: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class CapView:
    """A cap and the active relationships that exceed it."""

    cap: RoleCap
    exceeding: tuple[Exceeding, ...]


class ReceiptPartner(msgspec.Struct, frozen=True, rename="camel"):
    """To whom it was approved."""

    tenant_id: UUID
    company_name: str
    domain: str
    mpn_id: str


class ReceiptRole(msgspec.Struct, frozen=True, rename="camel"):
    """A role that was approved."""

    id: UUID
    name: str
    risk: Risk


class Shown(msgspec.Struct, frozen=True, rename="camel"):
    """The text that was approved, and the SHA-256 of its UTF-8 bytes, 64 digits of base 16."""

    text: str
    sha256: str


class Receipt(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What is signed of an approval: who, what, when, until.

    `until` is the end without extension. `taken_at` is set where the customer approved in advance, by a
    counter-proposal: then the partner took it at that moment, and the time runs from there.
    """

    version: int = 1
    id: UUID
    issuer: str
    approved_by: Approver
    approved_at: datetime
    taken_at: datetime | None = None
    partner: ReceiptPartner
    relationship_id: str
    display_name: str
    roles: tuple[ReceiptRole, ...]
    duration: str
    auto_extend: bool
    until: datetime
    reason: str
    shown: Shown


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """A receipt as it is kept: signed, in the compact form of a JSON Web Signature."""

    id: UUID
    partner_tenant_id: UUID
    customer_tenant_id: UUID
    issued_at: datetime
    jws: str
