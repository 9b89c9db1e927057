"""What a request and a relationship can do, and what agents may do then. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound
from copartner.kernel.languages import Language
from copartner.kernel.phrases import Phrases
from copartner.kernel.prose import is_plain
from copartner.policy.facts import Role
from copartner.relationships.model import Power, Relationship, RelationshipRequest, RequestState

LONGEST_REASON = 1000
say = Phrases("copartner.relationships", "rules").say
# Source: rule dap-idle.
IDLE = timedelta(days=90)
# Nobody is written to about one request more often.
LETTER_EVERY = timedelta(days=1)
LONGEST_LETTER = 4000
EXISTS = "There is a reseller relationship between you already; nothing was changed."


class UnknownRequest(NotFound):
    """There is no such request among the partner's, or none that addresses the customer."""


class UnknownAddressee(NotFound):
    """No tenant has the identifier or domain that a request names."""


class UnknownRelationship(NotFound):
    """There is no active relationship between the two."""


class RequestClosed(Illegal):
    """The request was answered or withdrawn already."""


class WrittenAlready(Illegal):
    """The customer was written to about this request within a day."""


class NobodyToWrite(Illegal):
    """The request names no customer, or one without a Global admin who can be written to."""


class RelationshipExists(Conflict):
    """Partner and customer have an active relationship already."""


class OwnTenant(Invalid):
    """Nobody has a reseller relationship with its own tenant."""


def standing_link(public_url: str, partner_tenant_id: UUID) -> str:
    """Where a customer answers a partner's standing invitation."""
    return f"{public_url.rstrip('/')}/customer/consent/reseller-relationships/{partner_tenant_id}"


def request_link(public_url: str, request_id: UUID) -> str:
    """Where a customer answers one request."""
    return f"{public_url.rstrip('/')}/customer/consent/relationship-requests/{request_id}"


def check_reason(text: str) -> str:
    """The reason without outer blanks; raises Invalid when it is too long or holds control characters."""
    reason = text.strip()
    if len(reason) > LONGEST_REASON or not is_plain(reason):
        raise Invalid(f"The reason has at most {LONGEST_REASON} characters and no control characters.", "reason")
    return reason


def withdraw(request: RelationshipRequest) -> RelationshipRequest:
    """The request taken back; raises RequestClosed."""
    _refuse_closed(request)
    return replace(request, state=RequestState.WITHDRAWN)


def addressee(request: RelationshipRequest) -> UUID:
    """The customer that a request names; raises NobodyToWrite."""
    if request.customer_tenant_id is None:
        raise NobodyToWrite("The request names no customer; send its link yourself.", str(request.id))
    return request.customer_tenant_id


def next_letter_at(request: RelationshipRequest, *, now: datetime) -> datetime | None:
    """When the customer may be written to again; None for at once."""
    again = None if request.letter_at is None else request.letter_at + LETTER_EVERY
    return again if again is not None and again > now else None


def written(request: RelationshipRequest, *, now: datetime) -> RelationshipRequest:
    """The request after a letter about it; raises RequestClosed, NobodyToWrite, WrittenAlready."""
    _refuse_closed(request)
    addressee(request)
    if next_letter_at(request, now=now) is not None:
        raise WrittenAlready(
            "The customer was written to about this request within the last 24 hours; write again later, or send the "
            "link yourself.",
            str(request.id),
        )
    return replace(request, letter_at=now)


def check_letter(text: str) -> str:
    """What a letter says, without outer blanks; raises Invalid when it is empty, too long or no plain text."""
    said = text.strip()
    if not 1 <= len(said) <= LONGEST_LETTER or not is_plain(said):
        raise Invalid(f"The letter has 1 to {LONGEST_LETTER} characters and no control characters.", "body")
    return said


def answer(request: RelationshipRequest, state: RequestState, *, now: datetime) -> RelationshipRequest:
    """The request accepted or declined; raises RequestClosed."""
    _refuse_closed(request)
    return replace(request, state=state, answered_at=now)


def end(relationship: Relationship, *, now: datetime) -> Relationship:
    """The relationship ended, its privileges with it."""
    return replace(relationship, privileges=False, ended_at=now)


def refuse_own_tenant(partner_tenant_id: UUID, customer_tenant_id: UUID | None) -> None:
    """Raise OwnTenant when both are the same."""
    if partner_tenant_id == customer_tenant_id:
        raise OwnTenant("A partner has no relationship with its own tenant; name another customer.", "customer")


def powers(*, privileges: bool, language: Language = Language.ENGLISH) -> tuple[Power, ...]:
    """What the partner's agents may do in the customer's tenant, with and without delegated admin privileges."""
    if not privileges:
        return (
            Power(
                Role.ADMIN_AGENT,
                None,
                say(
                    language,
                    "Admin agents sell to you and manage what they sold to you; they have no access to your tenant.",
                ),
            ),
            Power(
                Role.HELPDESK_AGENT,
                None,
                say(language, "Helpdesk agents read what their company sold to you; no more."),
            ),
        )
    return (
        Power(
            Role.ADMIN_AGENT,
            say(language, "Global administrator"),
            say(
                language,
                "Admin agents act as Global administrator in your whole tenant, on licences that others sold as well, "
                "until you take this back.",
            ),
        ),
        Power(
            Role.HELPDESK_AGENT,
            say(language, "Helpdesk administrator"),
            say(
                language,
                "Helpdesk agents act as Helpdesk administrator in your whole tenant: they reset passwords and manage "
                "service requests, until you take this back.",
            ),
        ),
    )


def _refuse_closed(request: RelationshipRequest) -> None:
    if request.state is not RequestState.PENDING:
        raise RequestClosed(f"This request was {request.state} already; ask for a new one.", str(request.id))
