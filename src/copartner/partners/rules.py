"""What a partner may say of itself, and what stands in until it does. Pure."""

import re
from typing import assert_never, cast

from copartner.kernel.errors import Invalid, NotFound, StaleTag
from copartner.partners.model import Billing, Company, Contact, LegalBusiness, Organization, ProfileValue, Support, V
from copartner.tenants.details import check_address, check_mail, check_phone, check_tag, check_text

_WEBSITE = re.compile(r"(?:https?://)?[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})(?::[0-9]{1,5})?(?:/[!-~]*)?")


class UnknownNumber(NotFound):
    """The number is not the partner's own."""


def initial(shape: type[V], company: Company) -> V:
    """What stands in for a profile of that kind, made of the tenant's own data."""
    address = company.address
    contact = Contact(
        first_name=address.first_name, last_name=address.last_name, email="", phone_number=address.phone_number
    )
    made: ProfileValue
    if shape is Billing:
        made = Billing(
            company_name=company.company_name,
            address=address,
            primary_contact=contact,
            billing_currency=company.currency,
        )
    elif shape is LegalBusiness:
        made = LegalBusiness(
            company_name=company.company_name, address=address, primary_contact=contact, approver_address=address
        )
    elif shape is Organization:
        made = Organization(
            company_name=company.company_name,
            default_address=address,
            email="",
            culture=company.culture,
            language=company.language,
        )
    else:
        made = Support(email="", telephone=address.phone_number, website=company.domain)
    return cast(V, made)


def check(value: V) -> V:
    """The profile in the form it is kept in; raises Invalid naming the property."""
    given: ProfileValue = value
    made: ProfileValue
    match given:
        case Billing():
            made = _billing(given)
        case LegalBusiness():
            made = LegalBusiness(
                company_name=check_text(given.company_name, "companyName"),
                address=check_address(given.address),
                primary_contact=_contact(given.primary_contact),
                approver_address=check_address(given.approver_address),
                approver_email=check_mail(given.approver_email, "companyApproverEmail", needed=False),
            )
        case Organization():
            made = Organization(
                company_name=check_text(given.company_name, "companyName"),
                default_address=check_address(given.default_address),
                email=check_mail(given.email, "email", needed=False),
                culture=check_tag(given.culture, "culture"),
                language=check_tag(given.language, "language"),
            )
        case Support():
            made = Support(
                email=check_mail(given.email, "email", needed=False),
                telephone=check_phone(given.telephone, "telephone"),
                website=_website(given.website),
            )
        case _:
            assert_never(given)
    return cast(V, made)


def check_version(present: int, expected: int | None) -> None:
    """Raise StaleTag when a version is expected and is not the present one."""
    if expected not in (None, present):
        raise StaleTag("The profile was changed meanwhile; read it again.", "If-Match")


def check_number(company: Company, mpn_id: str | None) -> Company:
    """The company, when the number asked for is its own or none is; raises UnknownNumber."""
    if mpn_id is not None and mpn_id.strip() != company.mpn_id:
        raise UnknownNumber("Your tenant has no such number; leave mpnId out to read its own.", "mpnId")
    return company


def _billing(given: Billing) -> Billing:
    currency = given.billing_currency.strip().upper()
    if currency and not re.fullmatch(r"[A-Z]{3}", currency):
        raise Invalid("billingCurrency has to be a three-letter code, such as EUR.", "billingCurrency")
    return Billing(
        company_name=check_text(given.company_name, "companyName"),
        address=check_address(given.address),
        primary_contact=_contact(given.primary_contact),
        purchase_order_number=check_text(given.purchase_order_number, "purchaseOrderNumber", needed=False),
        tax_id=check_text(given.tax_id, "taxId", needed=False),
        billing_currency=currency,
    )


def _contact(given: Contact) -> Contact:
    return Contact(
        first_name=check_text(given.first_name, "primaryContact.firstName", needed=False),
        last_name=check_text(given.last_name, "primaryContact.lastName", needed=False),
        email=check_mail(given.email, "primaryContact.email", needed=False),
        phone_number=check_phone(given.phone_number, "primaryContact.phoneNumber"),
    )


def _website(given: str) -> str:
    website = given.strip()
    if website and not _WEBSITE.fullmatch(website):
        raise Invalid("website has to be the address of a website, such as www.company.example.", "website")
    return website
