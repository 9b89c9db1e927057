"""A customer's Global admin reads what a partner asks, behind its standing link or one request, and answers."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from enum import StrEnum

from litestar import Response

from copartner.agreements import service as agreements
from copartner.kernel.errors import Conflict, Invalid
from copartner.policy.facts import Side
from copartner.portal.html import see_other
from copartner.portal.page import Page, Visit
from copartner.relationships.model import Acceptance, Consent, OwnRelationship, RequestState
from copartner.relationships.rules import RelationshipExists, RequestClosed
from copartner.relationships.service import consent as service
from copartner.relationships.service.relationships import list_own_relationships, withdraw_privileges

_TAKE_BACK = "take_back"


class Standing(StrEnum):
    """How a request stands when somebody looks at it; each has a template."""

    OPEN = "open"
    RELATED = "related"
    ENDED = "ended"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


def standing_of(consent: Consent) -> Standing:
    """What there is to say: a question, or what became of it."""
    if consent.state is RequestState.WITHDRAWN:
        return Standing.WITHDRAWN
    if consent.state is RequestState.DECLINED:
        return Standing.DECLINED
    if consent.relationship_exists:
        return Standing.RELATED
    return Standing.ENDED if consent.state is RequestState.ACCEPTED else Standing.OPEN


async def show_request(visit: Visit) -> Response[bytes]:
    """One request, with the form to answer it while it waits."""
    return await _show(visit, await service.read_consent(visit.ctx, request_id=visit.ids["request_id"]))


async def show_link(visit: Visit) -> Response[bytes]:
    """A partner's standing link, with the form to answer it while there is no relationship."""
    return await _show(
        visit, await service.read_standing_consent(visit.ctx, partner_tenant_id=visit.ids["partner_tenant_id"])
    )


async def answer_request(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Accept or decline one request; an answer that was given already stays and is shown."""
    ctx, request_id = visit.ctx, visit.ids["request_id"]
    if form.get("answer") == _TAKE_BACK:
        return await _take_back(visit, await service.read_consent(ctx, request_id=request_id))
    if _accepts(form):
        agrees = _agrees(form)
        await _accept(lambda: service.accept_request(ctx, request_id=request_id, accept_agreement=agrees))
    else:
        with suppress(RequestClosed):
            await service.decline_request(ctx, request_id=request_id)
    return see_other(visit.path)


async def answer_link(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Accept a standing link, or leave it alone, of which nothing is kept."""
    ctx, partner = visit.ctx, visit.ids["partner_tenant_id"]
    if form.get("answer") == _TAKE_BACK:
        return await _take_back(visit, await service.read_standing_consent(ctx, partner_tenant_id=partner))
    if _accepts(form):
        agrees = _agrees(form)
        await _accept(lambda: service.accept_standing(ctx, partner_tenant_id=partner, accept_agreement=agrees))
        return see_other(visit.path)
    await service.decline_standing(ctx, partner_tenant_id=partner)
    consent = await service.read_standing_consent(ctx, partner_tenant_id=partner)
    return visit.page("customer/consent/declined.html", consent=consent)


async def _take_back(visit: Visit, consent: Consent) -> Response[bytes]:
    await withdraw_privileges(visit.ctx, partner_tenant_id=consent.partner.tenant_id)
    return see_other(visit.path)


async def _accept(accept: Callable[[], Awaitable[Acceptance]]) -> None:
    """Accept, unless that was done already: whoever clicks twice is shown what stands.

    Two clicks at one moment may collide over the agreement; the second finds it in place when it tries again.
    """
    with suppress(RequestClosed, RelationshipExists):
        try:
            await accept()
        except RelationshipExists:
            raise
        except Conflict:
            await accept()


async def _show(visit: Visit, consent: Consent) -> Response[bytes]:
    standing = standing_of(consent)
    relationship = await _relationship(visit, consent) if standing is Standing.RELATED else None
    template = agreements.current_template(visit.ctx.runtime.cloud)
    return visit.page(
        f"customer/consent/{standing}.html",
        consent=consent,
        relationship=relationship,
        waits=consent.state is RequestState.PENDING,
        agreement=template if consent.agreement_needed else None,
    )


async def _relationship(visit: Visit, consent: Consent) -> OwnRelationship | None:
    """The relationship as it is now, which may have changed since the answer."""
    own = await list_own_relationships(visit.ctx)
    return next((one for one in own if one.partner.tenant_id == consent.partner.tenant_id), None)


def _accepts(form: Mapping[str, str]) -> bool:
    answer = form.get("answer")
    if answer not in ("accept", "decline"):
        raise Invalid("Choose to accept or to decline.", "answer")
    return answer == "accept"


def _agrees(form: Mapping[str, str]) -> bool:
    return form.get("agreement") == "accepted"


PAGES = (
    Page(
        "/customer/consent/relationship-requests/{request_id}",
        "relationship_request_consent",
        Side.CUSTOMER,
        show_request,
        answer_request,
    ),
    Page(
        "/customer/consent/reseller-relationships/{partner_tenant_id}",
        "standing_link_consent",
        Side.CUSTOMER,
        show_link,
        answer_link,
    ),
)
