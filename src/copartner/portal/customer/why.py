"""Why somebody of a partner may do something here, or may not: the rules are asked, nothing is done."""

from litestar import Response

from copartner.access import questions, serving
from copartner.access.model import Verdict
from copartner.access.rules import UnknownUser
from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid, Refusal
from copartner.kernel.ids import parse_id
from copartner.policy.facts import Side
from copartner.portal.customer import labels
from copartner.portal.customer.actions import NAMED, named, offered
from copartner.portal.page import Page, Visit
from copartner.portal.serving import status_of

_USER, _ACTION = "user", "action"


async def show(visit: Visit) -> Response[bytes]:
    """The question, and the answer once somebody and something is named."""
    people = await serving.list_people(visit.ctx)
    user, action = (visit.query.get(name, "").strip() for name in (_USER, _ACTION))
    verdict: Verdict | None = None
    refusal: Refusal | None = None
    if user or action:
        try:
            verdict = await _answer(visit, user, action)
        except Denied as denied:
            if not denied.concealed:
                raise
            refusal = denied
        except (Invalid, UnknownUser) as wrong:
            refusal = wrong
    return visit.page(
        "customer/access/why.html",
        status=_status(refusal),
        refusal=refusal,
        verdict=verdict,
        people=people,
        user=user,
        action=action,
        groups=offered(visit, questions.askable(visit.ctx.rules.schema)),
        named=lambda name: named(visit, name),
        labels=labels,
    )


async def _answer(visit: Visit, user: str, action: str) -> Verdict:
    if not user:
        raise Invalid("Name somebody of a partner, by the name they sign in with or by their id.", _USER)
    if not any(action in some for some in NAMED.values()):
        raise Invalid("Choose something from the list.", _ACTION)
    return await questions.explain_access(
        visit.ctx,
        customer_id=visit.ctx.caller.tenant_id,
        user_id=parse_id(user) or user,
        action=action,
    )


def _status(refusal: Refusal | None) -> int:
    if refusal is None:
        return 200
    return 404 if isinstance(refusal, Denied) else status_of(refusal)


PAGES = (Page("/customer/access/why", "customer_access_why", Side.CUSTOMER, show),)
