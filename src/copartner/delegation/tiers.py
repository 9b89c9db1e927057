"""Two tiers: an indirect provider asks for its indirect reseller, and the reseller answers before the customer."""

from uuid import UUID

from msgspec.structs import replace

from copartner.command.context import Context
from copartner.delegation import rules, store
from copartner.delegation.below import Request, RequestAction
from copartner.delegation.model import AdminRelationship, Asked, Key
from copartner.delegation.service import drafted, existing, requested
from copartner.policy.actions import Action


async def provide_relationship(ctx: Context, *, reseller_tenant_id: UUID, asked: Asked) -> AdminRelationship:
    """The acting indirect provider asks a customer for roles of its reseller, whose consent is waited for.

    Raises Denied, Invalid, DisplayNameTaken, UnknownCustomerTenant, UnknownReseller.
    """
    async with ctx.command("admin_relationship.provide") as cmd:
        draft = drafted(ctx, asked, cmd, partner_tenant_id=reseller_tenant_id, provider_tenant_id=ctx.caller.tenant_id)
        within = rules.within_limits(draft.duration)
        facts = await store.provided_facts(cmd.db, ctx, draft)
        cmd.require(
            Action.ADMIN_RELATIONSHIP_PROVIDE, replace(facts, resource=replace(facts.resource, within_limits=within))
        )
        if (earlier := cmd.replay(AdminRelationship)) is not None:
            return earlier
        made = rules.asked_for(rules.checked(draft), now=cmd.now)
        if made.customer_tenant_id is not None and not await store.known(cmd.db, made.customer_tenant_id):
            raise rules.UnknownCustomerTenant(
                "customerTenantId: no tenant has this identifier.", str(made.customer_tenant_id)
            )
        await store.add(cmd.db, made)
        cmd.record(None, made)
        return cmd.remember(made)


async def consent_to_relationship(ctx: Context, *, key: Key, approves: bool) -> Request:
    """The acting indirect reseller approves or rejects what its provider asked for.

    Raises Denied, UnknownAdminRelationship, IllegalStep.
    """
    async with ctx.command("admin_relationship.consent") as cmd:
        cmd.require(Action.ADMIN_RELATIONSHIP_CONSENT, await store.facts(cmd.db, ctx, key))
        if (earlier := cmd.replay(Request)) is not None:
            return earlier
        before = rules.passed(existing(await store.lock(cmd.db, key), key), now=cmd.now)
        after = rules.answered_by_reseller(before, approves=approves, now=cmd.now)
        await store.save(cmd.db, after)
        cmd.record(before, after)
        return await requested(ctx, cmd, after, RequestAction.APPROVE if approves else RequestAction.REJECT)
