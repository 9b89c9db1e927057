"""What the operator has to see to, and how the deployment stands."""

from collections.abc import Mapping

from litestar import Response

from copartner.operating import service
from copartner.operating.model import Due, Standing
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.settings.overview import CLOUDS
from copartner.portal.speaking import word

_DUE: Mapping[Due, str] = {
    Due.STEP: word("A granular admin relationship is to move on"),
    Due.NOTICE: word("The end of a granular admin relationship is to be told of"),
    Due.IDLE: word("Unused delegated admin privileges are to be removed"),
    Due.REMINDER: word("An announcement is to be reminded of"),
}


async def show_home(visit: Visit) -> Response[bytes]:
    """Versions to approve, announcements that begin, denials of the day, and the newest tenants."""
    waiting, standing = await service.read_waiting(visit.ctx)
    return visit.page(
        "operator/home.html",
        waiting=waiting,
        standing=standing,
        rules=_sentences(visit, standing),
        today=visit.ctx.moment.date(),
        own=visit.ctx.caller.subject_id,
    )


async def show_health(visit: Visit) -> Response[bytes]:
    """What waits, what is late and which rules this process decides by."""
    standing = await service.read_standing(visit.ctx)
    rules = _sentences(visit, standing)
    return visit.page("operator/health.html", standing=standing, rules=rules, due=_DUE, clouds=CLOUDS)


def _sentences(visit: Visit, standing: Standing) -> Mapping[str, str]:
    """What each rule says that denied something today, as far as it is in force."""
    known = visit.ctx.rules.by_id
    named = (one.rule for one in standing.denials)
    return {name: known[name].said(visit.language).text for name in named if name in known}


PAGES = (
    Page("/operator", "operator_home", Side.OPERATOR, show_home),
    Page("/operator/health", "operator_health", Side.OPERATOR, show_health),
)
