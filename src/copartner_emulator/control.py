"""The emulator's own address, which production has not: reads the programme's clock and moves it forward."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from copartner import worker
from copartner.api.call import Reply
from copartner.command.passing import Passed, System
from copartner.kernel.calendar import add_months
from copartner.kernel.clock import Clock
from copartner.mail.model import Transport
from copartner.mail.service import send_waiting
from copartner_emulator.clock import MovableClock

PATH = "/emulator/v1/clock"
_MOST_SHOWN = 1000
_DURATION = re.compile(
    r"P(?:([0-9]{1,4})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,6})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,9})S)?)?"
)
_WANTED = 'Send {"forward": "P30D"}, an ISO 8601 duration, or {"to": "2027-03-01T00:00:00Z"}, a moment.'


class Move(msgspec.Struct, forbid_unknown_fields=True):
    """Where to move the clock: forward by a duration, or to a moment."""

    forward: str | None = None
    to: datetime | None = None


class CannotMove(Exception):
    """The clock cannot be moved so; the message says why."""


@dataclass(frozen=True, slots=True)
class Control:
    """What moving the clock needs; `alone` is held by whoever lets time pass, so that an answer tells all that did."""

    system: System
    clock: MovableClock
    machine_clock: Clock
    transport: Transport | None = None
    keep_offset: Callable[[timedelta], None] = lambda _: None
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def move(self, wanted: Move) -> Sequence[Passed]:
        """Move the clock and let everything pass that is due then, its letters written; raises CannotMove.

        The new time is kept before anything passes: whatever a crash leaves undone is done at the next start.
        """
        async with self.alone:
            moment = _moment(wanted, self.clock.now())
            try:
                self.clock.move_to(moment)
            except (ValueError, OverflowError) as past:
                raise CannotMove(str(past)) from past
            self.keep_offset(self.clock.offset)
            passed = await worker.everything_due(self.system, until=self.clock.now())
        while self.transport and await send_waiting(self.system, self.transport, now=self.machine_clock.now()):
            pass
        return passed


def handlers(control: Control) -> list[HTTPRouteHandler]:
    """Litestar's handlers of the address."""

    async def show() -> ASGIApp:
        return Reply.of(200, {"clock": control.clock.now()})

    async def move(request: Request[Any, Any, Any]) -> ASGIApp:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            # No page of another site can send this without asking first, and nobody answers that.
            return Reply.of(415, {"error": f"Send Content-Type: application/json. {_WANTED}"})
        try:
            wanted = msgspec.json.decode(await request.body(), type=Move)
            passed = await control.move(wanted)
        except (msgspec.MsgspecError, CannotMove) as wrong:
            return Reply.of(400, {"error": f"{wrong} {_WANTED}"})
        shown = [
            {"at": one.at, "operation": one.operation, "resourceId": one.resource_id} for one in passed[:_MOST_SHOWN]
        ]
        return Reply.of(200, {"clock": control.clock.now(), "passedCount": len(passed), "passed": shown})

    return [
        HTTPRouteHandler(PATH, http_method="GET", status_code=200, include_in_schema=False)(show),
        HTTPRouteHandler(PATH, http_method="POST", status_code=200, include_in_schema=False)(move),
    ]


def _moment(wanted: Move, now: datetime) -> datetime:
    if (wanted.forward is None) == (wanted.to is None):
        raise CannotMove("Say either how far forward or to which moment.")
    if wanted.to is not None:
        return wanted.to if wanted.to.tzinfo else wanted.to.replace(tzinfo=UTC)
    found = _DURATION.fullmatch(wanted.forward or "")
    if found is None or not any(found.groups()):
        raise CannotMove(f"{wanted.forward} is no duration.")
    years, months, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    try:
        return add_months(now, years * 12 + months) + timedelta(
            days=days, hours=hours, minutes=minutes, seconds=seconds
        )
    except (ValueError, OverflowError):
        raise CannotMove("That is beyond the year 9999.") from None
