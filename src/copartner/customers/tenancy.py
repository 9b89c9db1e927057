"""What is in a customer's tenant: its domains, its organisation, and what a partner manages there."""

from dataclasses import replace
from uuid import UUID

from copartner.command.context import Context
from copartner.customers import countries, rules, store
from copartner.customers.model import CompanyProfile, Domain, ManagedService
from copartner.partners.model import Partner
from copartner.policy.actions import Action
from copartner.tenants.details import Address


async def read_organization(ctx: Context, *, customer_id: UUID) -> CompanyProfile:
    """The organisation behind one customer, for applications too; raises Denied, UnknownCustomer."""
    found = await ctx.find(Action.CUSTOMER_READ, store.company(), customer_id, body=CompanyProfile)
    return rules.existing(found, customer_id)


async def list_domains(ctx: Context, *, customer_id: UUID) -> tuple[str, ...]:
    """Every domain of one customer, the first one first; raises Denied, UnknownCustomer."""
    found = await ctx.find(Action.CUSTOMER_READ, store.domains(), customer_id, body=tuple[str, ...])
    return rules.existing(found, customer_id)


async def list_resellers(ctx: Context, *, customer_id: UUID) -> tuple[Partner, ...]:
    """The acting partner's indirect resellers through which it works with one customer; raises Denied."""
    return await ctx.read(Action.CUSTOMER_LIST_RESELLERS, store.resellers(), customer_id, body=tuple[Partner, ...])


async def list_managed_services(ctx: Context, *, customer_id: UUID) -> tuple[ManagedService, ...]:
    """What the customer has licences of, whoever sold them; nothing where it did not delegate its tenant.

    Raises Denied.
    """
    return await ctx.read(
        Action.MANAGED_SERVICES_READ, store.managed_services(), customer_id, body=tuple[ManagedService, ...]
    )


async def add_domain(ctx: Context, *, customer_id: UUID, domain: Domain) -> Domain:
    """The acting partner, to whom the customer delegated its tenant, gives it one more domain.

    Raises Denied, UnknownCustomer, DomainTaken, Invalid.
    """
    async with ctx.command("customer.add_domain") as cmd:
        cmd.require(Action.CUSTOMER_ADD_DOMAIN, await store.facts(cmd.db, ctx, customer_id))
        if (earlier := cmd.replay(Domain)) is not None:
            return earlier
        wanted = rules.check_added(domain)
        added = replace(
            wanted,
            id=ctx.runtime.ids.new(),
            partner_tenant_id=ctx.caller.tenant_id,
            customer_tenant_id=customer_id,
        )
        if not await store.add_domain(cmd.db, added, now=cmd.now):
            raise rules.unknown(customer_id)
        cmd.record(None, added)
        return cmd.remember(added)


async def is_domain_taken(ctx: Context, *, domain: str) -> bool:
    """Whether any tenant has a domain; raises Denied, Invalid."""
    return await ctx.read(Action.DOMAIN_CHECK, store.domain_use(), rules.check_domain(domain), body=bool)


async def check_address(ctx: Context, *, address: Address) -> countries.Judged:
    """Whether an address has its country's form; raises Denied, Invalid, UnknownCountry."""
    await ctx.read(Action.ADDRESS_CHECK, store.home(), body=type(None))
    return countries.judge(address)


async def read_country(ctx: Context, *, code: str) -> countries.Country:
    """What addresses of a country have to look like; raises Denied, UnknownCountry."""
    await ctx.read(Action.ADDRESS_CHECK, store.home(), body=type(None))
    return countries.country(code)
