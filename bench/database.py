"""The database of the comparison: the embedded PostgreSQL on a directory of its own, kept from run to run."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

import asyncpg
import filling
import world
from asyncpg.connection import Connection

from copartner.migrations import runner
from copartner.policy.facts import Cloud
from copartner_emulator import cluster
from copartner_emulator.postgres import EmbeddedPostgres
from copartner_emulator.world import load, read_world

PLACE = Path(os.environ.get("BENCH_PLACE") or Path(__file__).resolve().parents[1] / ".copartner" / "bench")
_STAMP = "world"
# What is set differs from PostgreSQL's defaults by none of these; they are shown with the figures.
SHOWN = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size")


@dataclass(frozen=True, slots=True)
class Database:
    """The running server and its world."""

    postgres: EmbeddedPostgres
    superuser_url: str
    item: str


@contextmanager
def running(place: Path = PLACE) -> Iterator[Database]:
    """The server with its world, made where it is missing; what an earlier run added is not removed yet."""
    postgres = EmbeddedPostgres(place / "postgres")
    postgres.start()
    try:
        for notice in postgres.notices:
            print(notice)
        before, _, options = postgres.superuser_url.partition("?")
        url = f"{before.rpartition('/')[0]}/{cluster.DATABASE}?{options}"
        yield Database(postgres, url, filling.item_of(read_world("multi-partner", Cloud.COMMERCIAL)))
    finally:
        postgres.stop()


async def prepare(database: Database, place: Path = PLACE) -> None:
    """Migrate, make the world where it is missing, remove what earlier runs added, and count the rows anew."""
    now = datetime.now(UTC)
    owner_url = database.postgres.owner_url
    await runner.migrate(owner_url, login_role=cluster.LOGIN, release=version("copartner"), now=now)
    stamp = sha256(b"".join((b"%d" % world.SCALE, *(Path(it.__file__).read_bytes() for it in (world, filling)))))
    kept = place / _STAMP
    if kept.exists() and kept.read_text() != stamp.hexdigest():
        raise SystemExit(f"The world in {place} was made by another release of the comparison: remove {place}.")
    demo = read_world("multi-partner", Cloud.COMMERCIAL)
    connection = await connect(database)
    try:
        if not kept.exists():
            began = time.perf_counter()
            await load(demo, owner_url, keep=place / "passwords.json", now=now)
            await filling.build(connection, demo, now)
            kept.write_text(stamp.hexdigest())
            print(f"made {world.SUBSCRIPTIONS:,} subscriptions in {time.perf_counter() - began:.0f} s")
        await clean(connection)
        counted = await connection.fetchval("SELECT count(*) FROM subscription WHERE offer_name <> ''")
        if counted < world.SUBSCRIPTIONS:
            raise SystemExit(f"The world in {place} is not whole: remove {place}.")
    finally:
        await connection.close()


async def connect(database: Database) -> Connection:
    """A connection that row security does not concern."""
    return await asyncpg.connect(database.superuser_url, server_settings={"search_path": "copartner"})


async def clean(connection: Connection) -> None:
    """Remove what runs added, whose identifiers are younger than any of the world, and count the rows anew."""
    newest = UUID(f"{world.order_ms(0) + world.ORDERS * world.STEP_MS:012x}{'f' * 20}")
    for table in ("subscription", "purchase_order", "cart"):
        await connection.execute(
            f"DELETE FROM {table} WHERE id > $1 AND customer_tenant_id BETWEEN $2 AND $3",
            newest,
            world.customer_id(0),
            world.customer_id(world.CUSTOMERS),
        )
    await connection.execute("UPDATE cart SET state = 'open', version = 1 WHERE version > 1")
    await connection.execute("TRUNCATE audit_record, decided, decision_record, idempotency_key")
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")


def cpu_seconds(database: Database) -> float:
    """Processor time of the server and of every process it has or had."""
    parent = database.postgres.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return _ticks(parent, waited=True) + sum(_ticks(int(child), waited=False) for child in children)


def _ticks(pid: int, *, waited: bool) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(value) for value in fields[11 : 15 if waited else 13]) / os.sysconf("SC_CLK_TCK")
