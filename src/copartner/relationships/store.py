"""Rows of requests and relationships, and what the rules must know of them."""

from datetime import datetime
from functools import cache
from uuid import UUID

import asyncpg
import msgspec
from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.kernel.functions import call
from copartner.policy.facts import Ending, Facts
from copartner.relationships.model import Relationship, RelationshipRequest, Written
from copartner.relationships.rules import EXISTS, RelationshipExists

_FACTS = msgspec.json.Decoder(Facts)
_ENDING = msgspec.json.Decoder(Ending)
_REQUEST = msgspec.json.Decoder(RelationshipRequest)
_WRITTEN = msgspec.json.Decoder(Written)
_RELATIONSHIP = msgspec.json.Decoder(Relationship)


@cache
def home() -> str:
    """Caller; answers the facts of its own tenant."""
    return call("fn_read_home", 4, "facts", "shapes", "body")


@cache
def read() -> str:
    """Caller, request; answers facts and request."""
    return call("fn_read_request", 5, "facts", "shapes", "body")


@cache
def asking() -> str:
    """Caller; answers the facts of its own tenant as it invites somebody, twice, and itself as a partner."""
    return call("fn_read_asking", 4, "facts", "shapes", "body")


@cache
def sent() -> str:
    """Caller, request; answers facts, request, partner and the customer's language."""
    return call("fn_read_sent", 5, "facts", "shapes", "body")


@cache
def page() -> str:
    """Caller, state, key to start after, size, order; answers facts, senders and requests, one more than the size."""
    return call("fn_list_requests", 8, "facts", "shapes", "body")


@cache
def consent() -> str:
    """Caller, request; answers facts, partner and invitation."""
    return call("fn_read_consent", 5, "facts", "shapes", "body")


@cache
def standing() -> str:
    """Caller, partner; answers facts and partner."""
    return call("fn_read_standing", 5, "facts", "shapes", "body")


@cache
def own() -> str:
    """Caller; answers facts, owners and the customer's relationships."""
    return call("fn_list_own_relationships", 4, "facts", "shapes", "body")


async def asking_facts(db: Connection, ctx: Context) -> Facts:
    """The caller and its own tenant, with what the rules judge of that tenant."""
    return _FACTS.decode(await db.fetchval(call("fn_asking_facts", 4), *ctx.who))


async def request_facts(db: Connection, ctx: Context, request_id: UUID) -> Facts:
    """A request of any partner, for the rules alone; never returned to a caller."""
    return _FACTS.decode(await db.fetchval(call("fn_request_facts", 5), *ctx.who, request_id))


async def consent_facts(db: Connection, ctx: Context, request_id: UUID) -> Facts:
    """A request as the acting customer would answer it."""
    return _FACTS.decode(await db.fetchval(call("fn_consent_facts", 5), *ctx.who, request_id))


async def standing_facts(db: Connection, ctx: Context, partner_tenant_id: UUID) -> Facts:
    """A partner's standing link as the acting customer would answer it."""
    return _FACTS.decode(await db.fetchval(call("fn_standing_facts", 5), *ctx.who, partner_tenant_id))


async def own_facts(db: Connection, ctx: Context, partner_tenant_id: UUID) -> Facts:
    """The acting customer's relationship with one partner."""
    return _FACTS.decode(await db.fetchval(call("fn_own_relationship_facts", 5), *ctx.who, partner_tenant_id))


async def customer_facts(db: Connection, ctx: Context, customer_id: UUID) -> Facts:
    """The acting partner and one customer as it sees it."""
    return _FACTS.decode(await db.fetchval(call("fn_customer_facts", 6), *ctx.who, customer_id, False))


async def ending(db: Connection, partner_tenant_id: UUID, customer_id: UUID) -> Ending:
    """What of the partner's sales still runs at the customer."""
    return _ENDING.decode(await db.fetchval(call("fn_ending", 2), partner_tenant_id, customer_id))


async def known_tenant(db: Connection, tenant_id: UUID) -> UUID | None:
    """The identifier itself when a tenant has it."""
    found: UUID | None = await db.fetchval(call("fn_known_tenant", 1), tenant_id)
    return found


async def tenant_by_domain(db: Connection, domain: str) -> UUID | None:
    """The tenant that has a domain."""
    found: UUID | None = await db.fetchval(call("fn_tenant_by_domain", 1), domain)
    return found


async def related(db: Connection, partner_tenant_id: UUID, customer_id: UUID) -> bool:
    """Whether the two have an active relationship."""
    return await db.fetchval(call("fn_relationship", 2), partner_tenant_id, customer_id) is not None


async def caller_name(db: Connection, ctx: Context) -> str:
    """The sign-in name of the acting user."""
    caller = ctx.caller
    name: str | None = await db.fetchval(call("fn_actor_name", 2), caller.subject_id, caller.app_only)
    return name or ""


async def add_request(db: Connection, request: RelationshipRequest) -> None:
    """Insert a request of the acting partner."""
    await db.execute(
        """INSERT INTO relationship_request (partner_tenant_id, id, customer_tenant_id, includes_privileges, reason,
            state, created_at, created_by, addressee)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        request.partner_tenant_id,
        request.id,
        request.customer_tenant_id,
        request.includes_privileges,
        request.reason,
        request.state,
        request.created_at,
        request.created_by,
        request.addressee,
    )


async def writing(db: Connection, ctx: Context, request_id: UUID) -> Written | None:
    """The acting partner's request with what a letter about it needs."""
    row = await db.fetchval(call("fn_writing", 2), ctx.caller.tenant_id, request_id)
    return None if row is None else _WRITTEN.decode(row)


async def save_letter(db: Connection, request: RelationshipRequest) -> None:
    """Write when the customer was last written to about the acting partner's request."""
    await db.execute(
        "UPDATE relationship_request SET letter_at = $3 WHERE partner_tenant_id = $1 AND id = $2",
        request.partner_tenant_id,
        request.id,
        request.letter_at,
    )


async def lock_request(db: Connection, request_id: UUID) -> RelationshipRequest | None:
    """The request, locked, when it is one of the acting partner's or names the acting customer."""
    row = await db.fetchval(call("fn_lock_request", 1), request_id)
    return None if row is None else _REQUEST.decode(row)


async def claim_request(db: Connection, request_id: UUID) -> tuple[RelationshipRequest | None, bool]:
    """The request, locked, with the acting customer named in it, and whether it named nobody before.

    None when it is another customer's.
    """
    was_open: bool = await db.fetchval(call("fn_claim_request", 1), request_id)
    return await lock_request(db, request_id), was_open


async def save_withdrawal(db: Connection, request: RelationshipRequest) -> None:
    """Write the state of the acting partner's request."""
    await db.execute(
        "UPDATE relationship_request SET state = $3 WHERE partner_tenant_id = $1 AND id = $2",
        request.partner_tenant_id,
        request.id,
        request.state,
    )


async def save_answer(db: Connection, request: RelationshipRequest, answered_by: str) -> None:
    """Write the acting customer's answer."""
    await db.execute(
        """UPDATE relationship_request SET state = $3, answered_at = $4, answered_by = $5
        WHERE partner_tenant_id = $1 AND id = $2""",
        request.partner_tenant_id,
        request.id,
        request.state,
        request.answered_at,
        answered_by,
    )


async def form_relationship(
    db: Connection,
    *,
    relationship_id: UUID,
    partner_tenant_id: UUID,
    request_id: UUID | None,
    privileges: bool,
    formed_at: datetime,
) -> Relationship:
    """Insert a relationship of the acting customer; raises RelationshipExists."""
    try:
        row = await db.fetchval(
            call("fn_form_relationship", 5), relationship_id, partner_tenant_id, request_id, privileges, formed_at
        )
    except asyncpg.UniqueViolationError as error:
        raise RelationshipExists(EXISTS, str(partner_tenant_id)) from error
    return _RELATIONSHIP.decode(row)


async def lock_relationship(db: Connection, partner_tenant_id: UUID, customer_id: UUID) -> Relationship | None:
    """The active relationship of the acting tenant with the other, locked until the transaction ends."""
    row = await db.fetchval(call("fn_lock_relationship", 2), partner_tenant_id, customer_id)
    return None if row is None else _RELATIONSHIP.decode(row)


async def save_without_privileges(db: Connection, relationship: Relationship, *, now: datetime) -> None:
    """Write that the partner has no delegated admin privileges any more."""
    await db.execute(
        """UPDATE reseller_relationship SET privileges = false, privileges_removed_at = $3
        WHERE customer_tenant_id = $1 AND id = $2""",
        relationship.customer_tenant_id,
        relationship.id,
        now,
    )


async def save_end(db: Connection, relationship: Relationship) -> None:
    """Write the end of the acting partner's relationship."""
    await db.execute(
        """UPDATE reseller_relationship SET state = 'ended', ended_at = $3, privileges = false
        WHERE customer_tenant_id = $1 AND id = $2""",
        relationship.customer_tenant_id,
        relationship.id,
        relationship.ended_at,
    )
