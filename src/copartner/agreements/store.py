"""Rows of customer agreements."""

from datetime import datetime
from functools import cache
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.agreements.model import Agreement, Contact, PartnerAgreement
from copartner.agreements.rules import AlreadySigned
from copartner.command.context import Context
from copartner.kernel.functions import call
from copartner.policy.facts import Facts

_FACTS = msgspec.json.Decoder(Facts)


@cache
def page() -> str:
    """Caller, customer; answers facts and both kinds of agreements."""
    return call("fn_list_agreements", 5, "facts", "shapes", "body")


@cache
def metadata() -> str:
    """Caller; answers the facts of its own tenant."""
    return call("fn_read_metadata", 4, "facts", "shapes", "body")


@cache
def partner_agreement() -> str:
    """Caller; answers facts and the partner agreement as it signed it."""
    return call("fn_read_partner_agreement", 4, "facts", "shapes", "body")


@cache
def signed() -> str:
    """Caller, tenant, number; answers facts and whether that reseller of the caller signed."""
    return call("fn_read_signed", 6, "facts", "shapes", "body")


async def home_facts(db: Connection, ctx: Context) -> Facts:
    """The caller and its own tenant."""
    return _FACTS.decode(await db.fetchval(call("fn_home_facts", 4), *ctx.who))


async def sign(db: Connection, made: PartnerAgreement) -> None:
    """Insert the acting partner's signature; raises AlreadySigned."""
    tag = await db.execute(
        """INSERT INTO partner_agreement (partner_tenant_id, template_id, id, signed_at, signed_by)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING""",
        made.partner_tenant_id,
        made.template_id,
        made.id,
        made.signed_at,
        made.signed_by,
    )
    if tag != "INSERT 0 1":
        raise AlreadySigned("Your tenant signed the partner agreement already; nothing was changed.")


async def customer_facts(db: Connection, ctx: Context, customer_id: UUID) -> Facts:
    """The acting partner and one customer as it sees it."""
    return _FACTS.decode(await db.fetchval(call("fn_customer_facts", 6), *ctx.who, customer_id, False))


async def caller_name(db: Connection, ctx: Context) -> str:
    """The sign-in name of the acting user."""
    caller = ctx.caller
    name: str | None = await db.fetchval(call("fn_actor_name", 2), caller.subject_id, caller.app_only)
    return name or ""


async def accepted(db: Connection, customer_id: UUID, template_id: str) -> bool:
    """Whether the acting customer accepted that text itself."""
    found: bool = await db.fetchval(
        """SELECT EXISTS (SELECT FROM customer_agreement
            WHERE customer_tenant_id = $1 AND template_id = $2 AND partner_tenant_id IS NULL)""",
        customer_id,
        template_id,
    )
    return found


async def related(db: Connection, partner_tenant_id: UUID, customer_id: UUID) -> bool:
    """Whether the acting partner has an active relationship with the customer."""
    found: bool = await db.fetchval(
        """SELECT EXISTS (SELECT FROM reseller_relationship
            WHERE partner_tenant_id = $1 AND customer_tenant_id = $2 AND state = 'active')""",
        partner_tenant_id,
        customer_id,
    )
    return found


async def add(db: Connection, agreement: Agreement, *, recorded_at: datetime, recorded_by: str) -> bool:
    """Insert an agreement; False when the customer accepted the same text itself meanwhile."""
    contact = agreement.contact or Contact("", "", "")
    tag = await db.execute(
        """INSERT INTO customer_agreement (customer_tenant_id, id, partner_tenant_id, type, template_id,
            first_name, last_name, email, phone, agreed_at, recorded_at, recorded_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING""",
        agreement.customer_tenant_id,
        agreement.id,
        agreement.partner_tenant_id,
        agreement.type,
        agreement.template_id,
        contact.first_name,
        contact.last_name,
        contact.email,
        contact.phone,
        agreement.agreed_at,
        recorded_at,
        recorded_by,
    )
    return bool(tag == "INSERT 0 1")
