"""Partners as their customers see them, and what a partner says of itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from copartner.tenants.details import Address


@dataclass(frozen=True, slots=True)
class Partner:
    """An enrolled partner by its tenant; `mpn_id` is its number in the programme."""

    tenant_id: UUID
    company_name: str
    domain: str
    country: str
    mpn_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What is known of a partner without its telling: its tenant's data, its number, the currency of its country."""

    tenant_id: UUID
    company_name: str
    domain: str
    culture: str
    language: str
    currency: str
    address: Address
    mpn_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person of the partner."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """To whom and how the partner itself is billed."""

    kind: ClassVar[str] = "billing"

    company_name: str
    address: Address
    primary_contact: Contact
    purchase_order_number: str = ""
    tax_id: str = ""
    billing_currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBusiness:
    """The legal entity, and who approves for it."""

    kind: ClassVar[str] = "legal_business"

    company_name: str
    address: Address
    primary_contact: Contact
    approver_address: Address
    approver_email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """The organisation as the programme writes to it."""

    kind: ClassVar[str] = "organization"

    company_name: str
    default_address: Address
    email: str
    culture: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Where the partner's customers find help."""

    kind: ClassVar[str] = "support"

    email: str
    telephone: str
    website: str


class Direction(StrEnum):
    """Which partners are asked for: those that resell for one, or those for which one resells; spelled as published."""

    RESELLERS = "is_indirect_cloud_solution_provider_of"
    PROVIDERS = "is_indirect_reseller_of"


@dataclass(frozen=True, slots=True)
class PartnerRelationship:
    """A partner that resells for the reading one, or for which it does; `partner` is the other side."""

    partner: Partner
    direction: Direction
    state: str = "active"


ProfileValue = Billing | LegalBusiness | Organization | Support
V = TypeVar("V", bound=ProfileValue)


@dataclass(frozen=True, slots=True)
class PartnerProfile(Generic[V]):
    """One of a partner's profiles; `version` grows with every change, `domain` is its tenant's."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id",)

    partner_tenant_id: UUID
    domain: str
    kind: str
    version: int
    value: V

    @property
    def id(self) -> UUID:
        """A partner has one of each kind."""
        return self.partner_tenant_id


@dataclass(frozen=True, slots=True)
class Profiles:
    """What a partner says of itself to the programme and to its customers, and what is known without its telling."""

    company: Company
    legal_business: PartnerProfile[LegalBusiness]
    organization: PartnerProfile[Organization]
    support: PartnerProfile[Support]
