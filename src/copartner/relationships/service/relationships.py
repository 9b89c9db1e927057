"""Relationships that were formed: taking privileges back, from either side, and ending one."""

from dataclasses import replace as changed
from uuid import UUID

from msgspec.structs import replace

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.kernel.errors import check_tag
from copartner.policy.actions import Action
from copartner.relationships import passing_store, rules, store
from copartner.relationships.model import OwnRelationship, Relationship


async def list_own_relationships(ctx: Context) -> tuple[OwnRelationship, ...]:
    """The acting customer's partners, with what their agents may do in its tenant; raises Denied."""
    found = await ctx.read(
        Action.OWN_RELATIONSHIP_LIST,
        store.own(),
        body=tuple[OwnRelationship, ...],
        each=Action.OWN_RELATIONSHIP_LIST,
    )
    return tuple(changed(it, powers=rules.powers(privileges=it.privileges, language=ctx.language)) for it in found)


async def withdraw_privileges(ctx: Context, *, partner_tenant_id: UUID) -> Relationship:
    """The acting customer takes one partner's delegated admin privileges back; the relationship stays.

    Raises Denied, UnknownRelationship.
    """
    async with ctx.command("own_relationship.remove_privileges") as cmd:
        facts = await store.own_facts(cmd.db, ctx, partner_tenant_id)
        cmd.require(Action.OWN_RELATIONSHIP_REMOVE_PRIVILEGES, facts)
        return await _without_privileges(cmd, partner_tenant_id, ctx.caller.tenant_id)


async def remove_privileges(ctx: Context, *, customer_id: UUID, expected_version: int | None = None) -> Relationship:
    """The acting partner gives its privileges at a customer back; raises Denied, UnknownRelationship, StaleTag."""
    async with ctx.command("customer.remove_privileges") as cmd:
        facts = await store.customer_facts(cmd.db, ctx, customer_id)
        cmd.require(Action.CUSTOMER_REMOVE_PRIVILEGES, facts)
        return await _without_privileges(cmd, ctx.caller.tenant_id, customer_id, expected_version)


async def end_relationship(ctx: Context, *, customer_id: UUID, expected_version: int | None = None) -> Relationship:
    """The acting partner ends its relationship with a customer, once nothing it sold stands in the way.

    Raises Denied, UnknownRelationship, StaleTag.
    """
    async with ctx.command("customer.end_relationship") as cmd:
        # Locked before the facts, so that no sale slips in between the count and the end.
        before = await store.lock_relationship(cmd.db, ctx.caller.tenant_id, customer_id)
        facts = await store.customer_facts(cmd.db, ctx, customer_id)
        ending = await store.ending(cmd.db, ctx.caller.tenant_id, customer_id)
        cmd.require(Action.CUSTOMER_END_RELATIONSHIP, replace(facts, context=replace(facts.context, ending=ending)))
        if (earlier := cmd.replay(Relationship)) is not None:
            return earlier
        before = _existing(before, customer_id)
        check_tag(before.version, expected_version, "customer", str(customer_id))
        after = rules.end(before, now=cmd.now)
        await store.save_end(cmd.db, after)
        cmd.record(before, after)
        return cmd.remember(after)


async def _without_privileges(
    cmd: Command, partner_tenant_id: UUID, customer_id: UUID, expected_version: int | None = None
) -> Relationship:
    if (earlier := cmd.replay(Relationship)) is not None:
        return earlier
    before = await store.lock_relationship(cmd.db, partner_tenant_id, customer_id)
    before = _existing(before, customer_id)
    check_tag(before.version, expected_version, "customer", str(customer_id))
    if not before.privileges:
        cmd.unchanged()
        return cmd.remember(before)
    return cmd.remember(await _taken(cmd, before))


async def take_privileges(cmd: Command, *, partner_tenant_id: UUID, customer_id: UUID) -> bool:
    """Take one partner's privileges within a change that was allowed already; whether there were any."""
    before = await store.lock_relationship(cmd.db, partner_tenant_id, customer_id)
    if before is None or not before.privileges:
        return False
    await _taken(cmd, before)
    return True


async def _taken(cmd: Command, before: Relationship) -> Relationship:
    after = changed(before, privileges=False)
    await store.save_without_privileges(cmd.db, after, now=cmd.now)
    cmd.record(before, after)
    return after


def _existing(found: Relationship | None, other: UUID) -> Relationship:
    if found is None:
        raise rules.UnknownRelationship("There is no active relationship between the two of you.", str(other))
    return found


async def note_privileges_used(cmd: Command, ctx: Context, *, customer_id: UUID) -> None:
    """Remember that the acting partner used its whole-tenant privileges at a customer, which are removed when idle."""
    await passing_store.mark_privileges_used(cmd.db, ctx.caller.tenant_id, customer_id, now=cmd.now)
