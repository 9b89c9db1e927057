"""A page of a partner's relationships reads as little among many as among few, in every order."""

from datetime import timedelta
from itertools import product
from typing import Any

import msgspec
import pytest

from copartner.delegation import service, store
from copartner.delegation.model import AdminRelationship, OrderBy
from copartner.delegation.roles import known
from copartner.kernel.database import connect
from copartner.kernel.paging import Place
from support.programme import PRESENT, Programme

FEW, MANY = 300, 6000
ORDERS = list(product(OrderBy, (False, True)))


async def fill(here: Programme, first: int, last: int) -> None:
    """Relationships of one partner, their changes in another order than their making."""
    rows = [
        (
            here.id("nordlicht"), here.runtime.ids.new(), f"Relationship {number:05}", [next(iter(known()))],
            PRESENT + timedelta(minutes=number), PRESENT + timedelta(minutes=number * 7 % MANY),
        )
        for number in range(first, last)
    ]  # fmt: skip
    async with here.owner() as owner:
        await owner.executemany(
            """INSERT INTO admin_relationship (partner_tenant_id, id, display_name, roles, duration, auto_extend,
                status, created_at, modified_at)
            VALUES ($1, $2, $3, $4, 'P1Y', 'PT0S', 'created', $5, $6)""",
            rows,
        )
        await owner.execute("VACUUM ANALYZE admin_relationship")


def value(one: AdminRelationship, order: OrderBy) -> str:
    """By what a relationship has its place."""
    return str(getattr(one, order))


async def halfway(here: Programme, order: OrderBy, *, descending: bool) -> Place:
    """The place after some pages."""
    ctx, place = here.context("aa@nordlicht"), None
    for _ in range(2):
        page = await service.list_relationships(ctx, order_by=order, descending=descending, after=place, size=50)
        place = Place(page[-1].id, value(page[-1], order))
    assert place is not None
    return place


async def read(here: Programme, *arguments: Any) -> int:
    """Pages of the database that one page of the list touches."""
    db = await connect(here.database.login_url)
    try:
        for _ in range(2):
            async with db.transaction():
                plan = await db.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {store.page()}", *arguments)
        top = msgspec.json.decode(plan)[0]["Plan"]
        return int(top["Shared Hit Blocks"]) + int(top["Shared Read Blocks"])
    finally:
        await db.close()


async def measured(here: Programme) -> dict[str, int]:
    """What a page reads in every order, at the beginning and in the middle."""
    found, ctx = {}, here.context("aa@nordlicht")
    for order, descending in ORDERS:
        for place in (None, await halfway(here, order, descending=descending)):
            asked = (None, None, ctx.moment, order, descending, False)
            after = (place.value, place.key) if place else (None, None)
            found[f"{order} {descending} {place is None}"] = await read(here, *ctx.who, *asked, *after, 50)
    return found


@pytest.fixture
async def few(here: Programme) -> dict[str, int]:
    """What is read among few."""
    await fill(here, 0, FEW)
    return await measured(here)


async def test_what_a_page_reads_does_not_grow(here: Programme, few: dict[str, int]) -> None:
    await fill(here, FEW, MANY)
    many = await measured(here)
    # An index of more rows may be a level deeper, and rows made together lie together.
    assert {name: (few[name], count) for name, count in many.items() if count > few[name] + 70} == {}
    assert len(many) == 16
