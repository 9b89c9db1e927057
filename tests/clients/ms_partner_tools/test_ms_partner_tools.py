"""ms-partner-tools 0.1.1 as published, its hosts built in: it is told of a proxy and of whom to trust, no more."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from support.clients import CLIENTS, drive
from support.coverage import Coverage, coverage
from support.proxy import Proxy, proxied
from support.running import temporary_place
from support.up import Emulator, emulator

HOSTS = ("login.microsoftonline.com", "api.partnercenter.microsoft.com")


@dataclass(frozen=True, slots=True)
class Stage:
    """An emulator that is the client's built-in hosts, and what the client is told."""

    running: Emulator
    proxy: Proxy
    coverage: Coverage
    asked: dict[str, Any]
    place: Path
    recovery_codes: list[str] = field(default_factory=list)

    def signed_in(self, name: str) -> Any:
        """What the client did for somebody who typed a second factor as well."""
        return self.flow(name, code=self.recovery_codes.pop())

    def flow(self, name: str, **typed: str) -> Any:
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
            return drive("ms_partner_tools", "flows.py", {**self.asked, **typed, "flow": name}, more)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """An Admin agent, with a second factor, of a partner with one customer; an application that keeps no secret."""
    with temporary_place() as place:
        log = place / "requests.jsonl"
        started = emulator(place, "--tls", "--request-log", str(log))
        with started as running, coverage("ms_partner_tools", log) as covered:
            assert running.certificate_authority is not None
            with proxied(HOSTS, running.url, running.certificate_authority, place) as proxy:
                made = Stage(running, proxy, covered, asked(running, proxy), place)
                # The app's own code holds once in half a minute; a recovery code counts as much, at once.
                made.recovery_codes.extend(made.flow("enrolled"))
                yield made
                assert proxy.refused == []


def asked(running: Emulator, proxy: Proxy) -> dict[str, Any]:
    """What the flows are told."""
    registration = {"name": "Partner tools", "redirectUris": ["http://localhost"]}
    registered = running.person("Global admin", "nordlicht").post("/programme/v1/applications", registration)
    agent = next(one for one in running.tenants["nordlicht"]["users"] if "Admin agent" in one["roles"])
    (customer,) = running.person("Admin agent", "nordlicht").get("/v1/customers")["items"]
    return {
        "ca": str(proxy.authorities),
        "url": f"https://{HOSTS[0]}",
        "tenant": running.id("nordlicht"),
        "client_id": registered["id"],
        "username": agent["userPrincipalName"],
        "password": agent["password"],
        "customer": customer["id"],
    }


def test_a_device_signs_in_and_calls(stage: Stage) -> None:
    holds(stage, stage.signed_in("device_code"))


@pytest.mark.verify
def test_a_browser_signs_in_and_calls(stage: Stage) -> None:
    holds(stage, stage.signed_in("interactive"))


@pytest.mark.verify
def test_its_command(stage: Stage) -> None:
    assert stage.signed_in("command") == link(stage)


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
