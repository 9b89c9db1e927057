"""Whether a pool is whole after whatever was done to it."""

import asyncio
import time
from typing import Any

from asyncpg.connection import Connection

from copartner.kernel.database import Pool

_PROBE = """SELECT pg_backend_pid() AS pid, current_user = session_user AS itself,
    coalesce(current_setting('copartner.tenant', true), '') AS tenant"""
# Other sessions of the login role at this database which are at work or in a transaction.
_BUSY = """SELECT pid, state, left(query, 60) AS query FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
    AND state <> 'idle'"""


async def is_whole(pool: Pool, owner: Connection, *, patience: float = 10.0) -> None:
    """Raise AssertionError unless all connections can be had at once, act for nobody, and none is left at work."""
    assert pool.in_use == 0, f"{pool.in_use} connections were never given back"
    await _quiet(owner, patience)
    together = asyncio.Barrier(pool.size)

    async def probe() -> Any:
        async with pool.acquire() as connection:
            await together.wait()
            return await connection.fetchrow(_PROBE)

    async with asyncio.timeout(patience):
        found = await asyncio.gather(*(probe() for _ in range(pool.size)))
    assert len({row["pid"] for row in found}) == pool.size
    leaks = [dict(row) for row in found if not row["itself"] or row["tenant"]]
    assert not leaks, f"a connection still acts for somebody: {leaks}"
    assert pool.in_use == 0


async def _quiet(owner: Connection, patience: float) -> None:
    """A cancelled statement may take a moment to notice that nobody waits for it."""
    deadline = time.monotonic() + patience
    while busy := await owner.fetch(_BUSY):
        assert time.monotonic() < deadline, f"still at work: {[dict(row) for row in busy]}"
        await asyncio.sleep(0.05)
