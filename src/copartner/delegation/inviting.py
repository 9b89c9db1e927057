"""The link at which a customer answers, and the letter with which a partner may send it: a draft, which it edits."""

from dataclasses import dataclass

from copartner.delegation.model import AdminRelationship, AutoExtend
from copartner.delegation.notices import texts_in
from copartner.delegation.roles import described
from copartner.delegation.terms import in_words
from copartner.kernel.languages import Language, preferred

_PATH = "/partners/invitation/granularAdminRelationships"


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter before it is sent."""

    language: Language
    subject: str
    body: str


def link_of(public_url: str, relationship: AdminRelationship) -> str:
    """Where a customer reads and answers it; clients of the contract build the same address."""
    return f"{public_url.rstrip('/')}{_PATH}/{relationship.id}-{relationship.partner_tenant_id}"


def drafted(relationship: AdminRelationship, *, partner: str, link: str, language: str) -> Draft:
    """The letter in the customer's language, in English where that is unknown or has no texts."""
    spoken = preferred(language) or Language.ENGLISH
    texts = texts_in(spoken)
    roles = "\n".join(f"- {role.name}: {role.text}" for role in described(relationship.roles, spoken))
    values = {
        "partner": partner,
        "name": relationship.display_name,
        "duration": in_words(relationship.duration, spoken),
        "extension": texts.EXTENSION if relationship.auto_extend is AutoExtend.HALF_A_YEAR else "",
        "roles": roles,
        "link": link,
    }
    return Draft(spoken, texts.ASKING_SUBJECT.format(**values), texts.ASKING.format(**values))
