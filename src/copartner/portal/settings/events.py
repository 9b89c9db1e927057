"""Where a tenant's events go, and which of them wait."""

from collections.abc import Mapping

from litestar import Response

from copartner.kernel.errors import Refusal
from copartner.portal.page import Page, Visit
from copartner.portal.refusing import invalid
from copartner.portal.settings import acts
from copartner.portal.speaking import word
from copartner.webhooks import rules, service


async def show(visit: Visit) -> Response[bytes]:
    """The address, and the events that were not taken so far."""
    return await _show(visit, {}, None)


async def _show(visit: Visit, typed: Mapping[str, str], refusal: Refusal | None) -> Response[bytes]:
    found = await service.look_at_events(visit.ctx)
    return visit.page(
        "settings/events.html",
        status=acts.status(refusal),
        address=found.address,
        waiting=found.waiting,
        attempts=rules.ATTEMPTS,
        typed=typed,
        refusal=refusal,
        wrong=acts.wrong(refusal, visit.language),
    )


async def take(visit: Visit, sent: Mapping[str, str]) -> Response[bytes]:
    """Say where events go, with a new secret shown once, or have none sent any more."""
    try:
        match sent.get("act"):
            case "set":
                made = await service.set_address(
                    visit.ctx, url=sent.get("url", ""), new_secret=sent.get("newSecret") == "on"
                )
                if made.secret is None:
                    return visit.see(visit.path, visit.text("Nothing changed: events go there already."))
                return visit.page("settings/event_secret.html", address=made.address, secret=made.secret)
            case "remove":
                acts.sure(sent)
                await service.remove_address(visit.ctx)
                done = visit.text("No events are sent any more.")
            case _:
                raise invalid(word("Choose what is to be done."))
    except rules.NoEventAddress:
        # A click before this one removed it.
        return visit.see(visit.path, visit.text("No events are sent any more."))
    except acts.MENDABLE as refusal:
        return await _show(visit, sent, refusal)
    return visit.see(visit.path, done)


PAGES = (Page("/settings/events", "events", None, show, take),)
