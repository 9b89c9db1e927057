"""How each change of a customer's directory begins."""

from uuid import UUID

from copartner.command.command import Command
from copartner.command.context import Asked, Context
from copartner.directory import rules, store
from copartner.directory.model import CustomerUser
from copartner.policy.actions import Action
from copartner.relationships.service import relationships


async def begin(ctx: Context, cmd: Command, customer_id: UUID, user_id: UUID | None, action: Action) -> Asked:
    """Decide whether the partner's user may do this, as nobody else changes the directory meanwhile.

    Answers the facts, by which more may be decided. Raises Denied.
    """
    await store.lock(cmd.db, customer_id)
    asked = await store.facts(cmd.db, ctx, customer_id, user_id)
    relied = cmd.require(action, asked).context.delegation
    if relied is not None and relied.whole_tenant:
        await relationships.note_privileges_used(cmd, ctx, customer_id=customer_id)
    return asked


async def found(ctx: Context, cmd: Command, customer_id: UUID, user_id: UUID) -> CustomerUser:
    """The user of a change that was decided, on behalf of its customer; raises UnknownCustomerUser."""
    return existing(await store.user(cmd.db, ctx, customer_id, user_id), user_id)


def existing(user: CustomerUser | None, user_id: UUID) -> CustomerUser:
    """The user; raises UnknownCustomerUser."""
    if user is None:
        raise rules.UnknownCustomerUser("The customer has no such user.", str(user_id))
    return user
