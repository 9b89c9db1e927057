"""Company and billing profiles of customers in the contract's shapes."""

from dataclasses import replace
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.partner_center import wire
from copartner.api.partner_center.wire import Attributes, Links
from copartner.api.registry import Query, Route
from copartner.customers import service
from copartner.customers.model import BillingDetails, BillingProfile, CompanyProfile
from copartner.tenants.details import Address


class AddressBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A postal address with the person to write to; `region` is another name of `state` that some clients use."""

    country: str
    region: str | UnsetType = UNSET
    city: str | UnsetType = UNSET
    state: str | UnsetType = UNSET
    address_line1: str | UnsetType = UNSET
    address_line2: str | UnsetType = UNSET
    postal_code: str | UnsetType = UNSET
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    phone_number: str | UnsetType = UNSET


class BillingProfileRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """A billing profile as a client sends it; the names may also stand in the address."""

    email: str
    company_name: str
    default_address: AddressBody
    culture: str = "en-US"
    language: str = "en"
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET


class BillingProfileBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """How the calling partner bills a customer."""

    id: UUID
    first_name: str
    last_name: str
    email: str
    culture: str
    language: str
    company_name: str
    default_address: AddressBody
    links: Links
    attributes: Attributes


class CompanyProfileBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """The organisation behind a customer."""

    tenant_id: UUID
    domain: str
    company_name: str
    links: Links
    address: AddressBody | UnsetType = UNSET
    organization_registration_number: str | UnsetType = UNSET
    attributes: Attributes = Attributes("CustomerCompanyProfile")


def address_of(given: AddressBody) -> Address:
    """An address as services take it."""
    return Address(
        country=given.country,
        address_line1=given.address_line1 or "",
        address_line2=given.address_line2 or "",
        city=given.city or "",
        state=given.state or given.region or "",
        postal_code=given.postal_code or "",
        first_name=given.first_name or "",
        last_name=given.last_name or "",
        phone_number=given.phone_number or "",
    )


def details(asked: BillingProfileRequest) -> BillingDetails:
    """A billing profile as the service takes it."""
    address = address_of(asked.default_address)
    named = replace(
        address,
        first_name=address.first_name or asked.first_name or "",
        last_name=address.last_name or asked.last_name or "",
    )
    return BillingDetails(
        email=asked.email,
        company_name=asked.company_name,
        culture=asked.culture,
        language=asked.language,
        address=named,
    )


def present_address(found: Address) -> AddressBody:
    """The address in the contract's shape; what is empty is left out."""
    return AddressBody(
        country=found.country,
        city=found.city or UNSET,
        state=found.state or UNSET,
        address_line1=found.address_line1 or UNSET,
        address_line2=found.address_line2 or UNSET,
        postal_code=found.postal_code or UNSET,
        first_name=found.first_name or UNSET,
        last_name=found.last_name or UNSET,
        phone_number=found.phone_number or UNSET,
    )


def present_billing(found: BillingProfile) -> BillingProfileBody:
    """The billing profile in the contract's shape."""
    return BillingProfileBody(
        id=found.id,
        first_name=found.address.first_name,
        last_name=found.address.last_name,
        email=found.email,
        culture=found.culture,
        language=found.language,
        company_name=found.company_name,
        default_address=present_address(found.address),
        links=wire.self_link("customers", found.customer_tenant_id, "profiles", "billing"),
        attributes=wire.attributes("CustomerBillingProfile", found.version),
    )


def _company(found: CompanyProfile) -> CompanyProfileBody:
    return CompanyProfileBody(
        tenant_id=found.tenant_id,
        domain=found.domain,
        company_name=found.company_name,
        address=present_address(found.address),
        organization_registration_number=found.registration_number or UNSET,
        links=wire.self_link("customers", found.tenant_id, "profiles", "company"),
    )


async def _read_company(call: Call) -> CompanyProfileBody:
    return _company(await service.read_company_profile(call.ctx, customer_id=call.id("customer")))


async def _read_billing(call: Call) -> BillingProfileBody:
    return present_billing(await service.read_billing_profile(call.ctx, customer_id=call.id("customer")))


async def _replace_billing(call: Call) -> BillingProfileBody:
    customer_id, asked = call.id("customer"), call.decode(BillingProfileRequest)
    changed = await service.update_billing_profile(
        call.ctx, customer_id=customer_id, details=details(asked), expected_version=wire.wanted_version(call)
    )
    return present_billing(changed)


_PROFILES = "/v1/customers/{customer}/profiles"
ROUTES = (
    Route(("GET",), f"{_PROFILES}/company", _read_company, "company_profiles.read", "Read a customer's company.",
          CompanyProfileBody, user_only=True),
    Route(("GET",), f"{_PROFILES}/billing", _read_billing, "billing_profiles.read", "Read how a customer is billed.",
          BillingProfileBody),
    Route(("PUT",), f"{_PROFILES}/billing", _replace_billing, "billing_profiles.replace",
          "Replace how a customer is billed.", BillingProfileBody, BillingProfileRequest,
          headers=(Query("If-Match", "The etag of the version to replace; required."),)),
)  # fmt: skip
