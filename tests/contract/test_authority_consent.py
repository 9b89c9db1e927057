"""The consent of a person to an application: asked once, on a page, kept for that person or for a tenant."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from copartner.command.context import Context
from copartner.signin import consents
from copartner.signin.tokens import TokenRevoked
from copartner.tenants.service import applications
from support.authority import BACK, PORTAL, ROOT, SECRET, Office, office, query_of
from support.postgres import Database
from support.programme import programme

SCOPE = "openid offline_access"


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    """An authority whose world has consented to nothing."""
    async with programme(database, tmp_path) as made, office(made) as served:
        await served.execute("DELETE FROM application_consent")
        yield served


def admin(desk: Office, who: str = "ga@nordlicht") -> Context:
    """A Global admin of nordlicht."""
    return desk.here.context(who)


async def press(desk: Office, page: httpx.Response, answer: str) -> httpx.Response:
    """Press a button of a page."""
    action = re.search(r'<form method="post" action="([^"]+)"', page.text)
    field = re.search(r'name="form" value="([^"]+)"', page.text)
    assert action, page.text
    assert field
    return await desk.http.post(action.group(1), data={"form": field.group(1), "answer": answer})


async def asked(desk: Office, name: str = "aa@nordlicht.example", **changed: str) -> httpx.Response:
    """What comes after name and password."""
    return await desk.send(await desk.show(**changed), name)


async def tokens(desk: Office, answer: httpx.Response) -> dict[str, Any]:
    """The tokens for the code that a browser is sent back with."""
    assert answer.status_code == 303, answer.text
    redeemed = await desk.redeem(query_of(answer)["code"])
    assert redeemed.status_code == 200, redeemed.text
    said: dict[str, Any] = redeemed.json()
    return said


async def test_the_page_says_what_it_is_about_and_is_shown_once(desk: Office) -> None:
    page = await asked(desk, scope=SCOPE)
    assert page.status_code == 200
    for said in (
        f"<strong>{desk.here.tenant('nordlicht').applications[0].name}</strong>",
        "registered by <strong>Nordlicht IT GmbH</strong>",
        "act with your roles at this deployment",
        "keep this access while you are signed out",
        "portal.nordlicht.example",
        "aa@nordlicht.example",
    ):
        assert said in page.text, said
    assert "accept-for-all" not in page.text
    assert not re.search(r"<script|\son[a-z]+=", page.text)
    assert "https://portal.nordlicht.example" in page.headers["content-security-policy"]
    assert (await tokens(desk, await press(desk, page, "accept")))["refresh_token"]
    assert (await asked(desk, scope=SCOPE)).status_code == 303
    assert 'value="accept"' in (await asked(desk, "sa@nordlicht.example")).text


async def test_less_is_not_more(desk: Office) -> None:
    first = await asked(desk, scope="openid")
    assert "signed out" not in first.text
    await tokens(desk, await press(desk, first, "accept"))
    more = await asked(desk, scope=SCOPE)
    assert "keep this access while you are signed out" in more.text
    await tokens(desk, await press(desk, more, "accept"))
    assert (await asked(desk, scope="openid")).status_code == 303
    (held,) = (await consents.list_consents(desk.here.context("aa@nordlicht"))).items
    assert held.offline


async def test_what_nobody_consented_to_is_not_had_by_naming_it_for_the_token(desk: Office) -> None:
    for version in (1, 2):
        page = await asked(desk, scope="openid", prompt="consent login")
        code = query_of(await press(desk, page, "accept"))["code"]
        redeemed = await desk.redeem(code, version=version, scope=SCOPE)
        assert redeemed.status_code == 200, redeemed.text
        assert "refresh_token" not in redeemed.json()
        assert "id_token" in redeemed.json()


async def test_where_a_refresh_token_always_comes_the_page_says_so(desk: Office) -> None:
    page = await desk.send(await desk.show(version=1))
    assert "keep this access while you are signed out" in page.text
    code = query_of(await press(desk, page, "accept"))["code"]
    assert (await desk.redeem(code, version=1)).json()["refresh_token"]
    (held,) = (await consents.list_consents(desk.here.context("aa@nordlicht"))).items
    assert held.offline


async def test_declining_goes_back_without_a_session(desk: Office) -> None:
    back = await press(desk, await asked(desk), "decline")
    assert back.status_code == 303
    assert back.headers["location"].startswith(BACK)
    said = query_of(back)
    assert (said["error"], said["state"]) == ("access_denied", "s & s=1")
    assert "code" not in said
    assert 'type="password"' in (await desk.show(prompt="-")).text
    assert (await consents.list_consents(admin(desk), of_all=True)).items == ()


async def test_an_answer_is_one_of_the_buttons(desk: Office) -> None:
    again = await press(desk, await asked(desk), "whatever")
    assert again.status_code == 400
    assert "Press one of the buttons." in again.text


async def test_prompt_consent_asks_again_and_prompt_none_never(desk: Office) -> None:
    await tokens(desk, await press(desk, await asked(desk), "accept"))
    page = await desk.show(prompt="consent")
    assert 'value="accept"' in page.text
    assert (await press(desk, page, "accept")).status_code == 303
    assert "code" in query_of(await desk.show(prompt="none"))
    silent = query_of(await desk.show(prompt="none", scope=SCOPE))
    assert silent["error"] == "interaction_required"


async def test_a_global_admin_consents_for_everybody(desk: Office) -> None:
    page = await asked(desk, "ga@nordlicht.example", scope=SCOPE)
    assert "Accept for everybody at Nordlicht IT GmbH" in page.text
    await tokens(desk, await press(desk, page, "accept-for-all"))
    assert (await asked(desk, scope=SCOPE)).status_code == 303
    forged = await press(desk, await desk.show(prompt="consent"), "accept-for-all")
    assert forged.status_code == 400


async def test_where_an_admin_is_asked_for_a_user_alone_does_not_do(desk: Office) -> None:
    await tokens(desk, await press(desk, await asked(desk), "accept"))
    await applications.change_application(admin(desk), application_id=UUID(desk.app_id()), admin_consent=True)
    page = await asked(desk)
    assert "a Global admin consents for the whole tenant" in page.text
    assert 'value="accept"' not in page.text
    forced = await press(desk, page, "accept")
    assert forced.status_code == 400
    await press(desk, await asked(desk, "ga@nordlicht.example"), "accept-for-all")
    assert (await asked(desk)).status_code == 303


async def test_where_an_admin_is_asked_from_now_on_nothing_is_renewed_until_one_consents(desk: Office) -> None:
    given = await tokens(desk, await press(desk, await asked(desk, scope=SCOPE), "accept"))
    await applications.change_application(admin(desk), application_id=UUID(desk.app_id()), admin_consent=True)

    async def renew() -> httpx.Response:
        form = {"client_id": desk.app_id(), "client_secret": SECRET, "refresh_token": given["refresh_token"]}
        return await desk.token("nordlicht.example", 2, grant_type="refresh_token", **form)

    refused = await renew()
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    await press(desk, await asked(desk, "ga@nordlicht.example", scope=SCOPE), "accept-for-all")
    assert (await renew()).status_code == 200


async def test_the_deployments_own_are_not_asked_about(desk: Office) -> None:
    page = await desk.show("common", client_id=str(PORTAL.id), redirect_uri=f"{ROOT}/signed-in")
    assert (await desk.send(page)).status_code == 303


async def test_a_withdrawn_consent_ends_what_it_led_to_and_nothing_else(desk: Office) -> None:
    given, others = {}, {}
    for name, kept in (("aa@nordlicht.example", given), ("sa@nordlicht.example", others)):
        kept |= await tokens(desk, await press(desk, await asked(desk, name, scope=SCOPE), "accept"))
    waiting = query_of(await asked(desk, scope=SCOPE))["code"]
    by_itself = (await desk.app_token()).json()["access_token"]
    desk.pass_time(seconds=1)
    (held,) = (await consents.list_consents(desk.here.context("aa@nordlicht"))).items
    runtime_ctx = Context(desk.authority.runtime, desk.here.context("aa@nordlicht").caller, correlation_id="c")
    gone = await consents.withdraw_consent(runtime_ctx, consent_id=held.id)
    assert gone.withdrawn_at is not None
    async with desk.authority.pool.acquire() as connection:
        await desk.authority.revocations._look(connection)
    with pytest.raises(TokenRevoked):
        await desk.authority.tokens.verify(given["access_token"])
    for token in (others["access_token"], by_itself):
        await desk.authority.tokens.verify(token)
    proof = {"client_id": desk.app_id(), "client_secret": SECRET, "grant_type": "refresh_token"}
    refused = await desk.token("common", 2, **proof, refresh_token=given["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert (await desk.token("common", 2, **proof, refresh_token=others["refresh_token"])).status_code == 200
    assert (await desk.redeem(waiting)).status_code == 400
    # The session's word does not do there any more; who signs in anew and agrees anew goes on.
    desk.pass_time(seconds=1)
    assert 'type="password"' in (await desk.show(prompt="-", login_hint="aa@nordlicht.example")).text
    again = await tokens(desk, await press(desk, await asked(desk, scope=SCOPE), "accept"))
    await desk.authority.tokens.verify(again["access_token"])
    assert (await desk.token("common", 2, **proof, refresh_token=given["refresh_token"])).status_code == 400


async def test_withdrawing_for_the_tenant_ends_everybodys(desk: Office) -> None:
    await press(desk, await asked(desk, "ga@nordlicht.example", scope=SCOPE), "accept-for-all")
    given = await tokens(desk, await asked(desk, scope=SCOPE))
    desk.pass_time(seconds=1)
    (held,) = (await consents.list_consents(admin(desk), of_all=True)).items
    assert held.user_id is None
    ctx = Context(desk.authority.runtime, admin(desk).caller, correlation_id="c")
    await consents.withdraw_consent(ctx, consent_id=held.id)
    async with desk.authority.pool.acquire() as connection:
        await desk.authority.revocations._look(connection)
    with pytest.raises(TokenRevoked):
        await desk.authority.tokens.verify(given["access_token"])


async def test_a_device_is_agreed_to_with_the_consent(desk: Office) -> None:
    began = await desk.http.post(
        "/nordlicht.example/oauth2/v2.0/devicecode", data={"client_id": desk.app_id(), "scope": SCOPE}
    )
    code = began.json()["user_code"]
    at = "/common/oauth2/deviceauth"
    back = await desk.send(await desk.http.get(at, params={"user_code": code}))
    page = await desk.http.get(back.headers["location"])
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    assert key, page.text
    shown = await desk.http.post(at, data={"key": key.group(1), "user_code": code})
    assert "keep this access while you are signed out" in shown.text
    assert "Nordlicht IT GmbH" in shown.text
    done = await desk.http.post(at, data={"key": key.group(1), "user_code": code, "answer": "yes"})
    assert "You have signed in to" in done.text
    (held,) = (await consents.list_consents(desk.here.context("aa@nordlicht"))).items
    assert held.offline
    form = {"grant_type": "device_code", "device_code": began.json()["device_code"], "client_id": desk.app_id()}
    assert (await desk.token("common", 2, **form, client_secret=SECRET)).status_code == 200


async def test_both_are_in_the_audit(desk: Office) -> None:
    await press(desk, await asked(desk, "ga@nordlicht.example"), "accept")
    (held,) = (await consents.list_consents(admin(desk))).items
    await consents.withdraw_consent(admin(desk), consent_id=held.id)
    async with desk.here.owner() as owner:
        rows = await owner.fetch(
            "SELECT operation_type, actor_name FROM audit_record WHERE resource_id = $1 ORDER BY id",
            str(held.id),
        )
    caller = "ga@nordlicht.example"
    assert [tuple(row) for row in rows] == [
        ("application.consent", caller),
        ("application_consent.withdraw", caller),
    ]
