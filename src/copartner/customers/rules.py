"""What a new customer and a billing profile have to look like. Pure."""

import re
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from copartner.customers.countries import check_registration
from copartner.customers.model import (
    Authentication,
    BillingDetails,
    Domain,
    NewCustomer,
    NewReseller,
    Provider,
    ResellerStanding,
)
from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound, StaleTag
from copartner.partners.rules import check as check_profile
from copartner.policy.facts import Cloud
from copartner.policy.obligations import obligations
from copartner.programme.rules import check_mpn_id
from copartner.tenants.details import check_address, check_mail, check_tag, check_text

T = TypeVar("T")
# create-indirect-reseller-in-sandbox, 2021-05-24: how many accounts a provider has at a time, and their domains.
RESELLERS_AT_MOST = 5
SANDBOX_DOMAIN = ".onmicrosoft.com"

_FEDERATION = frozenset({
    "issueruri", "logoffuri", "passivelogonuri", "preferredauthenticationprotocol", "promptloginbehavior",
    "signingcertificate",
})  # fmt: skip
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]")


class UnknownCustomer(NotFound):
    """The partner has no such customer."""


class NoSandbox(Illegal):
    """Only a deployment for trying things out deletes tenants."""


class NotAReseller(Invalid):
    """The tenant is no indirect reseller of the partner."""


class NotAProvider(Illegal):
    """Who resells for others makes no accounts of resellers."""


class TooManyResellers(Conflict):
    """The provider has as many accounts of resellers as a sandbox gives it."""


class AccountTaken(Conflict):
    """Another tenant has the domain or the number of the new account."""


class NotRemovable(Conflict):
    """The partner made no such account, or something hangs on it."""


class DomainTaken(Conflict):
    """Another tenant has this domain already."""


class TagNeeded(StaleTag):
    """A billing profile is changed only with the entity tag it was read with."""


def check_new(new: NewCustomer) -> NewCustomer:
    """The customer to be made, in the form it is kept in; raises Invalid naming the property."""
    return replace(
        new,
        company_name=check_text(new.company_name, "companyProfile.companyName"),
        domain=check_domain(new.domain, "companyProfile.domain"),
        billing=check_billing(new.billing),
        admin_name=check_admin_name(new.admin_name, "userName"),
        registration_number=check_registration(new.billing.address.country, new.registration_number),
    )


def check_new_reseller(new: NewReseller) -> NewReseller:
    """The account to be made, in the form it is kept in; raises Invalid naming the property."""
    prefix, country = new.domain_prefix.strip().lower(), new.country.strip().upper()
    if not _LABEL.fullmatch(prefix):
        raise Invalid("tenant.domainPrefix has to be 1 to 63 letters, digits and dashes.", "tenant.domainPrefix")
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise Invalid("tenant.country has to be a two-letter country code, such as DE.", "tenant.country")
    return NewReseller(
        mpn_id=check_mpn_id(new.mpn_id),
        domain_prefix=prefix,
        country=country,
        culture=check_tag(new.culture, "tenant.culture"),
        language=check_tag(new.language, "organizationProfileLanguage"),
        legal=check_profile(new.legal),
        admin_name=check_admin_name(new.admin_name, "tenant.adminUserName"),
        admin_display_name=check_text(new.admin_display_name, "tenant.adminFirstName", needed=False),
    )


def check_provider(provider: Provider) -> Provider:
    """The acting partner, when it may make one more account; raises NotAProvider, TooManyResellers."""
    if provider.is_reseller:
        raise NotAProvider("You are an indirect reseller; only a provider makes accounts of resellers.")
    if provider.made >= RESELLERS_AT_MOST:
        raise TooManyResellers(
            f"You have {RESELLERS_AT_MOST} accounts of resellers, the most; remove one of them first."
        )
    return provider


def check_removable(standing: ResellerStanding | None, reseller_id: UUID) -> ResellerStanding:
    """The account, when it is removed or may be; raises NotRemovable."""
    if standing is None:
        raise NotRemovable("You made no such account of a reseller.", str(reseller_id))
    if standing.engaged:
        raise NotRemovable(
            "A customer, a sale or another provider hangs on this account; end that first.", str(reseller_id)
        )
    return standing


def gives_default_roles(new: NewCustomer, *, cloud: Cloud, now: datetime) -> bool:
    """Whether the programme gives the partner default granular roles at a new customer, if it wants them.

    The rule cust-default-gdap says where and from when.
    """
    return new.wants_default_roles and obligations()["cust-default-gdap"].holds(cloud, now)


def check_domain(text: str, name: str = "domain") -> str:
    """A domain in small letters; raises Invalid naming the property."""
    domain = text.strip().lower()
    if len(domain) > 253 or not _DOMAIN.fullmatch(domain):
        raise Invalid(f"{name} has to be a domain name, such as company.example.", name)
    return domain


def check_added(domain: Domain) -> Domain:
    """A domain to be added, in the form it is kept in; raises Invalid.

    A federated one needs the settings that add-a-verified-domain-for-a-customer (2023-07-28) requires.
    """
    given = {name.lower() for name, value in (domain.federation or {}).items() if value != ""}
    if domain.authentication is Authentication.FEDERATED and (lacking := _FEDERATION - given):
        raise Invalid(
            f"A federated domain needs these DomainFederationSettings as well: {', '.join(sorted(lacking))}.",
            "DomainFederationSettings",
        )
    return replace(
        domain,
        name=check_domain(domain.name, "VerifiedDomainName"),
        capability=check_text(domain.capability, "Domain.Capability"),
        federation=domain.federation if domain.authentication is Authentication.FEDERATED else None,
    )


def unknown(customer_id: UUID) -> UnknownCustomer:
    """The partner has no such customer."""
    return UnknownCustomer("There is no such customer among yours.", str(customer_id))


def existing(found: T | None, customer_id: UUID) -> T:
    """What was found of a customer; raises UnknownCustomer."""
    if found is None:
        raise unknown(customer_id)
    return found


def check_billing(details: BillingDetails) -> BillingDetails:
    """The billing profile in the form it is kept in; raises Invalid naming the property."""
    return BillingDetails(
        email=check_mail(details.email, "billingProfile.email"),
        company_name=check_text(details.company_name, "billingProfile.companyName"),
        culture=check_tag(details.culture, "billingProfile.culture"),
        language=check_tag(details.language, "billingProfile.language"),
        address=check_address(details.address),
    )


def check_version(present: int, expected: int | None) -> None:
    """Raise TagNeeded without an expected version and StaleTag when it is not the present one."""
    if expected is None:
        raise TagNeeded("Send the entity tag of the profile you read in If-Match.", "If-Match")
    if expected != present:
        raise StaleTag("The billing profile was changed meanwhile; read it again.", "If-Match")


def check_admin_name(given: str, name: str = "userName") -> str:
    """The part of a sign-in name before the @, in small letters; raises Invalid naming the property."""
    admin = given.strip().lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", admin):
        raise Invalid("The admin's name has to be letters, digits, dots and dashes.", name)
    return admin
