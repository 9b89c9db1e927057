"""Clients that leave at any moment among clients that stay: nobody is answered another's, the server stays whole."""

import asyncio
import contextlib
import json
import re
import socket
import struct
import sys
from collections.abc import AsyncIterator
from random import Random
from urllib.parse import urlsplit

import httpx
import pytest
from asyncpg.connection import Connection

from copartner_emulator import cluster
from support.books import faults
from support.chance import chance
from support.market import Seller, open_market
from support.outage import Site
from support.running import temporary_place

RUDE_AT_ONCE = 24
POOL = 12  # connections of one server
_WAITING = """SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND wait_event_type = 'Lock'"""
_AT_WORK = """SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND state <> 'idle'"""
_NO_GOODBYE = struct.pack("ii", 1, 0)


@pytest.fixture(scope="module")
async def market() -> AsyncIterator[tuple[Site, list[Seller]]]:
    """Three sellers at a running emulator."""
    with temporary_place() as place:
        site = Site(place)
        try:
            site.start()
            async with httpx.AsyncClient(base_url=site.url, timeout=30) as http:
                yield site, await open_market(site, http)
        finally:
            site.stop()
            sys.stdout.write(site.said())  # shown by pytest when a test fails


def request(seller: Seller, rng: Random) -> bytes:
    """A request as it goes over the wire: reads, drafts, sales and changes."""
    mine, root = rng.choice(seller.subscriptions), seller.root
    which = rng.randrange(7)
    method, path, body = "GET", f"{root}/subscriptions/{mine}", b""
    if which == 0:
        path = f"{root}/subscriptions?size=50"
    elif which == 1:
        path = f"{root}/orders?size=50"
    elif which == 2:
        method, path, body = "POST", f"{root}/carts", json.dumps(seller.cart(rng)).encode()
    elif which == 3:
        line = seller.cart(rng)["lineItems"][0]
        order = {"lineItems": [{**line, "offerId": line["catalogItemId"]}], "billingCycle": "monthly"}
        method, path, body = "POST", f"{root}/orders", json.dumps(order).encode()
    elif which == 4:
        method, path, body = "POST", "/common/oauth2/token", b"grant_type=client_credentials&client_secret=wrong"
    elif which == 5:
        method, body = "PATCH", json.dumps({"friendlyName": f"{seller.mark} {rng.randrange(10**6)}"}).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {seller.token}"]
    form = "x-www-form-urlencoded" if "oauth2" in path else "json"
    lines += [f"Content-Type: application/{form}", f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([*lines, "", ""]).encode() + body


async def leave(site: Site, seller: Seller, rng: Random) -> str:
    """Connect, do part of what a client does, and go; answers how far it came."""
    port = urlsplit(site.url).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    whole, far = request(seller, rng), rng.random()
    try:
        if far < 0.1:
            return "before a word"
        if far < 0.4:
            writer.write(whole[: rng.randrange(1, len(whole))])
            await asyncio.sleep(rng.uniform(0, 0.01))
            return "within the request"
        writer.write(whole * (3 if far > 0.95 else 1))  # the last ones ask again without waiting
        if far < 0.7:
            await asyncio.sleep(rng.uniform(0, 0.05))
            return "before the answer"
        seller.holds_own((await reader.read(rng.choice((1, 20, 4096)))).decode("latin-1"))
        return "within the answer"
    finally:
        if rng.random() < 0.5:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_GOODBYE)
            writer.transport.abort()
        else:
            writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _until(superuser: Connection, question: str, wanted: int) -> None:
    """Return when so many of the server's sessions are as asked."""
    for _ in range(200):
        if await superuser.fetchval(question, cluster.LOGIN) == wanted:
            return
        await asyncio.sleep(0.1)
    sessions = await superuser.fetch("SELECT state, wait_event_type, left(query, 60) FROM pg_stat_activity")
    raise AssertionError(f"{wanted} sessions were expected of {question}: {[tuple(row) for row in sessions]}")


async def is_whole(site: Site, sellers: list[Seller]) -> None:
    """Raise AssertionError unless the server comes to rest, has all its connections, and its rows agree."""
    async with site.database() as superuser:
        await _until(superuser, _AT_WORK, 0)
        # Behind a lock every request waits with a connection in hand, so they can be counted.
        async with superuser.transaction():
            await superuser.execute("LOCK TABLE copartner.subscription IN ACCESS EXCLUSIVE MODE")
            path = f"{sellers[0].root}/subscriptions"
            waiting = [asyncio.create_task(sellers[0].call("GET", path)) for _ in range(3 * POOL)]
            await _until(superuser, _WAITING, POOL)
        answers = await asyncio.gather(*waiting)
        assert {answer.status_code for answer in answers} == {200}
    async with site.database(cluster.OWNER) as owner:
        assert await faults(owner) == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("leaving", [1000, pytest.param(4000, marks=pytest.mark.verify)])
async def test_clients_that_leave_among_clients_that_stay(market: tuple[Site, list[Seller]], leaving: int) -> None:
    site, sellers = market
    rng, turns, over, ends = chance(), iter(range(leaving)), False, list[str]()
    asked = sum(seller.asked for seller in sellers)

    async def rude(own: Random) -> None:
        for _ in turns:
            ends.append(await leave(site, own.choice(sellers), own))

    async def honest(seller: Seller, own: Random) -> None:
        while not over:
            await seller.work(own)

    async with asyncio.TaskGroup() as staying:
        for seller in sellers * 2:
            staying.create_task(honest(seller, Random(rng.random())))
        async with asyncio.TaskGroup() as rude_ones:
            for _ in range(RUDE_AT_ONCE):
                rude_ones.create_task(rude(Random(rng.random())))
        over = True
    assert len(ends) == leaving
    assert len(set(ends)) == 4
    assert sum(seller.asked for seller in sellers) - asked > 30
    await is_whole(site, sellers)
    for seller in sellers:
        listed = await seller.call("GET", f"{seller.root}/subscriptions")
        assert set(seller.subscriptions) <= {one["id"] for one in listed.json()["items"]}
    assert "unexpected" not in site.log.read_text(), "a client that leaves is nothing unexpected"


def strange(token: str) -> dict[str, bytes]:
    """What no client sends and some scanner will."""
    head = f"GET /v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n".encode()
    post = f"POST /v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n".encode()
    return {
        "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "http 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "http 0.9": b"GET /\r\n\r\n",
        "a version that is none": b"GET / HTTP/9.9\r\n\r\n",
        "a method that is none": head.replace(b"GET", b"FETCH!") + b"\r\n",
        "an unknown method": head.replace(b"GET", b"BREW") + b"\r\n",
        "a long address": head.replace(b"customers", b"customers/" + b"a" * 80_000) + b"\r\n",
        "a long query": head.replace(b"customers", b"customers?size=" + b"1" * 80_000) + b"\r\n",
        "a long header": head + b"X-Locale: " + b"a" * 200_000 + b"\r\n\r\n",
        "many headers": head + b"".join(b"X-%d: a\r\n" % number for number in range(20_000)) + b"\r\n",
        "control characters": head + b"MS-RequestId: a\x01\x7fb\r\n\r\n",
        "bytes above ASCII": head + b"MS-RequestId: \xff\xfe\r\nMS-CorrelationId: \xc3\xa4\r\n\r\n",
        "a folded header": head + b"MS-RequestId: a\r\n b\r\n\r\n",
        "lines without carriage return": head.replace(b"\r\n", b"\n") + b"\n",
        "an absolute address": head.replace(b"/v1/", b"http://evil.example/v1/") + b"\r\n",
        "an address that climbs": head.replace(b"/v1/customers", b"/v1/../../../etc/passwd") + b"\r\n",
        "a NUL in the address": head.replace(b"customers", b"custo\0mers") + b"\r\n",
        "two lengths": post + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}{}{}",
        "length and chunks": post
        + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "chunks without end": post + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n{}",
        "chunks that are none": post + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n",
        "an encoding nobody knows": post + b"Transfer-Encoding: gzip\r\n\r\n{}",
        "more than is taken": post + b"Content-Length: 2000000\r\n\r\n" + b"[" * 2_000_000,
        "a web socket": head + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    }


async def test_bytes_that_are_no_request(market: tuple[Site, list[Seller]]) -> None:
    site, sellers = market
    for name, words in strange(sellers[0].token).items():
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(site.url).port)
        writer.write(words)
        with contextlib.suppress(OSError):
            await writer.drain()
        said = b""
        with contextlib.suppress(TimeoutError, OSError):
            said = await asyncio.wait_for(reader.read(4096), 1)
        assert not said or re.match(rb"HTTP/1\.1 (200|303|4\d\d) ", said), f"{name}: {said[:300]!r}"
        writer.transport.abort()
    await is_whole(site, sellers)
    assert "unexpected" not in site.log.read_text()
