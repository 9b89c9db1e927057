"""Schemathesis over the OpenAPI document, as each role of every partner and of the customer.

No fault of the server, no answer that breaks the document, and nothing of what another partner sold. One run asks for
all: what it thinks of as one person, everybody.py asks as the others too, in a new order every time. So each
operation is asked with few values drawn at random, others at each run, and once with every boundary that the document
names.
"""

import base64
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.chance import chance
from support.clients import CLIENTS, environment
from support.planted import planted
from support.stage import GLOBAL_ADMIN, SALES_AGENT, Stage
from support.up import emulator

pytestmark = pytest.mark.verify

PARTNERS = ("nordlicht", "wolkenwerk", "suedwind")
CUSTOMER = "alpenblick"
OF_PARTNERS = (
    "Global admin",
    "User management admin",
    "Admin agent",
    "Sales agent",
    "Helpdesk agent",
    "Billing admin",
)
OF_CUSTOMERS = ("Global admin", "Billing admin", "User")
EXAMPLES = "3"


@dataclass(frozen=True, slots=True)
class Sold:
    """What one partner sold to the customer, under a name that nobody else uses."""

    mark: str
    subscription: str
    order: str
    cart: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks; `foreign` are identifiers that are not served to them, `hidden` stands not even in their audit."""

    name: str
    token: str
    foreign: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """How one run ended: its exit code, what it printed, and how often each was answered with which status."""

    code: int
    said: str
    answered: dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The world as it is before anybody asks."""
    place = tmp_path_factory.mktemp("schemathesis")
    with emulator(place, "--cloud", "commercial", "--clock", "2026-11-22") as up:
        yield Stage(up, "commercial", "2026-11-22")


@pytest.mark.timeout(1600)
def test_every_operation_as_everybody(stage: Stage, tmp_path: Path) -> None:
    sold = {partner: _sell(stage, partner) for partner in PARTNERS}
    before = _sold_by_the_vendor(stage)
    actors = list(_actors(stage, sold))
    chance().shuffle(actors)
    done = run(stage.up.url, actors, tmp_path, known=_known(stage, sold, before["id"]), people=_people(actors))
    assert done.code == 0, done.said
    assert len(done.answered) == len(actors) == 21
    for actor in actors:
        statuses = done.answered[actor.name]
        assert sum(statuses.values()) > 400, (actor.name, statuses)
        # A customer's token opens nothing on the partners' side; nobody else's stops opening it.
        closed = {"429"} if actor.name.startswith(CUSTOMER) else {"401", "429"}
        assert not closed & statuses.keys(), (actor.name, statuses)
    assert all(done.answered[f"{partner} Admin agent"]["200"] > 20 for partner in PARTNERS)
    assert _sold_by_the_vendor(stage) == before


@pytest.mark.timeout(200)
def test_what_is_planted_is_found(tmp_path: Path) -> None:
    """One person of two is answered wrongly, in each of the ways that are looked for."""
    with planted(victim="second") as url:
        done = run(url, [Actor("first", "first"), Actor("second", "second", ("theirs-7",), ("mark-7",))], tmp_path)
    assert done.code == 1, done.said
    for found in (
        "second: GET {url}/fault: 500: a fault",
        "second: GET {url}/unnamed: 501: a fault",
        "second: GET {url}/broken: 200: JsonSchemaError",
        "second: GET {url}/told: 200: tells theirs-7",
        "second: GET {url}/audit: 200: tells mark-7",
        "second: GET {url}/things/theirs-7: 200: served what another partner sold",
    ):
        assert found.format(url=url) in done.said, done.said
    assert "first: " not in done.said
    assert "/sound" not in done.said


def run(
    url: str, actors: list[Actor], place: Path, *, known: dict[str, list[str]] | None = None, people: Any = ()
) -> Run:
    """Ask whatever the document at this address describes, as the first of them by Schemathesis and so by all."""
    seed, log = chance().randrange(2**31), place / "answered.json"
    given = {
        "actors": [
            {"name": one.name, "token": one.token, "foreign": one.foreign, "hidden": one.hidden} for one in actors
        ],
        "people": list(people),
        "log": str(log),
        "seed": seed,
    }
    (place / "everybody.json").write_text(json.dumps(given))
    (place / "schemathesis.toml").write_text(_configuration(actors[0].token, known or {}))
    done = subprocess.run(
        [
            *(str(environment("schemathesis").with_name("schemathesis")), "--no-color"),
            *("--config-file", str(place / "schemathesis.toml"), "run", f"{url}/openapi.json"),
            *("--checks", "as_everybody,ignored_auth", "--phases", "examples,coverage,fuzzing,stateful"),
            *("--max-examples", EXAMPLES, "--seed", str(seed), "--continue-on-failure", "--no-shrink"),
            *("--warnings", "off", "--output-truncate", "false"),
        ],
        capture_output=True,
        text=True,
        timeout=1500,
        cwd=place,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(place),
            "PYTHONPATH": str(CLIENTS / "schemathesis"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "SCHEMATHESIS_HOOKS": "everybody",
            "EVERYBODY": str(place / "everybody.json"),
        },
    )
    answered = json.loads(log.read_text()) if log.exists() else {}
    return Run(done.returncode, done.stdout[-20_000:] + done.stderr[-2_000:], answered)


def _actors(stage: Stage, sold: dict[str, Sold]) -> Iterator[Actor]:
    for partner in PARTNERS:
        others = [one for seller, one in sold.items() if seller != partner]
        foreign = tuple(part for one in others for part in (one.subscription, one.order, one.cart))
        for role in OF_PARTNERS:
            token = stage.as_(role, partner).token
            yield Actor(f"{partner} {role}", token, foreign, tuple(one.mark for one in others))
    # A customer sees what it bought, whoever sold it; a draft is its seller's.
    for role in OF_CUSTOMERS:
        token = stage.as_(role, CUSTOMER).token
        yield Actor(f"{CUSTOMER} {role}", token, tuple(one.cart for one in sold.values()))


def _people(actors: list[Actor]) -> Iterator[str]:
    """The identifiers of those who ask, by their tokens."""
    for actor in actors:
        claims = actor.token.split(".")[1]
        yield json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["oid"]


def _sell(stage: Stage, partner: str) -> Sold:
    sales, customer = stage.as_(SALES_AGENT, partner), stage.id(CUSTOMER)
    asked = sales.post("/programme/v1/relationship-requests", {"customerTenantId": customer, "reason": "to sell"})
    answer = {"answer": "accept", "acceptCustomerAgreement": True}
    stage.as_(GLOBAL_ADMIN, CUSTOMER).post(f"/programme/v1/consent/relationship-requests/{asked['id']}", answer)
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
    return Sold(mark, subscription, order["id"], carts[1])


def _sold_by_the_vendor(stage: Stage) -> Any:
    """What nobody who asks has sold, as its customer reads it."""
    listed = stage.as_(GLOBAL_ADMIN, CUSTOMER).get("/programme/v1/subscriptions")["items"]
    (found,) = [one for one in listed if one["partnerTenantId"] == stage.id("operator")]
    return found


def _known(stage: Stage, sold: dict[str, Sold], of_the_vendor: str) -> dict[str, list[str]]:
    """Identifiers that exist, own and foreign ones alike, for the parts of addresses."""
    return {
        "customer": [stage.id(name) for name in (CUSTOMER, "fjord", "suedwind")],
        "subscription": [of_the_vendor, *(one.subscription for one in sold.values())],
        "order": [one.order for one in sold.values()],
        "cart": [one.cart for one in sold.values()],
        "partner": [stage.id(name) for name in PARTNERS],
        "product": ["CFQ7TTC0E4TR", "DZH318Z0BPS6"],
        "sku": ["0001"],
    }


def _configuration(token: str, known: dict[str, list[str]]) -> str:
    lines = ["[auth.openapi.bearer]", f'bearer = "{token}"', "[parameters]"]
    lines += [f'"path.{name}" = {{ dictionary = "{name}", probability = 0.85 }}' for name in known]
    lines += [f"[dictionaries.{name}]\nvalues = {json.dumps(values)}" for name, values in known.items()]
    return "\n".join(lines) + "\n"
