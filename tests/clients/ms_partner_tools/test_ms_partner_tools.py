"""ms-partner-tools 0.1.1 as published, its hosts built in: it is told of a proxy and of whom to trust, no more."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.clients import CLIENTS, drive
from support.coverage import Coverage, coverage
from support.proxy import Proxy, proxied
from support.running import temporary_place
from support.up import Emulator, emulator

HOSTS = ("login.microsoftonline.com", "api.partnercenter.microsoft.com")
# It signs people in by pages alone; from 2026-04 each of their calls asks for a second factor.
DATE = "2025-11-29"


@dataclass(frozen=True, slots=True)
class Stage:
    """An emulator that is the client's built-in hosts, and what the client is told."""

    running: Emulator
    proxy: Proxy
    coverage: Coverage
    asked: dict[str, Any]
    place: Path

    def flow(self, name: str) -> Any:
        """What the client did."""
        home = self.place / name
        home.mkdir()
        keyring = CLIENTS / "ms_partner_tools" / "keyring"
        more = {
            **self.proxy.environment,
            "PYTHONPATH": f"{CLIENTS}:{keyring}",
            "HOME": str(home),
            "PARTNER_TOOLS_CONFIG": str(home / "config"),
        }
        (home / "config").mkdir()
        with self.coverage.watching():
            return drive("ms_partner_tools", "flows.py", {**self.asked, "flow": name}, more)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """An Admin agent of a partner with one customer, and an application that keeps no secret."""
    with temporary_place() as place:
        log = place / "requests.jsonl"
        options = ("--tls", "--clock", DATE, "--request-log", str(log))
        with emulator(place, *options) as running, coverage("ms_partner_tools", log) as covered:
            assert running.certificate_authority is not None
            with proxied(HOSTS, running.url, running.certificate_authority, place) as proxy:
                yield Stage(running, proxy, covered, asked(running, proxy), place)
                assert proxy.refused == []


def asked(running: Emulator, proxy: Proxy) -> dict[str, Any]:
    """What the flows are told."""
    registration = {"name": "Partner tools", "redirectUris": ["http://localhost"]}
    registered = running.person("Global admin", "nordlicht").post("/programme/v1/applications", registration)
    agent = next(one for one in running.tenants["nordlicht"]["users"] if "Admin agent" in one["roles"])
    (customer,) = running.person("Admin agent", "nordlicht").get("/v1/customers")["items"]
    return {
        "ca": str(proxy.authorities),
        "tenant": running.id("nordlicht"),
        "client_id": registered["id"],
        "username": agent["userPrincipalName"],
        "password": agent["password"],
        "customer": customer["id"],
    }


def test_a_device_signs_in_and_calls(stage: Stage) -> None:
    holds(stage, stage.flow("device_code"))


@pytest.mark.verify
def test_a_browser_signs_in_and_calls(stage: Stage) -> None:
    holds(stage, stage.flow("interactive"))


@pytest.mark.verify
def test_its_command(stage: Stage) -> None:
    assert stage.flow("command") == link(stage)


def link(stage: Stage) -> str:
    """Where customers accept a relationship with the partner."""
    return f"{stage.running.url}/customer/consent/reseller-relationships/{stage.asked['tenant']}"


def holds(stage: Stage, facts: dict[str, Any]) -> None:
    """What is served was read by the client's own models; the 501 of what is not, it takes for a list."""
    profile = {"companyName": "Hafen Digital GmbH", "domain": "hafen.example", "tenantId": stage.asked["customer"]}
    expected = {"id": stage.asked["customer"], "companyProfile": profile, "relationshipToPartner": "reseller"}
    assert facts["customers"] == {"answer": [expected]}, facts
    assert facts["relationship_request_url"] == {"answer": link(stage)}
    assert facts["devices"] == facts["enroll_devices"] == {"error": "KeyError"}
    driven = stage.coverage.driven
    assert (
        driven["customers: GET /v1/customers"]
        == driven["relationships: GET /v1/customers/relationshiprequests"]
        == {200}
    )
    assert driven["devices: GET /v1/customers/{customer}/deviceBatches"] == {501}
