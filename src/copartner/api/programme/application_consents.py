"""To which applications users and tenants consented, and the end of it."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from copartner.api.call import Call
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT, SIDE, Page
from copartner.api.registry import Query, Route
from copartner.signin import consents


class ConsentBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A consent of a user, or without one of the whole tenant; `offline` when the access goes on while signed out."""

    id: UUID
    application_id: UUID
    application_name: str
    user_id: UUID | None
    user_principal_name: str | None
    offline: bool
    consented_at: datetime
    consented_by: UUID | None
    withdrawn_at: datetime | None


class NewConsent(Struct, frozen=True, kw_only=True, rename="camel"):
    """A consent for every user of the tenant; `offline` unless it says no."""

    offline: bool = True


async def _list(call: Call) -> Page[ConsentBody]:
    part = wire.wanted(call, "of", "side")
    of_all = (call.query("of") or "").lower() == "tenant"
    found = await consents.list_consents(call.ctx, of_all=of_all, after=part.after, size=part.size)
    items = [wire.shaped(one, ConsentBody) for one in found.items]
    return wire.page(call, part, items, found.next_after, "of", "side")


async def _consent(call: Call) -> ConsentBody:
    asked = call.decode(NewConsent)
    made = await consents.consent(call.ctx, application_id=call.id("application"), offline=asked.offline, for_all=True)
    return wire.shaped(made, ConsentBody)


async def _withdraw(call: Call) -> ConsentBody:
    return wire.shaped(await consents.withdraw_consent(call.ctx, consent_id=call.id("consent")), ConsentBody)


_ALL = f"{ROOT}/application-consents"
_OF = Query("of", "tenant lists those of every user, for a Global admin; without it the caller's own and the tenant's.")
ROUTES = (
    Route(("GET",), _ALL, _list, "application_consents.list", "List consents to applications.", Page[ConsentBody],
          user_only=True, side=None, query=(_OF, SIDE, *wire.QUERY)),
    Route(("DELETE",), f"{_ALL}/{{consent}}", _withdraw, "application_consents.withdraw",
          "Withdraw a consent; what it led to ends within a second.", ConsentBody,
          user_only=True, side=None, query=(SIDE,)),
    Route(("POST",), f"{ROOT}/applications/{{application}}/consent", _consent, "application_consents.give",
          "Consent to an application for every user of the tenant.", ConsentBody, NewConsent,
          201, user_only=True, side=None, query=(SIDE,)),
)  # fmt: skip
