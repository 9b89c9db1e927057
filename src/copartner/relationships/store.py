"""Rows of relationships and requests, and the facts about a customer that every capability above relies on."""

from functools import cache
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.kernel.functions import call
from copartner.policy.facts import Facts

_FACTS = msgspec.json.Decoder(Facts)


@cache
def _customer_facts_sql() -> str:
    return call("fn_customer_facts", 6)


async def customer_facts(db: Connection, ctx: Context, customer_id: UUID, *, deep: bool = False) -> Facts:
    """Caller, customer and relationship; `deep` adds the agreement and both tenants with their organisations."""
    return _FACTS.decode(await db.fetchval(_customer_facts_sql(), *ctx.who, customer_id, deep))
