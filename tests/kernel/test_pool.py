"""The pool hands back only what is certainly clean."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from copartner.kernel.database import Pool, PoolClosed
from support.postgres import Database


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    made = Pool(database.login_url, size=2)
    yield made
    await made.close()


async def backend(pool: Pool) -> int:
    async with pool.acquire() as connection:
        pid: int = await connection.fetchval("SELECT pg_backend_pid()")
    return pid


async def test_a_clean_connection_is_used_again(pool: Pool) -> None:
    assert await backend(pool) == await backend(pool)
    assert pool.discarded == 0


async def test_an_error_of_the_statement_keeps_the_connection(pool: Pool) -> None:
    before = await backend(pool)
    with pytest.raises(asyncpg.UndefinedTableError):
        async with pool.acquire() as connection:
            await connection.execute("SELECT 1 FROM nowhere")
    assert await backend(pool) == before


async def test_an_open_transaction_is_cut_off(pool: Pool) -> None:
    before = await backend(pool)
    async with pool.acquire() as connection:
        await connection.execute("BEGIN")
    assert await backend(pool) != before
    assert pool.discarded == 1


async def test_a_cancelled_statement_cuts_the_connection_off(pool: Pool) -> None:
    before = await backend(pool)

    async def slow() -> None:
        async with pool.acquire() as connection:
            await connection.execute("SELECT pg_sleep(30)")

    task = asyncio.create_task(slow())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (pool.discarded, pool.in_use) == (1, 0)
    assert await backend(pool) != before


async def test_a_time_out_cuts_the_connection_off(database: Database) -> None:
    pool = Pool(database.login_url, size=1, command_timeout=0.2)
    with pytest.raises(TimeoutError):
        async with pool.acquire() as connection:
            await connection.execute("SELECT pg_sleep(30)")
    assert pool.discarded == 1
    await pool.close()


async def test_a_killed_connection_is_replaced(pool: Pool, database: Database) -> None:
    before = await backend(pool)
    killer = await asyncpg.connect(database.superuser_url)
    await killer.execute("SELECT pg_terminate_backend($1)", before)
    await killer.close()
    await asyncio.sleep(0.2)
    assert await backend(pool) != before


async def test_no_more_connections_than_its_size(pool: Pool) -> None:
    most = 0

    async def use() -> None:
        nonlocal most
        async with pool.acquire() as connection:
            most = max(most, pool.in_use)
            await connection.execute("SELECT pg_sleep(0.02)")

    await asyncio.gather(*(use() for _ in range(10)))
    assert (most, pool.in_use) == (2, 0)


async def test_a_closed_pool_lends_nothing(pool: Pool) -> None:
    await pool.close()
    with pytest.raises(PoolClosed):
        await backend(pool)
