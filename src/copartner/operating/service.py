"""The operator sees tenants and how the deployment stands, and settles which businesses are affiliated."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from copartner.command.context import Context
from copartner.delegation import rules as delegation
from copartner.kernel.paging import Listed, Page
from copartner.operating import rules, store
from copartner.operating.model import (
    Affiliation,
    Due,
    Kind,
    Standing,
    TenantRow,
    TenantView,
    Waiting,
)
from copartner.policy.actions import Action
from copartner.policy.obligations import obligations
from copartner.programme.rules import UnknownTenant
from copartner.relationships.rules import IDLE

PAGE_LIMIT = 500
# How many days ahead a change counts as beginning before long.
NEAR = timedelta(days=30)
_LISTED = Listed[TenantRow]


async def list_tenants(
    ctx: Context, *, search: str = "", kind: Kind | None = None, after: UUID | None = None, size: int = PAGE_LIMIT
) -> Page[TenantRow]:
    """At most `size` (1 to 500) tenants of the deployment in the order of their identifiers; raises Denied, Invalid.

    `search` is a part of the name or domain, an identifier, or a partner's number. At most 10,000 are counted.
    """
    wanted, size = rules.check_search(search), min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(Action.TENANT_LIST, store.tenants(), *(wanted, kind, after, size), body=_LISTED)
    return found.page(size, lambda it: it.id)


async def read_tenant(ctx: Context, *, tenant_id: UUID) -> TenantView:
    """One tenant with its business, that business's affiliates, and its enrolment; raises Denied, UnknownTenant."""
    found = await ctx.find(Action.TENANT_READ, store.tenant(), tenant_id, body=TenantView)
    if found is None:
        raise UnknownTenant("There is no such tenant in this deployment.", str(tenant_id))
    return found


async def set_affiliate(ctx: Context, *, tenant_id: UUID, affiliate: str, affiliated: bool) -> Affiliation:
    """The operator settles whether a tenant's business and that of another tenant, by domain or id, belong together.

    Neither sells to the other while they do, nor to the other's customers as themselves. Settled already, it stays.
    Raises Denied, UnknownTenant, Invalid.
    """
    async with ctx.command("tenant.set_affiliate") as cmd:
        cmd.require(Action.TENANT_SET_AFFILIATE, await store.tenant_facts(cmd.db, ctx, tenant_id))
        if (earlier := cmd.replay(Affiliation)) is not None:
            return earlier
        pair = await store.pair(cmd.db, tenant_id, affiliate.strip().lower())
        if pair is None:
            raise UnknownTenant("There is no such tenant; give the domain or the id of one.", affiliate[:100])
        rules.check_pair(pair)
        made = Affiliation(
            id=pair.organisation_id,
            affiliate_id=pair.affiliate_id,
            tenant_id=pair.tenant_id,
            affiliate_tenant_id=pair.affiliate_tenant_id,
        )
        if not await (store.add if affiliated else store.remove)(cmd.db, made):
            cmd.unchanged()
        elif affiliated:
            cmd.record(None, made)
        else:
            cmd.record(made, None)
        return cmd.remember(made)


async def may(ctx: Context, action: Action) -> None:
    """Raise Denied unless the operator may do that at home, such as before a page shows the form for it."""
    await ctx.read(action, store.home(), body=type(None))


async def read_waiting(ctx: Context) -> tuple[Waiting, Standing]:
    """What waits for the operator, and how the deployment stands; raises Denied."""
    today = ctx.moment.astimezone(UTC).date()
    found = await ctx.read(Action.DEPLOYMENT_READ, store.waiting(), today, today + NEAR, body=Waiting)
    return found, await _standing(ctx, today)


async def read_standing(ctx: Context) -> Standing:
    """How the deployment stands, as this process sees it; raises Denied."""
    await may(ctx, Action.DEPLOYMENT_READ)
    return await _standing(ctx, ctx.moment.astimezone(UTC).date())


async def _standing(ctx: Context, today: date) -> Standing:
    runtime, since = ctx.runtime, datetime.combine(today, time(), UTC)
    found = await store.standing(runtime.pool, now=ctx.moment, since=since, idle=IDLE)
    return Standing(
        at=ctx.moment,
        machine_at=runtime.machine_clock.now(),
        cloud=runtime.cloud,
        rules_here=runtime.rules.number,
        rules_there=found.rulebook,
        behind=runtime.rules.behind,
        digest=ctx.rules.digest,
        letters=found.letters,
        events=found.events,
        checks=found.checks,
        overdue=rules.overdue(dict(_due(ctx, found)), now=ctx.moment),
        denied=found.denied,
        denials=found.denials,
    )


def _due(ctx: Context, found: store.Stood) -> Mapping[Due, datetime | None]:
    """When the next of each kind of due things is, or was."""
    told = delegation.notice(found.notice.relationship, found.notice.days).due_at if found.notice else None
    unused = found.idle_since
    idle = obligations()["dap-idle"].first(ctx.runtime.cloud, unused + IDLE) if unused else None
    return {
        Due.STEP: delegation.due(found.step) if found.step else None,
        Due.NOTICE: told,
        Due.IDLE: idle,
        Due.REMINDER: found.remind_at,
    }
