"""Accounts of indirect resellers that a provider tries things out with: made, and removed again, in a sandbox alone.

Pages create-indirect-reseller-in-sandbox, 2021-05-24, and delete-indirect-reseller-in-sandbox, 2022-06-15.
"""

import asyncio
from dataclasses import replace
from uuid import UUID

from copartner.command.context import Context
from copartner.command.runtime import Sandbox
from copartner.customers import rules, store
from copartner.customers.model import CreatedReseller, FoundedReseller, NewReseller, RemovedReseller
from copartner.policy.actions import Action
from copartner.signin.passwords import hash_password
from copartner.tenants.rules import password_of


async def create_reseller(ctx: Context, *, new: NewReseller) -> CreatedReseller:
    """The acting partner makes the account of an indirect reseller, which resells for it from then on.

    The first admin's password is derived as that of a customer's is, and told here alone. Raises NoSandbox, Denied,
    NotAProvider, TooManyResellers, AccountTaken, Invalid.
    """
    async with ctx.command("sandbox_reseller.create") as cmd:
        cmd.require(Action.SANDBOX_RESELLER_CREATE, await store.home_facts(cmd.db, ctx))
        if (earlier := cmd.replay(CreatedReseller)) is not None:
            return replace(earlier, password=_password(ctx, earlier.founded.reseller_tenant_id))
        sandbox = _sandbox(ctx)
        checked = rules.check_new_reseller(new)
        provider = rules.check_provider(await store.provider(cmd.db, sandbox))
        ids, tenant_id = ctx.runtime.ids, ctx.runtime.ids.new()
        domain = f"{checked.domain_prefix}{rules.SANDBOX_DOMAIN}"
        founded = FoundedReseller(
            id=tenant_id,
            partner_tenant_id=ctx.caller.tenant_id,
            reseller_tenant_id=tenant_id,
            organisation_id=ids.new(),
            relationship_id=ids.new(),
            company_name=checked.legal.company_name,
            domain=domain,
            country=checked.country,
            mpn_id=checked.mpn_id,
            admin=f"{checked.admin_name}@{domain}",
        )
        await store.found_reseller(
            cmd.db,
            sandbox,
            founded,
            checked,
            new_ids=(ids.new(), ids.new(), ids.new()),
            cloud=ctx.runtime.cloud,
            password_hash=await asyncio.to_thread(hash_password, _password(ctx, tenant_id)),
            now=cmd.now,
        )
        cmd.record(None, founded)
        made = cmd.remember(CreatedReseller(founded, provider.company_name, password=""))
    return replace(made, password=_password(ctx, tenant_id))


async def remove_reseller(ctx: Context, *, reseller_id: UUID) -> None:
    """The acting partner removes an account that it made, with all that belongs to it; once removed it stays so.

    Raises NoSandbox, Denied, NotRemovable for anybody else's, and while anything hangs on it.
    """
    async with ctx.command("sandbox_reseller.remove") as cmd:
        cmd.require(Action.SANDBOX_RESELLER_REMOVE, await store.home_facts(cmd.db, ctx))
        sandbox = _sandbox(ctx)
        standing = rules.check_removable(await store.reseller_standing(cmd.db, sandbox, reseller_id), reseller_id)
        if standing.removed:
            cmd.unchanged()
            return
        await sandbox.remove_reseller(cmd.db, reseller_id, now=cmd.now)
        cmd.record(RemovedReseller(reseller_id, ctx.caller.tenant_id, standing.company_name), None)


def _sandbox(ctx: Context) -> Sandbox:
    if ctx.runtime.sandbox is None:
        raise rules.NoSandbox("Accounts of resellers are made and removed in the emulator alone.")
    return ctx.runtime.sandbox


def _password(ctx: Context, tenant_id: UUID) -> str:
    drawn = ctx.runtime.drawn.of("first password of a sandbox reseller's admin", ctx.caller.tenant_id, tenant_id)
    return password_of(drawn[:16])
