"""A partner's customers, and the profiles it reads and keeps of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from copartner.partners.model import LegalBusiness
from copartner.relationships.model import version_of
from copartner.tenants.details import Address

# Until a thing is made.
NOT_YET = UUID(int=0)


@dataclass(frozen=True, slots=True)
class CompanyProfile:
    """What a partner reads of a customer's organisation."""

    tenant_id: UUID
    company_name: str
    domain: str
    address: Address
    registration_number: str = ""


class Authentication(StrEnum):
    """Who signs in the users of a domain: the tenant itself, or an identity provider that it trusts."""

    MANAGED = "managed"
    FEDERATED = "federated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A domain that a partner gives a customer; `federation` holds an identity provider's settings as sent."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id", "customer_tenant_id")

    name: str
    authentication: Authentication
    capability: str = "email"
    federation: dict[str, str | bool] | None = None
    id: UUID = NOT_YET
    partner_tenant_id: UUID = NOT_YET
    customer_tenant_id: UUID = NOT_YET


@dataclass(frozen=True, slots=True)
class ManagedService:
    """A service that a partner administers in a customer's tenant: a product that the customer has licences of."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class BillingProfile:
    """How one partner bills one customer; it belongs to both together. `version` grows with every change."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id",)

    id: UUID
    partner_tenant_id: UUID
    customer_tenant_id: UUID
    email: str
    company_name: str
    culture: str
    language: str
    address: Address
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingDetails:
    """A billing profile as a caller sends it."""

    email: str
    company_name: str
    culture: str
    language: str
    address: Address


class RelationshipToPartner(StrEnum):
    """How a customer stands to the partner that reads it; spelled as published."""

    RESELLER = "reseller"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as one of its partners sees it.

    `billing_profile` comes with one customer, not with a list; `country` comes with a search alone.
    """

    tenant_id: UUID
    relationship_id: UUID
    company_name: str
    domain: str
    allows_delegated_access: bool
    formed_at: datetime
    relationship_to_partner: RelationshipToPartner = RelationshipToPartner.RESELLER
    billing_profile: BillingProfile | None = None
    country: str = ""

    @property
    def version(self) -> int:
        """A number that is another one once a partner changed what it may change."""
        return version_of(self.relationship_id, self.allows_delegated_access)


class SearchField(StrEnum):
    """What a list of customers can be searched by; a value matches from its start, in any case."""

    COMPANY_NAME = "CompanyName"
    DOMAIN = "Domain"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCustomer:
    """A tenant to be made. `admin_name` is the part before the @ of the first admin's sign-in name.

    `includes_privileges` None: as the rules allow the caller. `reseller_tenant_id` is the indirect reseller that it is
    made for. `wants_default_roles`: granular delegation by default, where the programme gives it.
    """

    company_name: str
    domain: str
    billing: BillingDetails
    admin_name: str = "admin"
    registration_number: str = ""
    reseller_tenant_id: UUID | None = None
    wants_default_roles: bool = True
    includes_privileges: bool | None = None


@dataclass(frozen=True, slots=True)
class FoundedTenant:
    """A customer's tenant made by a partner, with the relationship it began with; what the audit keeps of it."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id", "customer_tenant_id", "reseller_tenant_id")

    id: UUID
    partner_tenant_id: UUID
    customer_tenant_id: UUID
    organisation_id: UUID
    relationship_id: UUID
    company_name: str
    domain: str
    country: str
    privileges: bool
    admin: str
    reseller_tenant_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PurgedTenant:
    """A customer's tenant that is no more; only the partner that purged it has a record of it."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id",)

    id: UUID
    partner_tenant_id: UUID
    company_name: str


@dataclass(frozen=True, slots=True)
class CreatedCustomer:
    """A new customer and its first Global admin, whose password is told here alone.

    `default_roles`: the partner got a granular relationship with it.
    """

    customer: Customer
    user_name: str
    password: str
    reseller_tenant_id: UUID | None = None
    default_roles: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReseller:
    """The account of an indirect reseller, to be made. `admin_name` is the part before the @ of its sign-in name."""

    mpn_id: str
    domain_prefix: str
    country: str
    culture: str
    language: str
    legal: LegalBusiness
    admin_name: str = "admin"
    admin_display_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundedReseller:
    """An indirect reseller's account made by its provider; what the audit of both keeps of it."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id", "reseller_tenant_id")

    id: UUID
    partner_tenant_id: UUID
    reseller_tenant_id: UUID
    organisation_id: UUID
    relationship_id: UUID
    company_name: str
    domain: str
    country: str
    mpn_id: str
    admin: str


@dataclass(frozen=True, slots=True)
class CreatedReseller:
    """A new account with the name of its provider; the first admin's password is told here alone."""

    founded: FoundedReseller
    provider_name: str
    password: str


@dataclass(frozen=True, slots=True)
class RemovedReseller:
    """An indirect reseller's account that is no more; only its provider has a record of it."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id",)

    id: UUID
    partner_tenant_id: UUID
    company_name: str


@dataclass(frozen=True, slots=True)
class Provider:
    """The acting partner as one that makes accounts: whether it resells itself, and how many it has made."""

    company_name: str
    is_reseller: bool
    made: int


@dataclass(frozen=True, slots=True)
class ResellerStanding:
    """An account that the acting partner made; engaged while a customer, a sale or another partner hangs on it."""

    removed: bool
    engaged: bool
    company_name: str = ""
