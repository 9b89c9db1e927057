"""A partner asks for roles in a customer's tenant and ends them; see consent.py for the customer."""

from uuid import UUID

from msgspec.structs import replace

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.delegation import receipts, rules, store, taking
from copartner.delegation.model import AdminRelationship, Asked, AutoExtend, Key, Party, Status, Step
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR
from copartner.kernel.errors import Invalid, check_tag
from copartner.kernel.paging import Listed, Page
from copartner.policy import facts as policy_facts
from copartner.policy.actions import Action
from copartner.policy.facts import Facts

PAGE_LIMIT = 300


async def create_relationship(ctx: Context, *, asked: Asked) -> AdminRelationship:
    """The acting partner drafts a relationship; raises Denied, Invalid, DisplayNameTaken, UnknownCustomerTenant."""
    async with ctx.command("admin_relationship.create") as cmd:
        made = drafted(ctx, asked, cmd, partner_tenant_id=ctx.caller.tenant_id)
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
    status: Status | None = None,
    customer_tenant_id: UUID | None = None,
    count: bool = False,
    after: UUID | None = None,
    size: int = PAGE_LIMIT,
) -> Page[AdminRelationship]:
    """At most `size` (1 to 300) relationships of the acting partner, oldest first; raises Denied."""
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.ADMIN_RELATIONSHIP_LIST,
        store.page(),
        *(status, customer_tenant_id, ctx.moment, count, after, size),
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
    return rules.passed(existing(found, key), now=ctx.moment)


async def change_relationship(
    ctx: Context, *, key: Key, asked: Asked, expected_version: int | None = None
) -> AdminRelationship:
    """The acting partner changes its draft.

    Raises Denied, UnknownAdminRelationship, StaleTag, IllegalStep, Invalid, DisplayNameTaken, UnknownCustomerTenant.
    """
    async with ctx.command("admin_relationship.change") as cmd:
        found = await store.lock(cmd.db, key)
        duration = asked.duration or (found.duration if found else "P1D")
        facts = _bounded(await store.facts(cmd.db, ctx, key), duration)
        cmd.require(Action.ADMIN_RELATIONSHIP_CHANGE, facts)
        before = rules.passed(existing(found, key), now=cmd.now)
        check_tag(before.version, expected_version, "relationship", str(key.id))
        after = rules.changed(before, asked, now=cmd.now)
        await _check(cmd, facts, after)
        await store.save(cmd.db, after)
        cmd.record(before, after)
        return after


async def delete_relationship(ctx: Context, *, key: Key, expected_version: int | None = None) -> None:
    """The acting partner drops its draft; raises Denied, UnknownAdminRelationship, StaleTag, IllegalStep."""
    async with ctx.command("admin_relationship.delete") as cmd:
        cmd.require(Action.ADMIN_RELATIONSHIP_DELETE, await store.facts(cmd.db, ctx, key))
        before = existing(await store.lock(cmd.db, key), key)
        check_tag(before.version, expected_version, "relationship", str(key.id))
        rules.after(before.status, Step.DELETE, Party.PARTNER)
        await store.delete(cmd.db, key)
        cmd.record(before, None)


async def ask_for_approval(ctx: Context, *, key: Key) -> AdminRelationship:
    """The acting partner locks its draft and asks, or takes what its customer approved in advance.

    Raises Denied, UnknownAdminRelationship, IllegalStep.
    """
    await receipts.signing(ctx)
    async with ctx.command("admin_relationship.ask") as cmd:
        found = await store.lock(cmd.db, key)
        facts = _bounded(await store.facts(cmd.db, ctx, key), found.duration if found else "P1D")
        cmd.require(Action.ADMIN_RELATIONSHIP_ASK, facts)
        if (earlier := cmd.replay(AdminRelationship)) is not None:
            return earlier
        before = existing(found, key)
        if rules.offer_stands(before, now=cmd.now):
            return await taking.take(ctx, cmd, facts, before)
        after = rules.asked_for(before, now=cmd.now)
        await store.save(cmd.db, after)
        cmd.record(before, after)
        return cmd.remember(after)


async def terminate_relationship(ctx: Context, *, key: Key) -> AdminRelationship:
    """The acting partner ends its relationship; raises Denied, UnknownAdminRelationship, IllegalStep."""
    async with ctx.command("admin_relationship.terminate") as cmd:
        cmd.require(Action.ADMIN_RELATIONSHIP_END, await store.facts(cmd.db, ctx, key))
        if (earlier := cmd.replay(AdminRelationship)) is not None:
            return earlier
        before = rules.passed(existing(await store.lock(cmd.db, key), key), now=cmd.now)
        after = rules.terminated(before, Party.PARTNER, now=cmd.now)
        await store.save(cmd.db, after)
        cmd.record(before, after)
        return cmd.remember(after)


def existing(found: AdminRelationship | None, key: Key) -> AdminRelationship:
    """The relationship; raises UnknownAdminRelationship."""
    if found is None:
        raise rules.UnknownAdminRelationship("There is no such delegated admin relationship.", str(key.id))
    return found


def drafted(
    ctx: Context, asked: Asked, cmd: Command, *, partner_tenant_id: UUID, provider_tenant_id: UUID | None = None
) -> AdminRelationship:
    """A new draft of a partner; raises Invalid where something needed is missing."""
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
        partner_tenant_id=partner_tenant_id,
        provider_tenant_id=provider_tenant_id,
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
