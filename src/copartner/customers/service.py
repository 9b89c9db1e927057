"""A partner's customers: finding, reading and making them, their profiles, and the end of what binds them."""

import asyncio
from dataclasses import replace as changed
from typing import TypeVar
from uuid import UUID

from msgspec.structs import replace

from copartner.command.command import Command
from copartner.command.context import Context, HiddenRowError
from copartner.customers import rules, store
from copartner.customers.default_roles import AdminRelationship, with_default_roles
from copartner.customers.model import (
    BillingDetails,
    BillingProfile,
    CompanyProfile,
    CreatedCustomer,
    Customer,
    FoundedTenant,
    NewCustomer,
    RelationshipToPartner,
    SearchField,
)
from copartner.kernel.paging import Listed, Page
from copartner.policy import facts as policy_facts
from copartner.policy.actions import Action
from copartner.policy.facts import Facts
from copartner.relationships.model import Relationship
from copartner.relationships.service import relationships
from copartner.relationships.service.requests import decide_privileges
from copartner.signin.passwords import hash_password
from copartner.tenants.details import LONGEST
from copartner.tenants.rules import password_of

PAGE_LIMIT = 500


class _Listed(Listed[Customer]):
    witnesses: tuple[Facts, ...]


class _Searched(_Listed):
    next_after: UUID | None


L = TypeVar("L", bound=_Listed)


async def read_customer(ctx: Context, *, customer_id: UUID) -> Customer:
    """One customer of the acting partner; raises Denied, UnknownCustomer."""
    found = await ctx.find(Action.CUSTOMER_READ, store.read(), customer_id, body=Customer)
    return rules.existing(found, customer_id)


async def list_customers(
    ctx: Context,
    *,
    field: SearchField | None = None,
    starts_with: str = "",
    after: UUID | None = None,
    skip: int = 0,
    size: int = PAGE_LIMIT,
) -> Page[Customer]:
    """At most `size` (1 to 500) customers of the acting partner, by tenant id or by what is searched; raises Denied."""
    size = min(max(size, 1), PAGE_LIMIT)
    asked = (field, starts_with.strip(), after, skip, size)
    found = await _listed(ctx, store.page(), *asked, body=_Listed)
    return found.page(size, lambda it: it.tenant_id)


async def search_customers(
    ctx: Context, *, text: str = "", after: UUID | None = None, size: int = PAGE_LIMIT
) -> Page[Customer]:
    """At most `size` (1 to 500) customers of the acting partner by name; without a text all of them.

    The text is any part of the name or of the domain, or the beginning of the identifier, in any case. The first ones
    that begin with it stand before the others. A page looks through 10,000 customers, so that it may be short, or
    empty, and the list go on all the same. Raises Denied.
    """
    size = min(max(size, 1), PAGE_LIMIT)
    found = await _listed(ctx, store.search(), text.strip()[:LONGEST], after, size, body=_Searched)
    return Page(found.items, found.total, found.next_after)


async def _listed(ctx: Context, sql: str, *asked: object, body: type[L]) -> L:
    found = await ctx.read(Action.CUSTOMER_LIST, sql, *asked, body=body)
    if not all(ctx.judge(Action.CUSTOMER_READ, facts).allowed for facts in found.witnesses):
        raise HiddenRowError(f"{Action.CUSTOMER_READ} would be denied on a row of {Action.CUSTOMER_LIST}")
    return found


async def read_company_profile(ctx: Context, *, customer_id: UUID) -> CompanyProfile:
    """The organisation behind one customer; raises Denied, UnknownCustomer."""
    found = await ctx.find(Action.COMPANY_PROFILE_READ, store.company(), customer_id, body=CompanyProfile)
    return rules.existing(found, customer_id)


async def read_billing_profile(ctx: Context, *, customer_id: UUID) -> BillingProfile:
    """How the acting partner bills one customer; raises Denied, UnknownCustomer."""
    found = await ctx.find(Action.BILLING_PROFILE_READ, store.billing(), customer_id, body=BillingProfile)
    return rules.existing(found, customer_id)


async def update_billing_profile(
    ctx: Context, *, customer_id: UUID, details: BillingDetails, expected_version: int | None
) -> BillingProfile:
    """The acting partner replaces how it bills a customer.

    Raises Denied, UnknownCustomer, Invalid, TagNeeded without a version, StaleTag with an old one.
    """
    async with ctx.command("billing_profile.edit") as cmd:
        cmd.require(Action.BILLING_PROFILE_EDIT, await store.facts(cmd.db, ctx, customer_id))
        if (earlier := cmd.replay(BillingProfile)) is not None:
            return earlier
        before = rules.existing(await store.lock_billing(cmd.db, ctx.caller.tenant_id, customer_id), customer_id)
        rules.check_version(before.version, expected_version)
        wanted = rules.check_billing(details)
        after = changed(
            before,
            email=wanted.email,
            company_name=wanted.company_name,
            culture=wanted.culture,
            language=wanted.language,
            address=wanted.address,
            version=before.version + 1,
        )
        await store.save_billing(cmd.db, after)
        cmd.record(before, after)
        return cmd.remember(after)


async def create_customer(ctx: Context, *, new: NewCustomer) -> CreatedCustomer:
    """The acting partner makes a new tenant, which forms the relationship with it.

    The first admin's password is derived from a secret of the deployment, so that a repeated request answers it again
    and no row holds it; who signs in with it has to choose another. Raises Denied, DomainTaken, Invalid, NotAReseller.
    """
    async with ctx.command("customer.create") as cmd:
        tenant_id = ctx.runtime.ids.new()
        checked = rules.check_new(new)
        facts = await _with_reseller(cmd, await store.facts(cmd.db, ctx, tenant_id, deep=True), checked)
        facts = with_new_tenant(ctx, facts, tenant_id, checked)
        cmd.require(Action.CUSTOMER_CREATE, facts)
        if (earlier := cmd.replay(CreatedCustomer)) is not None:
            return changed(earlier, password=_password(ctx, earlier.customer.tenant_id))
        founded, relationships_made, default_roles, billing = await _found(ctx, cmd, facts, tenant_id, checked)
        cmd.record(None, founded)
        for relationship in relationships_made:
            cmd.record(None, relationship)
        if default_roles is not None:
            cmd.record(None, default_roles)
        cmd.record(None, billing)
        made = CreatedCustomer(
            customer=changed(_as_customer(relationships_made[0]), billing_profile=billing),
            user_name=founded.admin,
            password="",
            reseller_tenant_id=founded.reseller_tenant_id,
            default_roles=default_roles is not None,
        )
        cmd.remember(made)
    return changed(made, password=_password(ctx, tenant_id))


async def remove_privileges(ctx: Context, *, customer_id: UUID, expected_version: int | None = None) -> Customer:
    """The acting partner gives its delegated admin privileges back; raises Denied, UnknownRelationship, StaleTag."""
    return _as_customer(
        await relationships.remove_privileges(ctx, customer_id=customer_id, expected_version=expected_version)
    )


async def end_relationship(ctx: Context, *, customer_id: UUID, expected_version: int | None = None) -> Customer:
    """The acting partner ends the relationship; raises Denied, UnknownRelationship, StaleTag."""
    return _as_customer(
        await relationships.end_relationship(ctx, customer_id=customer_id, expected_version=expected_version)
    )


async def _found(
    ctx: Context, cmd: Command, facts: Facts, tenant_id: UUID, new: NewCustomer
) -> tuple[FoundedTenant, tuple[Relationship, ...], AdminRelationship | None, BillingProfile]:
    ids, partner = ctx.runtime.ids, ctx.caller.tenant_id
    asked = policy_facts.RelationshipRequest(id=str(tenant_id), partner=str(partner), customer=str(tenant_id))
    founded = FoundedTenant(
        id=tenant_id,
        partner_tenant_id=partner,
        customer_tenant_id=tenant_id,
        organisation_id=UUID(facts.organisations[-1].id),
        relationship_id=ids.new(),
        company_name=new.company_name,
        domain=new.domain,
        country=new.billing.address.country,
        privileges=decide_privileges(cmd, replace(facts, resource=asked), new.includes_privileges),
        admin=f"{new.admin_name}@{new.domain}",
        reseller_tenant_id=new.reseller_tenant_id,
    )
    relationship = Relationship(
        id=founded.relationship_id,
        customer_tenant_id=tenant_id,
        partner_tenant_id=partner,
        company_name=founded.company_name,
        domain=founded.domain,
        privileges=founded.privileges,
        formed_at=cmd.now,
    )
    formed = (relationship, *_for_reseller(relationship, ids.new(), new.reseller_tenant_id))
    billing = BillingProfile(
        id=ids.new(),
        partner_tenant_id=partner,
        customer_tenant_id=tenant_id,
        email=new.billing.email,
        company_name=new.billing.company_name,
        culture=new.billing.culture,
        language=new.billing.language,
        address=new.billing.address,
        version=1,
    )
    given = rules.gives_default_roles(new, cloud=ctx.runtime.cloud, now=cmd.now)
    default_roles = with_default_roles(founded, ids.new(), now=cmd.now) if given else None
    await store.found(
        cmd.db,
        founded,
        new,
        user_id=ids.new(),
        billing_id=billing.id,
        reseller_relationship_id=formed[-1].id,
        default_roles=default_roles,
        cloud=ctx.runtime.cloud,
        password_hash=await asyncio.to_thread(hash_password, _password(ctx, tenant_id)),
        now=cmd.now,
    )
    return founded, formed, default_roles, billing


def _for_reseller(own: Relationship, new_id: UUID, reseller_tenant_id: UUID | None) -> tuple[Relationship, ...]:
    """The relationship that an indirect reseller has beside its provider's own; none without a reseller."""
    if reseller_tenant_id is None:
        return ()
    return (changed(own, id=new_id, partner_tenant_id=reseller_tenant_id, privileges=False),)


async def _with_reseller(cmd: Command, facts: Facts, new: NewCustomer) -> Facts:
    """The facts with the indirect reseller that the customer is made for; raises NotAReseller."""
    if new.reseller_tenant_id is None:
        return facts
    described = await store.own_reseller(cmd.db, new.reseller_tenant_id)
    if described is None:
        raise rules.NotAReseller(
            "associatedPartnerId has to be the tenant of one of your indirect resellers.", "associatedPartnerId"
        )
    known = {one.id for one in facts.organisations}
    return replace(
        facts,
        tenants=(*facts.tenants, *described.tenants),
        organisations=(*facts.organisations, *(one for one in described.organisations if one.id not in known)),
    )


def with_new_tenant(ctx: Context, facts: Facts, tenant_id: UUID, new: NewCustomer) -> Facts:
    """The facts with the tenant that is to be made."""
    organisation = str(ctx.runtime.ids.new())
    tenant = policy_facts.Tenant(
        id=str(tenant_id),
        organisation=organisation,
        cloud=ctx.runtime.cloud,
        country=new.billing.address.country,
        enrolled=False,
    )
    made = policy_facts.Organisation(id=organisation, affiliates=(), enrolled=False)
    return replace(
        facts,
        resource=policy_facts.Customer(
            id=str(tenant_id),
            partner=str(ctx.caller.tenant_id),
            customer=str(tenant_id),
            reseller=None if new.reseller_tenant_id is None else str(new.reseller_tenant_id),
        ),
        tenants=(*facts.tenants, tenant),
        organisations=(*facts.organisations, made),
    )


def _password(ctx: Context, tenant_id: UUID) -> str:
    drawn = ctx.runtime.drawn.of("first password of a customer's admin", ctx.caller.tenant_id, tenant_id)
    return password_of(drawn[:16])


def _as_customer(it: Relationship) -> Customer:
    return Customer(
        tenant_id=it.customer_tenant_id,
        relationship_id=it.id,
        company_name=it.company_name,
        domain=it.domain,
        allows_delegated_access=it.privileges,
        formed_at=it.formed_at,
        relationship_to_partner=RelationshipToPartner.NONE if it.ended_at else RelationshipToPartner.RESELLER,
    )
