"""A partner takes what a customer offered it instead of what it asked: approved in advance, so active at once."""

from msgspec.structs import replace

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.delegation import consent_store as store
from copartner.delegation import receipts, rules
from copartner.delegation.model import AdminRelationship
from copartner.policy.actions import Action
from copartner.policy.facts import Facts


async def take(ctx: Context, cmd: Command, facts: Facts, before: AdminRelationship) -> AdminRelationship:
    """The draft of the acting partner, approved in advance, becomes active; raises Denied, IllegalStep.

    `facts` are those of asking for it, which was decided.
    """
    within = await store.within_cap(cmd.db, before.customer_tenant_id, before.roles)
    cmd.require(Action.ADMIN_RELATIONSHIP_TAKE, replace(facts, resource=replace(facts.resource, within_cap=within)))
    after = rules.taken(before, now=cmd.now)
    if not await store.take(cmd.db, after):
        raise rules.IllegalStep("This is no longer what the customer offered; ask for its approval.", str(before.id))
    proposed = await store.proposed(cmd.db, before.key)
    await receipts.issue(
        ctx,
        cmd,
        rules.passed(after, now=cmd.now),
        approver=proposed.approver,
        partner=proposed.partner,
        reason=proposed.reason,
        approved_at=proposed.approved_at,
    )
    return after
