"""A call may be cancelled at any moment: nothing is lost, nothing is half written, nobody sees another's."""

import asyncio
from collections import Counter
from random import Random

import pytest

from copartner.policy.facts import Side
from copartner.subscriptions import service as subscriptions
from support.books import faults
from support.chance import chance
from support.pools import is_whole
from support.programme import Programme
from support.stepping import When, awaits, cancelled_at
from support.traffic import DEEDS, READS, Deed, Worker, change, list_own, order, read_own, workers

AT_ONCE = 24  # twice the pool, so that waiting for a connection is cancelled too


async def sound(here: Programme, people: list[Worker]) -> None:
    """Raise AssertionError unless pool, rows and audit are whole and everybody sees their own."""
    async with here.owner() as owner:
        await is_whole(here.runtime.pool, owner)
        assert await faults(owner) == []
        sold = await owner.fetch("SELECT id, partner_tenant_id FROM subscription")
    for person in people:
        for deed in (list_own, read_own, order, change):
            await deed(person, Random(0))
        listed = await subscriptions.list_subscriptions(person.again(), customer_id=person.customer)
        own = {row["id"] for row in sold if row["partner_tenant_id"] == person.context.caller.tenant_id}
        assert own <= {one.id for one in listed} <= own | set(person.own)
    held = await subscriptions.list_held(here.context("ga@alpenblick", Side.CUSTOMER))
    assert {row["id"] for row in sold} <= {one.id for one in held}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("calls", [1000, pytest.param(4000, marks=pytest.mark.verify)])
async def test_calls_cancelled_at_random_under_load(here: Programme, calls: int) -> None:
    rng, people, ended = chance(), await workers(here), Counter[str]()
    turns, working = iter(range(calls)), True

    async def disturb(own: Random) -> None:
        for _ in turns:
            task = asyncio.ensure_future(own.choice(DEEDS)(own.choice(people), own))
            try:
                await asyncio.sleep(own.uniform(0, 0.12) * own.random())
            finally:
                task.cancel()
                await asyncio.wait([task])
            ended["cancelled" if task.cancelled() else "done"] += 1
            if not task.cancelled():
                task.result()

    async def work(own: Random) -> None:
        while working:
            await own.choice(DEEDS)(own.choice(people), own)
            ended["undisturbed"] += 1

    async with asyncio.TaskGroup() as load:
        for _ in people:
            load.create_task(work(Random(rng.random())))
        async with asyncio.TaskGroup() as disturbance:
            for _ in range(AT_ONCE):
                disturbance.create_task(disturb(Random(rng.random())))
        working = False
    assert ended["cancelled"] > calls / 3, ended
    assert ended["undisturbed"] > 3, ended
    await sound(here, people)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
async def test_calls_cancelled_at_each_await(here: Programme, deed: Deed) -> None:
    people = await workers(here)
    person = people[0]
    await deed(person, Random(0))
    last = await awaits(deed(person, Random(0)))
    assert last >= (1 if deed in READS else 4)
    for when in When:
        reached = 0
        for at in range(1, last + 1):
            reached += await cancelled_at(deed(person, Random(at)), at, when)
            assert here.runtime.pool.in_use == 0
        assert reached >= last * 2 / 3, when
    await sound(here, people)
