"""What services refuse, as the pages of a tenant's own settings and audit say it: a person knows no names of an API."""

from copartner.kernel.errors import Busy, Invalid, Refusal, RepeatedWithOtherBody, StaleTag
from copartner.portal.refusing import reworded
from copartner.portal.speaking import word
from copartner.tenants import rules

_SHORT = word("Give 1 to 200 printable characters.")
_PROFILE = word("Give at most 256 printable characters on one line.")
_TAG = word("Give a language tag, such as de-DE.")
_MAIL = word("This is no mail address.")
_TELEPHONE = word("This is no telephone number.")
# By the property that a service names.
_FIELDS = {
    "userPrincipalName": word("Before the @ come 1 to 64 letters, digits, dots, dashes and underscores."),
    "displayName": _SHORT,
    "name": _SHORT,
    "description": word("Say it in at most 200 printable characters."),
    "redirectUris": word(
        "One of the addresses cannot be used: take https, http on this machine or the application's own scheme, "
        "without user name, fragment, star or dots that climb."
    ),
    "expiresAt": word("Choose a day that is still to come, at most 730 days ahead."),
    "url": word(
        "Give an address of the internet that begins with https://, without user, password and fragment, of at most "
        "500 characters."
    ),
    "companyName": _PROFILE,
    "country": word("Give the country by its two letters, such as DE."),
    "culture": _TAG,
    "language": _TAG,
    "email": _MAIL,
    "companyApproverEmail": _MAIL,
    "primaryContact.email": _MAIL,
    "telephone": _TELEPHONE,
    "primaryContact.phoneNumber": _TELEPHONE,
    "website": word("This is no address of a website, such as www.company.example."),
    "startDate": word("The audit is open for the last 90 days; choose a later first day, and a last day after it."),
    "endDate": word("The audit is open for the last 90 days; choose a later last day."),
}
# By how a message begins, where a class says several things.
_MESSAGES = (
    ("Another group", word("Another group has this name; choose another one.")),
    ("Another user", word("Another user signs in by this name; choose another one.")),
    ("The groups AdminAgents", word("Groups of this name are made when a tenant is enrolled; choose another one.")),
)
_CLASSES: dict[type[Refusal], str] = {
    rules.LastGlobalAdmin: word("This is the tenant's last enabled Global admin; make another one first."),
    rules.UnknownMember: word("There is no such user or group in your tenant."),
    rules.Circle: word("The group would be in itself; take the outer group out of this one first."),
    rules.TooManySecrets: word("An application has at most 20 secrets; remove one first."),
    StaleTag: word("Somebody changed it meanwhile; open the page again and look."),
    RepeatedWithOtherBody: word("This form was sent already with other entries; open the page again."),
    Busy: word("Others are changing the same things; try again."),
}


def told(refusal: Refusal) -> Refusal:
    """The refusal with what a page says of it, where that is written down."""
    return reworded(refusal, _said(refusal))


def _said(refusal: Refusal) -> str | None:
    found = next((text for begins, text in _MESSAGES if refusal.message.startswith(begins)), None)
    if found is None and isinstance(refusal, Invalid) and refusal.data:
        found = _FIELDS.get(refusal.data[0])
    return found or next((_CLASSES[kind] for kind in type(refusal).__mro__ if kind in _CLASSES), None)
