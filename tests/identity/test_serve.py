"""`copartner serve` with an identity provider by settings from the environment, as an operator starts it."""

import json
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from support import production
from support.federation import ROLES, TENANTS
from support.postgres import Database
from support.programme import Programme
from support.provider import AUDIENCE, CLIENT, SECRET, Provider, provider
from support.running import COPARTNER

# The provider is installed at its first use.
pytestmark = pytest.mark.timeout(300)


def settings(there: Provider, place: Path) -> dict[str, str]:
    """What the operator sets."""
    (place / "secret").write_text(SECRET)
    return {
        "oidc_issuer": there.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret_file": str(place / "secret"),
        "oidc_audiences": AUDIENCE,
        "oidc_tenant_claim": "tid",
        "oidc_tenants": json.dumps(TENANTS),
        "oidc_role_claim": "groups",
        "oidc_roles": json.dumps(ROLES),
    }


def test_people_come_by_the_provider_into_the_portal_and_its_tokens_open_the_interfaces(
    here: Programme, module_database: Database, tmp_path: Path
) -> None:
    port = production.free_port()
    with provider(f"http://127.0.0.1:{port}") as there:
        given = settings(there, tmp_path)
        environment = production.settings(module_database.login_url, tmp_path, port=str(port), **given)
        environment["COPARTNER_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        told = subprocess.run([str(COPARTNER), "provider"], env=environment, capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        assert f"register there for {CLIENT}: {there.back}" in told.stdout
        with production.serve(module_database.login_url, tmp_path, at=port, **given) as serving:
            there.order("person", "ben")
            with httpx.Client(trust_env=False, follow_redirects=True) as browser:
                page = "/customer/relationship-requests/00000000-0000-4000-8000-000000000000"
                shown = browser.get(f"{serving.url}/portal/sign-in", params={"page": page})
            passed = [urlsplit(str(step.url)).netloc for step in shown.history]
            assert urlsplit(there.issuer).netloc in passed
            assert str(shown.url) == serving.url + page
            # The request is nobody's, which only somebody who is signed in gets to hear.
            assert shown.status_code == 404, shown.text
            bearer = {"Authorization": f"Bearer {there.access_token('ben')}"}
            users = httpx.get(f"{serving.url}/programme/v1/users", headers=bearer, trust_env=False)
            assert users.status_code == 200, users.text
            assert "ben@alpenblick.example" in {one["userPrincipalName"] for one in users.json()["items"]}
        log = serving.log.read_text()
        assert SECRET not in log
        assert bearer["Authorization"].removeprefix("Bearer ") not in log
    gone = subprocess.run([str(COPARTNER), "provider"], env=environment, capture_output=True, text=True)
    assert (gone.returncode, gone.stderr.count("\n")) == (1, 1), gone.stderr
    assert "does not answer" in gone.stderr


def test_a_client_secret_that_cannot_be_read_stops_the_start(module_database: Database, tmp_path: Path) -> None:
    given = {"oidc_issuer": "https://login.example", "oidc_client_id": "a", "oidc_tenant": "nordlicht.example"}
    environment = production.settings(
        module_database.login_url, tmp_path, **given, oidc_client_secret_file=str(tmp_path / "nowhere")
    )
    code, said = production.ended(environment, "serve")
    assert code == 1
    assert "COPARTNER_OIDC_CLIENT_SECRET_FILE cannot be read" in said
