"""Rows of what partners say of themselves."""

from functools import cache

import msgspec
from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.kernel.errors import Busy
from copartner.kernel.functions import call
from copartner.partners.model import Company, PartnerProfile, V
from copartner.policy.facts import Facts

_FACTS = msgspec.json.Decoder(Facts)


class Kept(msgspec.Struct):
    """A profile as it is kept."""

    version: int
    value: msgspec.Raw


class Told(msgspec.Struct):
    """What is known of the acting partner, and one kind of profile of it unless none is kept."""

    company: Company
    kept: Kept | None = None


class ToldAll(msgspec.Struct):
    """What is known of the acting partner, and every profile of it that is kept, by kind."""

    company: Company
    kept: dict[str, Kept]


_TOLD = msgspec.json.Decoder(Told)


@cache
def read() -> str:
    """Caller, kind; answers facts, company and profile."""
    return call("fn_read_partner_profile", 5, "facts", "shapes", "body")


@cache
def read_all() -> str:
    """Caller; answers facts, company and every profile kept."""
    return call("fn_read_partner_profiles", 4, "facts", "shapes", "body")


@cache
def relationships() -> str:
    """Caller, whether resellers are asked for; answers facts, shapes and partners."""
    return call("fn_list_partner_relationships", 5, "facts", "shapes", "body")


async def home_facts(db: Connection, ctx: Context) -> Facts:
    """The caller and its own tenant."""
    return _FACTS.decode(await db.fetchval(call("fn_home_facts", 4), *ctx.who))


async def lock(db: Connection, ctx: Context, kind: str) -> Told:
    """The same as `read`, with the profile locked where one is kept."""
    return _TOLD.decode(await db.fetchval(call("fn_lock_partner_profile", 2), ctx.caller.tenant_id, kind))


async def save(db: Connection, profile: PartnerProfile[V], *, first: bool) -> None:
    """Write a profile of the acting partner; raises Busy when another one became the first meanwhile."""
    values = (profile.partner_tenant_id, profile.kind, msgspec.json.encode(profile.value).decode(), profile.version)
    if not first:
        await db.execute(
            "UPDATE partner_profile SET value = $3, version = $4 WHERE partner_tenant_id = $1 AND kind = $2", *values
        )
        return
    tag = await db.execute(
        """INSERT INTO partner_profile (partner_tenant_id, kind, value, version) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING""",
        *values,
    )
    if tag != "INSERT 0 1":
        raise Busy("Somebody else changed the profile at the same moment; send the request again.")
