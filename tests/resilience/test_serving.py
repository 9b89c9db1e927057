"""A server process as an operator starts it: what its settings do, what outlives a restart, a crowd at its door."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from support.books import faults
from support.postgres import Database
from support.served import Served, served

CUSTOMER = "alpenblick"


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[Served]:
    """A world that servers are started over."""
    async with served(database, tmp_path) as made:
        yield made


async def test_a_page_token_outlives_the_server(world: Served) -> None:
    for customer in (CUSTOMER, "lavande"):  # and hafen, by its world
        await world.here.relate("nordlicht", customer)
    async with world.start() as http:
        whole = [one["id"] for one in (await http.get("/v1/customers")).json()["items"]]
        following = (await http.get("/v1/customers?size=1")).json()["links"]["next"]
    (header,) = following["headers"]
    sent = {header["key"]: header["value"]}
    async with world.start() as http:
        rest = await http.get(f"/v1/{following['uri']}", headers=sent)
        assert [one["id"] for one in rest.json()["items"]] == whole[1:2], rest.text
    # Under another key file it is a token of somebody else.
    (world.place / "key").unlink()
    async with world.here.owner() as owner:
        await owner.execute("DELETE FROM signing_key")
    async with world.start() as http:
        answer = await http.get(f"/v1/{following['uri']}", headers=sent)
        assert (answer.status_code, answer.json()["code"]) == (400, "3000")


async def test_settings_limit_the_rate_and_set_the_mark(world: Served) -> None:
    await world.here.relate("nordlicht", CUSTOMER)
    path = f"/v1/customers/{world.here.id(CUSTOMER)}"
    async with world.start(rate_limit="4", bom="true") as http:
        answers = [await http.get(path) for _ in range(6)]
        assert [one.status_code for one in answers] == [200] * 4 + [429] * 2
        assert all(one.content.startswith(b"\xef\xbb\xbf{") for one in answers)
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 15
    async with world.start() as http:
        began, codes = time.monotonic(), list[int]()
        while 429 not in codes and len(codes) < 3000:
            codes += [one.status_code for one in await asyncio.gather(*(http.get(path) for _ in range(100)))]
        # Five hundred at once, and what came back meanwhile.
        meanwhile = (time.monotonic() - began) * 500 / 60
        assert 500 <= codes.count(200) <= 501 + meanwhile
        assert set(codes) == {200, 429}


async def test_two_hundred_checkouts_over_http_give_one_order_a_billing_cycle(world: Served) -> None:
    await world.here.relate("nordlicht", CUSTOMER)
    root, item = f"/v1/customers/{world.here.id(CUSTOMER)}", await world.here.item("Office 365 Enterprise")
    line = {"catalogItemId": item, "quantity": 3, "termDuration": "P1Y"}
    cart = {"lineItems": [{**line, "billingCycle": cycle} for cycle in ("monthly", "annual")]}
    async with world.start(rate_limit="0") as http:
        made = await http.post(f"{root}/carts", json=cart)
        assert made.status_code == 201, made.text
        path, once = f"{root}/carts/{made.json()['id']}/checkout", str(uuid4())
        # Half of them are the same request again, half are others.
        answers = await asyncio.gather(
            *(http.post(path, headers={"MS-RequestId": once if number % 2 else str(uuid4())}) for number in range(200))
        )
        assert {one.status_code for one in answers} == {201}, {one.text for one in answers if one.status_code != 201}
        assert len({one.content for one in answers}) == 1
        orders = answers[0].json()["orders"]
        assert sorted(order["billingCycle"] for order in orders) == ["annual", "monthly"]
    async with world.here.owner() as owner:
        kept = await owner.fetch("SELECT id::text FROM purchase_order WHERE cart_id::text = $1", made.json()["id"])
        assert {row["id"] for row in kept} == {order["id"] for order in orders}
        assert await faults(owner) == []
