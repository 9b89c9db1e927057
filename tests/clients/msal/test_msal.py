"""msal 1.39 as published, over TLS: every flow, with instance discovery off, at our own address, or by `adfs`."""

import ssl
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from support.clients import drive
from support.coverage import Coverage, coverage
from support.running import Running, temporary_place, up

LOG = "requests.jsonl"
WAYS = [
    pytest.param("nordlicht", False, id="discovery-off"),
    pytest.param("common", False, id="common"),
    pytest.param("common", True, id="our-instance-discovery"),
    pytest.param("adfs", None, id="adfs"),
]


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """The emulator over TLS, today: a partner's user needs a second factor at the API."""
    with temporary_place() as place, up(place / "data", "--tls", "--request-log", str(place / LOG)) as made:
        yield made


@pytest.fixture(scope="module")
def covered(running: Running) -> Iterator[Coverage]:
    """What msal asks for in these tests."""
    with coverage("msal", running.data.with_name(LOG)) as made:
        yield made


@pytest.fixture(scope="module")
def cast(running: Running, covered: Coverage) -> dict[str, Any]:
    """One partner with its application and its Admin agent, who has an authenticator app."""
    tenant = next(each for each in running.ready["tenants"] if each["kind"] == "partner" and each["applications"])
    application = tenant["applications"][0]
    agent = {
        "coverage": covered,
        "url": running.url,
        "ca": running.ready["certificateAuthority"],
        "tenant_id": tenant["tenantId"],
        "client_id": application["clientId"],
        "secret": application["clientSecret"],
        "users": tenant["users"],
        **account(tenant["users"], "Admin agent"),
    }
    # The app's own code holds once in half a minute; a recovery code counts as much, at once.
    return {**agent, "recovery_codes": flow(agent, "enrolled")}


def account(users: list[dict[str, Any]], role: str) -> dict[str, str]:
    """Name and password of the user with a role."""
    user = next(each for each in users if role in each["roles"])
    return {"username": user["userPrincipalName"], "password": user["password"]}


def flow(cast: dict[str, Any], name: str, tenant: str = "nordlicht", discovery: bool | None = False) -> Any:
    """What msal got; `discovery` True is instance discovery at our own address."""
    where = cast["tenant_id"] if tenant == "nordlicht" else tenant
    instance = f"{cast['url']}/common/discovery/instance" if discovery else discovery
    asked = {**cast, "flow": name, "tenant": where, "instance_discovery": instance}
    with asked.pop("coverage").watching():
        return drive("msal", "flows.py", asked)


def signed_in(cast: dict[str, Any], name: str, tenant: str = "nordlicht", discovery: bool | None = False) -> Any:
    """The same with somebody before a browser, who types a second factor as well."""
    return flow({**cast, "code": cast["recovery_codes"].pop()}, name, tenant, discovery)


def customers(cast: dict[str, Any], token: str) -> int:
    """The status of a read that a partner may do, with this token."""
    trusting = ssl.create_default_context(cafile=cast["ca"])
    answer = httpx.get(
        f"{cast['url']}/v1/customers", headers={"Authorization": f"Bearer {token}"}, verify=trusting, trust_env=False
    )
    return answer.status_code


def test_an_application_by_itself(cast: dict[str, Any]) -> None:
    first, second = flow(cast, "client_credentials")
    assert first["access_token"] == second["access_token"]
    assert (first["token_source"], second["token_source"]) == ("identity_provider", "cache")
    assert customers(cast, first["access_token"]) == 200


@pytest.mark.verify
@pytest.mark.parametrize(("tenant", "discovery"), WAYS)
def test_an_application_by_every_address(cast: dict[str, Any], tenant: str, discovery: bool | None) -> None:
    for answer in flow(cast, "client_credentials", tenant, discovery):
        assert customers(cast, answer["access_token"]) == 200


@pytest.mark.verify
@pytest.mark.parametrize(("tenant", "discovery"), WAYS)
def test_a_person_signs_in_and_stays(cast: dict[str, Any], tenant: str, discovery: bool | None) -> None:
    answers = signed_in(cast, "authorization_code", tenant, discovery)
    assert [answer.get("token_source") for answer in answers] == [
        "identity_provider", "cache", "identity_provider", "identity_provider",
    ], answers  # fmt: skip
    claims = answers[0]["id_token_claims"]
    assert (claims["preferred_username"], claims["tid"]) == (cast["username"], cast["tenant_id"])
    assert claims["aud"] == cast["client_id"]
    for answer in answers:
        assert customers(cast, answer["access_token"]) == 200


@pytest.mark.verify
@pytest.mark.parametrize(("tenant", "discovery"), WAYS)
def test_a_device_signs_in(cast: dict[str, Any], tenant: str, discovery: bool | None) -> None:
    (answer,) = signed_in(cast, "device_code", tenant, discovery)
    assert answer["id_token_claims"]["preferred_username"] == cast["username"], answer
    assert customers(cast, answer["access_token"]) == 200


@pytest.mark.verify
def test_an_app_is_added_on_the_way(cast: dict[str, Any]) -> None:
    (answer,) = flow({**cast, **account(cast["users"], "Sales agent")}, "second_factor")
    assert customers(cast, answer["access_token"]) == 200


@pytest.mark.verify
def test_without_a_second_factor_nothing_is_told(cast: dict[str, Any]) -> None:
    answers = flow({**cast, **account(cast["users"], "Helpdesk agent")}, "authorization_code")
    assert [customers(cast, answer["access_token"]) for answer in answers] == [401] * 4


@pytest.mark.verify
def test_name_and_password_at_the_emulator(cast: dict[str, Any]) -> None:
    # Elsewhere msal first asks for the user's realm, at port 443 whatever the authority's.
    (answer,) = flow(cast, "password", "adfs", None)
    assert customers(cast, answer["access_token"]) == 200


@pytest.mark.verify
def test_an_answer_to_another_request_is_refused(cast: dict[str, Any]) -> None:
    (answer,) = signed_in(cast, "mixed_up_state")
    assert answer["error"] == "refused"
    assert "state" in answer["error_description"]
