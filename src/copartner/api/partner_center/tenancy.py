"""What is in a customer's tenant, in the contract's shapes."""

from enum import StrEnum

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.decoding import or_none
from copartner.api.partner_center import wire
from copartner.api.partner_center.wire import Attributes, Collection, Links
from copartner.api.registry import Route
from copartner.customers import tenancy
from copartner.customers.model import Authentication, Domain


class OrganizationBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A customer's organisation (get-customer-organization, 2023-07-31)."""

    display_name: str
    country_letter_code: str
    technical_notification_mails: tuple[str, ...]
    street: str | UnsetType = UNSET
    postal_code: str | UnsetType = UNSET
    city: str | UnsetType = UNSET
    state: str | UnsetType = UNSET


class ManagedServiceBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A service that the calling partner manages; there are no consoles elsewhere that links could lead to."""

    id: str
    name: str
    group_name: str = "OnlineServices"
    links: Links = Links()
    attributes: Attributes = Attributes("ManagedService")


class DomainStatus(StrEnum):
    """How far a domain is verified."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    PENDING_DELETION = "pending_deletion"


class DomainRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """A domain as a registrar describes it."""

    authentication_type: Authentication
    capability: str
    status: DomainStatus = DomainStatus.VERIFIED
    verification_method: str = "none"


class VerifiedDomainRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """A domain that a partner, who registered it, gives a customer."""

    verified_domain_name: str
    domain: DomainRequest
    domain_federation_settings: dict[str, str | bool] | UnsetType = UNSET


class DomainBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A customer's domain (add-a-verified-domain-for-a-customer, 2023-07-28)."""

    authentication_type: str
    capability: str
    name: str
    is_default: bool = False
    is_initial: bool = False
    status: str = DomainStatus.VERIFIED.value
    verification_method: str = "dns_record"


async def _organization(call: Call) -> tuple[OrganizationBody, ...]:
    found = await tenancy.read_organization(call.ctx, customer_id=call.id("customer"))
    address = found.address
    return (
        OrganizationBody(
            display_name=found.company_name,
            country_letter_code=address.country,
            technical_notification_mails=(),
            street=address.address_line1 or UNSET,
            postal_code=address.postal_code or UNSET,
            city=address.city or UNSET,
            state=address.state or UNSET,
        ),
    )


async def _managed(call: Call) -> Collection[ManagedServiceBody]:
    found = await tenancy.list_managed_services(call.ctx, customer_id=call.id("customer"))
    return wire.collection((ManagedServiceBody(id=one.id, name=one.name) for one in found), call)


async def _add_domain(call: Call) -> DomainBody:
    customer_id, asked = call.id("customer"), call.decode(VerifiedDomainRequest)
    added = await tenancy.add_domain(
        call.ctx,
        customer_id=customer_id,
        domain=Domain(
            name=asked.verified_domain_name,
            authentication=asked.domain.authentication_type,
            capability=asked.domain.capability.lower(),
            federation=or_none(asked.domain_federation_settings),
        ),
    )
    return DomainBody(authentication_type=added.authentication.value, capability=added.capability, name=added.name)


_AT = "/v1/customers/{customer}"
ROUTES = (
    Route(("GET",), f"{_AT}/organization", _organization, "customer_organizations.read",
          "Read a customer's organisation.", tuple[OrganizationBody, ...]),
    Route(("GET",), f"{_AT}/managedservices", _managed, "managed_services.list",
          "List what the caller manages in a customer's tenant.", Collection[ManagedServiceBody], user_only=True),
    Route(("POST",), f"{_AT}/verifieddomain", _add_domain, "customer_domains.add", "Give a customer one more domain.",
          DomainBody, VerifiedDomainRequest, 201),
)  # fmt: skip
