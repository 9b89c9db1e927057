"""What a customer is shown and may offer, and what a cap leaves out: words and comparisons. Pure."""

import re
from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from copartner.delegation.consent_model import CapKind, Exceeding, Offer, RoleCap, Shown
from copartner.delegation.model import AdminRelationship, AutoExtend, Risk
from copartner.delegation.roles import check_roles, described, known, say
from copartner.delegation.rules import LONGEST_NAME, days_of
from copartner.kernel.errors import Invalid
from copartner.kernel.languages import Language
from copartner.partners.model import Partner

_PART = re.compile(r"([0-9]+)([YMD])")
_UNITS = {"Y": ("1 year", "{number} years"), "M": ("1 month", "{number} months"), "D": ("1 day", "{number} days")}
_RISKS = {
    Risk.HIGHEST: "- {role} (highest risk): {text}",
    Risk.HIGH: "- {role} (high risk): {text}",
    Risk.MEDIUM: "- {role} (medium risk): {text}",
    Risk.LOW: "- {role} (low risk): {text}",
}
_NAMES_TRIED = 50


def in_words(duration: str, language: Language = Language.ENGLISH) -> str:
    """A duration as people say it: `P1Y6M` is 1 year and 6 months."""
    parts = [(int(number), _UNITS[unit]) for number, unit in _PART.findall(duration) if int(number)]
    said = (say(language, one if number == 1 else many, number=number) for number, (one, many) in parts)
    return say(language, " and ").join(said)


def shown(relationship: AdminRelationship, partner: Partner, language: Language = Language.ENGLISH) -> Shown:
    """The text that a customer reads and approves, with its digest; it says nothing that an answer changes."""
    parties = {"partner": partner.company_name, "domain": partner.domain, "tenant": partner.tenant_id}
    lines = [say(language, "{partner} ({domain}, tenant {tenant}) gets these roles in your tenant:", **parties)]
    for one in described(relationship.roles, language):
        lines.append(say(language, _RISKS[one.risk], role=one.name, text=one.text))
    goes_on = relationship.auto_extend is AutoExtend.HALF_A_YEAR
    lasts = (
        "For {duration} from the day it begins. Then it goes on by 180 days each time."
        if goes_on
        else "For {duration} from the day it begins. Then it ends by itself."
    )
    lines.append(say(language, lasts, duration=in_words(relationship.duration, language)))
    lines.append(
        say(
            language,
            "You can end it at any moment. It gives the partner no right over what others sold to you.",
        )
    )
    text = "\n".join(lines) + "\n"
    return Shown(text, sha256(text.encode()).hexdigest())


def offered(asked: AdminRelationship, offer: Offer) -> tuple[tuple[UUID, ...], str, AutoExtend]:
    """Roles, duration and extension of a counter-proposal; raises Invalid unless it is less than what was asked."""
    roles = asked.roles if offer.roles is None else check_roles(offer.roles)
    duration = offer.duration or asked.duration
    more = [one for one in roles if one not in asked.roles]
    if more:
        raise Invalid(
            "roles: a counter-proposal offers some of the roles that were asked for and no others; leave out "
            f"{', '.join(known()[one].name for one in more)}, or have the partner ask anew.",
            *(str(one) for one in more),
        )
    if days_of(duration) > days_of(asked.duration):
        raise Invalid(
            f"duration: a counter-proposal lasts no longer than was asked, which is {asked.duration}.", "duration"
        )
    if offer.auto_extend and asked.auto_extend is not AutoExtend.HALF_A_YEAR:
        raise Invalid("autoExtend: no extension was asked for, so none can be offered.", "autoExtend")
    auto_extend = AutoExtend.NOT if offer.auto_extend is False else asked.auto_extend
    goes_on = auto_extend is AutoExtend.HALF_A_YEAR
    if (
        set(roles) == set(asked.roles)
        and days_of(duration) == days_of(asked.duration)
        and goes_on == (asked.auto_extend is AutoExtend.HALF_A_YEAR)
    ):
        raise Invalid("A counter-proposal offers less than was asked; this is all of it: approve it instead.")
    return roles, duration, auto_extend


def names_for(asked: AdminRelationship) -> list[str]:
    """Names for what is offered instead, in the order in which they are tried: the asked one with a number."""
    endings = (f" ({number})" for number in range(2, 2 + _NAMES_TRIED))
    return [asked.display_name[: LONGEST_NAME - len(ending)].rstrip() + ending for ending in endings]


def beyond(cap: RoleCap, roles: Iterable[UUID]) -> tuple[UUID, ...]:
    """Which of the roles a cap leaves out."""
    listed = set(cap.roles)
    return tuple(one for one in roles if (one in listed) is (cap.kind is CapKind.REFUSED))


def exceeding(cap: RoleCap, grants: Iterable[tuple[AdminRelationship, Partner]]) -> tuple[Exceeding, ...]:
    """The relationships with roles that a cap leaves out."""
    measured = ((held, partner, beyond(cap, held.roles)) for held, partner in grants)
    return tuple(Exceeding(held, partner, roles) for held, partner, roles in measured if roles)
