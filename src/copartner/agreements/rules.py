"""Which agreements there are, in which clouds, and what an attestation has to say. Pure."""

import re
from datetime import datetime

from copartner.agreements.model import CUSTOMER_AGREEMENT, Attestation, Contact, Document, Template
from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound
from copartner.policy.facts import Cloud

# Source: confirm-customer-agreement, 2020; the identifier is that of the published examples.
TEMPLATES = (
    Template(
        id="117a77b0-9360-443b-8795-c6dedc750cf9",
        type=CUSTOMER_AGREEMENT,
        link="https://aka.ms/customeragreement",
        version_rank=0,
    ),
)
# Of our own: the published pages name the partner agreement without an identifier.
PARTNER_TEMPLATE = "5f2a8c1e-6f0d-4b7e-9a53-3c1f0e7d2b64"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
_CLOUDS = frozenset({Cloud.COMMERCIAL})
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
_LONGEST = 256


class UnknownCustomer(NotFound):
    """The partner has no such customer."""


class UnknownTemplate(NotFound):
    """There is no such text of an agreement."""


class UnknownPartner(NotFound):
    """Neither the acting partner nor one of its indirect resellers has that number or tenant."""


class AlreadySigned(Conflict):
    """The partner signed the partner agreement already."""


class NoAgreements(Illegal):
    """This cloud has no customer agreements."""


def templates(cloud: Cloud) -> tuple[Template, ...]:
    """The agreement texts of a cloud; US Government and 21Vianet have none."""
    return TEMPLATES if cloud in _CLOUDS else ()


def current(cloud: Cloud) -> Template | None:
    """The newest customer agreement of a cloud."""
    return max(templates(cloud), key=lambda template: template.version_rank, default=None)


def has_partner_agreement(cloud: Cloud) -> bool:
    """Whether partners of a cloud sign the partner agreement."""
    return cloud in _CLOUDS


def document(cloud: Cloud, template_id: str, *, country: str | None, language: str | None) -> Document:
    """Where a text is read; US and en-US where nothing is asked for (download-customer-agreement-template, 2023-07-28).

    Raises UnknownTemplate, Invalid.
    """
    template = next((one for one in templates(cloud) if one.id == template_id.strip().lower()), None)
    if template is None:
        raise UnknownTemplate("There is no such agreement template; take its id from the agreement metadata.")
    wanted_country, wanted_language = (country or "US").strip().upper(), (language or "en-US").strip()
    if not re.fullmatch(r"[A-Z]{2}", wanted_country):
        raise Invalid("country has to be a two-letter country code, such as US.", "country")
    if not _LANGUAGE.fullmatch(wanted_language):
        raise Invalid("language has to be a language tag, such as en-US.", "language")
    return Document(template, wanted_country, wanted_language)


def check_type(text: str | None) -> str:
    """The agreement type in any case; the customer agreement when none is named. Raises Invalid."""
    if text is None or text.strip().lower() in (CUSTOMER_AGREEMENT.lower(), ""):
        return CUSTOMER_AGREEMENT
    raise Invalid(f"agreementType has to be {CUSTOMER_AGREEMENT}.", "agreementType")


def check(attestation: Attestation, *, cloud: Cloud, now: datetime) -> Attestation:
    """The attestation without outer blanks; raises NoAgreements, Invalid."""
    offered = templates(cloud)
    if not offered:
        raise NoAgreements("There are no customer agreements in this cloud, so there is nothing to confirm.")
    kind = check_type(attestation.type)
    template_id = attestation.template_id.strip().lower()
    if template_id not in {template.id for template in offered if template.type == kind}:
        raise Invalid("templateId has to be one of the agreement metadata.", "templateId")
    if attestation.agreed_at.tzinfo is None or attestation.agreed_at > now:
        raise Invalid("dateAgreed has to be a moment with a zone that is not in the future.", "dateAgreed")
    return Attestation(contact=_contact(attestation.contact), agreed_at=attestation.agreed_at, template_id=template_id)


def _contact(given: Contact) -> Contact:
    contact = Contact(*(part.strip() for part in (given.first_name, given.last_name, given.email, given.phone)))
    for name, value in (("firstName", contact.first_name), ("lastName", contact.last_name)):
        if not value or len(value) > _LONGEST or not value.isprintable():
            raise Invalid(f"primaryContact.{name} has to be given, printable and at most {_LONGEST} long.", name)
    if len(contact.email) > _LONGEST or not _MAIL.fullmatch(contact.email):
        raise Invalid("primaryContact.email has to be a mail address.", "email")
    if contact.phone and not re.fullmatch(r"[+0-9()./ -]{3,32}", contact.phone):
        raise Invalid("primaryContact.phoneNumber has to be a telephone number.", "phoneNumber")
    return contact
