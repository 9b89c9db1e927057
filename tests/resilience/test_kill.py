"""kill -9 of server and database during checkouts: what was answered stays, and nothing is there twice."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx
import pytest
from asyncpg.connection import Connection

from copartner_emulator import cluster
from support.books import faults
from support.chance import chance
from support.market import Seller, open_market
from support.outage import Site
from support.running import temporary_place

_KEPT = """SELECT o.id::text AS id, o.cart_id::text AS cart, o.partner_tenant_id::text AS partner,
    array_agg(s.id::text) AS subscriptions FROM purchase_order o
    JOIN subscription s ON (s.customer_tenant_id, s.order_id) = (o.customer_tenant_id, o.id)
    WHERE o.relationship_id IS NOT NULL GROUP BY o.customer_tenant_id, o.id"""


@dataclass(slots=True)
class Trade:
    """A market over an emulator that will be killed."""

    site: Site
    sellers: list[Seller]


@pytest.fixture(scope="module")
async def trade() -> AsyncIterator[Trade]:
    """Three sellers, each with something sold; one for all tests of this file."""
    with temporary_place() as place:
        site = Site(place)
        try:
            site.start()
            limits = httpx.Limits(max_connections=40)
            async with httpx.AsyncClient(base_url=site.url, timeout=20, limits=limits) as http:
                yield Trade(site, await open_market(site, http))
        finally:
            site.stop()
            sys.stdout.write(site.said())  # shown by pytest when a test fails


async def kept(owner: Connection) -> dict[str, Any]:
    """Every order that a partner placed, with its subscriptions."""
    return {row["id"]: row for row in await owner.fetch(_KEPT)}


async def remembered(owner: Connection) -> int:
    """How many requests are known by their ids."""
    found: int = await owner.fetchval("SELECT count(*) FROM idempotency_key")
    return found


async def kept_is_answered(trade: Trade, answered: list[dict[str, Any]], before: set[str], requests: int) -> None:
    """Raise AssertionError unless every answered order is there once, as answered, and no other but those before."""
    async with trade.site.database(cluster.OWNER) as owner:
        now = await kept(owner)
        assert await faults(owner) == []
        # A cart and a checkout each, however often they were sent.
        assert await remembered(owner) == requests + 2 * len(answered)
        # Every cart was answered and checked out, so one that is open was made twice.
        assert await owner.fetchval("SELECT count(*) FROM cart WHERE state = 'open'") == 0
    for order in answered:
        row = now[order["id"]]
        assert row["cart"] == order["cartId"]
        assert row["subscriptions"] == [line["subscriptionId"] for line in order["lineItems"]]
    assert len({order["cartId"] for order in answered}) == len(answered)
    assert now.keys() - before == {order["id"] for order in answered}
    for seller in trade.sellers:
        assert await seller.listed() == set(seller.subscriptions)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("kills", "victim"),
    [
        (2, "server"),
        (3, "postgres"),
        pytest.param(15, "server", marks=pytest.mark.verify),
        pytest.param(25, "postgres", marks=pytest.mark.verify),
    ],
)
async def test_checkouts_while_somebody_kills(trade: Trade, kills: int, victim: str) -> None:
    rng, sold, one_more, over = chance(), list[dict[str, Any]](), asyncio.Event(), False
    async with trade.site.database(cluster.OWNER) as owner:
        before, requests = set(await kept(owner)), await remembered(owner)

    async def client(seller: Seller, own: Random) -> None:
        while not over:
            sold.append(await seller.sell(own))
            one_more.set()

    async with asyncio.TaskGroup() as clients:
        for seller in trade.sellers:
            for _ in range(3):
                clients.create_task(client(seller, Random(rng.random())))
        for _ in range(kills):
            await asyncio.sleep(rng.uniform(0.05, 0.6))
            if victim == "postgres":
                await asyncio.to_thread(trade.site.kill_postgres)
            else:
                trade.site.kill()
                await asyncio.to_thread(trade.site.start)
            for _ in range(4):  # trade goes on after each
                one_more.clear()
                await one_more.wait()
        over = True
    await kept_is_answered(trade, sold, before, requests)


async def test_a_postgresql_killed_again_while_it_starts(trade: Trade) -> None:
    killed = 0
    for _ in range(4):
        killed = await asyncio.to_thread(trade.site.kill_postgres, but=killed)
    rng = chance()
    for seller in trade.sellers:
        await seller.sell(rng)
