"""One partner with whole-tenant privileges of each service at a customer: asked only where the rules want to know."""

from collections.abc import Collection
from uuid import UUID

from msgspec.structs import replace

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.orders import store
from copartner.policy.actions import Action
from copartner.policy.facts import Facts


async def told(
    cmd: Command, ctx: Context, action: Action, facts: Facts, customer_id: UUID, products: Collection[str]
) -> Facts:
    """The facts of a sale of these products with whether another such partner sold one of them."""
    held = facts.context.relationship
    if held is None or not held.privileges or not ctx.rules.reads(action, "serviceDelegatedElsewhere"):
        return facts
    found = await store.service_delegated_elsewhere(cmd.db, customer_id=customer_id, products=sorted(products))
    return replace(facts, context=replace(facts.context, service_delegated_elsewhere=found))
