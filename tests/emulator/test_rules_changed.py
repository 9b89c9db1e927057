"""The rules changed by public commands alone: from a file to its effect, and what breaks a promise refused."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.running import COPARTNER
from support.up import Emulator, Person, emulator

NO_SALE = """
@id("no-sale-germany")
@text("Nothing is sold into Germany any more.")
@source("a decision of the programme's board")
@needs("A customer in another country.")
forbid (principal, action in [Action::"cart.checkout", Action::"order.place"], resource)
when { resource has customer && resource.customer.country == "DE" };
"""
ANYBODYS = """
@id("mp-visibility")
@text("Whatever a customer has is read by each of its partners.")
@source("a wish")
@caller("There is no such thing among yours.")
@needs("A relationship with the customer.")
forbid (principal, action in Action::"read_thing", resource)
unless { resource has partner };
"""
# An emulator, a dozen commands and a proof, each a process of its own.
pytestmark = pytest.mark.timeout(300)
Command = Callable[..., subprocess.CompletedProcess[str]]


@contextmanager
def operators(used: Path) -> Iterator[tuple[Emulator, Command]]:
    """A running emulator, and its commands as the operator's user of a name."""
    with emulator(used) as up:

        def command(who: str, *words: str) -> subprocess.CompletedProcess[str]:
            token = used / f"{who}.token"
            if not token.exists():
                token.write_text(_token(up, who))
            return subprocess.run(
                [str(COPARTNER), "rules", *words, "--url", up.url, "--token-file", str(token)],
                capture_output=True,
                text=True,
                timeout=300,
            )

        yield up, command


def _token(up: Emulator, who: str) -> str:
    user = next(one for one in up.tenants["operator"]["users"] if one["userPrincipalName"].startswith(f"{who}@"))
    form = {"grant_type": "password", "username": user["userPrincipalName"], "password": user["password"]}
    answer = httpx.post(f"{up.url}/{up.id('operator')}/oauth2/token", data=form, timeout=30)
    token: str = answer.json()["access_token"]
    return token


def today(up: Emulator) -> date:
    return date.fromisoformat(httpx.get(f"{up.url}/emulator/v1/clock", timeout=10).json()["clock"][:10])


def proposed(command: Command, file: Path, text: str, begins: date, *more: str) -> subprocess.CompletedProcess[str]:
    file.write_text(text)
    said = ("--from", begins.isoformat(), "--title", "A change", "--reason", "It was decided.")
    return command("ga", "propose", str(file), *said, *more)


def sells_to_alpenblick(up: Emulator) -> Person:
    """Nordlicht's Admin agent, after the customer accepted it."""
    seller, buyer = up.person("Admin agent", "nordlicht"), up.person("Global admin", "alpenblick")
    asked = seller.post("/programme/v1/relationship-requests", {"customerDomain": "alpenblick.example"})
    answer = {"answer": "accept", "acceptCustomerAgreement": True}
    buyer.post(f"/programme/v1/consent/relationship-requests/{asked['id']}", answer)
    return seller


def checkout(up: Emulator, seller: Person) -> httpx.Response:
    """An order by way of a cart."""
    root = f"/v1/customers/{up.id('alpenblick')}"
    products = seller.get("/v1/products?country=DE&targetView=OnlineServices")["items"]
    product = next(one for one in products if "Office 365" in one["title"])
    sku = seller.get(f"/v1/products/{product['id']}/skus?country=DE")["items"][0]
    found = seller.get(f"/v1/products/{product['id']}/skus/{sku['id']}/availabilities?country=DE")["items"][0]
    line = {"catalogItemId": found["catalogItemId"], "quantity": 1, "billingCycle": "monthly", "termDuration": "P1Y"}
    cart = seller.post(f"{root}/carts", {"lineItems": [line]})
    return seller.call("POST", f"{root}/carts/{cart['id']}/checkout")


def as_json(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_rule_goes_from_a_file_to_its_effect_and_is_taken_back(used: Path) -> None:
    with operators(used) as (up, command):
        seller = sells_to_alpenblick(up)
        begins = today(up) + timedelta(days=31)
        made = proposed(command, used / "no-sale.cedar", NO_SALE, begins, "--wait")
        assert made.returncode == 0, made.stdout + made.stderr
        assert re.search(r"version\s+1: A change", made.stdout)
        assert "every promise holds" in made.stdout
        own = command("ga", "approve", "1")
        assert own.returncode == 1
        assert "approved by another than the one who proposed it" in own.stderr
        done = as_json(command("approver", "approve", "1", "--json"))
        assert (done["state"], done["approvedByName"]) == ("approved", "approver@wolkenstadt.example")
        assert checkout(up, seller).status_code == 201
        moved = httpx.post(f"{up.url}/emulator/v1/clock", json={"to": f"{begins}T00:00:00Z"}, timeout=60)
        assert moved.status_code == 200, moved.text
        denied = checkout(up, seller)
        assert denied.status_code == 403
        assert denied.json()["description"] == "Nothing is sold into Germany any more."
        back = command("ga", "take-back", "1", "--reason", "It was one too many.")
        assert back.returncode == 0, back.stderr
        assert re.search(rf"counts no more from\s+{begins}", back.stdout)
        assert checkout(up, seller).status_code == 201
        listed = command("approver", "versions")
        assert re.search(rf"1\s+│\s+taken back\s+│\s+{begins}", listed.stdout), listed.stdout


def test_a_version_that_breaks_a_promise_is_refused_with_its_story(used: Path) -> None:
    with operators(used) as (up, command):
        begins = today(up) + timedelta(days=31)
        made = proposed(command, used / "anybodys.cedar", ANYBODYS, begins, "--wait")
        assert made.returncode == 1
        said = " ".join(made.stdout.split())
        assert "refused: it breaks a promise" in said
        assert "subscription" in said
        version = as_json(command("approver", "version", "1", "--json"))
        (story, *_) = version["findings"]["stories"]
        assert story["invariant"] == "only-ones-own"
        assert "another" in story["story"]
        assert "because" in story["story"]
        refused = command("approver", "approve", "1")
        assert refused.returncode == 1
        assert "the promises were proved" in refused.stderr
        again = command("ga", "check", "1")
        assert again.returncode == 1
        assert "stays refused" in again.stderr
        assert as_json(command("ga", "withdraw", "1", "--json"))["state"] == "withdrawn"


def test_what_cannot_be_proposed_is_said_in_one_line(used: Path) -> None:
    with operators(used) as (up, command):
        later = today(up) + timedelta(days=60)
        for text, complaint in (
            ("forbid (principal", "cannot be read"),
            (NO_SALE.replace("country", "planet"), "planet"),
            ("", "changes nothing"),
        ):
            refused = proposed(command, used / "wrong.cedar", text, later)
            assert refused.returncode == 1
            assert complaint in refused.stderr
            assert len(refused.stderr.splitlines()) == 1
        missing = command("ga", "approve", "7")
        assert (missing.returncode, missing.stdout) == (1, "")
        assert "there is no version 7" in missing.stderr
        assert as_json(command("ga", "versions", "--json")) == []
        ended = command(
            "ga", "propose", "--end", "rel-market", "--from", later.isoformat(), "--title", "x", "--reason", "y",
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        assert "ends rel-market" in ended.stdout
        assert "check to come" in ended.stdout
