"""Who can do what at a customer, as of any moment, and the end of all of it."""

from datetime import datetime
from uuid import UUID

from copartner.access import rules, store
from copartner.access.model import Difference, Held, Layers, Overview, Revocation
from copartner.command.context import Context
from copartner.delegation import consent
from copartner.policy.actions import Action
from copartner.relationships.service import relationships


async def list_access(ctx: Context, *, at: datetime | None = None) -> Overview:
    """What every partner may do at the acting customer at a moment, now unless another is named; raises Denied."""
    at = at or ctx.moment
    (held,) = await _of_all(ctx, at)
    return rules.overview(held, at, ctx.language)


async def compare_access(ctx: Context, *, since: datetime, until: datetime) -> Difference:
    """What partners got and lost at the acting customer between two moments; raises Denied, Invalid."""
    rules.check_span(since, until)
    earlier, later = await _of_all(ctx, since, until)
    return rules.difference(*(rules.overview(*one, ctx.language) for one in ((earlier, since), (later, until))))


async def read_access(ctx: Context, *, customer_id: UUID, at: datetime | None = None) -> Overview:
    """What the acting partner itself may do at a customer at a moment; raises Denied."""
    at = at or ctx.moment
    (held,) = await _of_one(ctx, customer_id, at)
    return rules.overview(held, at, ctx.language)


async def compare_own_access(ctx: Context, *, customer_id: UUID, since: datetime, until: datetime) -> Difference:
    """What the acting partner got and lost at a customer between two moments; raises Denied, Invalid."""
    rules.check_span(since, until)
    earlier, later = await _of_one(ctx, customer_id, since, until)
    return rules.difference(*(rules.overview(*one, ctx.language) for one in ((earlier, since), (later, until))))


async def preview_revocation(ctx: Context, *, partner_tenant_id: UUID, most: int | None = None) -> Revocation:
    """What would end and what would stay if the acting customer took all access from a partner; raises Denied.

    Of the subscriptions that stay at most so many are named.
    """
    found = await ctx.read(Action.ACCESS_REVOKE, store.revocation(), partner_tenant_id, most, body=Layers)
    return rules.revocation(found, now=ctx.moment, language=ctx.language)


async def revoke_access(ctx: Context, *, partner_tenant_id: UUID) -> Revocation:
    """The acting customer takes all access from a partner at once, none of it or all; raises Denied, IllegalStep.

    Where there is nothing left to take, what stays is answered and nothing changes.
    """
    async with ctx.command("access.revoke") as cmd:
        cmd.require(Action.ACCESS_REVOKE, await store.facts(cmd.db, ctx, partner_tenant_id))
        if (earlier := cmd.replay(Revocation)) is not None:
            return earlier
        layers = await store.lock_layers(cmd.db, ctx, partner_tenant_id)
        revocation = rules.revocation(layers, now=cmd.now, language=ctx.language)
        cmd.unchanged()
        await consent.end_relationships(cmd, tuple(one.key for one in rules.in_force(layers, now=cmd.now)))
        await relationships.take_privileges(cmd, partner_tenant_id=partner_tenant_id, customer_id=ctx.caller.tenant_id)
        return cmd.remember(revocation)


async def _of_all(ctx: Context, *moments: datetime) -> tuple[tuple[Held, ...], ...]:
    return await ctx.read(
        Action.ACCESS_LIST,
        store.held(),
        *(None, ctx.caller.tenant_id, moments),
        body=tuple[tuple[Held, ...], ...],
        each=Action.ACCESS_READ,
    )


async def _of_one(ctx: Context, customer_id: UUID, *moments: datetime) -> tuple[tuple[Held, ...], ...]:
    return await ctx.read(
        Action.ACCESS_READ,
        store.held(),
        *(ctx.caller.tenant_id, customer_id, moments),
        body=tuple[tuple[Held, ...], ...],
        each=Action.ACCESS_READ,
    )
