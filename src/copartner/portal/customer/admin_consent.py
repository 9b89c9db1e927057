"""A customer reads which roles a partner asks for in its tenant, and approves, refuses, offers less, or ends it."""

from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

from litestar import Response

from copartner.delegation import consent
from copartner.delegation.consent_model import Offer
from copartner.delegation.model import AutoExtend, Invitation, Key, Status
from copartner.delegation.rules import IllegalStep, days_of
from copartner.delegation.terms import in_words
from copartner.kernel.errors import Invalid
from copartner.kernel.ids import parse_id
from copartner.kernel.languages import Language, preferred
from copartner.policy.facts import Side
from copartner.portal.html import see_other
from copartner.portal.page import Page, Visit

_COMMON = ("P1Y", "P180D", "P90D", "P30D", "P7D", "P1D")
_ENDED = frozenset({Status.TERMINATION_REQUESTED, Status.TERMINATING, Status.TERMINATED})
_LAPSED = frozenset({Status.EXPIRING, Status.EXPIRED})


def standing_of(found: Invitation) -> str:
    """How it stands when somebody looks at it: each has a template."""
    relationship = found.relationship
    if relationship.status is Status.APPROVAL_PENDING:
        return "open"
    if relationship.status in _ENDED:
        return "refused" if relationship.activated_at is None else "ended"
    return "lapsed" if relationship.status in _LAPSED else "active"


async def show(visit: Visit, refusal: Invalid | None = None, typed: Mapping[str, str] | None = None) -> Response[bytes]:
    """The request with the form to answer it while it waits, or what became of it; with what was typed, if refused."""
    found = await consent.read_invitation(visit.ctx, key=_key(visit))
    asked = found.relationship
    return visit.page(
        f"customer/granular/{standing_of(found)}.html",
        status=400 if refusal else 200,
        refusal=refusal,
        typed=typed,
        found=found,
        asked=asked,
        duration=in_words(asked.duration, visit.language),
        goes_on=asked.auto_extend is AutoExtend.HALF_A_YEAR,
        beyond=frozenset(found.beyond_cap),
        waits_for_reseller=asked.waits_for_reseller,
        durations=_durations(asked.duration, visit.language),
    )


def _durations(asked: str, language: Language) -> list[tuple[str, str]]:
    """For how long less may be offered: as asked, and common lengths below it, with how they are said."""
    shorter = [one for one in _COMMON if days_of(one) < days_of(asked)]
    return [(one, in_words(one, language)) for one in (asked, *shorter)]


async def take(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Approve, refuse, offer less or end; an answer that was given already stays and is shown."""
    try:
        with suppress(IllegalStep):
            await _answer(visit, form)
    except Invalid as refusal:
        return await show(visit, refusal, form)
    return see_other(visit.path)


async def _answer(visit: Visit, form: Mapping[str, str]) -> None:
    ctx, key, reason = visit.ctx, _key(visit), form.get("reason", "")
    match form.get("answer"):
        case "approve":
            await consent.approve_relationship(ctx, key=key, reason=reason, read_in=_read_in(form))
        case "reject":
            await consent.reject_relationship(ctx, key=key, reason=reason)
        case "counter":
            await consent.counter_relationship(ctx, key=key, offer=_offer(form), reason=reason)
        case "end":
            await consent.end_relationship(ctx, key=key)
        case _:
            raise Invalid("Choose to approve, to offer less or to refuse.", "answer")


def _read_in(form: Mapping[str, str]) -> Language | None:
    """The language of the text above the button, which the reader may have changed in another window meanwhile."""
    return preferred(form.get("read_in", ""))


def _offer(form: Mapping[str, str]) -> Offer:
    """What is ticked, for as long as is chosen; each role has a box of its own."""
    ticked = [parse_id(name.removeprefix("role-")) for name in form if name.startswith("role-")]
    roles = tuple(one for one in ticked if one is not None)
    if not roles:
        raise Invalid("Tick at least one role that you offer, or refuse.", "role")
    extends = None if form.get("extend") == "asked" else False
    return Offer(roles=roles, duration=form.get("duration") or None, auto_extend=extends)


def _key(visit: Visit) -> Key:
    ids: Mapping[str, UUID] = visit.ids
    return Key(ids["partner_tenant_id"], ids["relationship_id"])


PAGES = tuple(
    Page(f"{below}/{{relationship_id}}-{{partner_tenant_id}}", name, Side.CUSTOMER, show, take)
    for below, name in (
        # Where clients of the contract send a customer: they build this address themselves.
        ("/partners/invitation/granularAdminRelationships", "granular_invitation"),
        ("/customer/consent/delegated-admin-relationships", "granular_consent"),
    )
)
