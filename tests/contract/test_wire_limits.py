"""The rate limit: a bucket for each resource of each tenant, on machine time, with the contract's odd answer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from copartner import settings
from copartner.api import limiting
from copartner.api.limiting import Limiter, RateExceeded, limited, resource_of
from copartner.api.partner_center.resources import ROUTES
from copartner.kernel.clock import FixedClock
from support.postgres import Database
from support.programme import programme
from support.web import Web, web

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ONE, OTHER = UUID(int=1), UUID(int=2)


def taken(limiter: Limiter, times: int, resource: str = "orders", tenant: UUID = ONE) -> int:
    """How many of so many requests go through."""
    passed = 0
    for _ in range(times):
        try:
            limiter.take(resource, tenant)
        except RateExceeded:
            continue
        passed += 1
    return passed


def test_a_minute_has_so_many_requests_and_no_more() -> None:
    clock = FixedClock(NOON)
    limiter = Limiter(500, clock)
    assert taken(limiter, 600) == 500
    # Refused requests cost nothing: after a while there is as much as the while brings.
    clock.moment += timedelta(seconds=6)
    assert taken(limiter, 600) == 50
    clock.moment += timedelta(hours=1)
    assert taken(limiter, 600) == 500


def test_resources_and_tenants_have_buckets_of_their_own() -> None:
    limiter = Limiter(3, FixedClock(NOON))
    for resource in ("orders", "customers"):
        for tenant in (ONE, OTHER):
            assert taken(limiter, 5, resource, tenant) == 3


@pytest.mark.parametrize(("a_minute", "seconds"), [(1, 60), (2, 30), (7, 9), (500, 1)])
def test_who_waits_as_long_as_it_is_told_gets_through(a_minute: int, seconds: int) -> None:
    clock = FixedClock(NOON)
    limiter = Limiter(a_minute, clock)
    assert taken(limiter, a_minute) == a_minute
    with pytest.raises(RateExceeded) as refused:
        limiter.take("orders", ONE)
    assert refused.value.seconds == seconds
    assert refused.value.message == f"Rate limit is exceeded. Try again in {seconds} seconds."
    clock.moment += timedelta(seconds=seconds)
    limiter.take("orders", ONE)


def test_a_clock_set_back_locks_nobody_out() -> None:
    clock = FixedClock(NOON)
    limiter = Limiter(2, clock)
    assert taken(limiter, 5) == 2
    clock.moment -= timedelta(hours=2)
    assert taken(limiter, 5) == 2


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiting, "_MOST_BUCKETS", 100)
    clock = FixedClock(NOON)
    limiter = Limiter(10, clock)
    assert taken(limiter, 20) == 10
    for number in range(1000):
        taken(limiter, 1, tenant=UUID(int=100 + number))
        assert len(limiter._full_at) <= 100
    # Whoever has used its bucket up is kept; those who are nearly full are forgotten first.
    assert taken(limiter, 20) == 0
    clock.moment += timedelta(minutes=2)
    for number in range(100):
        taken(limiter, 1, tenant=UUID(int=5000 + number))
    assert ONE not in {tenant for _, tenant in limiter._full_at}


def test_what_is_limited() -> None:
    found: dict[str | None, set[str]] = {}
    for route in ROUTES:
        found.setdefault(resource_of(route.path), set()).add(route.name)
    assert found["customers"] >= {"customers.list", "customers.create", "customers.read", "customers.change"}
    assert found["orders"] >= {"orders.list", "orders.place", "orders.read"}
    assert found["subscriptions"] >= {"subscriptions.list", "subscriptions.read", "subscriptions.change"}
    assert {"carts.checkout", "audit.list", "products.list", "relationship_link.read"} <= found[None]
    untouched = [one for one in ROUTES if resource_of(one.path) is None]
    assert [one for one in limited(ROUTES, Limiter(1, FixedClock(NOON))) if one in untouched] == untouched


@pytest.fixture
async def narrow(database: Database, tmp_path: Path) -> AsyncIterator[Web]:
    """A system that lets three requests a minute through, on a machine whose clock stands."""
    async with programme(database, tmp_path) as here:
        await here.relate("nordlicht", "alpenblick")
        await here.relate("suedwind", "alpenblick")
        here = replace(here, runtime=replace(here.runtime, machine_clock=FixedClock(NOON)))
        async with web(here, rate_limit=3) as made:
            yield made


async def test_the_fourth_request_is_answered_with_the_odd_body(narrow: Web) -> None:
    for who in ("aa@nordlicht", "sa@nordlicht", "@nordlicht"):
        await narrow.get(who, "/v1/customers")
    answer = await narrow.call("aa@nordlicht", "GET", "/v1/customers?size=1")
    assert answer.status_code == 429
    assert answer.content == b'{"statusCode":429,"message":"Rate limit is exceeded. Try again in 20 seconds."}'
    assert answer.headers["retry-after"] == "20"
    assert answer.headers["ms-requestid"]
    # Neither other resources nor other tenants nor what is not limited pay for it.
    await narrow.get("aa@nordlicht", f"{narrow.customer('alpenblick')}/subscriptions")
    await narrow.get("aa@suedwind", "/v1/customers")
    for _ in range(5):
        await narrow.get("ga@nordlicht", "/v1/auditrecords")
        assert (await narrow.http.get("/v1/customers")).status_code == 401
    clock = narrow.here.runtime.machine_clock
    assert isinstance(clock, FixedClock)
    clock.moment += timedelta(seconds=20)
    await narrow.get("aa@nordlicht", "/v1/customers")


async def test_a_crowd_is_counted_one_by_one(narrow: Web) -> None:
    path = f"{narrow.customer('alpenblick')}/orders"
    answers = await asyncio.gather(*(narrow.call("aa@nordlicht", "GET", path) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 17


async def test_without_the_setting_there_is_no_limit(site: Web) -> None:
    for _ in range(30):
        await site.get("aa@nordlicht", site.customer("alpenblick"))


def test_serving_is_limited_as_published_unless_set_otherwise() -> None:
    assert settings.read({}).rate_limit == 500
    assert settings.read({"COPARTNER_RATE_LIMIT": "0"}).rate_limit == 0
    with pytest.raises(settings.SettingsError, match="COPARTNER_RATE_LIMIT: give a whole number from 0"):
        settings.read({"COPARTNER_RATE_LIMIT": "many"})
