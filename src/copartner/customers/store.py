"""Rows of billing profiles, a partner's view of its customers, and the founding of tenants."""

from datetime import datetime
from functools import cache
from uuid import UUID

import asyncpg
import msgspec
from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.command.runtime import Sandbox
from copartner.customers.default_roles import AdminRelationship
from copartner.customers.model import (
    BillingProfile,
    Domain,
    FoundedReseller,
    FoundedTenant,
    NewCustomer,
    NewReseller,
    Provider,
    ResellerStanding,
)
from copartner.customers.rules import AccountTaken, DomainTaken
from copartner.kernel.functions import call
from copartner.policy import facts as policy_facts
from copartner.policy.facts import Facts

_FACTS = msgspec.json.Decoder(Facts)
_BILLING = msgspec.json.Decoder(BillingProfile)


@cache
def overview() -> str:
    """Caller, customer; answers facts, and the customer with what decides what may be done there."""
    return call("fn_read_overview", 5, "facts", "body")


@cache
def read() -> str:
    """Caller, customer; answers facts and customer."""
    return call("fn_read_customer", 5, "facts", "shapes", "body")


@cache
def page() -> str:
    """Caller, field, prefix, key to start after, offset, size; answers facts and a page with its witnesses."""
    return call("fn_list_customers", 9, "facts", "shapes", "body")


@cache
def creating() -> str:
    """Caller, tenant to be made; answers the facts of its own tenant and those of a customer that is not yet there."""
    return call("fn_read_creating", 5, "facts", "shapes", "body")


@cache
def search() -> str:
    """Caller, text, key to start after, size; answers facts and a page with its witnesses and the key to go on."""
    return call("fn_search_customers", 7, "facts", "shapes", "body")


@cache
def company() -> str:
    """Caller, customer; answers facts and company profile."""
    return call("fn_read_company_profile", 5, "facts", "shapes", "body")


@cache
def billing() -> str:
    """Caller, customer; answers facts and billing profile."""
    return call("fn_read_billing_profile", 5, "facts", "shapes", "body")


@cache
def domains() -> str:
    """Caller, customer; answers facts and domains."""
    return call("fn_read_domains", 5, "facts", "shapes", "body")


@cache
def domain_use() -> str:
    """Caller, domain; answers facts and whether a tenant has it."""
    return call("fn_read_domain_use", 5, "facts", "shapes", "body")


@cache
def managed_services() -> str:
    """Caller, customer; answers facts and products."""
    return call("fn_read_managed_services", 5, "facts", "shapes", "body")


@cache
def resellers() -> str:
    """Caller, customer; answers facts and partners."""
    return call("fn_read_resellers", 5, "facts", "shapes", "body")


class Standing(msgspec.Struct):
    """What stands in the way of purging a customer: whether others work with it, and what the acting partner sold."""

    shared: bool
    ending: policy_facts.Ending
    company_name: str | None = None


async def standing(db: Connection, customer_id: UUID) -> Standing:
    """The acting partner's customer, as far as purging it goes; without a name it is none of its."""
    return msgspec.json.decode(await db.fetchval(call("fn_standing", 1), customer_id), type=Standing)


class Described(msgspec.Struct):
    """A tenant and the business behind it, as the rules see them."""

    tenants: tuple[policy_facts.Tenant, ...]
    organisations: tuple[policy_facts.Organisation, ...]


async def own_reseller(db: Connection, reseller_tenant_id: UUID) -> Described | None:
    """An indirect reseller of the acting partner; None when it is none."""
    row = await db.fetchval(call("fn_own_reseller", 1), reseller_tenant_id)
    return None if row is None else msgspec.json.decode(row, type=Described)


@cache
def home() -> str:
    """Caller; answers the facts of its own tenant."""
    return call("fn_read_home", 4, "facts", "shapes", "body")


async def add_domain(db: Connection, domain: Domain, *, now: datetime) -> bool:
    """Insert a domain; False when the customer delegated nothing to the acting partner. Raises DomainTaken."""
    row = {
        "name": domain.name,
        "authentication_type": domain.authentication,
        "capability": domain.capability,
        "federation": domain.federation,
    }
    try:
        added: bool = await db.fetchval(
            call("fn_add_domain", 3), domain.customer_tenant_id, msgspec.json.encode(row).decode(), now
        )
    except asyncpg.UniqueViolationError as error:
        raise DomainTaken("A tenant has this domain already; choose another one.", domain.name) from error
    return added


async def facts(db: Connection, ctx: Context, customer_id: UUID, *, deep: bool = False) -> Facts:
    """The acting partner and one customer as it sees it."""
    return _FACTS.decode(await db.fetchval(call("fn_customer_facts", 6), *ctx.who, customer_id, deep))


async def lock_billing(db: Connection, partner_tenant_id: UUID, customer_id: UUID) -> BillingProfile | None:
    """The acting partner's profile of a customer, kept from now on and locked."""
    row = await db.fetchval(call("fn_lock_billing_profile", 2), partner_tenant_id, customer_id)
    return None if row is None else _BILLING.decode(row)


async def save_billing(db: Connection, profile: BillingProfile) -> None:
    """Write the acting partner's profile of a customer."""
    await db.execute(
        """UPDATE billing_profile SET email = $3, company_name = $4, culture = $5, language = $6, address = $7,
            version = $8
        WHERE partner_tenant_id = $1 AND customer_tenant_id = $2""",
        profile.partner_tenant_id,
        profile.customer_tenant_id,
        profile.email,
        profile.company_name,
        profile.culture,
        profile.language,
        msgspec.json.encode(profile.address).decode(),
        profile.version,
    )


async def found(
    db: Connection,
    founded: FoundedTenant,
    new: NewCustomer,
    *,
    user_id: UUID,
    billing_id: UUID,
    reseller_relationship_id: UUID,
    default_roles: AdminRelationship | None,
    cloud: str,
    password_hash: str,
    now: datetime,
) -> None:
    """Insert a new tenant with all that belongs to it; raises DomainTaken."""
    row = {
        "tenant_id": founded.customer_tenant_id,
        "organisation_id": founded.organisation_id,
        "user_id": user_id,
        "relationship_id": founded.relationship_id,
        "billing_id": billing_id,
        "cloud": cloud,
        "company_name": new.company_name,
        "domain": new.domain,
        "country": new.billing.address.country,
        "culture": new.billing.culture,
        "language": new.billing.language,
        "email": new.billing.email,
        "billing_name": new.billing.company_name,
        "address": new.billing.address,
        "admin": founded.admin,
        "privileges": founded.privileges,
        "registration_number": new.registration_number,
        "default_roles": default_roles,
        "reseller_tenant_id": founded.reseller_tenant_id,
        "reseller_relationship_id": reseller_relationship_id,
    }
    try:
        await db.execute(call("fn_found_tenant", 3), msgspec.json.encode(row).decode(), password_hash, now)
    except asyncpg.UniqueViolationError as error:
        raise DomainTaken("Another tenant has this domain already; choose another one.", new.domain) from error


async def home_facts(db: Connection, ctx: Context) -> Facts:
    """The caller and its own tenant."""
    return _FACTS.decode(await db.fetchval(call("fn_home_facts", 4), *ctx.who))


async def provider(db: Connection, sandbox: Sandbox) -> Provider:
    """The acting partner as one that makes accounts of resellers, kept from making two at once."""
    return msgspec.json.decode(await sandbox.provider(db), type=Provider)


async def reseller_standing(db: Connection, sandbox: Sandbox, reseller_id: UUID) -> ResellerStanding | None:
    """An account that the acting partner made, locked; None when it made no such one."""
    row = await sandbox.reseller(db, reseller_id)
    return None if row is None else msgspec.json.decode(row, type=ResellerStanding)


async def found_reseller(
    db: Connection,
    sandbox: Sandbox,
    founded: FoundedReseller,
    new: NewReseller,
    *,
    new_ids: tuple[UUID, UUID, UUID],
    cloud: str,
    password_hash: str,
    now: datetime,
) -> None:
    """Insert a reseller's account; `new_ids` are the admin's and those of its groups of agents. Raises AccountTaken."""
    user_id, admin_agents_id, helpdesk_agents_id = new_ids
    row = {
        **msgspec.to_builtins(founded),
        "user_id": user_id,
        "admin_agents_id": admin_agents_id,
        "helpdesk_agents_id": helpdesk_agents_id,
        "cloud": cloud,
        "culture": new.culture,
        "language": new.language,
        "legal": new.legal,
        "display_name": new.admin_display_name or founded.company_name,
    }
    try:
        await sandbox.found_reseller(db, msgspec.json.encode(row).decode(), password_hash, now=now)
    except asyncpg.UniqueViolationError as error:
        raise AccountTaken("Another tenant has this domain or mpnId; choose another one.", founded.domain) from error
