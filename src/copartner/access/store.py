"""What is read of access; whoever owns a table writes it."""

from functools import cache
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.access.model import Layers
from copartner.command.context import Context
from copartner.kernel.functions import call
from copartner.policy.facts import Facts

_FACTS = msgspec.json.Decoder(Facts)
_LAYERS = msgspec.json.Decoder(Layers)


@cache
def held() -> str:
    """Caller, partner or none for all, customer, moments; answers what is held at each of them."""
    return call("fn_read_access", 7, "facts", "shapes", "body")


@cache
def revocation() -> str:
    """Caller, partner, how many subscriptions at most or none for all; answers all that binds the two."""
    return call("fn_read_revocation", 6, "facts", "shapes", "body")


@cache
def question() -> str:
    """Caller, customer, user's id or name, kind of thing, subscription or none, moment; answers what is judged."""
    return call("fn_read_access_question", 10, "facts", "shapes", "body")


@cache
def use() -> str:
    """Caller, partner or none for all, customer, since when, now; answers what is held and what was done."""
    return call("fn_read_access_use", 8, "facts", "shapes", "body")


@cache
def serving() -> str:
    """Caller, partner or none for all, now, since when, how many of a kind, key to start after, size; a page."""
    return call("fn_list_serving", 10, "facts", "shapes", "body")


@cache
def ended_access() -> str:
    """Caller, partner; answers what was last ended."""
    return call("fn_read_ended_access", 5, "facts", "shapes", "body")


@cache
def people() -> str:
    """Caller, since when, size; answers people of partners."""
    return call("fn_read_access_people", 6, "facts", "shapes", "body")


async def facts(db: Connection, ctx: Context, partner_tenant_id: UUID) -> Facts:
    """The acting customer and one partner."""
    row = await db.fetchval(call("fn_access_facts", 6), *ctx.who, partner_tenant_id, ctx.caller.tenant_id)
    return _FACTS.decode(row)


async def lock_layers(db: Connection, ctx: Context, partner_tenant_id: UUID) -> Layers:
    """All that binds a partner and the acting customer, locked where access comes from it."""
    await db.execute(call("fn_lock_access", 2), partner_tenant_id, ctx.caller.tenant_id)
    return _LAYERS.decode(await db.fetchval(call("fn_access_layers", 3), partner_tenant_id, ctx.caller.tenant_id, None))
