"""From a request to a receipt that is checked offline, by the command that people run."""

import json
from pathlib import Path

import httpx
from typer.testing import CliRunner

from copartner.cli.main import build
from support.granular import CONSENT, GRAPH, asked
from support.up import emulator


def verified(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(build(), ["receipt", "verify", *arguments])
    return done.exit_code, done.output


def test_a_receipt_of_a_running_service_is_checked_while_it_runs_and_after(place: Path) -> None:
    with emulator(place) as up:
        partner, customer = up.person("Admin agent", "nordlicht"), up.person("Global admin", "alpenblick")
        named = {"customer": {"tenantId": up.id("alpenblick"), "displayName": "Alpenblick"}}
        made = partner.post(GRAPH, asked("Betrieb", **named))["id"]
        partner.post(f"{GRAPH}/{made}/requests", {"action": "lockForApproval"})
        assert customer.post(f"{CONSENT}/{made}", {"answer": "approve"})["status"] == "active"
        found = customer.get(f"/programme/v1/consent/receipts/{made[:36]}?side=customer")
        file, keys = place / "receipt.json", place / "keys.json"
        file.write_text(json.dumps(found))
        address = f"{up.url}/common/discovery/receipt-keys"
        code, said = verified(str(file), "--keys", address)
        assert (code, "Nordlicht IT GmbH" in said, found["receipt"]["issuer"]) == (0, True, up.url), said
        keys.write_bytes(httpx.get(address).content)
        bearer = {"Authorization": f"Bearer {found['jws']}"}
        assert httpx.get(f"{up.url}/v1/customers", headers=bearer).status_code == 401
    # Nothing is asked of anybody any more.
    assert verified(str(file), "--keys", str(keys))[0] == 0
    code, said = verified(str(file))
    assert (code, address in said) == (2, True), said
    file.write_text(json.dumps({**found, "receipt": {**found["receipt"], "duration": "P2Y"}}))
    code, said = verified(str(file), "--keys", str(keys))
    assert (code, "in duration." in said) == (1, True), said
    assert verified(str(file), "--keys", address)[0] == 2
