"""The purging of a customer's tenant, where things are tried out and nowhere else."""

from uuid import UUID

from msgspec.structs import replace

from copartner.command.context import Context
from copartner.customers import rules, store
from copartner.customers.model import PurgedTenant
from copartner.policy.actions import Action


async def purge_customer(ctx: Context, *, customer_id: UUID) -> PurgedTenant:
    """The acting partner deletes a customer's tenant with all that belongs to it; only a sandbox does this.

    Raises NoSandbox, Denied, UnknownCustomer. While somebody else works with the customer it is denied.
    """
    async with ctx.command("customer.purge") as cmd:
        facts = await store.facts(cmd.db, ctx, customer_id)
        standing = await store.standing(cmd.db, customer_id)
        context = replace(facts.context, shared=standing.shared, ending=standing.ending)
        cmd.require(Action.CUSTOMER_PURGE, replace(facts, context=context))
        if standing.company_name is None:
            raise rules.unknown(customer_id)
        sandbox = ctx.runtime.sandbox
        if sandbox is None:
            raise rules.NoSandbox("Customers are deleted in the emulator alone; end the relationship instead.")
        await sandbox.purge(cmd.db, customer_id)
        purged = PurgedTenant(customer_id, ctx.caller.tenant_id, standing.company_name)
        cmd.record(purged, None)
        return purged
