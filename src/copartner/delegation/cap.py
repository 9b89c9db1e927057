"""A customer bounds which roles partners may ever get in its tenant."""

from dataclasses import replace
from uuid import UUID

from copartner.command.context import Context
from copartner.delegation import consent_store as store
from copartner.delegation import rules, terms
from copartner.delegation import store as relationships
from copartner.delegation.consent_model import CapKind, CapView, RoleCap
from copartner.delegation.model import Status
from copartner.delegation.roles import check_roles
from copartner.policy.actions import Action

# Approved and not at its end, whether or not the system is done with it.
_HELD = frozenset({Status.APPROVED, Status.ACTIVATING, Status.ACTIVE})


async def read_cap(ctx: Context) -> CapView:
    """The acting customer's cap, and the active relationships that exceed it; raises Denied."""
    found = await ctx.read(Action.ADMIN_CAP_READ, store.read_cap(), body=store.Measured)
    return _view(ctx, found.cap or RoleCap(ctx.caller.tenant_id), found.grants)


async def set_cap(ctx: Context, *, kind: CapKind, roles: tuple[UUID, ...]) -> CapView:
    """The acting customer bounds what it approves from now on; what is active stays. Raises Denied, Invalid."""
    async with ctx.command("role_cap.set") as cmd:
        cmd.require(Action.ADMIN_CAP_SET, await relationships.home_facts(cmd.db, ctx))
        before = await store.cap(cmd.db, ctx.caller.tenant_id)
        after = replace(
            before,
            kind=kind,
            roles=check_roles(roles) if roles else (),
            set_at=cmd.now,
            version=before.version + 1,
        )
        await store.save_cap(cmd.db, after)
        cmd.record(before, after)
        return _view(ctx, after, await store.grants(cmd.db, ctx.caller.tenant_id))


def _view(ctx: Context, cap: RoleCap, grants: tuple[store.Grant, ...]) -> CapView:
    held = ((rules.passed(one.relationship, now=ctx.moment), one.partner) for one in grants)
    return CapView(cap, terms.exceeding(cap, (one for one in held if one[0].status in _HELD)))
