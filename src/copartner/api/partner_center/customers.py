"""Customers in the contract's shapes: lists, one, a new one, and what ends a relationship or its privileges."""

from enum import StrEnum
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field
from msgspec.structs import replace

from copartner.api import queries
from copartner.api.call import Call, Reply
from copartner.api.decoding import Malformed, or_none
from copartner.api.partner_center import pages, wire
from copartner.api.partner_center.profiles import (
    BillingProfileBody,
    BillingProfileRequest,
    CompanyProfileBody,
    details,
    present_billing,
)
from copartner.api.partner_center.wire import Attributes, Collection, Links
from copartner.api.registry import Query, Route
from copartner.customers import purging, service
from copartner.customers.model import Customer, NewCustomer, SearchField
from copartner.kernel.errors import check_tag

_FILTERS = {field.value: ("starts_with",) for field in SearchField}


class CompanyRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """The company of a new customer."""

    domain: str
    company_name: str | UnsetType = UNSET
    organization_registration_number: str | UnsetType = UNSET


class CredentialsRequest(Struct, frozen=True, rename="camel"):
    """How the first admin is to be called; its password is made here."""

    user_name: str | UnsetType = UNSET


class NewCustomerRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """A customer to be made."""

    company_profile: CompanyRequest
    billing_profile: BillingProfileRequest
    user_credentials: CredentialsRequest | UnsetType = UNSET
    allow_delegated_access: bool | UnsetType = UNSET
    associated_partner: UUID | UnsetType = field(default=UNSET, name="associatedPartnerId")
    wants_default_roles: bool = field(default=True, name="enableGDAPByDefault")


class RelationshipName(StrEnum):
    """How a customer can stand to a partner."""

    NONE = "none"
    RESELLER = "reseller"
    ADVISOR = "advisor"
    SYNDICATION = "syndication"
    UNKNOWN = "unknown"


class CustomerChange(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a client asks to change: `none` ends the relationship, `false` gives delegated admin privileges back."""

    relationship_to_partner: RelationshipName | UnsetType = UNSET
    allow_delegated_access: bool | UnsetType = UNSET


class CredentialsBody(Struct, frozen=True, rename="camel"):
    """The first admin of a new customer; the password is told once."""

    user_name: str
    password: str


class CustomerBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A customer as the calling partner reads it; lists leave the billing profile out."""

    id: UUID
    commerce_id: UUID
    company_profile: CompanyProfileBody
    relationship_to_partner: str
    allow_delegated_access: bool
    custom_domains: tuple[str, ...]
    links: Links
    billing_profile: BillingProfileBody | UnsetType = UNSET
    user_credentials: CredentialsBody | UnsetType = UNSET
    associated_partner: UUID | UnsetType = field(default=UNSET, name="associatedPartnerId")
    default_roles: bool | UnsetType = field(default=UNSET, name="enableGDAPByDefault")
    attributes: Attributes


def _present(found: Customer, credentials: CredentialsBody | UnsetType = UNSET) -> CustomerBody:
    return CustomerBody(
        id=found.tenant_id,
        commerce_id=found.relationship_id,
        company_profile=CompanyProfileBody(
            tenant_id=found.tenant_id,
            domain=found.domain,
            company_name=found.company_name,
            links=wire.self_link("customers", found.tenant_id, "profiles", "company"),
        ),
        billing_profile=UNSET if found.billing_profile is None else present_billing(found.billing_profile),
        relationship_to_partner=found.relationship_to_partner.value,
        allow_delegated_access=found.allows_delegated_access,
        custom_domains=(found.domain,),
        user_credentials=credentials,
        links=wire.self_link("customers", found.tenant_id),
        attributes=wire.attributes("Customer", found.version),
    )


async def _list(call: Call) -> Collection[CustomerBody]:
    text = call.query("filter")
    wanted = queries.filtered(text, _FILTERS)
    asked = pages.wanted(call, f"customers/{wanted}")
    found = await service.list_customers(
        call.ctx,
        field=SearchField(wanted.field) if wanted else None,
        starts_with=wanted.value if wanted else "",
        after=asked.after,
        skip=asked.skip,
        size=asked.size,
    )
    return pages.collection(found, _present, call, asked, filter=text)


async def _read(call: Call) -> CustomerBody:
    return _present(await service.read_customer(call.ctx, customer_id=call.id("customer")))


async def _create(call: Call) -> CustomerBody:
    asked = call.decode(NewCustomerRequest)
    named = asked.user_credentials.user_name if asked.user_credentials else UNSET
    made = await service.create_customer(
        call.ctx,
        new=NewCustomer(
            company_name=asked.company_profile.company_name or asked.billing_profile.company_name,
            domain=asked.company_profile.domain,
            billing=details(asked.billing_profile),
            admin_name=named.partition("@")[0] if named else "admin",
            registration_number=asked.company_profile.organization_registration_number or "",
            reseller_tenant_id=or_none(asked.associated_partner),
            wants_default_roles=asked.wants_default_roles,
            includes_privileges=or_none(asked.allow_delegated_access),
        ),
    )
    return replace(
        _present(made.customer, CredentialsBody(made.user_name, made.password)),
        associated_partner=wire.given(made.reseller_tenant_id),
        default_roles=made.default_roles,
    )


async def _change(call: Call) -> CustomerBody:
    asked = call.decode(CustomerChange)
    customer_id, version = call.id("customer"), wire.wanted_version(call)
    if asked.relationship_to_partner is RelationshipName.NONE:
        return _present(await service.end_relationship(call.ctx, customer_id=customer_id, expected_version=version))
    if asked.allow_delegated_access is False and asked.relationship_to_partner is UNSET:
        return _present(await service.remove_privileges(call.ctx, customer_id=customer_id, expected_version=version))
    # Clients send whole objects back: what is as it was asks for nothing.
    found = await service.read_customer(call.ctx, customer_id=customer_id)
    if asked.allow_delegated_access is False and found.allows_delegated_access:
        return _present(await service.remove_privileges(call.ctx, customer_id=customer_id, expected_version=version))
    check_tag(found.version, version, "customer", str(customer_id))
    if asked.relationship_to_partner not in (UNSET, RelationshipName.RESELLER, RelationshipName.UNKNOWN):
        raise Malformed("relationshipToPartner: send none to end it; nothing else.", "relationshipToPartner")
    if asked.allow_delegated_access and not found.allows_delegated_access:
        raise Malformed("allowDelegatedAccess: the customer alone grants it; leave it out.", "allowDelegatedAccess")
    return _present(found)


async def _purge(call: Call) -> Reply:
    await purging.purge_customer(call.ctx, customer_id=call.id("customer"))
    return Reply(204)


_ALL = "/v1/customers"
ROUTES = (
    Route(("GET",), _ALL, _list, "customers.list", "List the caller's customers.", Collection[CustomerBody],
          query=(*pages.QUERY, Query("filter", "JSON with Field CompanyName or Domain, Value, Operator starts_with.")),
          headers=pages.HEADERS),
    Route(("POST",), _ALL, _create, "customers.create", "Make a customer's tenant and the relationship with it.",
          CustomerBody, NewCustomerRequest, 201, user_only=True),
    Route(("GET",), f"{_ALL}/{{customer}}", _read, "customers.read", "Read a customer.", CustomerBody),
    Route(("DELETE",), f"{_ALL}/{{customer}}", _purge, "customers.purge",
          "Delete a customer's tenant; in the emulator alone.", status=204),
    Route(("PATCH",), f"{_ALL}/{{customer}}", _change, "customers.change",
          "End the relationship, or give delegated admin privileges back.", CustomerBody, CustomerChange,
          user_only=True, headers=(wire.IF_MATCH,)),
)  # fmt: skip
