"""Every process decides by the rulebook that holds, learns of another within a second, and decides nothing in doubt."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from asyncpg import InternalClientError

from copartner.command.denial import Denied
from copartner.command.in_force import BrokenVersions, InForce
from copartner.kernel.database import Pool, PoolClosed, away, connect
from copartner.kernel.errors import Busy
from copartner.relationships.service import requests
from copartner.versions import service
from copartner.versions.live import LISTENER, Live
from support.programme import RULEBOOK, Programme
from support.versions import approved, approver, check, propose, proposer

NO_REQUESTS = """
@id("no-requests") @text("No requests are sent.") @source("a test") @needs("Another day.")
forbid (principal, action == Action::"relationship_request.send", resource);
"""


def another(here: Programme) -> Programme:
    """The same deployment as another process has it, which hears of nothing yet."""
    pool = Pool(here.database.login_url)
    return replace(here, runtime=replace(here.runtime, pool=pool, rules=InForce(RULEBOOK)))


@asynccontextmanager
async def listening(here: Programme) -> AsyncIterator[Programme]:
    """Another process that listens."""
    made = another(here)
    live = await Live.open(made.runtime)
    try:
        yield made
    finally:
        await live.close()
        await made.runtime.pool.close()


async def send(here: Programme) -> Any:
    return await requests.send_request(here.context("aa@nordlicht"))


async def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something holds; fails when it does not within so many seconds."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while loop.time() - began < seconds:
        if holds():
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"not within {seconds} seconds")


async def cut(here: Programme) -> None:
    """End every connection that listens."""
    superuser = await connect(here.database.superuser_url)
    try:
        await superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 "
            "AND datname = current_database()",
            LISTENER,
        )
    finally:
        await superuser.close()


async def test_another_process_hears_of_an_approval_at_once_and_decides_nothing_by_the_old_rules(
    here: Programme,
) -> None:
    async with listening(here) as other:
        made = await propose(here)
        await check(here)
        assert other.runtime.rules.number == 0
        await service.approve_version(approver(here), version_id=made.id)
        # It knows; the rulebook is made meanwhile, and whoever asks waits for it.
        await until(lambda: other.runtime.rules.behind or other.runtime.rules.number == 1, 1)
        await other.runtime.rules.settled()
        await here.runtime.rules.settled()
        assert other.runtime.rules.number == 1
        assert other.runtime.rulebook.source == here.runtime.rulebook.source


async def test_at_midnight_every_process_decides_by_the_new_rules_with_nothing_heard(here: Programme) -> None:
    async with listening(here) as other:
        made = await approved(here, NO_REQUESTS)
        await until(lambda: other.runtime.rules.number == 1)
        midnight = here.clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=40)
        assert midnight.date() == made.begins
        here.clock.moment = midnight - timedelta(microseconds=1)
        await send(here)
        before = other.context("aa@nordlicht")
        here.clock.moment = midnight
        for process in (here, other):
            with pytest.raises(Denied) as denied:
                await send(process)
            assert denied.value.rules == ("no-requests",)
        # A request that saw midnight pass goes on by the rules it began with.
        await requests.send_request(before)


async def test_a_process_that_hears_nothing_is_stopped_by_the_database(here: Programme) -> None:
    other = another(here)
    try:
        old = other.context("aa@nordlicht")
        await approved(here, NO_REQUESTS)
        with pytest.raises(Busy, match="have just been changed"):
            await requests.send_request(old)
        assert (await requests.list_requests(here.context("aa@nordlicht"))).items == ()
        assert other.runtime.rules.behind
    finally:
        await other.runtime.pool.close()


async def test_a_request_that_began_by_older_rules_is_sent_again(here: Programme) -> None:
    command, read = here.context("aa@nordlicht"), here.context("aa@nordlicht")
    await approved(here)
    with pytest.raises(Busy):
        await requests.send_request(command)
    with pytest.raises(Busy):
        await requests.list_requests(read)
    await send(here)


async def test_a_process_whose_ear_is_cut_asks_the_database_and_hears_again(
    here: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening(here) as other:
        deaf = asyncio.Event()

        async def no_ear(_: object, name: str) -> Any:
            deaf.set()
            raise OSError(f"no connection for {name}")

        with monkeypatch.context() as patched:
            patched.setattr(Pool, "separate", no_ear)
            await cut(here)
            await asyncio.wait_for(deaf.wait(), 10)
            await until(lambda: other.runtime.rules.behind and here.runtime.rules.behind)
            made = await approved(here, NO_REQUESTS)
            here.clock.moment += timedelta(days=41)
            stale = other.context("aa@nordlicht")
            with pytest.raises(Busy):
                await requests.send_request(stale)
            # As the HTTP application does before it makes a context: the database is asked at each request.
            await other.runtime.rules.settled()
            with pytest.raises(Denied):
                await send(other)
            assert other.runtime.rules.behind
        await until(lambda: not (other.runtime.rules.behind or here.runtime.rules.behind))
        await service.take_back_version(proposer(here), version_id=made.id, reason="enough")
        await until(lambda: other.runtime.rules.number == 2)
        await send(other)


async def test_with_the_database_away_nothing_is_decided(here: Programme) -> None:
    other = another(here)
    live = await Live.open(other.runtime)
    await live.close()
    await other.runtime.pool.close()
    other.runtime.rules.doubt()
    with pytest.raises(PoolClosed):
        await other.runtime.rules.settled()


async def test_a_connection_that_dies_while_the_rules_are_asked_for_is_the_databases_failure_not_the_rules() -> None:
    rules = InForce(RULEBOOK)

    async def die() -> None:
        raise InternalClientError("cannot switch to state 11; another operation (2) is in progress")

    rules.catch_up = die
    rules.doubt()
    with pytest.raises(InternalClientError) as dead:
        await rules.settled()
    assert away(dead.value)


async def test_versions_that_do_not_fit_a_release_stop_its_start_and_say_which(here: Programme) -> None:
    made = await approved(here)
    async with here.owner() as owner:
        await owner.execute("UPDATE rule_version SET ends = '{rule-of-another-release}'")
    other = another(here)
    try:
        with pytest.raises(BrokenVersions) as broken:
            await Live.open(other.runtime)
    finally:
        await other.runtime.pool.close()
    said = str(broken.value)
    assert said.startswith("version 1 of the rules, 'A change', does not fit those of this release: there is no rule")
    assert "take version 1 back there (copartner rules take-back 1)" in said
    assert made.number == 1


async def test_a_running_process_that_cannot_make_the_rulebook_decides_nothing(here: Programme) -> None:
    async with here.owner() as owner:
        await owner.execute(
            """INSERT INTO rule_version (tenant_id, id, number, title, reason, text, ends, begins, state, difference,
                proposed_at, proposed_by, approved_at, approved_by, place, checked_rulebook)
            VALUES ($1, $2, 1, 'newer', 'x', '', '{rule-of-a-newer-release}', '2030-01-01', 'approved', '{}', $3, $2,
                $3, $1, 1, '')""",
            *(here.id("wolkenstadt"), here.runtime.ids.new(), here.clock.now()),
        )
        await owner.execute("UPDATE rulebook_number SET number = 1; NOTIFY copartner_rulebook")
    await until(lambda: here.runtime.rules.behind)
    with pytest.raises(Busy):
        await send(here)
    with pytest.raises(Busy, match="cannot be found out"):
        await here.runtime.rules.settled()
