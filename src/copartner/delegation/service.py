"""A partner asks for roles in a customer's tenant and ends them; see consent.py for the customer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.delegation import below_store, rules, settling, store
from copartner.delegation.below import Begun, Intent, OperationType, Request, RequestAction, RequestStatus
from copartner.delegation.model import AdminRelationship, Asked, AutoExtend, Key, OrderBy, Party, Status, Step
from copartner.delegation.passing import changing
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR
from copartner.kernel.errors import Busy, Invalid, check_tag
from copartner.kernel.paging import Listed, Page, Place
from copartner.policy import facts as policy_facts
from copartner.policy.actions import Action
from copartner.policy.facts import Facts

PAGE_LIMIT = 300


async def create_relationship(ctx: Context, *, asked: Asked) -> AdminRelationship:
    """The acting partner drafts a relationship; raises Denied, Invalid, DisplayNameTaken, UnknownCustomerTenant."""
    async with ctx.command("admin_relationship.create") as cmd:
        made = _drafted(ctx, asked, cmd)
        facts = _about(await store.home_facts(cmd.db, ctx), made)
        cmd.require(Action.ADMIN_RELATIONSHIP_CREATE, facts)
        if (earlier := cmd.replay(AdminRelationship)) is not None:
            return earlier
        made = rules.checked(made)
        await _check(cmd, facts, made)
        await store.add(cmd.db, made)
        cmd.record(None, made)
        return cmd.remember(made)


async def list_relationships(
    ctx: Context,
    *,
    statuses: Sequence[Status] | None = None,
    customer_tenant_ids: Sequence[UUID] | None = None,
    order_by: OrderBy = OrderBy.CREATED,
    descending: bool = False,
    count: bool = False,
    after: Place | None = None,
    size: int = PAGE_LIMIT,
) -> Page[AdminRelationship]:
    """At most `size` (1 to 300) relationships of the acting partner in one of these states; raises Denied."""
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.ADMIN_RELATIONSHIP_LIST,
        store.page(),
        *(statuses, customer_tenant_ids, ctx.moment, order_by, descending, count),
        *((after.value, after.key) if after else (None, None)),
        size,
        body=Listed[AdminRelationship],
        each=Action.ADMIN_RELATIONSHIP_READ,
    )
    page = found.page(size, lambda one: one.id)
    return Page(tuple(rules.passed(one, now=ctx.moment) for one in page), page.total, page.next_after)


async def read_relationship(ctx: Context, *, key: Key) -> AdminRelationship:
    """One relationship of the acting partner; raises Denied, UnknownAdminRelationship."""
    found = await ctx.find(
        Action.ADMIN_RELATIONSHIP_READ, store.read(), key.partner_tenant_id, key.id, body=AdminRelationship
    )
    return visible(ctx, found, key)


async def change_relationship(
    ctx: Context, *, key: Key, asked: Asked, expected_version: int | None = None
) -> Begun[AdminRelationship]:
    """The acting partner changes its draft; of an active relationship the extension, and Global Administrator goes.

    To take the role away is an operation. Raises Denied, UnknownAdminRelationship, StaleTag, IllegalStep, Invalid,
    DisplayNameTaken, UnknownCustomerTenant, Busy.
    """
    async with changing(ctx, "admin_relationship.change", key) as cmd:
        found = await store.lock(cmd.db, key)
        duration = asked.duration or (found.duration if found else "P1D")
        facts = _bounded(await store.facts(cmd.db, ctx, key), duration)
        cmd.require(Action.ADMIN_RELATIONSHIP_CHANGE, facts)
        before = rules.passed(existing(found, key), now=cmd.now)
        check_tag(before.version, expected_version, "relationship", str(key.id))
        if before.status is Status.ACTIVE:
            return await _adjusted(ctx, cmd, facts, before, asked, kept_end=found.ends_at if found else None)
        after = rules.changed(before, asked, now=cmd.now)
        await _check(cmd, facts, after)
        await store.save(cmd.db, after)
        cmd.record(before, after)
        return Begun(after)


async def delete_relationship(ctx: Context, *, key: Key, expected_version: int | None = None) -> None:
    """The acting partner drops its draft; raises Denied, UnknownAdminRelationship, StaleTag, IllegalStep."""
    async with changing(ctx, "admin_relationship.delete", key) as cmd:
        cmd.require(Action.ADMIN_RELATIONSHIP_DELETE, await store.facts(cmd.db, ctx, key))
        before = existing(await store.lock(cmd.db, key), key)
        check_tag(before.version, expected_version, "relationship", str(key.id))
        rules.after(before.status, Step.DELETE, Party.PARTNER)
        await store.delete(cmd.db, key)
        cmd.record(before, None)


async def ask_for_approval(ctx: Context, *, key: Key) -> Request:
    """The acting partner locks its draft and asks; raises Denied, UnknownAdminRelationship, IllegalStep."""
    async with changing(ctx, "admin_relationship.ask", key) as cmd:
        found = await store.lock(cmd.db, key)
        facts = _bounded(await store.facts(cmd.db, ctx, key), found.duration if found else "P1D")
        cmd.require(Action.ADMIN_RELATIONSHIP_ASK, facts)
        if (earlier := cmd.replay(Request)) is not None:
            return earlier
        before = existing(found, key)
        after = rules.asked_for(before, now=cmd.now)
        await store.save(cmd.db, after)
        cmd.record(before, after)
        return await _requested(ctx, cmd, after, RequestAction.LOCK_FOR_APPROVAL)


async def terminate_relationship(ctx: Context, *, key: Key) -> Request:
    """The acting partner ends its relationship; raises Denied, UnknownAdminRelationship, IllegalStep."""
    async with changing(ctx, "admin_relationship.terminate", key) as cmd:
        cmd.require(Action.ADMIN_RELATIONSHIP_END, await store.facts(cmd.db, ctx, key))
        if (earlier := cmd.replay(Request)) is not None:
            return earlier
        before = rules.passed(existing(await store.lock(cmd.db, key), key), now=cmd.now)
        after = rules.terminated(before, Party.PARTNER, now=cmd.now)
        await store.save(cmd.db, after)
        cmd.record(before, after)
        await settling.end_assignments(cmd, after)
        return await _requested(ctx, cmd, after, RequestAction.TERMINATE)


def existing(found: AdminRelationship | None, key: Key) -> AdminRelationship:
    """The relationship; raises UnknownAdminRelationship."""
    if found is None:
        raise rules.UnknownAdminRelationship("There is no such delegated admin relationship.", str(key.id))
    return found


def visible(ctx: Context, found: AdminRelationship | None, key: Key) -> AdminRelationship:
    """The relationship as time left it; raises UnknownAdminRelationship, also a year after its end."""
    relationship = rules.passed(existing(found, key), now=ctx.moment)
    return existing(relationship if rules.seen(relationship, now=ctx.moment) else None, key)


async def _adjusted(
    ctx: Context, cmd: Command, facts: Facts, before: AdminRelationship, asked: Asked, *, kept_end: datetime | None
) -> Begun[AdminRelationship]:
    wanted = rules.adjusted(before, asked, now=cmd.now)
    if wanted == before:
        cmd.unchanged()
        return Begun(before)
    if before.ends_at != kept_end:
        raise Busy("This relationship has just reached its end and is being extended; send the request again.")
    await _check(cmd, facts, wanted)
    if wanted.roles == before.roles:
        await store.save(cmd.db, wanted)
        cmd.record(before, wanted)
        return Begun(wanted)
    after = rules.moved(before, Step.ADJUST, Party.PARTNER, now=cmd.now)
    extends = wanted.auto_extend if wanted.auto_extend is not before.auto_extend else None
    intent = Intent(roles=wanted.roles, auto_extend=extends)
    operation = settling.begun(cmd, ctx.runtime.ids.new(), after, OperationType.RELATIONSHIP_UPDATE, intent)
    await store.save(cmd.db, after)
    await below_store.add_operation(cmd.db, operation)
    cmd.record(before, after)
    await settling.carry_out(cmd, after, operation)
    return Begun(after, operation)


async def _requested(ctx: Context, cmd: Command, relationship: AdminRelationship, action: RequestAction) -> Request:
    """Keep that it was asked, and done."""
    made = Request(
        id=ctx.runtime.ids.new(),
        partner_tenant_id=relationship.partner_tenant_id,
        relationship_id=relationship.id,
        action=action,
        status=RequestStatus.SUCCEEDED,
        created_at=cmd.now,
        modified_at=cmd.now,
    )
    await below_store.add_request(cmd.db, made)
    return cmd.remember(made)


def _drafted(ctx: Context, asked: Asked, cmd: Command) -> AdminRelationship:
    missing = [
        name
        for name, value in (
            ("displayName", asked.display_name),
            ("duration", asked.duration),
            ("accessDetails.unifiedRoles", asked.roles),
        )
        if value is None
    ]
    if asked.display_name is None or asked.duration is None or asked.roles is None:
        raise Invalid(f"{', '.join(missing)}: a relationship needs this; send it.", *missing)
    return AdminRelationship(
        id=ctx.runtime.ids.new(),
        partner_tenant_id=ctx.caller.tenant_id,
        customer_tenant_id=asked.customer_tenant_id,
        customer_name=asked.customer_name or "",
        display_name=asked.display_name,
        roles=asked.roles,
        duration=asked.duration,
        auto_extend=asked.auto_extend or AutoExtend.NOT,
        status=Status.CREATED,
        created_at=cmd.now,
        modified_at=cmd.now,
    )


def _about(facts: Facts, made: AdminRelationship) -> Facts:
    """The facts of a draft, which concerns nobody but its partner, whomever it names."""
    resource = policy_facts.AdminRelationship(id=str(made.id), partner=str(made.partner_tenant_id))
    return _bounded(replace(facts, resource=resource), made.duration)


def _bounded(facts: Facts, duration: str) -> Facts:
    return replace(facts, resource=replace(facts.resource, within_limits=rules.within_limits(duration)))


async def _check(cmd: Command, facts: Facts, made: AdminRelationship) -> None:
    """Require what extension needs, and that the customer is a tenant; raises Denied, UnknownCustomerTenant."""
    if made.auto_extend is AutoExtend.HALF_A_YEAR:
        holds = GLOBAL_ADMINISTRATOR in made.roles
        resource = replace(facts.resource, global_administrator=holds)
        cmd.require(Action.ADMIN_RELATIONSHIP_EXTEND, replace(facts, resource=resource))
    if made.customer_tenant_id is not None and not await store.known(cmd.db, made.customer_tenant_id):
        raise rules.UnknownCustomerTenant(
            "customer.tenantId: no tenant has this identifier.", str(made.customer_tenant_id)
        )
