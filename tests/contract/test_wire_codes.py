"""Every code that can be answered, and a request that provokes it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from copartner.api.partner_center import errors
from copartner.api.partner_center.codes import ErrorCode
from copartner.policy.facts import Cloud
from support.postgres import Server
from support.programme import programme
from support.web import Web, refused, web

UNKNOWN = "01a20000-0000-7000-8000-000000000001"
# Only when the engine doubts, or by a rule that nobody gave a code; tests/contract/test_errors.py decides both.
BY_DOUBT = {(403, "2032")}
# What needs a stage of its own, and the test beside this one that provokes it.
ELSEWHERE = {
    (400, "800097"): "test_amending.py",
    (400, "900117"): "test_transitions.py",
    (400, "60012"): "test_customer_directory.py",
    (404, "60002"): "test_customer_directory.py",
    (401, "6002"): "test_sandbox_resellers.py",
    (401, "900421"): "test_second_factor.py",
    (403, "6003"): "test_sandbox_resellers.py",
    (403, "6004"): "test_sandbox_resellers.py",
    (409, "1003"): "test_sandbox_resellers.py",
    (403, "900123"): "test_partners.py",
    (403, "900124"): "test_partners.py",
    (403, "900308"): "test_tenancy.py",
}
_BUSY = """CREATE FUNCTION busy() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION SQLSTATE '40001'; END $$;
    CREATE TRIGGER busy BEFORE UPDATE ON cart FOR EACH ROW EXECUTE FUNCTION busy()"""


@dataclass(slots=True)
class Shop:
    """A customer to whom a partner sold one of each kind, in each state."""

    site: Web
    root: str
    item: str
    things: dict[str, str]

    async def ask(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """A request below the customer, or below the root where the path begins with a slash."""
        address = path if path.startswith("/") else f"{self.root}/{path}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.site.call(who, method, address, body, headers=sent)

    async def patch(self, thing: str, **change: Any) -> httpx.Response:
        """A change of one of the subscriptions."""
        return await self.ask("aa@nordlicht", "PATCH", f"subscriptions/{self.things[thing]}", change)

    async def order(self, who: str, customer: str, title: str) -> httpx.Response:
        """An order of one unit for a customer by its domain."""
        line = {"offerId": await self.site.here.item(title), "quantity": 1, "termDuration": "P1Y"}
        path = f"/v1/customers/{self.site.here.id(customer)}/orders"
        return await self.ask(who, "POST", path, {"lineItems": [line], "billingCycle": "monthly"})

    async def affiliate(self) -> httpx.Response:
        """A sale to an affiliate, with which a relationship is there all the same."""
        await self.site.here.relate("nordlicht", "fjord", agreement=False)
        return await self.order("sa@nordlicht", "fjord", "Office 365 Enterprise")

    async def broken(self, *statements: str, back: str, ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """What is answered while the database is as the statements make it."""
        async with self.site.here.owner() as owner:
            for statement in statements:
                await owner.execute(statement)
            try:
                return await ask()
            finally:
                await owner.execute(back)


@pytest.fixture
async def shop(site: Web) -> Shop:
    """The shop, stocked."""
    here, root = site.here, site.customer("alpenblick")
    for partner, customer, agreed in (
        ("nordlicht", "lavande", True), ("suedwind", "lavande", True), ("suedwind", "fjord", False),
    ):  # fmt: skip
        await here.relate(partner, customer, agreement=agreed)
    item = await here.item("Office 365 Enterprise")
    made = Shop(site, root, item, {})
    usual = {"quantity": 2, "termDuration": "P1Y", "billingCycle": "monthly"}
    addon = {"catalogItemId": await here.item("Archive add-on"), **usual}
    base = {"catalogItemId": await here.item("Office 365 Premium"), **usual, "addonItems": [addon]}
    lines = [base, *({"catalogItemId": item, **usual} for _ in range(5))]
    carts = [await made.ask("sa@nordlicht", "POST", "carts", {"lineItems": lines}) for _ in range(2)]
    made.things["cart"], made.things["ordered"] = (one.json()["id"] for one in carts)
    done = await made.ask("sa@nordlicht", "POST", f"carts/{made.things['ordered']}/checkout")
    assert done.status_code == 201, done.text
    names = ("parent", "addon", "active", "suspended", "deleted", "azure", "reservation")
    made.things |= dict(
        zip(names, (line["subscriptionId"] for line in done.json()["orders"][0]["lineItems"]), strict=True)
    )
    async with here.owner() as owner:
        for thing in ("azure", "reservation"):
            await owner.execute(
                "UPDATE subscription SET kind = $1, auto_renew = false WHERE id::text = $2", thing, made.things[thing]
            )
        await owner.execute(
            """UPDATE catalogue_availability SET is_purchasable = false
            WHERE product_id || ':' || sku_id || ':' || id = $1""",
            await here.item("Device Management"),
        )
    for thing, status in (("suspended", "suspended"), ("deleted", "deleted"), ("parent", "suspended")):
        assert (await made.patch(thing, status=status)).status_code == 200
    return made


def _provocations(shop: Shop) -> dict[tuple[int, str], Callable[[], Awaitable[httpx.Response]]]:
    ask, patch, order, things = shop.ask, shop.patch, shop.order, shop.things
    cart = {
        "lineItems": [{"catalogItemId": shop.item, "quantity": 1, "termDuration": "P1Y", "billingCycle": "monthly"}]
    }
    named = {"lineItems": [{**cart["lineItems"][0], "participants": [{"key": "transaction_reseller", "value": "1"}]}]}
    sku = f"/v1/products/{shop.item.split(':')[0]}/skus"
    stranger = {"customerDomain": "nobody.example"}
    return {
        (401, "400"): lambda: ask("nobody", "GET", "orders"),
        (401, "800001"): lambda: ask("ga@alpenblick", "GET", "orders"),
        (403, "900329"): lambda: ask("@nordlicht", "GET", "agreements"),
        (403, "900150"): lambda: ask("ba@nordlicht", "POST", "carts", cart),
        (403, "20002"): lambda: ask("aa@nordlicht", "GET", f"/v1/customers/{UNKNOWN}"),
        (403, "2085"): shop.affiliate,
        (403, "2030"): lambda: order("sa@suedwind", "lavande", "Office 365 Enterprise"),
        (403, "13605"): lambda: order("sa@suedwind", "fjord", "Office 365 Enterprise"),
        (403, "2091"): lambda: order("sa@nordlicht", "alpenblick", "Device Management"),
        (404, "1000"): lambda: ask("aa@nordlicht", "GET", "/v1/nothing"),
        (404, "60003"): lambda: ask("aa@nordlicht", "POST", "/programme/v1/relationship-requests", stranger),
        (404, "400013"): lambda: ask("aa@nordlicht", "GET", "/v1/products/NOTHING?country=DE"),
        (404, "400018"): lambda: ask("aa@nordlicht", "GET", f"{sku}/9999?country=DE"),
        (404, "400019"): lambda: ask("aa@nordlicht", "GET", f"{sku}/0001/availabilities/X?country=DE"),
        (404, "800008"): lambda: ask("aa@nordlicht", "GET", f"carts/{UNKNOWN}"),
        (404, "20000"): lambda: ask("aa@nordlicht", "GET", f"orders/{UNKNOWN}"),
        (404, "20003"): lambda: ask("aa@nordlicht", "GET", f"subscriptions/{UNKNOWN}"),
        (400, "3000"): lambda: ask("aa@nordlicht", "GET", "/v1/customers/x"),
        (400, "2055"): lambda: ask("sa@nordlicht", "PUT", f"carts/{things['cart']}", cart, If_Match="x"),
        (400, "800024"): lambda: order("sa@suedwind", "alpenblick", "VM reservation"),
        (400, "800070"): lambda: order("sa@nordlicht", "lavande", "Office 365 Enterprise"),
        (400, "800065"): lambda: ask("sa@nordlicht", "PUT", f"carts/{things['ordered']}", cart),
        (400, "800016"): lambda: ask("sa@nordlicht", "POST", "carts", named),
        (400, "2002"): lambda: patch("active", quantity=0),
        (400, "2001"): lambda: patch("suspended", quantity=3),
        (400, "2011"): lambda: patch("deleted", quantity=3),
        (400, "2054"): lambda: patch("active", billingCycle="annual"),
        (400, "800040"): lambda: patch("active", status="expired"),
        (400, "800093"): lambda: patch("azure", autoRenewEnabled=True),
        (400, "800096"): lambda: patch("reservation", status="suspended"),
        (400, "800098"): lambda: ask(
            "ga@nordlicht", "PATCH", f"subscriptions/{things['active']}", {"partnerId": "4711"}
        ),
        (409, "27009"): lambda: patch("addon", status="active"),
        (409, "800060"): lambda: shop.broken(
            _BUSY, back="DROP FUNCTION busy CASCADE",
            ask=lambda: ask("sa@nordlicht", "PUT", f"carts/{things['cart']}", cart),
        ),
        (500, "800003"): lambda: shop.broken(
            "ALTER TABLE purchase_order RENAME TO away", back="ALTER TABLE away RENAME TO purchase_order",
            ask=lambda: ask("aa@nordlicht", "GET", "orders"),
        ),
        (501, "0"): lambda: ask("aa@nordlicht", "GET", "/v1/invoices"),
        (405, "0"): lambda: ask("aa@nordlicht", "PUT", "/v1/customers", {}),
    }  # fmt: skip


def possible() -> set[tuple[int, str]]:
    """Every code that a class of refusals, a rule or the application itself is told by."""
    own = {code for code in vars(errors).values() if isinstance(code, ErrorCode)}
    return {code.value for code in {*errors.CLASSES.values(), *errors.RULES.values(), *own}}


async def test_every_code_is_provoked(shop: Shop, government: Web) -> None:
    table = _provocations(shop)
    contact = {"firstName": "Eva", "lastName": "Berg", "email": "eva@sagebrush.example"}
    attested = {"primaryContact": contact, "templateId": "any", "dateAgreed": "2026-10-01"}
    await government.here.relate("cedarline", "sagebrush", agreement=False)
    path = f"{government.customer('sagebrush')}/agreements"
    table[400, "900127"] = lambda: government.call("aa@cedarline", "POST", path, attested)
    assert possible() - table.keys() == BY_DOUBT | ELSEWHERE.keys(), "Give each code a request that provokes it."
    for (status, code), file in ELSEWHERE.items():
        assert f'({status}, "{code}")' in Path(__file__).with_name(file).read_text(), (code, file)
    assert table.keys() <= possible()
    wrong = {}
    for expected, provoke in table.items():
        answer = await provoke()
        if answer.is_success or refused(answer) != expected or not answer.json()["description"]:
            wrong[expected] = (answer.status_code, answer.text)
    assert wrong == {}


@pytest.fixture
async def government(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    """The cloud without a customer agreement."""
    with postgres.database() as database:
        place = tmp_path_factory.mktemp("government")
        async with programme(database, place, cloud=Cloud.US_GOVERNMENT) as here, web(here) as made:
            yield made
