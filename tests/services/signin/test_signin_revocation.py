"""What ended acts within a second in every process, on tokens that were believed a moment before too."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from asyncpg.connection import Connection

from copartner.kernel.clock import SystemClock
from copartner.kernel.database import Pool, connect
from copartner.kernel.secrets import KeyFile
from copartner.signin import revocation_store, store
from copartner.signin.model import Secret, Subject
from copartner.signin.revocation import LISTENER, Revocations
from copartner.signin.service import Authority
from copartner.signin.tokens import TokenRevoked
from support.authority import KEY, ROOT, office
from support.postgres import Database
from support.programme import Programme, programme

PROCESS = Path(__file__).with_name("believing.py")


@pytest.fixture(scope="module")
async def here(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Programme]:
    """A world whose people keep their passwords."""
    async with programme(module_database, tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture
async def authority(here: Programme) -> AsyncIterator[Authority]:
    """An authority by the machine's own clock."""
    made = await Authority.open(here.runtime, KeyFile(KEY))
    yield made
    await made.close()


def subject(here: Programme, *, secret: Secret | None = None) -> Subject:
    """Somebody new in nordlicht, through an application."""
    return Subject(here.id("nordlicht"), uuid4(), uuid4(), "new@nordlicht.example", (), secret=secret)


async def revoke(here: Programme, ground: UUID, tenant: str = "nordlicht") -> None:
    """End a ground in a transaction of its own."""
    async with store.acting(here.runtime.pool) as db:
        await revocation_store.revoke(
            db, tenant_id=here.id(tenant), ground_id=ground, now=here.runtime.machine_clock.now()
        )


async def refused_within(authority: Authority, token: str, seconds: float) -> float:
    """How long the token still held; fails when it outlasts so many seconds."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while loop.time() - began < seconds:
        try:
            await authority.tokens.verify(token)
        except TokenRevoked:
            return loop.time() - began
        await asyncio.sleep(0.005)
    raise AssertionError(f"the token still holds after {seconds} s")


async def cut_off(here: Programme) -> None:
    """End the connections that listen."""
    superuser = await connect(here.database.superuser_url)
    try:
        await superuser.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = $1""",
            LISTENER,
        )
    finally:
        await superuser.close()


async def test_each_ground_ends_its_tokens_and_no_others(here: Programme, authority: Authority) -> None:
    secret = Secret(uuid4(), "x", None)
    who = subject(here, secret=secret)
    assert who.application_id is not None
    for ground in (who.subject_id, who.application_id, secret.id):
        token = authority.tokens.issue(who, audience=ROOT, version=1).access_token
        other = authority.tokens.issue(subject(here), audience=ROOT, version=1).access_token
        await authority.tokens.verify(token)
        await asyncio.sleep(0.002)
        await revoke(here, ground, "alpenblick")
        await asyncio.sleep(0.05)
        await authority.tokens.verify(token)
        await revoke(here, ground)
        assert await refused_within(authority, token, 1) < 1
        await authority.tokens.verify(other)
        # A token made afterwards, even in the same second, holds.
        await asyncio.sleep(0.002)
        await authority.tokens.verify(authority.tokens.issue(who, audience=ROOT, version=1).access_token)


async def test_a_token_ends_with_its_secret(here: Programme) -> None:
    async with office(here) as desk:
        ends = desk.clock.now() + timedelta(minutes=5)
        issued = desk.authority.tokens.issue(subject(here, secret=Secret(uuid4(), "x", ends)), audience=ROOT, version=1)
        assert issued.expires_at == ends


async def test_a_commit_that_overtakes_an_earlier_one_hides_nothing(here: Programme, authority: Authority) -> None:
    slow, quick = subject(here), subject(here)
    tokens = [authority.tokens.issue(one, audience=ROOT, version=1).access_token for one in (slow, quick)]
    await asyncio.sleep(0.002)
    async with store.acting(here.runtime.pool) as db:
        now = SystemClock().now()
        await revocation_store.revoke(db, tenant_id=slow.tenant_id, ground_id=slow.subject_id, now=now)
        await revoke(here, quick.subject_id)
        await refused_within(authority, tokens[1], 1)
        await asyncio.sleep(0.5)
        await authority.tokens.verify(tokens[0])
    await refused_within(authority, tokens[0], 1)


async def test_without_its_listener_it_looks_and_without_a_connection_it_asks(
    here: Programme, authority: Authority
) -> None:
    who = subject(here)
    token = authority.tokens.issue(who, audience=ROOT, version=1).access_token
    async with here.owner() as owner:
        # A look every 0.4 s finds what no notice told of.
        await owner.execute(
            """INSERT INTO revocation (tenant_id, ground_id, not_before, changed_in)
            VALUES ($1, $2, $3, pg_current_xact_id())""",
            *(who.tenant_id, who.subject_id, SystemClock().now() + timedelta(milliseconds=5)),
        )
        assert await refused_within(authority, token, 1) < 1
        # Cut off, it connects again; meanwhile and afterwards it misses nothing.
        for _ in range(3):
            again = authority.tokens.issue(subject(here), audience=ROOT, version=1)
            other = subject(here)
            token = authority.tokens.issue(other, audience=ROOT, version=1).access_token
            await authority.tokens.verify(token)
            await asyncio.sleep(0.002)
            await cut_off(here)
            await revoke(here, other.subject_id)
            assert await refused_within(authority, token, 1) < 1
            await authority.tokens.verify(again.access_token)


async def test_another_process_refuses_within_a_second(here: Programme, authority: Authority, tmp_path: Path) -> None:
    who = subject(here)
    token = authority.tokens.issue(who, audience=ROOT, version=1).access_token
    (tmp_path / "token").write_text(token)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "error", str(PROCESS), here.database.login_url, KEY.decode(), str(tmp_path / "token")),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        assert (await asyncio.wait_for(process.stdout.readline(), 30)).strip() == b"believed"
        began = asyncio.get_running_loop().time()
        await revoke(here, who.subject_id)
        assert (await asyncio.wait_for(process.stdout.readline(), 5)).strip() == b"refused"
        lasted = asyncio.get_running_loop().time() - began
        assert lasted < 1, lasted
        sys.stdout.write(f"refused by another process after {lasted * 1000:.0f} ms\n")
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_believed_token_costs_about_a_microsecond(here: Programme, authority: Authority) -> None:
    token = authority.tokens.issue(subject(here), audience=ROOT, version=1).access_token
    await authority.tokens.verify(token)
    loop, times, best = asyncio.get_running_loop(), 20_000, 1.0
    for _ in range(5):
        began = loop.time()
        for _ in range(times):
            await authority.tokens.verify(token)
        best = min(best, (loop.time() - began) / times)
    sys.stdout.write(f"believed again in {best * 1e6:.2f} microseconds\n")
    assert best < 5e-6


async def test_who_closes_in_the_midst_of_a_sign_in_to_the_database_leaves_none_half_done(here: Programme) -> None:
    """One left waiting would hold up whoever drops a database, for the minute that PostgreSQL gives it."""
    left = asyncio.Event()

    class Slow(Pool):
        async def separate(self, name: str) -> Connection:
            try:
                return await super().separate(f"{name}, {await asyncio.sleep(60, 'late')}")
            finally:
                left.set()

    pool = Slow(here.database.login_url)
    revocations = await Revocations.open(pool, SystemClock())
    await asyncio.sleep(0)
    await revocations.close()
    assert left.is_set()
    await pool.close()
