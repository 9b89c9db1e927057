"""The letter about a request: a draft that the partner changes, and below it what it cannot change. Pure."""

from dataclasses import dataclass

from copartner.kernel.languages import Language, preferred
from copartner.partners.model import Partner
from copartner.relationships.model import RelationshipRequest
from copartner.relationships.texts import texts_in


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter before it is sent; `below` stands under the body whatever the partner writes."""

    language: Language
    subject: str
    body: str
    below: str

    @property
    def whole(self) -> str:
        """What the customer reads."""
        return f"{self.body}\n\n{self.below}\n"


def spoken(language: str | None) -> Language:
    """The language in which somebody is written to: the tenant's, English where there is no other."""
    return preferred(language or "") or Language.ENGLISH


def draft(request: RelationshipRequest, partner: Partner, *, link: str, sender: str, language: Language) -> Draft:
    """What is proposed to be written about a request."""
    texts = texts_in(language)
    reason = texts.REASON.format(reason=request.reason) if request.reason else ""
    privileges = texts.PRIVILEGES if request.includes_privileges else ""
    named = {"partner": partner.company_name, "sender": sender}
    return Draft(
        language,
        texts.SUBJECT.format(**named),
        texts.BODY.format(reason=reason, privileges=privileges, **named).strip(),
        below(partner, link=link, sender=sender, language=language),
    )


def below(partner: Partner, *, link: str, sender: str, language: Language) -> str:
    """What stands under every letter: the link, and who sends it."""
    texts = texts_in(language)
    signed = texts.SIGNED.format(
        sender=sender, partner=partner.company_name, domain=partner.domain, mpn_id=partner.mpn_id
    )
    return f"{texts.LINK.format(link=link)}\n\n{signed}"
