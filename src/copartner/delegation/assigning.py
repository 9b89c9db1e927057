"""A partner gives its groups roles of a granular relationship, changes them and takes them away."""

from uuid import UUID

from msgspec.structs import replace as changed

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.delegation import assignment_rules, below_store, rules, settling, store
from copartner.delegation.below import (
    AccessAssignment,
    AssignmentStatus,
    Begun,
    Intent,
    OperationType,
)
from copartner.delegation.model import AdminRelationship, Key, Status
from copartner.delegation.passing import changing
from copartner.delegation.service import existing
from copartner.kernel.errors import check_tag
from copartner.policy.actions import Action
from copartner.policy.facts import Facts
from copartner.tenants.rules import UnknownGroup


async def create_assignment(ctx: Context, *, key: Key, group_id: UUID, roles: tuple[UUID, ...]) -> AccessAssignment:
    """The acting partner begins to give a group roles of an active relationship; answers it as it is pending.

    Raises Denied, UnknownAdminRelationship, UnknownGroup, AlreadyAssigned, IllegalStep, Invalid.
    """
    async with changing(ctx, "access_assignment.create", key) as cmd:
        relationship, facts = await _locked(ctx, cmd, key, roles)
        cmd.require(Action.ACCESS_ASSIGNMENT_CREATE, facts)
        if (earlier := cmd.replay(AccessAssignment)) is not None:
            return earlier
        relationship = existing(relationship, key)
        # A draft may name its customer, who knows nothing of it.
        if relationship.customer_tenant_id is None or relationship.status is Status.CREATED:
            raise rules.IllegalStep("This relationship is with no customer yet.", relationship.status)
        made = assignment_rules.assigned(
            AccessAssignment(
                id=ctx.runtime.ids.new(),
                partner_tenant_id=relationship.partner_tenant_id,
                relationship_id=relationship.id,
                customer_tenant_id=relationship.customer_tenant_id,
                group_id=group_id,
                roles=roles,
                status=AssignmentStatus.PENDING,
                created_at=cmd.now,
                modified_at=cmd.now,
            )
        )
        if not await below_store.has_group(cmd.db, ctx.caller.tenant_id, group_id):
            raise UnknownGroup(
                "accessContainer.accessContainerId: no group of your tenant has this identifier.", str(group_id)
            )
        await below_store.add_assignment(cmd.db, made)
        cmd.record(None, made)
        await settling.settle(cmd, made)
        return cmd.remember(made)


async def change_assignment(
    ctx: Context,
    *,
    key: Key,
    assignment_id: UUID,
    roles: tuple[UUID, ...] | None,
    group_id: UUID | None = None,
    expected_version: int | None = None,
) -> Begun[AccessAssignment]:
    """The acting partner begins to give a group other roles; None leaves them, and then nothing is begun.

    Raises Denied, UnknownAdminRelationship, UnknownAssignment, StaleTag, IllegalStep, Invalid.
    """
    async with changing(ctx, "access_assignment.change", key) as cmd:
        relationship, facts = await _locked(ctx, cmd, key, roles or ())
        cmd.require(Action.ACCESS_ASSIGNMENT_CHANGE, facts)
        relationship = existing(relationship, key)
        before = _existing(await below_store.assignment(cmd.db, key, assignment_id), assignment_id)
        check_tag(before.version, expected_version, "assignment", str(assignment_id))
        wanted = before.roles if roles is None else roles
        after = assignment_rules.assignment_changed(before, wanted, group_id, now=cmd.now)
        if after == before:
            cmd.unchanged()
            return Begun(before)
        intent = Intent(roles=tuple(dict.fromkeys(wanted)), assignment_id=before.id, group_id=before.group_id)
        operation = settling.begun(cmd, ctx.runtime.ids.new(), relationship, OperationType.ASSIGNMENT_UPDATE, intent)
        await below_store.save_assignment(cmd.db, after)
        await below_store.add_operation(cmd.db, operation)
        cmd.record(before, after)
        await settling.carry_out(cmd, relationship, operation)
        return Begun(after, operation)


async def delete_assignment(
    ctx: Context, *, key: Key, assignment_id: UUID, expected_version: int | None = None
) -> None:
    """The acting partner takes a group's roles away.

    Raises Denied, UnknownAdminRelationship, UnknownAssignment, StaleTag, IllegalStep.
    """
    async with changing(ctx, "access_assignment.delete", key) as cmd:
        relationship, facts = await _locked(ctx, cmd, key, ())
        cmd.require(Action.ACCESS_ASSIGNMENT_DELETE, facts)
        relationship = existing(relationship, key)
        found = _existing(await below_store.assignment(cmd.db, key, assignment_id), assignment_id)
        before = assignment_rules.ended_with(found, relationship)
        check_tag(found.version, expected_version, "assignment", str(assignment_id))
        after = assignment_rules.assignment_deleted(before, now=cmd.now)
        await below_store.save_assignment(cmd.db, after)
        cmd.record(before, after)
        await settling.settle(cmd, after)


async def _locked(
    ctx: Context, cmd: Command, key: Key, roles: tuple[UUID, ...]
) -> tuple[AdminRelationship | None, Facts]:
    """The relationship, locked, as time left it, and what the rules must know of giving a group these roles of it."""
    found = await store.lock(cmd.db, key)
    relationship = found and rules.passed(found, now=cmd.now)
    facts = await store.facts(cmd.db, ctx, key)
    resource = changed(
        facts.resource,
        active=relationship is None or relationship.status is Status.ACTIVE,
        roles_within=relationship is None or assignment_rules.within(relationship, roles),
    )
    return relationship, changed(facts, resource=resource)


def _existing(found: AccessAssignment | None, assignment_id: UUID) -> AccessAssignment:
    if found is None:
        raise assignment_rules.UnknownAssignment("This relationship has no such assignment.", str(assignment_id))
    return found
