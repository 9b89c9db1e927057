"""Rows of what a customer says and keeps: counter-proposals, the cap on roles, receipts."""

from datetime import datetime
from functools import cache
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.delegation.consent_model import Approver, CounterProposal, KeptReceipt, RoleCap
from copartner.delegation.model import AdminRelationship, Key
from copartner.kernel.functions import call
from copartner.partners.model import Partner


class Grant(msgspec.Struct):
    """An active relationship and its partner."""

    relationship: AdminRelationship
    partner: Partner


class Measured(msgspec.Struct):
    """A customer's cap, None while none is set, and what is measured by it."""

    cap: RoleCap | None
    grants: tuple[Grant, ...]


class Proposed(msgspec.Struct):
    """Who offered a counter-proposal and when, and the partner that takes it."""

    approver: Approver
    approved_at: datetime
    reason: str
    partner: Partner


_CAP = msgspec.json.Decoder(RoleCap)
_GRANTS = msgspec.json.Decoder(tuple[Grant, ...])
_PARTNER = msgspec.json.Decoder(Partner)
_PROPOSED = msgspec.json.Decoder(Proposed)
_APPROVER = msgspec.json.Decoder(Approver)


@cache
def read_cap() -> str:
    """Caller; answers facts and Measured."""
    return call("fn_read_role_cap", 4, "facts", "shapes", "body")


@cache
def receipts() -> str:
    """Caller, key to start after, size; one item more than the size."""
    return call("fn_list_receipts", 6, "facts", "shapes", "body")


@cache
def receipt() -> str:
    """Caller, receipt; answers facts and receipt."""
    return call("fn_read_receipt", 5, "facts", "shapes", "body")


async def within_cap(db: Connection, customer_tenant_id: UUID | None, roles: tuple[UUID, ...]) -> bool:
    """Whether a customer's cap leaves none of the roles out."""
    found: bool = await db.fetchval(call("fn_within_cap", 2), customer_tenant_id, roles)
    return found


async def cap(db: Connection, customer_tenant_id: UUID) -> RoleCap:
    """The acting customer's cap; the one that stands in while none is set."""
    row = await db.fetchval(call("fn_own_role_cap", 1), customer_tenant_id)
    return RoleCap(customer_tenant_id) if row is None else _CAP.decode(row)


async def save_cap(db: Connection, cap: RoleCap) -> None:
    """Write the acting customer's cap."""
    await db.execute(
        """INSERT INTO role_cap (customer_tenant_id, kind, roles, set_at, version) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (customer_tenant_id) DO UPDATE
            SET kind = EXCLUDED.kind, roles = EXCLUDED.roles, set_at = EXCLUDED.set_at, version = EXCLUDED.version""",
        cap.customer_tenant_id,
        cap.kind,
        cap.roles,
        cap.set_at,
        cap.version,
    )


async def grants(db: Connection, customer_tenant_id: UUID) -> tuple[Grant, ...]:
    """The active relationships of the acting customer."""
    return _GRANTS.decode(await db.fetchval(call("fn_own_grants", 1), customer_tenant_id))


async def partner(db: Connection, tenant_id: UUID) -> Partner:
    """A partner as it shows itself to those it asks."""
    return _PARTNER.decode(await db.fetchval(call("fn_partner", 1), tenant_id))


async def approver(db: Connection, tenant_id: UUID, user_id: UUID) -> Approver:
    """The acting user, named as in a receipt."""
    return _APPROVER.decode(await db.fetchval(call("fn_approver", 2), tenant_id, user_id))


async def offer(db: Connection, made: CounterProposal, names: list[str]) -> str | None:
    """Keep a counter-proposal and put it into the partner's hands; under which name, None where none was free."""
    await db.execute(
        """INSERT INTO admin_counter_proposal (partner_tenant_id, id, customer_tenant_id, counters, customer_name,
            roles, duration, auto_extend, reason, made_at, made_by, made_by_name)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)""",
        made.partner_tenant_id,
        made.id,
        made.approver.tenant_id,
        made.counters,
        made.approver.company_name,
        made.roles,
        made.duration,
        made.auto_extend,
        made.reason,
        made.made_at,
        made.approver.user_id,
        made.approver.user_name,
    )
    name: str | None = await db.fetchval(call("fn_offer_admin_relationship", 3), made.partner_tenant_id, made.id, names)
    return name


async def proposed(db: Connection, key: Key) -> Proposed:
    """The counter-proposal behind a draft of the acting partner."""
    return _PROPOSED.decode(await db.fetchval(call("fn_counter_proposal", 2), key.partner_tenant_id, key.id))


async def take(db: Connection, made: AdminRelationship) -> bool:
    """Make a draft of the acting partner what its customer approved in advance; whether it still is that."""
    taken: bool = await db.fetchval(
        call("fn_take_counter_proposal", 5), made.id, made.status, made.modified_at, made.activated_at, made.ends_at
    )
    return taken


async def keep_receipt(db: Connection, kept: KeptReceipt) -> None:
    """Keep a receipt for both tenants."""
    await db.execute(
        call("fn_keep_receipt", 5),
        kept.partner_tenant_id,
        kept.customer_tenant_id,
        kept.id,
        kept.issued_at,
        kept.jws,
    )
