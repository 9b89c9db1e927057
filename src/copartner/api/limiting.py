"""How often one tenant may ask for one resource: a bucket for each, in this process's memory, on machine time."""

from collections.abc import Iterable
from dataclasses import replace
from math import ceil
from uuid import UUID

from copartner.api.call import Call
from copartner.api.registry import Handler, Route
from copartner.kernel.clock import Clock
from copartner.kernel.errors import Refusal

_MINUTE = 60.0
_MOST_BUCKETS = 20_000
_CUSTOMERS = "/v1/customers"
_BELOW = ("subscriptions", "orders")


class RateExceeded(Refusal):
    """The tenant has asked too often; the request may come again after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Rate limit is exceeded. Try again in {seconds} seconds.")
        self.seconds = seconds


class Limiter:
    """Lets `a_minute` requests of one tenant for one resource through at once, and then as many every minute.

    Of each bucket only the moment is kept at which it would be full again; full ones are forgotten, so that memory
    stays bounded by those who ask at present.
    """

    def __init__(self, a_minute: int, clock: Clock) -> None:
        self._every = _MINUTE / a_minute
        self._clock = clock
        self._full_at: dict[tuple[str, UUID], float] = {}

    def take(self, resource: str, tenant_id: UUID) -> None:
        """Count one request; raises RateExceeded, which costs nothing of the bucket."""
        now = self._clock.now().timestamp()
        key = resource, tenant_id
        full_at = self._full_at.get(key, now)
        # A bucket is full again within a minute; what says otherwise was kept before the clock was set back.
        if full_at < now or full_at > now + _MINUTE:
            full_at = now
        wait = full_at + self._every - _MINUTE - now
        if wait > 1e-6:
            raise RateExceeded(max(1, ceil(wait)))
        if len(self._full_at) >= _MOST_BUCKETS:
            self._forget(now)
        self._full_at[key] = full_at + self._every

    def _forget(self, now: float) -> None:
        """Drop the full buckets; where too many are in use, those that are nearly full."""
        kept = sorted((full_at, key) for key, full_at in self._full_at.items() if full_at > now)
        self._full_at = {key: full_at for full_at, key in kept[-_MOST_BUCKETS // 2 :]}


def resource_of(path: str) -> str | None:
    """The limited resource behind an address: customers, or what was sold to one; None where nothing is limited.

    Source: the pages about the resources customer, order and subscription (2023), 500 requests a minute a tenant.
    """
    customer, _, below = path.removeprefix(_CUSTOMERS).removeprefix("/").partition("/")
    if not path.startswith(_CUSTOMERS) or (customer and not customer.startswith("{")):
        return None
    noun = below.partition("/")[0]
    return noun if noun in _BELOW else None if below else "customers"


def limited(routes: Iterable[Route], limiter: Limiter) -> list[Route]:
    """The routes, those of a limited resource counted once their caller is known."""
    return [_counted(route, limiter, resource_of(route.path)) for route in routes]


def _counted(route: Route, limiter: Limiter, resource: str | None) -> Route:
    if resource is None:
        return route
    handler: Handler = route.handler

    async def counted(call: Call) -> object:
        limiter.take(resource, call.ctx.caller.tenant_id)
        return await handler(call)

    return replace(route, handler=counted)
