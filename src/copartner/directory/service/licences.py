"""A customer's licences, of all its sellers together, and who has them."""

from uuid import UUID

from copartner.command.context import Context
from copartner.directory import rules, store
from copartner.directory.model import Licences, Sku, Units
from copartner.directory.service.acting import begin, found
from copartner.policy.actions import Action


async def list_licences(ctx: Context, *, customer_id: UUID) -> tuple[Units, ...]:
    """What a customer has licences of, whoever sold them, and how many are left; raises Denied."""
    return await ctx.read(
        Action.CUSTOMER_LICENCE_LIST, store.licences(), customer_id, ctx.moment, body=tuple[Units, ...]
    )


async def list_user_licences(ctx: Context, *, customer_id: UUID, user_id: UUID) -> tuple[Sku, ...]:
    """What a customer's user has licences of; raises Denied, UnknownCustomerUser."""
    held = await ctx.find(
        Action.CUSTOMER_LICENCE_READ, store.licences_of_user(), customer_id, user_id, ctx.moment, body=tuple[Sku, ...]
    )
    if held is None:
        raise rules.UnknownCustomerUser("The customer has no such user.", str(user_id))
    return held


async def update_licences(
    ctx: Context, *, customer_id: UUID, user_id: UUID, give: tuple[str, ...] = (), take: tuple[str, ...] = ()
) -> Licences:
    """Give a customer's user licences and take others, by the names of their SKUs, `product:sku`.

    Nobody else changes the customer's directory meanwhile, so no unit is given twice.
    Raises Denied, UnknownCustomerUser, IsDeleted, NoSuchLicence, OutOfLicences.
    """
    async with ctx.command("customer_licence.update") as cmd:
        await begin(ctx, cmd, customer_id, user_id, Action.CUSTOMER_LICENCE_SET)
        if (earlier := cmd.replay(Licences)) is not None:
            return earlier
        async with cmd.on_behalf(customer_id):
            user = await found(ctx, cmd, customer_id, user_id)
            if user.deleted_at is not None:
                raise rules.IsDeleted("The user is deleted; restore it first.", str(user_id))
            held = await store.licences_of(cmd.db, customer_id, user_id)
            wanted = rules.relicensed(held, give, take, await store.units(cmd.db, customer_id))
            for sku in held:
                if sku not in wanted:
                    await store.take_licence(cmd.db, user, sku)
            for sku in wanted:
                if sku not in held:
                    await store.give_licence(cmd.db, user, sku, now=cmd.now)
        before, after = (
            Licences(user_id, customer_id, ctx.caller.tenant_id, tuple(sku.name for sku in skus))
            for skus in (held, wanted)
        )
        if after == before:
            cmd.unchanged()
        else:
            cmd.record(before, after)
        return cmd.remember(after)
