"""Customer agreements: what partners read and attest, and what a customer accepts with a relationship."""

from uuid import UUID

import msgspec

from copartner.agreements import rules, store
from copartner.agreements.model import (
    CUSTOMER_AGREEMENT,
    Agreement,
    Attestation,
    Contact,
    Document,
    PartnerAgreement,
    Template,
)
from copartner.command.command import Command
from copartner.command.context import Context
from copartner.kernel.errors import Invalid
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


async def read_document(
    ctx: Context, *, template_id: str, country: str | None = None, language: str | None = None
) -> Document:
    """Where the text of an agreement is read; raises Denied, UnknownTemplate, Invalid."""
    await ctx.read(Action.AGREEMENT_METADATA_READ, store.metadata(), body=type(None))
    return rules.document(ctx.runtime.cloud, template_id, country=country, language=language)


async def is_accepted_by_customer(ctx: Context, *, customer_id: UUID) -> bool:
    """Whether the customer itself, and not a partner for it, accepted the customer agreement; raises Denied."""
    found = await ctx.read(Action.AGREEMENT_READ, store.page(), customer_id, body=_Listed, each=Action.AGREEMENT_READ)
    return any(agreement.type == CUSTOMER_AGREEMENT for agreement in found.accepted)


async def read_partner_agreement(ctx: Context) -> PartnerAgreement | None:
    """The partner agreement as the acting partner signed it, None before it did; raises Denied."""
    return await ctx.find(Action.PARTNER_AGREEMENT_READ, store.partner_agreement(), body=PartnerAgreement)


async def is_partner_agreement_signed(
    ctx: Context, *, tenant_id: UUID | None = None, mpn_id: str | None = None
) -> bool:
    """Whether the acting partner or one of its indirect resellers signed; raises Denied, UnknownPartner, Invalid."""
    if (tenant_id is None) == (mpn_id is None):
        raise Invalid("Name the partner by mpnId or by tenantId, by one of them.", "mpnId", "tenantId")
    named = (tenant_id, None if mpn_id is None else mpn_id.strip())
    found = await ctx.find(Action.PARTNER_AGREEMENT_READ, store.signed(), *named, body=bool)
    if found is None:
        raise rules.UnknownPartner("There is no such partner among your indirect resellers.", str(tenant_id or mpn_id))
    return found


async def sign_partner_agreement(ctx: Context) -> PartnerAgreement:
    """The acting partner signs the partner agreement; raises Denied, NoAgreements, AlreadySigned."""
    async with ctx.command("partner_agreement.sign") as cmd:
        cmd.require(Action.PARTNER_AGREEMENT_SIGN, await store.home_facts(cmd.db, ctx))
        if (earlier := cmd.replay(PartnerAgreement)) is not None:
            return earlier
        if not rules.has_partner_agreement(ctx.runtime.cloud):
            raise rules.NoAgreements("There is no partner agreement in this cloud, so there is nothing to sign.")
        made = PartnerAgreement(
            id=ctx.runtime.ids.new(),
            partner_tenant_id=ctx.caller.tenant_id,
            template_id=rules.PARTNER_TEMPLATE,
            signed_at=cmd.now,
            signed_by=await store.caller_name(cmd.db, ctx),
        )
        await store.sign(cmd.db, made)
        cmd.record(None, made)
        return cmd.remember(made)


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
