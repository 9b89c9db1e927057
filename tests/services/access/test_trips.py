"""How often the database is asked about access: once to read, in one transaction to take it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from copartner.access import advising, questions, service
from copartner.kernel.database import Pool
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from support.delegated import USERS, Delegated
from support.programme import Programme
from support.tally import Tally, counted

Counted = tuple[Programme, Tally]


@pytest.fixture
async def watched(here: Programme) -> AsyncIterator[Counted]:
    """A partner with both kinds at a customer, over one connection whose trips are counted."""
    await here.relate("nordlicht", "alpenblick")
    async with here.owner() as owner:
        pair = Delegated(here, owner, "nordlicht", "alpenblick")
        await pair.privileges()
        group = await pair.group("support", pair.user("sa"))
        for _ in range(3):
            await pair.assign(await pair.relationship(USERS), group, USERS)
    async with counted(here.database.login_url) as (url, tally):
        pool = Pool(url, size=1)
        try:
            yield replace(here, runtime=replace(here.runtime, pool=pool)), tally
        finally:
            await pool.close()


async def test_a_read_is_one_trip(watched: Counted) -> None:
    here, tally = watched
    now, customer = here.clock.now(), here.id("alpenblick")
    theirs, own = here.context("ga@alpenblick", Side.CUSTOMER), here.context("aa@nordlicht")
    user = here.context("sa@nordlicht").caller.subject_id
    asked = {"customer_id": customer, "user_id": user, "action": Action.CUSTOMER_USER_CREATE}
    reads: dict[str, Callable[[], Awaitable[object]]] = {
        "all": lambda: service.list_access(theirs),
        "between": lambda: service.compare_access(theirs, since=now - timedelta(days=1), until=now),
        "own": lambda: service.read_access(own, customer_id=customer),
        "why": lambda: questions.explain_access(theirs, **asked),
        "own why": lambda: questions.explain_access(own, **asked),
        "advice": lambda: advising.advise(theirs),
        "preview": lambda: service.preview_revocation(theirs, partner_tenant_id=here.id("nordlicht")),
    }
    for what, read in reads.items():
        await read()
        tally.clear()
        await read()
        assert len(tally.trips) == 1, (what, tally.trips)
        assert tally.transactions == [], what


async def test_all_is_taken_in_one_transaction(watched: Counted) -> None:
    here, tally = watched
    theirs, partner = here.context("ga@alpenblick", Side.CUSTOMER), here.id("nordlicht")
    await service.list_access(theirs)
    tally.clear()
    done = await service.revoke_access(theirs, partner_tenant_id=partner)
    assert len(done.ends) == 4
    assert tally.transactions == ["BEGIN", "COMMIT"]
