"""Schemathesis over the OpenAPI document, as each role of a partner, another's agent, and people of the customer.

No fault of the server, no answer that breaks the document, and nothing of what another partner sold. A run asks
some 400 times. So that all of them together take a few minutes, each operation is asked with few values drawn at
random, others at each run, and not with every boundary that the document names.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from support.chance import chance
from support.clients import environment
from support.stage import GLOBAL_ADMIN, SALES_AGENT, Stage
from support.up import Person, emulator

pytestmark = pytest.mark.verify

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth"
PARTNERS = ("nordlicht", "suedwind")
# Who administers a tenant comes last in it: what is drawn at random resets passwords of those whose ids were seen.
ACTORS = [
    ("alpenblick", "User"),
    ("suedwind", "Admin agent"),
    *(("nordlicht", role) for role in ("Admin agent", "Sales agent", "Helpdesk agent", "Billing admin")),
    ("alpenblick", "Global admin"),
    *(("nordlicht", role) for role in ("User management admin", "Global admin")),
]
EXAMPLES = "3"


@dataclass(frozen=True, slots=True)
class Sold:
    """What one partner sold to the customer, under a name that nobody else uses."""

    partner: str
    mark: str
    subscription: str
    order: str
    cart: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no other partner may be told."""
        return self.mark, self.subscription, self.order, self.cart


@dataclass(frozen=True, slots=True)
class Market:
    """The running emulator after two partners sold something to one customer."""

    stage: Stage
    sold: dict[str, Sold]
    place: Path


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """Both partners related to the customer, each with a subscription, an order and a cart of its own."""
    place = tmp_path_factory.mktemp("schemathesis")
    with emulator(place, "--cloud", "commercial", "--clock", "2026-11-22") as up:
        stage = Stage(up, "commercial", "2026-11-22")
        yield Market(stage, {partner: _sell(stage, partner) for partner in PARTNERS}, place)


def _sell(stage: Stage, partner: str) -> Sold:
    sales, customer = stage.as_(SALES_AGENT, partner), stage.id("alpenblick")
    asked = sales.post("/programme/v1/relationship-requests", {"customerTenantId": customer, "reason": "to sell"})
    answer = {"answer": "accept", "acceptCustomerAgreement": True}
    stage.as_(GLOBAL_ADMIN, "alpenblick").post(f"/programme/v1/consent/relationship-requests/{asked['id']}", answer)
    offered = sales.get("/v1/products/CFQ7TTC0E4TR/skus/0001/availabilities?country=DE")["items"]
    line = {
        "catalogItemId": offered[0]["catalogItemId"],
        "quantity": 3,
        "termDuration": "P1Y",
        "billingCycle": "monthly",
    }
    carts = [sales.post(f"/v1/customers/{customer}/carts", {"lineItems": [line]})["id"] for _ in range(2)]
    order = sales.post(f"/v1/customers/{customer}/carts/{carts[0]}/checkout")["orders"][0]
    subscription, mark = order["lineItems"][0]["subscriptionId"], f"sold by {partner} {chance().randrange(10**9)}"
    sales.done("PATCH", f"/v1/customers/{customer}/subscriptions/{subscription}", {"friendlyName": mark})
    return Sold(partner, mark, subscription, order["id"], carts[1])


def _known(market: Market) -> dict[str, list[str]]:
    """Identifiers that exist, own and foreign ones alike, for the parts of addresses."""
    stage = market.stage
    return {
        "customer": [stage.id(name) for name in ("alpenblick", "fjord", "suedwind")],
        "subscription": [one.subscription for one in market.sold.values()],
        "order": [one.order for one in market.sold.values()],
        "cart": [one.cart for one in market.sold.values()],
        "partner": [stage.id(name) for name in PARTNERS],
        "product": ["CFQ7TTC0E4TR", "DZH318Z0BPS6"],
        "sku": ["0001"],
    }


def _configuration(market: Market, person: Person, folder: Path) -> Path:
    known = _known(market)
    lines = [
        "[auth.openapi.bearer]",
        f'bearer = "{person.token}"',
        "[parameters]",
    ]
    lines += [f'"path.{name}" = {{ dictionary = "{name}", probability = 0.85 }}' for name in known]
    lines += [f"[dictionaries.{name}]\nvalues = {json.dumps(values)}" for name, values in known.items()]
    made = folder / "schemathesis.toml"
    made.write_text("\n".join(lines) + "\n")
    return made


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("tenant", "role"), ACTORS, ids=lambda value: value.replace(" ", "-"))
def test_every_operation_as(market: Market, tenant: str, role: str) -> None:
    foreign = [one for partner, one in market.sold.items() if partner != tenant]
    before = [_as_sold(market, one) for one in foreign]
    answers = _run(market, market.stage.as_(role, tenant))
    assert len(answers) > 300
    assert [_as_sold(market, one) for one in foreign] == before
    if tenant in PARTNERS:
        for one in answers:
            asked, told = json.dumps(one["request"]), one["response"]["content"].get("text", "")
            # What somebody of the tenant asked for by its identifier stands in the tenant's own audit, as denied.
            audit = "audit" in urlsplit(one["request"]["url"]).path
            secrets = [secret for sold in foreign for secret in ((sold.mark,) if audit else sold.secrets)]
            leaked = [secret for secret in secrets if secret in told and secret not in asked]
            assert not leaked, (leaked, one["request"]["method"], one["request"]["url"], told)


def _as_sold(market: Market, sold: Sold) -> Any:
    """The subscription as its seller reads it."""
    sales, customer = market.stage.as_(SALES_AGENT, sold.partner), market.stage.id("alpenblick")
    return sales.get(f"/v1/customers/{customer}/subscriptions/{sold.subscription}")


def _run(market: Market, person: Person) -> list[dict[str, Any]]:
    """Every request of one run with its answer; fails with what was found."""
    folder = market.place / person.name
    folder.mkdir()
    seed, log = str(chance().randrange(2**31)), folder / "answers.har"
    done = subprocess.run(
        [
            *(str(environment("schemathesis").with_name("schemathesis")), "--no-color"),
            *("--config-file", str(_configuration(market, person, folder)), "run", f"{person.where.url}/openapi.json"),
            *("--checks", CHECKS, "--phases", "fuzzing", "--max-examples", EXAMPLES),
            *("--seed", seed, "--continue-on-failure", "--no-shrink", "--warnings", "off"),
            *("--report", "har", "--report-har-path", str(log), "--output-sanitize", "false"),
        ],
        capture_output=True,
        text=True,
        timeout=390,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    entries: list[dict[str, Any]] = json.loads(log.read_text())["log"]["entries"]
    return entries
