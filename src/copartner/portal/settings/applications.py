"""The applications of one's own tenant: registered, changed, and the secrets by which they prove themselves."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from uuid import UUID

from litestar import Response

from copartner.kernel.errors import Refusal
from copartner.kernel.paging import Page as Part
from copartner.portal.days import day
from copartner.portal.page import Page, Visit
from copartner.portal.refusing import invalid
from copartner.portal.repeating import once, repeated
from copartner.portal.settings import acts
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table
from copartner.signin import consents
from copartner.tenants.model import Application, Secret
from copartner.tenants.rules import LONGEST_SECRET_LIFE, SECRET_LIFE
from copartner.tenants.service import applications

PART = 100
CONSENTS = 50
_ALL = "/settings/applications"
_TICKED = "secret-"


def _table(visit: Visit) -> Table[Application]:
    return Table(
        "applications",
        word("Applications of your tenant"),
        (
            Column("name", word("Name"), lambda one: one.name),
            Column("id", word("Client identifier"), lambda one: one.id),
            Column("secrets", word("Secrets that hold"), lambda one: len(_holding(visit, one)), number=True),
            Column("state", word("Status"), lambda one: visit.text("active") if one.enabled else visit.text("blocked")),
        ),
    )


def _holding(visit: Visit, one: Application) -> list[Secret]:
    now = visit.ctx.runtime.machine_clock.now()
    return [it for it in one.secrets if it.removed_at is None and (it.expires_at is None or it.expires_at > now)]


async def show_all(visit: Visit) -> Response[bytes]:
    """The applications, with the form for another one."""
    return await _all(visit, {}, None)


async def _all(visit: Visit, typed: Mapping[str, str], refusal: Refusal | None) -> Response[bytes]:
    async def load(after: UUID | None) -> Part[Application]:
        return await applications.list_applications(visit.ctx, after=after, size=PART)

    shown = await _table(visit).show(visit, load)
    if isinstance(shown, Response):
        return shown
    return visit.page(
        "settings/applications.html",
        status=acts.status(refusal),
        shown=shown,
        holding=lambda one: len(_holding(visit, one)),
        typed=typed,
        refusal=refusal,
        wrong=acts.wrong(refusal, visit.language),
        once=once(typed),
    )


async def take_all(visit: Visit, sent: Mapping[str, str]) -> Response[bytes]:
    """Register an application, and on to it."""
    try:
        made = await applications.create_application(
            repeated(visit, sent), name=sent.get("name", ""), redirect_uris=_addresses(sent)
        )
    except acts.MENDABLE as refusal:
        return await _all(visit, sent, refusal)
    return visit.see(
        f"{_ALL}/{made.id}", visit.text("The application is registered. It needs a secret to sign in by itself.")
    )


def _addresses(sent: Mapping[str, str]) -> list[str]:
    return [line.strip() for line in sent.get("redirectUris", "").splitlines() if line.strip()]


async def show_one(visit: Visit) -> Response[bytes]:
    """One application with its secrets, and who consented to it."""
    return await _one(visit, {}, None)


async def _one(visit: Visit, typed: Mapping[str, str], refusal: Refusal | None) -> Response[bytes]:
    application_id = visit.ids["application_id"]
    found = await applications.read_application(visit.ctx, application_id=application_id)
    given = await consents.list_consents(visit.ctx, of_all=True, application_id=application_id, size=CONSENTS)
    now = visit.ctx.runtime.machine_clock.now()
    return visit.page(
        "settings/application.html",
        status=acts.status(refusal),
        application=found,
        secrets=[one for one in found.secrets if one.removed_at is None],
        removed=sum(one.removed_at is not None for one in found.secrets),
        machine_now=now,
        given=given.items,
        more_given=given.next_after is not None,
        usual=f"{now + SECRET_LIFE:%Y-%m-%d}",
        longest=LONGEST_SECRET_LIFE.days,
        typed=typed,
        refusal=refusal,
        wrong=acts.wrong(refusal, visit.language),
        once=once(),
    )


async def take_one(visit: Visit, sent: Mapping[str, str]) -> Response[bytes]:
    """Change the application, give it a secret, which is shown once, remove secrets, block or let in again."""
    ctx, application_id = visit.ctx, visit.ids["application_id"]
    try:
        match sent.get("act"):
            case "change":
                await applications.change_application(
                    ctx,
                    application_id=application_id,
                    name=sent.get("name", ""),
                    redirect_uris=_addresses(sent),
                    admin_consent=sent.get("adminConsent") == "on",
                )
                done = visit.text("The application is changed.")
            case "secret":
                made = await applications.add_secret(
                    repeated(visit, sent),
                    application_id=application_id,
                    description=sent.get("description", ""),
                    expires_at=_end(sent.get("expiresAt", "")),
                )
                return visit.page(
                    "settings/secret.html", secret=made.secret, value=made.value, application_id=application_id
                )
            case "remove":
                ticked = acts.ticked(sent, _TICKED, word("Tick the secrets to remove."))
                await applications.remove_secrets(ctx, application_id=application_id, secret_ids=ticked)
                done = visit.text("%(count)s removed; what was given by it ended.", count=len(ticked))
            case "block" | "unblock" as wish:
                if wish == "block":
                    acts.sure(sent)
                await applications.change_application(ctx, application_id=application_id, enabled=wish == "unblock")
                done = (
                    visit.text("The application is blocked.")
                    if wish == "block"
                    else visit.text("The application can sign in again.")
                )
            case _:
                raise invalid(word("Choose what is to be done."))
    except acts.MENDABLE as refusal:
        return await _one(visit, sent, refusal)
    return visit.see(visit.path, done)


def _end(text: str) -> datetime | None:
    """The end of a day, in UTC; None when none is said. Raises Invalid."""
    return datetime.combine(day(text, "expiresAt"), time(23, 59), UTC) if text.strip() else None


PAGES = (
    Page(_ALL, "applications", None, show_all, take_all),
    Page("/settings/applications/{application_id}", "application", None, show_one, take_one),
)
