"""Whether a partner may make a customer's tenant, before it says which."""

from copartner.command.context import Context
from copartner.customers import store
from copartner.customers.model import BillingDetails, NewCustomer
from copartner.customers.service import with_new_tenant
from copartner.policy.actions import Action
from copartner.policy.facts import Facts
from copartner.tenants.details import Address


async def read_creating(ctx: Context) -> str:
    """The acting partner's country, in which it may make a customer's tenant; nothing is made. Raises Denied."""
    tenant_id = ctx.runtime.ids.new()
    facts = await ctx.read(Action.DOMAIN_CHECK, store.creating(), tenant_id, body=Facts)
    own = next((one.country for one in facts.tenants if one.id == str(ctx.caller.tenant_id)), "")
    billing = BillingDetails(email="", company_name="", culture="", language="", address=Address(country=own))
    new = NewCustomer(company_name="", domain="", billing=billing)
    await ctx.require(Action.CUSTOMER_CREATE, with_new_tenant(ctx, facts, tenant_id, new))
    return own
