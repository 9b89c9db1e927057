"""A tenant says where its events go; they are written with what they tell of and delivered later, at least once."""

import asyncio
from datetime import datetime

import structlog
from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.command.passing import System, acting
from copartner.kernel.secrets import Drawn
from copartner.policy.actions import Action
from copartner.webhooks import rules, store
from copartner.webhooks.model import Broadcast, Courier, Event, EventAddress, EventSettings, NotDelivered, Registered

AT_ONCE = 16
_PURPOSE = "signing of events"
_log = structlog.get_logger("copartner.webhooks")


async def read_address(ctx: Context) -> EventAddress:
    """Where the acting tenant has events sent; raises Denied, NoEventAddress."""
    found = await ctx.find(Action.EVENT_ADDRESS_READ, store.read(), body=EventAddress)
    return _there(found)


async def look_at_events(ctx: Context) -> EventSettings:
    """Where the acting tenant's events go, and at most 100 that wait to be taken; raises Denied."""
    return await ctx.read(Action.EVENT_ADDRESS_READ, store.looked_at(), body=EventSettings)


async def set_address(ctx: Context, *, url: str, new_secret: bool = False) -> Registered:
    """The acting tenant says where its events go; another address, or the wish for one, brings a new secret.

    Raises Denied, Invalid.
    """
    async with ctx.command("event_address.set") as cmd:
        cmd.require(Action.EVENT_ADDRESS_SET, await store.home_facts(cmd.db, ctx))
        wanted = rules.checked_url(url, private=ctx.runtime.private_events)
        before = await store.lock(cmd.db, ctx.caller.tenant_id)
        if before is not None and before.url == wanted and not new_secret:
            cmd.unchanged()
            return Registered(before, None)
        after = EventAddress(ctx.caller.tenant_id, ctx.runtime.ids.new(), wanted, cmd.now)
        await store.save(cmd.db, after)
        cmd.record(before, after)
        drawn = ctx.runtime.drawn.of(_PURPOSE, after.id, after.key_id)
        return Registered(after, rules.secret_of(drawn))


async def remove_address(ctx: Context) -> EventAddress:
    """The acting tenant has no events sent any more, nor those that wait; raises Denied, NoEventAddress."""
    async with ctx.command("event_address.remove") as cmd:
        cmd.require(Action.EVENT_ADDRESS_REMOVE, await store.home_facts(cmd.db, ctx))
        before = _there(await store.lock(cmd.db, ctx.caller.tenant_id))
        await store.remove(cmd.db, before.id)
        cmd.record(before, None)
        return before


async def broadcast(db: Connection, event: Broadcast) -> int:
    """Keep an event to be delivered once the caller's transaction is committed, one for each tenant concerned.

    The database writes them in one statement; answers for how many. Raises ValueError when it says too much.
    """
    return await store.broadcast(db, event, rules.checked_data(event.body))


async def deliver_waiting(system: System, courier: Courier, drawn: Drawn, *, now: datetime, most: int = AT_ONCE) -> int:
    """Deliver events that wait, at most so many and all at once; answers how many were taken. `now` is machine time.

    No connection is held meanwhile: whoever has an event in hand holds a lease. One that was taken just before a crash
    goes twice, under the same id.
    """
    async with acting(system) as db:
        events = await store.claim(db, now=now, most=most)
    return sum(await asyncio.gather(*(_deliver(system, courier, drawn, event, now) for event in events)))


async def _deliver(system: System, courier: Courier, drawn: Drawn, event: Event, now: datetime) -> bool:
    secret = rules.secret_of(drawn.of(_PURPOSE, event.tenant_id, event.key_id))
    try:
        await courier.deliver(rules.delivery_of(event, secret, now=now))
    except NotDelivered as failure:
        again = rules.retry_at(event.attempts, now=now)
        async with acting(system) as db:
            await store.postpone(db, event.id, retry_at=again, failure=str(failure))
        _log.warning(
            "event.not.delivered",
            event_id=str(event.id),
            tenant=str(event.tenant_id),
            attempts=event.attempts,
            given_up=again is None,
            error=str(failure),
        )
        return False
    async with acting(system) as db:
        await store.delivered(db, event.id)
    return True


def _there(found: EventAddress | None) -> EventAddress:
    if found is None:
        raise rules.NoEventAddress("Your tenant has no address for events; register one first.")
    return found
