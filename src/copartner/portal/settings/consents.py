"""Which applications may act for the reader, or for everybody of the tenant, and the end of it."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Response

from copartner.kernel.errors import Refusal
from copartner.kernel.paging import Page as Part
from copartner.portal.page import Page, Visit
from copartner.portal.settings import acts
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table
from copartner.signin import consents
from copartner.signin.consent_store import Consent

PART = 100
_TICKED = "consent-"
_TENANT = "tenant"


def _table(visit: Visit) -> Table[Consent]:
    return Table(
        "consents",
        word("Consents that hold"),
        (
            Column("application", word("Application"), lambda one: one.application_name),
            Column(
                "for", word("For whom"), lambda one: one.user_principal_name or visit.text("everybody of the tenant")
            ),
            Column("since", word("Since"), lambda one: one.consented_at),
            Column(
                "offline", word("While signed out"), lambda one: visit.text("yes") if one.offline else visit.text("no")
            ),
        ),
    )


async def show(visit: Visit) -> Response[bytes]:
    """The reader's own consents and the tenant's; with `of=tenant` those of every user."""
    return await _show(visit, {}, None)


async def _show(visit: Visit, sent: Mapping[str, str], refusal: Refusal | None) -> Response[bytes]:
    of_all = visit.query.get("of") == _TENANT

    async def load(after: UUID | None) -> Part[Consent]:
        return await consents.list_consents(visit.ctx, of_all=of_all, after=after, size=PART)

    shown = await _table(visit).show(visit, load)
    if isinstance(shown, Response):
        return shown
    return visit.page(
        "settings/consents.html",
        status=acts.status(refusal),
        shown=shown,
        of_all=of_all,
        itself=visit.ctx.caller.subject_id,
        ticked=set(sent),
        refusal=refusal,
    )


async def take(visit: Visit, sent: Mapping[str, str]) -> Response[bytes]:
    """Withdraw what is ticked."""
    try:
        ticked = acts.ticked(sent, _TICKED, word("Tick the consents to withdraw."))
        await consents.withdraw_consents(visit.ctx, consent_ids=ticked)
    except acts.MENDABLE as refusal:
        return await _show(visit, sent, refusal)
    back = f"{visit.path}?of={_TENANT}" if sent.get("of") == _TENANT else visit.path
    return visit.see(back, visit.text("%(count)s withdrawn; what the application was given ended.", count=len(ticked)))


PAGES = (Page("/settings/consents", "consents", None, show, take),)
