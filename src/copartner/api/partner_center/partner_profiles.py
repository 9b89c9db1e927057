"""A partner's profiles of itself in the contract's shapes (profile-resources, 2022-06-16)."""

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.partner_center import wire
from copartner.api.partner_center.profiles import AddressBody, address_of, present_address
from copartner.api.partner_center.wire import Attributes, Links
from copartner.api.registry import Query, Route
from copartner.partners import service
from copartner.partners.model import Billing, Contact, LegalBusiness, Organization, PartnerProfile, Support

# Vetting is the operator's, and nobody but an enrolled partner, which has passed it, reads a profile.
_VETTED, _NO_MORE = "authorized", "none"


class PersonBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A person of the partner."""

    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    phone_number: str | UnsetType = UNSET


class BillingRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """To whom and how the partner wants to be billed."""

    company_name: str
    address: AddressBody
    primary_contact: PersonBody = PersonBody()
    purchase_order_number: str = ""
    tax_id: str = ""
    billing_currency: str = ""


class BillingBody(BillingRequest, frozen=True, kw_only=True, rename="camel"):
    """To whom and how the partner is billed."""

    links: Links
    attributes: Attributes
    profile_type: str = "BillingProfile"


class LegalBusinessRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """The legal entity as the partner describes it; what is sent about vetting changes nothing."""

    company_name: str
    address: AddressBody
    primary_contact: PersonBody = PersonBody()
    company_approver_address: AddressBody | UnsetType = UNSET
    company_approver_email: str = ""


class LegalBusinessBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """The legal entity, and how its vetting stands."""

    company_name: str
    address: AddressBody
    primary_contact: PersonBody
    company_approver_address: AddressBody
    company_approver_email: str
    links: Links
    attributes: Attributes
    vetting_status: str = _VETTED
    vetting_sub_status: str = _NO_MORE
    profile_type: str = "LegalBusinessProfile"


class OrganizationRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """The organisation as the partner describes it; identifier, tenant and domain are settled elsewhere."""

    company_name: str
    default_address: AddressBody
    culture: str
    language: str
    email: str = ""


class OrganizationBody(OrganizationRequest, frozen=True, kw_only=True, rename="camel"):
    """The organisation as the programme writes to it."""

    id: UUID
    tenant_id: UUID
    domain: str
    links: Links
    attributes: Attributes
    profile_type: str = "OrganizationProfile"


class SupportRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """Where customers are to find help."""

    email: str = ""
    telephone: str = ""
    website: str = ""


class SupportBody(SupportRequest, frozen=True, kw_only=True, rename="camel"):
    """Where customers find help."""

    links: Links
    attributes: Attributes
    profile_type: str = "SupportProfile"


class NumberBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """The partner's number in the programme."""

    mpn_id: str
    partner_name: str
    links: Links
    profile_type: str = "MpnProfile"
    attributes: Attributes = Attributes("MpnProfile")


def _person(found: Contact) -> PersonBody:
    return PersonBody(
        first_name=found.first_name or UNSET,
        last_name=found.last_name or UNSET,
        email=found.email or UNSET,
        phone_number=found.phone_number or UNSET,
    )


def contact_of(given: PersonBody) -> Contact:
    """A person as services take it."""
    return Contact(
        first_name=given.first_name or "",
        last_name=given.last_name or "",
        email=given.email or "",
        phone_number=given.phone_number or "",
    )


def _billing(found: PartnerProfile[Billing]) -> BillingBody:
    it = found.value
    return BillingBody(
        company_name=it.company_name,
        address=present_address(it.address),
        primary_contact=_person(it.primary_contact),
        purchase_order_number=it.purchase_order_number,
        tax_id=it.tax_id,
        billing_currency=it.billing_currency,
        links=wire.self_link("profiles", "billing"),
        attributes=wire.attributes("BillingProfile", found.version),
    )


def _legal(found: PartnerProfile[LegalBusiness]) -> LegalBusinessBody:
    it = found.value
    return LegalBusinessBody(
        company_name=it.company_name,
        address=present_address(it.address),
        primary_contact=_person(it.primary_contact),
        company_approver_address=present_address(it.approver_address),
        company_approver_email=it.approver_email,
        links=wire.self_link("profiles", "legalbusiness"),
        attributes=wire.attributes("LegalBusinessProfile", found.version),
    )


def _organization(found: PartnerProfile[Organization]) -> OrganizationBody:
    it = found.value
    return OrganizationBody(
        id=found.partner_tenant_id,
        tenant_id=found.partner_tenant_id,
        domain=found.domain,
        company_name=it.company_name,
        default_address=present_address(it.default_address),
        email=it.email,
        culture=it.culture,
        language=it.language,
        links=wire.self_link("profiles", "organization"),
        attributes=wire.attributes("OrganizationProfile", found.version),
    )


def _support(found: PartnerProfile[Support]) -> SupportBody:
    it = found.value
    return SupportBody(
        email=it.email,
        telephone=it.telephone,
        website=it.website,
        links=wire.self_link("profiles", "support"),
        attributes=wire.attributes("PartnerSupportProfile", found.version),
    )


async def _read_billing(call: Call) -> BillingBody:
    return _billing(await service.read_profile(call.ctx, Billing))


async def _read_legal(call: Call) -> LegalBusinessBody:
    return _legal(await service.read_profile(call.ctx, LegalBusiness))


async def _read_organization(call: Call) -> OrganizationBody:
    return _organization(await service.read_profile(call.ctx, Organization))


async def _read_support(call: Call) -> SupportBody:
    return _support(await service.read_profile(call.ctx, Support))


async def _read_number(call: Call) -> NumberBody:
    found = await service.read_number(call.ctx, mpn_id=call.query("mpnId"))
    return NumberBody(mpn_id=found.mpn_id, partner_name=found.company_name, links=wire.self_link("profiles", "mpn"))


async def _replace_billing(call: Call) -> BillingBody:
    asked = call.decode(BillingRequest)
    value = Billing(
        company_name=asked.company_name,
        address=address_of(asked.address),
        primary_contact=contact_of(asked.primary_contact),
        purchase_order_number=asked.purchase_order_number,
        tax_id=asked.tax_id,
        billing_currency=asked.billing_currency,
    )
    return _billing(await service.update_profile(call.ctx, value, expected_version=wire.wanted_version(call)))


async def _replace_legal(call: Call) -> LegalBusinessBody:
    asked = call.decode(LegalBusinessRequest)
    value = LegalBusiness(
        company_name=asked.company_name,
        address=address_of(asked.address),
        primary_contact=contact_of(asked.primary_contact),
        approver_address=address_of(asked.company_approver_address or asked.address),
        approver_email=asked.company_approver_email,
    )
    return _legal(await service.update_profile(call.ctx, value, expected_version=wire.wanted_version(call)))


async def _replace_organization(call: Call) -> OrganizationBody:
    asked = call.decode(OrganizationRequest)
    value = Organization(
        company_name=asked.company_name,
        default_address=address_of(asked.default_address),
        email=asked.email,
        culture=asked.culture,
        language=asked.language,
    )
    return _organization(await service.update_profile(call.ctx, value, expected_version=wire.wanted_version(call)))


async def _replace_support(call: Call) -> SupportBody:
    asked = call.decode(SupportRequest)
    value = Support(email=asked.email, telephone=asked.telephone, website=asked.website)
    return _support(await service.update_profile(call.ctx, value, expected_version=wire.wanted_version(call)))


_TAG = (Query("If-Match", "The etag of the version to replace; without it any version is."),)
_ALL = "/v1/profiles"
ROUTES = (
    Route(("GET",), f"{_ALL}/billing", _read_billing, "partner_profiles.read_billing",
          "Read how the calling partner is billed.", BillingBody, user_only=True),
    Route(("PUT",), f"{_ALL}/billing", _replace_billing, "partner_profiles.replace_billing",
          "Replace how the calling partner is billed.", BillingBody, BillingRequest, user_only=True, headers=_TAG),
    Route(("GET",), f"{_ALL}/legalbusiness", _read_legal, "partner_profiles.read_legal",
          "Read the calling partner's legal entity.", LegalBusinessBody,
          query=(Query("vettingVersion", "Taken and without effect: there is one version."),)),
    Route(("PUT",), f"{_ALL}/legalbusiness", _replace_legal, "partner_profiles.replace_legal",
          "Replace the calling partner's legal entity.", LegalBusinessBody, LegalBusinessRequest, user_only=True,
          headers=_TAG),
    Route(("GET",), f"{_ALL}/mpn", _read_number, "partner_profiles.read_number",
          "Read the calling partner's number in the programme.", NumberBody, user_only=True,
          query=(Query("mpnId", "The number, which has to be the caller's own."),)),
    Route(("GET",), f"{_ALL}/organization", _read_organization, "partner_profiles.read_organization",
          "Read the calling partner's organisation.", OrganizationBody, user_only=True),
    Route(("PUT",), f"{_ALL}/organization", _replace_organization, "partner_profiles.replace_organization",
          "Replace the calling partner's organisation.", OrganizationBody, OrganizationRequest, user_only=True,
          headers=_TAG),
    Route(("GET",), f"{_ALL}/support", _read_support, "partner_profiles.read_support",
          "Read where the calling partner's customers find help.", SupportBody, user_only=True),
    Route(("PUT",), f"{_ALL}/support", _replace_support, "partner_profiles.replace_support",
          "Replace where the calling partner's customers find help.", SupportBody, SupportRequest, user_only=True,
          headers=_TAG),
    Route(("PUT",), f"{_ALL}/supportprofile", _replace_support, "partner_profiles.replace_support_documented",
          "The same at the address that the documentation has.", SupportBody, SupportRequest, user_only=True,
          headers=_TAG),
)  # fmt: skip
