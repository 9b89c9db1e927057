"""Where a tenant has events sent."""

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.programme.wire import ROOT, SIDE
from copartner.api.registry import Route
from copartner.webhooks import service
from copartner.webhooks.model import EventAddress


class EventAddressRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """An https address; `newSecret` brings another secret for the address there is."""

    url: str
    new_secret: bool = False


class EventAddressBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """Where events go; the secret that signs them is told in the answer that made it, and never again."""

    url: str
    registered_at: datetime
    secret: str | UnsetType = UNSET


def _body(found: EventAddress, secret: str | None = None) -> EventAddressBody:
    return EventAddressBody(
        url=found.url, registered_at=found.registered_at, secret=UNSET if secret is None else secret
    )


async def _read(call: Call) -> EventAddressBody:
    return _body(await service.read_address(call.ctx))


async def _set(call: Call) -> EventAddressBody:
    asked = call.decode(EventAddressRequest)
    made = await service.set_address(call.ctx, url=asked.url, new_secret=asked.new_secret)
    return _body(made.address, made.secret)


async def _remove(call: Call) -> EventAddressBody:
    return _body(await service.remove_address(call.ctx))


_ADDRESS = f"{ROOT}/event-address"
ROUTES = (
    Route(("GET",), _ADDRESS, _read, "event_address.read", "Read where events go.", EventAddressBody,
          user_only=True, side=None, query=(SIDE,)),
    Route(("PUT",), _ADDRESS, _set, "event_address.set", "Say where events go; a new secret is told once.",
          EventAddressBody, EventAddressRequest, user_only=True, side=None, query=(SIDE,)),
    Route(("DELETE",), _ADDRESS, _remove, "event_address.remove", "Have no events sent any more.", EventAddressBody,
          user_only=True, side=None, query=(SIDE,)),
)  # fmt: skip
