"""Device code flow: a device asks, a person agrees on a page, and the device gets one token."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from copartner.signin import device
from copartner.signin.model import SignedIn
from copartner.signin.rules import DeviceUnknown, SignInFailed
from support.authority import PARTNER_CENTER, PASSWORD, PORTAL, ROOT, SECRET, Office, office
from support.postgres import Database
from support.programme import Programme, programme

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SCOPE = f"openid offline_access {PARTNER_CENTER}/.default"
NAME = "aa@nordlicht.example"
PAGE = "/common/oauth2/deviceauth"


@pytest.fixture(scope="module")
async def here(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Programme]:
    """The world, which no test here changes."""
    async with programme(module_database, tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture
async def desk(here: Programme) -> AsyncIterator[Office]:
    """A fresh clock over the shared world."""
    async with office(here) as made:
        yield made


async def begin(desk: Office, tenant: str = "common", **changed: str) -> dict[str, Any]:
    """What a device of nordlicht's application is told."""
    form = {"client_id": desk.app_id(), "scope": SCOPE, **changed}
    answer = await desk.http.post(f"/{tenant}/oauth2/v2.0/devicecode", data=form)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def ask(desk: Office, held: str, tenant: str = "common", version: int = 2, **changed: str) -> httpx.Response:
    """The device asks for its token."""
    form = {"grant_type": GRANT, "client_id": desk.app_id(), "client_secret": SECRET, "device_code": held}
    return await desk.token(tenant, version, **{k: v for k, v in {**form, **changed}.items() if v != "-"})


async def open_page(desk: Office, code: str = "", name: str = NAME, password: str = PASSWORD) -> httpx.Response:
    """The page for a device's code, after a person signed in on the way."""
    desk.http.cookies.clear()
    answer = await desk.send(await desk.http.get(PAGE, params={"user_code": code} if code else {}), name, password)
    return await desk.http.get(answer.headers["location"]) if answer.is_redirect else answer


async def press(desk: Office, page: httpx.Response, **typed: str) -> httpx.Response:
    """Send the form of the page for a device's code."""
    found = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page.text))
    return await desk.http.post(PAGE, data={**found, **typed})


async def agree(desk: Office, code: str, name: str = NAME, password: str = PASSWORD) -> httpx.Response:
    """A person signs in, types the code and agrees."""
    page = await open_page(desk, code, name, password)
    return await press(desk, page, user_code=code, answer="yes") if "user_code" in page.text else page


def error(answer: httpx.Response) -> str:
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


async def test_a_device_signs_in(desk: Office) -> None:
    begun = await begin(desk)
    assert (begun["expires_in"], begun["interval"]) == (900, 5)
    assert begun["verification_uri"] == f"{ROOT}/common/oauth2/deviceauth"
    assert begun["user_code"] in begun["message"]
    assert error(await ask(desk, begun["device_code"])) == "authorization_pending"
    page = await open_page(desk, begun["user_code"])
    assert begun["user_code"] in page.text
    assert "script" not in page.headers["content-security-policy"]
    named = await press(desk, page, user_code=begun["user_code"].lower().replace("-", " "))
    assert "Go on only if you started this yourself" in named.text
    assert "You have signed in" in (await agree(desk, begun["user_code"])).text
    said = (await ask(desk, begun["device_code"])).json()
    assert said["scope"] == SCOPE
    assert said.keys() >= {"refresh_token", "id_token"}
    verified = await desk.authority.tokens.verify(said["access_token"])
    assert (verified.user_principal_name, verified.audience) == (NAME, PARTNER_CENTER)
    assert error(await ask(desk, begun["device_code"])) == "bad_verification_code"
    assert (await agree(desk, begun["user_code"])).status_code == 400


async def test_the_v1_form_has_other_words(desk: Office) -> None:
    form = {"client_id": desk.app_id(), "resource": PARTNER_CENTER}
    begun = (await desk.http.post("/nordlicht.example/oauth2/devicecode", data=form)).json()
    assert (begun["expires_in"], begun["interval"]) == ("900", "5")
    assert begun["verification_url"].startswith(ROOT)
    await agree(desk, begun["user_code"])
    said = (await ask(desk, "-", "nordlicht.example", 1, grant_type="device_code", code=begun["device_code"])).json()
    assert (said["resource"], said["expires_in"]) == (PARTNER_CENTER, "3600")


async def test_a_device_that_hurries_is_told_so(desk: Office) -> None:
    code = (await begin(desk))["device_code"]
    assert error(await ask(desk, code)) == "authorization_pending"
    desk.pass_time(seconds=1)
    assert error(await ask(desk, code)) == "slow_down"
    desk.pass_time(seconds=5)
    assert error(await ask(desk, code)) == "authorization_pending"


async def test_a_person_may_say_no(desk: Office) -> None:
    begun = await begin(desk)
    page = await press(desk, await open_page(desk), user_code=begun["user_code"])
    assert "told no" in (await press(desk, page, answer="no")).text
    assert error(await ask(desk, begun["device_code"])) == "authorization_declined"


async def test_codes_end_after_fifteen_minutes(desk: Office) -> None:
    begun = await begin(desk)
    desk.pass_time(minutes=15)
    assert (await agree(desk, begun["user_code"])).status_code == 400
    assert error(await ask(desk, begun["device_code"])) == "expired_token"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"device_code": "made-up"}, "bad_verification_code"),
        ({"device_code": "-"}, "invalid_request"),
        ({"client_id": str(PORTAL.id), "client_secret": "-"}, "bad_verification_code"),
    ],
)
async def test_the_code_is_bound(desk: Office, changed: dict[str, str], code: str) -> None:
    begun = await begin(desk)
    await agree(desk, begun["user_code"])
    assert error(await ask(desk, begun["device_code"], **changed)) == code
    assert (await ask(desk, begun["device_code"])).status_code == 200


async def test_a_confidential_application_proves_itself_with_the_code(desk: Office) -> None:
    begun = await begin(desk)
    await agree(desk, begun["user_code"])
    for secret in ("wrong", "-"):
        assert (await ask(desk, begun["device_code"], client_secret=secret)).json()["error"] == "invalid_client"


async def test_only_a_user_of_the_tenant_agrees(desk: Office) -> None:
    begun = await begin(desk)
    assert (await agree(desk, begun["user_code"], "aa@suedwind.example")).status_code == 400
    assert (await agree(desk, begun["user_code"], password="wrong")).status_code == 400
    assert (await agree(desk, "BBBB-BBBB")).status_code == 400
    assert error(await ask(desk, begun["device_code"])) == "authorization_pending"
    # The seam that a page with a session uses holds to the same.
    stranger = await desk.authority.user("aa@suedwind.example", PASSWORD, await desk.authority.directory("common"))
    signed_in = SignedIn(stranger, ("pwd", "mfa"), desk.clock.now())
    with pytest.raises(SignInFailed):
        await device.approve(desk.authority, begun["user_code"], signed_in)
    with pytest.raises(DeviceUnknown):
        await device.approve(desk.authority, "none", signed_in)


async def test_a_foreign_site_agrees_to_nothing(desk: Office) -> None:
    begun = await begin(desk)
    await open_page(desk)
    for key in ("", "x", "é"):
        form = {"user_code": begun["user_code"], "answer": "yes", "key": key}
        assert (await desk.http.post(PAGE, data=form)).status_code == 400
    desk.http.cookies.clear()
    form = {"user_code": begun["user_code"], "answer": "yes"}
    assert 'type="password"' in (await desk.http.post(PAGE, data=form)).text
    assert error(await ask(desk, begun["device_code"])) == "authorization_pending"


async def test_a_device_begins_only_for_a_known_application(desk: Office) -> None:
    for tenant, form in (
        ("suedwind.example", {"client_id": desk.app_id()}),
        ("common", {"client_id": "00000000-0000-4000-8000-00000000dead"}),
    ):
        answer = await desk.http.post(f"/{tenant}/oauth2/v2.0/devicecode", data=form)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
