"""Customer agreements: what a customer accepted, and what a partner attests that it accepted."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

CUSTOMER_AGREEMENT = "MicrosoftCustomerAgreement"
PARTNER_AGREEMENT = "MicrosoftPartnerAgreement"


@dataclass(frozen=True, slots=True)
class Template:
    """The text of an agreement; the higher `version_rank` is the newer one."""

    id: str
    type: str
    link: str
    version_rank: int


@dataclass(frozen=True, slots=True)
class Contact:
    """The person who agreed for the customer."""

    first_name: str
    last_name: str
    email: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement of a customer; `partner_tenant_id` attests it, None when the customer itself accepted.

    `contact` is None where the reader has no part in it: of a customer's own acceptance partners learn the date alone.
    """

    audience: ClassVar[tuple[str, ...]] = ("customer_tenant_id",)

    id: UUID
    customer_tenant_id: UUID
    partner_tenant_id: UUID | None
    type: str
    template_id: str
    contact: Contact | None = field(metadata={"seller_only": True})
    agreed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """What a partner states about the customer's acceptance; `agreed_at` has a zone."""

    contact: Contact
    agreed_at: datetime
    template_id: str
    type: str = CUSTOMER_AGREEMENT


@dataclass(frozen=True, slots=True)
class Document:
    """Where the text of an agreement is read, for one country in one language."""

    template: Template
    country: str
    language: str


@dataclass(frozen=True, slots=True)
class PartnerAgreement:
    """The partner agreement as one partner signed it."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id",)

    id: UUID
    partner_tenant_id: UUID
    template_id: str
    signed_at: datetime
    signed_by: str
