"""What the system does by itself after it was asked. For now it is done at the end of the command that asks.

The one place where assignments and operations take the steps of assignment_rules.py that are the system's.
"""

from dataclasses import replace
from uuid import UUID

from copartner.command.command import Command
from copartner.delegation import assignment_rules as rules
from copartner.delegation import below_store, store
from copartner.delegation.below import (
    AccessAssignment,
    AssignmentStatus,
    Intent,
    Operation,
    OperationStatus,
    OperationType,
)
from copartner.delegation.model import AdminRelationship


def begun(
    cmd: Command, operation_id: UUID, relationship: AdminRelationship, kind: OperationType, intent: Intent
) -> Operation:
    """An operation that has not started."""
    return Operation(
        id=operation_id,
        partner_tenant_id=relationship.partner_tenant_id,
        relationship_id=relationship.id,
        operation_type=kind,
        status=OperationStatus.NOT_STARTED,
        data=intent,
        created_at=cmd.now,
        modified_at=cmd.now,
    )


async def settle(cmd: Command, assignment: AccessAssignment) -> AccessAssignment:
    """A new assignment becomes active, one on its way out goes."""
    done = rules.settled(assignment, now=cmd.now)
    if done != assignment:
        await below_store.save_assignment(cmd.db, done)
        cmd.record(assignment, done)
    return done


async def carry_out(cmd: Command, relationship: AdminRelationship, operation: Operation) -> Operation:
    """An operation begins, and does what it is for as it succeeds."""
    while (done := rules.carried_on(operation, relationship, now=cmd.now)) != operation:
        operation = done
    if operation.status is OperationStatus.SUCCEEDED and not await _fulfilled(cmd, relationship, operation):
        operation = replace(operation, status=OperationStatus.FAILED)
    await below_store.save_operation(cmd.db, operation)
    return operation


async def end_assignments(cmd: Command, relationship: AdminRelationship) -> None:
    """With a relationship end the assignments of its roles."""
    for assignment in await below_store.open_assignments(cmd.db, relationship.key):
        done = rules.ended_with(assignment, relationship)
        await below_store.end_assignment(cmd.db, done)
        cmd.record(assignment, done)


async def _fulfilled(cmd: Command, relationship: AdminRelationship, operation: Operation) -> bool:
    """Whether what the operation leads to could be brought about."""
    if operation.operation_type is OperationType.RELATIONSHIP_UPDATE:
        done = rules.relationship_as(relationship, operation.data, now=cmd.now)
        await store.save(cmd.db, done)
        cmd.record(relationship, done)
        for assignment in await below_store.open_assignments(cmd.db, relationship.key):
            narrowed = rules.narrowed(assignment, done.roles, now=cmd.now)
            if narrowed != assignment:
                await below_store.save_assignment(cmd.db, narrowed)
                cmd.record(assignment, narrowed)
                await settle(cmd, narrowed)
        return True
    if operation.data.assignment_id is None or not rules.within(relationship, operation.data.roles):
        return False
    found = await below_store.assignment(cmd.db, relationship.key, operation.data.assignment_id)
    if found is None or found.status is not AssignmentStatus.ACTIVE:
        return False
    given = rules.assignment_as(found, operation.data, now=cmd.now)
    await below_store.save_assignment(cmd.db, given)
    cmd.record(found, given)
    return True
