"""Functions with the facts role's rights answer about the acting tenant, whatever arguments they are given."""

from typing import Any

import msgspec
import pytest

from copartner.kernel.database import connect
from copartner.kernel.functions import call
from support.programme import Programme


@pytest.fixture
async def related(here: Programme) -> Programme:
    await here.relate("nordlicht", "alpenblick")
    return here


async def asked(here: Programme, side: str, domain: str, statement: str, *arguments: Any) -> Any:
    """The answer of one function to a tenant that acts on a side."""
    connection = await connect(here.database.login_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT act_as($1, $2)", side, here.id(domain))
            return await connection.fetchval(statement, *arguments)
    finally:
        await connection.close()


async def test_a_stranger_learns_of_no_relationship_agreement_or_sale(related: Programme) -> None:
    here = related
    pair = (here.id("nordlicht"), here.id("alpenblick"))
    for name in ("fn_relationship", "fn_agreement"):
        assert await asked(here, "partner", "nordlicht", call(name, 2), *pair) is not None
        assert await asked(here, "customer", "alpenblick", call(name, 2), *pair) is not None
        assert await asked(here, "partner", "suedwind", call(name, 2), *pair) is None
    operator = (here.id("wolkenstadt"), here.id("alpenblick"))
    assert '"running" : 0' in await asked(here, "partner", "suedwind", call("fn_ending", 2), *operator)
    assert await asked(here, "customer", "fjord", call("fn_seller_names", 1), here.id("alpenblick")) is None
    assert await asked(here, "customer", "alpenblick", call("fn_seller_names", 1), here.id("alpenblick")) is not None


async def test_what_a_customer_holds_is_told_to_its_partners_alone(related: Programme) -> None:
    here = related
    async with here.owner() as owner:
        product, sku = await owner.fetchrow("SELECT product_id, sku_id FROM subscription LIMIT 1")
    held = (here.id("alpenblick"), product, sku, None)
    assert await asked(here, "partner", "nordlicht", call("fn_pool_held", 4), *held) > 0
    assert await asked(here, "partner", "suedwind", call("fn_pool_held", 4), *held) == 0
    wanted = (here.id("alpenblick"), [f"{product}:{sku}"])
    assert await asked(here, "partner", "nordlicht", call("fn_held_references", 2, "in_tenant"), *wanted) == wanted[1]
    assert await asked(here, "partner", "suedwind", call("fn_held_references", 2, "in_tenant"), *wanted) == []


async def test_nobody_asks_for_the_roles_of_another_tenants_user(here: Programme) -> None:
    user = here.tenant("nordlicht").users[0].id
    asking = (call("fn_principal", 4), "partner", here.id("nordlicht"), user, False)
    for domain, told in (("suedwind", False), ("nordlicht", True)):
        assert bool(msgspec.json.decode(await asked(here, "partner", domain, *asking))["roles"]) is told
    assert await asked(here, "partner", "suedwind", call("fn_actor_name", 2), user, False) is None


async def test_a_record_names_the_acting_tenant_whatever_it_is_told(here: Programme) -> None:
    row = {
        "tenant_id": here.id("alpenblick"),
        "at": here.clock.now(),
        "id": here.runtime.ids.new(),
        "actor_tenant_id": here.id("nordlicht"),
        "actor_id": here.tenant("nordlicht").users[0].id,
        "app_only": False,
        "names_actor": True,
        "operation_type": "x",
        "resource_type": "x",
        "status": "succeeded",
    }
    await asked(here, "partner", "suedwind", call("fn_write_audit", 1), msgspec.json.encode([row]).decode())
    async with here.owner() as owner:
        written = await owner.fetchrow("SELECT actor_tenant_id, actor_name FROM audit_record")
    assert tuple(written) == (here.id("suedwind"), None)
