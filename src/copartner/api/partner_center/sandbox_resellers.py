"""Accounts of indirect resellers in a sandbox, in the contract's shapes.

Pages create-indirect-reseller-in-sandbox, 2021-05-24, and delete-indirect-reseller-in-sandbox, 2022-06-15. Here a
tenant has one name, that of its legal business, and its admin no second mail address: those sent are not kept.
"""

from uuid import UUID

from msgspec import Struct

from copartner.api.call import Call, Reply
from copartner.api.partner_center.partner_profiles import PersonBody, contact_of
from copartner.api.partner_center.profiles import AddressBody, address_of
from copartner.api.partner_center.wire import Attributes
from copartner.api.registry import Route
from copartner.customers import resellers
from copartner.customers.model import CreatedReseller, NewReseller
from copartner.partners.model import Direction, LegalBusiness


class TenantRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """The tenant to be made, and its first admin."""

    domain_prefix: str
    country: str
    admin_user_name: str = "admin"
    admin_first_name: str = ""
    admin_last_name: str = ""
    culture: str = "en-US"


class BusinessRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """The legal entity of the account."""

    company_name: str
    address: AddressBody
    primary_contact: PersonBody = PersonBody()


class NewResellerRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """The account to be made."""

    mpn_id: str
    tenant: TenantRequest
    legal_business_profile: BusinessRequest
    organization_profile_language: str = "en"


class NewTenantBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """The tenant that was made; the password is told once."""

    id: UUID
    admin_user_account: str
    password: str


class ToProviderBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """How the account stands to its provider, by the provider's tenant and the account's own number, as published."""

    id: UUID
    name: str
    mpn_id: str
    relationship_type: str = Direction.PROVIDERS.value
    state: str = "Active"
    attributes: Attributes = Attributes("PartnerRelationshipResponse")


class ResellerBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """The account of an indirect reseller."""

    account_id: UUID
    mpn_id: str
    tenant: NewTenantBody
    partner_relationship: ToProviderBody


def _present(made: CreatedReseller) -> ResellerBody:
    it = made.founded
    return ResellerBody(
        account_id=it.reseller_tenant_id,
        mpn_id=it.mpn_id,
        tenant=NewTenantBody(id=it.reseller_tenant_id, admin_user_account=it.admin, password=made.password),
        partner_relationship=ToProviderBody(id=it.partner_tenant_id, name=made.provider_name, mpn_id=it.mpn_id),
    )


async def _create(call: Call) -> ResellerBody:
    asked = call.decode(NewResellerRequest)
    tenant, business = asked.tenant, asked.legal_business_profile
    address = address_of(business.address)
    made = await resellers.create_reseller(
        call.ctx,
        new=NewReseller(
            mpn_id=asked.mpn_id,
            domain_prefix=tenant.domain_prefix,
            country=tenant.country,
            culture=tenant.culture,
            language=asked.organization_profile_language,
            legal=LegalBusiness(
                company_name=business.company_name,
                address=address,
                primary_contact=contact_of(business.primary_contact),
                approver_address=address,
            ),
            admin_name=tenant.admin_user_name.partition("@")[0],
            admin_display_name=f"{tenant.admin_first_name} {tenant.admin_last_name}",
        ),
    )
    return _present(made)


async def _remove(call: Call) -> Reply:
    await resellers.remove_reseller(call.ctx, reseller_id=call.id("sandboxIndirectReseller"))
    return Reply(204)


_ALL = "/v1/sandboxIndirectReseller"
ROUTES = (
    Route(("POST",), _ALL, _create, "sandbox_resellers.create",
          "Make the account of an indirect reseller; in the emulator alone.", ResellerBody, NewResellerRequest, 201,
          user_only=True),
    Route(("DELETE",), f"{_ALL}/{{sandboxIndirectReseller}}", _remove, "sandbox_resellers.remove",
          "Remove the account of an indirect reseller that the caller made; in the emulator alone.", status=204,
          user_only=True),
)  # fmt: skip
