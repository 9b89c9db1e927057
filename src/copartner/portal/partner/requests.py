"""A partner's relationship requests: what it sent and what became of it, a new one, and the letter about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from litestar import Response

from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound, Refusal
from copartner.kernel.ids import parse_id
from copartner.kernel.languages import Language
from copartner.kernel.paging import Page as Part
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.refusing import invalid
from copartner.portal.repeating import once, repeated
from copartner.portal.serving import status_of
from copartner.portal.speaking import word
from copartner.portal.table import Column, Shown, Table
from copartner.relationships import wording
from copartner.relationships.model import RelationshipRequest, RequestState, Sent
from copartner.relationships.service import letters, requests
from copartner.relationships.wording import Draft

_ALL = "/partner/requests"
_SIZE = 50
STATES: Mapping[RequestState, tuple[str, str]] = {
    RequestState.PENDING: ("soon", word("waiting")),
    RequestState.ACCEPTED: ("good", word("accepted")),
    RequestState.DECLINED: ("alarm", word("declined")),
    RequestState.WITHDRAWN: ("off", word("withdrawn")),
}
_TABLE = Table[RelationshipRequest](
    "requests",
    word("Requests, the newest first"),
    (
        Column("customer", word("Customer"), lambda one: one.addressee),
        Column("state", word("State"), lambda one: one.state.value),
        Column("sent", word("Sent on"), lambda one: one.created_at),
        Column("by", word("Sent by"), lambda one: one.created_by),
        Column("privileges", word("Delegated admin privileges"), lambda one: one.includes_privileges),
        Column("reason", word("Reason"), lambda one: one.reason),
    ),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for, as it was typed."""

    whom: str = "named"
    customer: str = ""
    privileges: bool = False
    reason: str = ""


async def show_all(visit: Visit) -> Response[bytes]:
    """What was sent, in one state or in all, and the standing link."""
    ctx, wanted = visit.ctx, visit.query.get("state", "")
    state = RequestState(wanted) if wanted in set(RequestState) else None

    async def load(after: UUID | None) -> Part[RelationshipRequest]:
        found = await requests.list_requests(ctx, state=state, after=after, size=_SIZE, newest_first=True)
        return Part(found.items, None, found.next_after)

    shown = await _TABLE.show(visit, load)
    if not isinstance(shown, Shown):
        return shown
    link = await requests.read_standing_link(ctx)
    return visit.page("partner/requests/list.html", shown=shown, state=state, states=STATES, standing=link.url)


async def show_new(visit: Visit) -> Response[bytes]:
    """The form for a new request, with what may be asked for today; a customer may be named in the address."""
    asked = Asked(customer=visit.query.get("customer", ""), privileges=True)
    return await _new(visit, asked, {})


async def take_new(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Send the request, and go on to its link and letter."""
    whom = "open" if form.get("whom") == "open" else "named"
    asked = Asked(whom, form.get("customer", "").strip(), form.get("privileges") == "on", form.get("reason", ""))
    try:
        made = await _send(visit, asked, form)
    except (Invalid, NotFound, Conflict, Illegal) as refusal:
        return await _new(visit, asked, form, refusal)
    return visit.see(f"{_ALL}/{made.id}", visit.text("The request stands. Now the customer needs its link."))


async def _send(visit: Visit, asked: Asked, form: Mapping[str, str]) -> RelationshipRequest:
    if asked.whom == "named" and not asked.customer:
        raise invalid(word("Name the customer by its domain or identifier, or choose the open link."), "customer")
    tenant = parse_id(asked.customer) if asked.whom == "named" else None
    return await requests.send_request(
        repeated(visit, form),
        customer_tenant_id=tenant,
        domain=asked.customer if asked.whom == "named" and tenant is None else None,
        reason=asked.reason,
        # Where privileges cannot be left out, nobody is asked about them.
        includes_privileges=asked.privileges if form.get("choice") == "free" else None,
    )


async def _new(visit: Visit, asked: Asked, form: Mapping[str, str], problem: Refusal | None = None) -> Response[bytes]:
    asking = await requests.read_asking(visit.ctx)
    return visit.page(
        "partner/requests/new.html",
        status=200 if problem is None else status_of(problem),
        asking=asking,
        asked=asked,
        problem=problem,
        once=once(form),
    )


async def show_one(visit: Visit) -> Response[bytes]:
    """One request: how it stands, its link, and the letter about it."""
    found = await letters.read_sent(visit.ctx, request_id=visit.ids["request_id"])
    return _one(visit, found, _draft(visit, found), {})


async def take_one(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Write to the customer, look at the letter as it is now, or withdraw the request."""
    ctx, request_id = repeated(visit, form), visit.ids["request_id"]
    typed = (form.get("subject", ""), form.get("body", ""))
    try:
        match form.get("act"):
            case "write":
                await letters.write_letter(ctx, request_id=request_id, subject=typed[0], body=typed[1])
                return visit.see(visit.path, visit.text("The letter is on its way to the customer's Global admins."))
            case "withdraw":
                if form.get("sure") != "on":
                    raise invalid(word("Tick that you are sure, then withdraw."), "sure")
                await requests.withdraw_request(ctx, request_id=request_id)
                return visit.see(visit.path, visit.text("The request is withdrawn. Its link leads nowhere any more."))
            case "look":
                problem = None
            case _:
                raise invalid(word("Choose what is to be done."), "act")
    except (Invalid, Conflict, Illegal) as refusal:
        problem = refusal
    found = await letters.read_sent(visit.ctx, request_id=request_id)
    made = _draft(visit, found)
    if "body" in form:
        made = Draft(made.language, typed[0], typed[1].strip(), made.below)
    return _one(visit, found, made, form, problem)


def _draft(visit: Visit, found: Sent) -> Draft:
    """The letter that is proposed, in the customer's language; to nobody, in the one chosen or the reader's."""
    language = found.language
    if found.request.customer_tenant_id is None:
        chosen = visit.query.get("letter", "")
        language = Language(chosen) if chosen in set(Language) else visit.language
    sender = visit.visitor.name
    return wording.draft(found.request, found.partner, link=found.link, sender=sender, language=language)


def _one(
    visit: Visit, found: Sent, made: Draft, form: Mapping[str, str], problem: Refusal | None = None
) -> Response[bytes]:
    return visit.page(
        "partner/requests/one.html",
        status=200 if problem is None else status_of(problem),
        found=found,
        request=found.request,
        states=STATES,
        draft=made,
        mailto=f"mailto:?subject={quote(made.subject)}&body={quote(made.whole.replace(chr(10), chr(13) + chr(10)))}",
        problem=problem,
        once=once(form),
    )


PAGES = (
    Page(_ALL, "partner_requests", Side.PARTNER, show_all),
    Page(f"{_ALL}/new", "partner_request_new", Side.PARTNER, show_new, take_new),
    Page(f"{_ALL}/{{request_id}}", "partner_request", Side.PARTNER, show_one, take_one),
)
