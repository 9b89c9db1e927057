"""Customer agreements: what partners read and attest, and what a customer accepts with a relationship."""

from uuid import UUID

import msgspec

from copartner.agreements import rules, store
from copartner.agreements.model import Agreement, Attestation, Contact, Template
from copartner.command.command import Command
from copartner.command.context import Context
from copartner.policy.actions import Action
from copartner.policy.facts import Cloud


class _Listed(msgspec.Struct):
    accepted: tuple[Agreement, ...]
    attested: tuple[Agreement, ...]


async def list_agreements(
    ctx: Context, *, customer_id: UUID, agreement_type: str | None = None
) -> tuple[Agreement, ...]:
    """What the customer accepted itself, then what the acting partner attested; raises Denied, Invalid."""
    kind = rules.check_type(agreement_type)
    found = await ctx.read(Action.AGREEMENT_READ, store.page(), customer_id, body=_Listed, each=Action.AGREEMENT_READ)
    return tuple(agreement for agreement in (*found.accepted, *found.attested) if agreement.type == kind)


async def list_templates(ctx: Context) -> tuple[Template, ...]:
    """The agreement texts of this cloud; raises Denied."""
    await ctx.read(Action.AGREEMENT_METADATA_READ, store.metadata(), body=type(None))
    return rules.templates(ctx.runtime.cloud)


async def attest_agreement(ctx: Context, *, customer_id: UUID, attestation: Attestation) -> Agreement:
    """The acting partner states that the customer accepted.

    Raises Denied, UnknownCustomer, NoAgreements, Invalid.
    """
    async with ctx.command("agreement.attest") as cmd:
        cmd.require(Action.AGREEMENT_ATTEST, await store.customer_facts(cmd.db, ctx, customer_id))
        if (earlier := cmd.replay(Agreement)) is not None:
            return earlier
        if not await store.related(cmd.db, ctx.caller.tenant_id, customer_id):
            raise rules.UnknownCustomer("There is no such customer among yours.", str(customer_id))
        stated = rules.check(attestation, cloud=ctx.runtime.cloud, now=cmd.now)
        made = Agreement(
            id=ctx.runtime.ids.new(),
            customer_tenant_id=customer_id,
            partner_tenant_id=ctx.caller.tenant_id,
            type=stated.type,
            template_id=stated.template_id,
            contact=stated.contact,
            agreed_at=stated.agreed_at,
        )
        await store.add(cmd.db, made, recorded_at=cmd.now, recorded_by=await store.caller_name(cmd.db, ctx))
        cmd.record(None, made)
        return cmd.remember(made)


def has_agreements(cloud: Cloud) -> bool:
    """Whether customers of this cloud accept a customer agreement."""
    return rules.current(cloud) is not None


def current_template(cloud: Cloud) -> Template | None:
    """The text that customers of this cloud accept; None where there is none."""
    return rules.current(cloud)


async def accept_agreement(ctx: Context, cmd: Command) -> Agreement | None:
    """Inside a decided command, the acting customer accepts the newest text; None when it has or there is none."""
    template = rules.current(ctx.runtime.cloud)
    customer_id = ctx.caller.tenant_id
    if template is None or await store.accepted(cmd.db, customer_id, template.id):
        return None
    name = await store.caller_name(cmd.db, ctx)
    made = Agreement(
        id=ctx.runtime.ids.new(),
        customer_tenant_id=customer_id,
        partner_tenant_id=None,
        type=template.type,
        template_id=template.id,
        contact=Contact("", "", name),
        agreed_at=cmd.now,
    )
    if not await store.add(cmd.db, made, recorded_at=cmd.now, recorded_by=name):
        return None
    cmd.record(None, made)
    return made
