"""Present data and committed decisions, some at a time, as rules that are tried out judge them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg.connection import Connection
from msgspec import Struct

from copartner.command.context import Context
from copartner.kernel.database import Pool
from copartner.kernel.functions import call
from copartner.policy.facts import Agreement, Ending, Facts, Organisation, Relationship, Tenant

FIRST = UUID(int=0)


class Pair(Struct, frozen=True, rename="camel"):
    """A partner and a customer: what of the two the rules judge, and what the customer holds from others."""

    partner: str
    customer: str
    relationship: Relationship | None
    agreement: Agreement | None
    azure_elsewhere: bool
    delegated_elsewhere: bool


class Thing(Struct, frozen=True, rename="camel"):
    """One thing, or several that are alike to the rules: `count` of them, with the identifiers of at most three.

    The attributes after `ids` are each of one kind of things.
    """

    partner: str | None
    customer: str | None
    ids: tuple[str, ...]
    count: int = 1
    bound: bool = False
    open: bool = True
    ending: Ending | None = None
    includes_privileges: bool | None = None
    provider: str | None = None
    reseller_consented: bool | None = None
    active: bool | None = None
    global_administrator: bool | None = None
    within_cap: bool | None = None


class Concerned(Struct, frozen=True):
    """Partners and customers of a batch."""

    pairs: tuple[Pair, ...]
    tenants: tuple[Tenant, ...]
    organisations: tuple[Organisation, ...]


class Batch(Struct, frozen=True):
    """The next things of a kind: how many were read, the key of the last one, and those alike together."""

    read: int
    last: tuple[UUID | None, UUID | None] | None
    rows: tuple[Thing, ...]
    concerned: Concerned


class Decided(Struct, frozen=True):
    """A committed decision; `facts` as JSON."""

    at: datetime
    id: UUID
    times: int
    action: str
    facts: str


_BATCH = msgspec.json.Decoder(Batch)
_SIZES = msgspec.json.Decoder(dict[str, int])
_NAMES = msgspec.json.Decoder(dict[str, str])
_FACTS = msgspec.json.Decoder(Facts)


async def present(
    pool: Pool, who: tuple[str, UUID], kind: str, *, after: tuple[UUID, UUID], size: int, now: datetime
) -> Batch:
    """The next things of a kind after a key, at most so many."""
    async with pool.acquire() as db:
        return _BATCH.decode(await db.fetchval(call("fn_try_present", 7), *who, kind, *after, size, now))


async def sizes(pool: Pool, who: tuple[str, UUID], *, actions: Sequence[str], since: datetime) -> dict[str, int]:
    """How many things of each kind there are, and how many `decisions` about these actions since a moment."""
    async with pool.acquire() as db:
        return _SIZES.decode(await db.fetchval(call("fn_try_counted", 4), *who, actions, since))


async def decided(
    pool: Pool, who: tuple[str, UUID], *, actions: Sequence[str], after: tuple[datetime, UUID], size: int
) -> list[Decided]:
    """The next committed decisions about these actions after a moment and identifier, at most so many."""
    async with pool.acquire() as db:
        columns = ("at", "id", "times", "action", "facts")
        rows = await db.fetch(call("fn_try_decided", 6, *columns), *who, actions, *after, size)
    return [Decided(*row) for row in rows]


async def names(pool: Pool, who: tuple[str, UUID], tenants: list[UUID]) -> dict[str, str]:
    """What tenants are called, by identifier."""
    async with pool.acquire() as db:
        return _NAMES.decode(await db.fetchval(call("fn_try_names", 3), *who, tenants))


def home() -> str:
    """Caller; answers the facts of its own tenant, and nothing."""
    return call("fn_read_home", 4, "facts", "shapes", "body")


async def home_facts(db: Connection, ctx: Context) -> Facts:
    """The acting operator and its own tenant."""
    return _FACTS.decode(await db.fetchval(call("fn_home_facts", 4), *ctx.who))
