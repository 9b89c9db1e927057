"""Reading the catalogue through the service, on a real database with the rules of the day."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from copartner.catalogue import rules
from copartner.catalogue.service import (
    list_availabilities,
    list_products,
    list_skus,
    lookup,
    read_availability,
    read_product,
    read_sku,
    resolve,
)
from copartner.command.context import Caller, Context
from copartner.command.denial import Denied
from copartner.command.in_force import InForce
from copartner.command.runtime import Runtime
from copartner.kernel.clock import FixedClock, SystemClock
from copartner.kernel.database import Pool, connect
from copartner.kernel.errors import Invalid
from copartner.kernel.ids import Ids
from copartner.kernel.paging import PageTokens
from copartner.kernel.secrets import Drawn
from copartner.policy.facts import Cloud, Role, Side
from copartner_emulator.world import World, load, read_world
from support.postgres import Database, in_thread
from support.rulebook import RULEBOOK

NOW = datetime(2020, 11, 29, 9, tzinfo=UTC)
BASIC = "CFQ7TTC0B45C"


@pytest.fixture(scope="module")
def world() -> World:
    return read_world("multi-partner", Cloud.COMMERCIAL)


@pytest.fixture(scope="module")
def loaded(module_database: Database, world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    keep: Path = tmp_path_factory.mktemp("world") / "passwords.json"

    async def fill() -> None:
        await load(world, module_database.owner_url, keep=keep, now=NOW, hash_secret=str)

    in_thread(fill())
    return module_database


@pytest.fixture
async def ctx(loaded: Database, world: World) -> AsyncIterator[Context]:
    """A request of nordlicht's Sales agent."""
    clock = FixedClock(NOW)
    runtime = Runtime(
        pool=Pool(loaded.login_url, size=2),
        rules=InForce(RULEBOOK),
        cloud=Cloud.COMMERCIAL,
        programme_clock=clock,
        machine_clock=clock,
        ids=Ids(SystemClock()),
        page_tokens=PageTokens(b"secret"),
        drawn=Drawn(b"secret"),
        public_url="http://127.0.0.1",
    )
    yield acting(
        Context(runtime=runtime, caller=Caller(Side.PARTNER, UUID(int=0), UUID(int=0), False), correlation_id="c"),
        world,
        Role.SALES_AGENT,
    )
    await runtime.pool.close()


def acting(ctx: Context, world: World, role: Role, tenant: str = "nordlicht") -> Context:
    of = world.tenant(tenant)
    [user] = [user for user in of.users if role in user.roles]
    return replace(ctx, caller=Caller(Side(of.kind), of.id, user.id, False, multi_factor=True))


async def test_a_view_shows_its_products_by_title(ctx: Context) -> None:
    titles = [product.title for product in await list_products(ctx, country="de", target_view="onlineservices")]
    assert titles == sorted(titles)
    assert len(titles) == 8
    azure = await list_products(ctx, country="DE", target_view="Azure")
    assert [product.title for product in azure] == ["Azure plan", "VM reservation"]
    [plan] = await list_products(ctx, country="DE", target_view="MicrosoftAzure", target_segment="commercial")
    assert (plan.id, plan.product_type, plan.sub_type) == ("DZH318Z0BPS6", "Azure", "AzurePlan")
    assert await list_products(ctx, country="DE", target_view="Software") == ()
    assert await list_products(ctx, country="DE", target_view="Azure", target_segment="education") == ()
    assert await list_products(ctx, country="BR", target_view="Azure") == ()


async def test_what_is_read_is_what_was_loaded(ctx: Context, world: World) -> None:
    for item in world.catalogue:
        if item.availability.country not in ("DE", "US"):
            continue
        country, sku = item.availability.country, item.sku
        assert await read_product(ctx, country=country, product_id=item.product.id.lower()) == item.product
        assert await list_skus(ctx, country=country, product_id=item.product.id) == (sku,)
        assert await read_sku(ctx, country=country, product_id=item.product.id, sku_id=sku.id) == sku
        named = {"country": country, "product_id": item.product.id, "sku_id": sku.id}
        assert await list_availabilities(ctx, **named) == (item,)
        assert await list_availabilities(ctx, **named, target_segment="government") == ()
        assert await read_availability(ctx, **named, availability_id=item.availability.id) == item


async def test_what_is_not_there_is_named(ctx: Context) -> None:
    for product_id in ("CFQ7TTC00000", "", "x y", "nul\0"):
        with pytest.raises(rules.UnknownProduct):
            await read_product(ctx, country="DE", product_id=product_id)
    with pytest.raises(rules.UnknownProduct):
        await list_skus(ctx, country="BR", product_id=BASIC)
    with pytest.raises(rules.UnknownSku):
        await read_sku(ctx, country="DE", product_id=BASIC, sku_id="0002")
    with pytest.raises(rules.UnknownAvailability):
        await read_availability(ctx, country="DE", product_id=BASIC, sku_id="0001", availability_id="CFQ7TTC00000")
    with pytest.raises(Invalid, match="country"):
        await read_product(ctx, product_id=BASIC)
    with pytest.raises(Invalid, match="targetView"):
        await list_products(ctx, country="DE", target_view="")


async def test_for_a_customer_it_is_the_customers_country(ctx: Context, world: World) -> None:
    hafen = world.tenant("hafen").id
    [item] = await list_availabilities(ctx, customer_id=hafen, country="US", product_id=BASIC, sku_id="0001")
    assert (item.availability.country, item.availability.currency) == ("DE", "EUR")
    assert len(await list_products(ctx, customer_id=hafen, target_view="OnlineServices")) == 8


@pytest.mark.parametrize("customer", ["alpenblick", "nobody"])
async def test_without_a_relationship_there_is_no_such_customer(ctx: Context, world: World, customer: str) -> None:
    customer_id = uuid4() if customer == "nobody" else world.tenant(customer).id
    with pytest.raises(Denied) as caught:
        await read_product(ctx, customer_id=customer_id, product_id=BASIC)
    assert caught.value.rules == ("rel-required",)
    assert caught.value.concealed
    assert caught.value.decision_id is not None


@pytest.mark.parametrize("role", list(Role)[:6])
async def test_who_reads_the_catalogue(ctx: Context, world: World, role: Role) -> None:
    ctx = acting(ctx, world, role)
    if role is Role.HELPDESK_AGENT:
        with pytest.raises(Denied):
            await read_product(ctx, country="DE", product_id=BASIC)
        with pytest.raises(Denied):
            await list_products(ctx, customer_id=world.tenant("hafen").id, target_view="Azure")
    else:
        assert (await read_product(ctx, country="DE", product_id=BASIC)).title == "Office 365 Basic"


async def test_a_customer_does_not_read_the_partners_prices(ctx: Context, world: World) -> None:
    ctx = acting(ctx, world, Role.GLOBAL_ADMIN, "alpenblick")
    with pytest.raises(Denied):
        await read_product(ctx, country="DE", product_id=BASIC)


async def test_a_cart_finds_what_it_names_in_its_order(ctx: Context, world: World) -> None:
    german = [item for item in world.catalogue if item.availability.country == "DE"]
    american = next(item for item in world.catalogue if item.availability.country == "US")
    names = [item.availability.catalog_item_id for item in (german[3], german[0], german[3])]
    async with ctx.runtime.pool.acquire() as db, db.transaction():
        await db.execute("SELECT act_as('partner', $1)", ctx.caller.tenant_id)
        assert await resolve(db, names, country="DE") == (german[3], german[0], german[3])
        with pytest.raises(rules.NotSoldInCountry):
            await resolve(db, [american.availability.catalog_item_id], country="DE")
        assert await resolve(db, [american.availability.catalog_item_id], country=None) == (american,)
        with pytest.raises(rules.UnknownItem):
            await resolve(db, [names[0], "CFQ7TTC0B45C:0001:CFQ7TTC00000"], country="DE")
        assert await lookup(db, [*names, "CFQ7TTC0B45C:0001:CFQ7TTC00000"]) == {
            names[0]: german[3],
            names[1]: german[0],
        }


@pytest.mark.parametrize("side", ["partner", "customer", "operator"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalogue_term SET partner_price = 0",
        "INSERT INTO catalogue_product SELECT * FROM catalogue_product",
        "DELETE FROM catalogue_availability",
        "TRUNCATE catalogue_sku",
    ],
)
async def test_no_side_writes_the_catalogue(loaded: Database, world: World, side: str, statement: str) -> None:
    db = await connect(loaded.login_url)
    transaction = db.transaction()
    await transaction.start()
    try:
        await db.execute("SELECT act_as($1, $2)", side, world.tenant("nordlicht").id)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute(statement)
    finally:
        await transaction.rollback()
        await db.close()
