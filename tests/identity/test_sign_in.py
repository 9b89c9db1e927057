"""People sign in at the provider and our own tokens follow: both legs of the code flow, and what can go wrong."""

import base64
import json
import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from support.authority import SECRET
from support.federation import Federation, query_of
from support.provider import PEOPLE

# The provider is installed at its first use.
pytestmark = pytest.mark.timeout(300)
HALF_A_DAY = timedelta(hours=12)
TEN_MINUTES = timedelta(minutes=10)


def claims_of(token: str) -> dict[str, object]:
    """What a token of ours says."""
    part = token.split(".")[1]
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


async def test_a_person_signs_in_there_and_gets_our_tokens(desk: Federation) -> None:
    sent = await desk.away()
    assert sent.status_code == 303
    asked = dict(parse_qsl(urlsplit(sent.headers["location"]).query))
    assert sent.headers["location"].startswith(f"{desk.provider.issuer}/auth?")
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    found = await desk.tokens("anna")
    access, identity = claims_of(found["access_token"]), claims_of(found["id_token"])
    assert access["upn"] == identity["preferred_username"] == "anna.arendt@nordlicht.example"
    assert access["tid"] == str(desk.here.id("nordlicht"))
    assert access["roles"] == ["Admin agent", "Global admin", "User"]
    assert access["amr"] == ["fed", "mfa"]
    assert identity["nonce"] == "the application's own"
    assert (await desk.get(found["access_token"])).status_code == 200


async def test_a_user_appears_once_and_the_audit_says_so(desk: Federation) -> None:
    await desk.tokens("anna")
    await desk.tokens("anna")
    found = await desk.rows(
        """SELECT a.operation_type, a.actor_name, a.new_value FROM audit_record a
        WHERE a.tenant_id = $1 AND a.resource_type = 'ProviderUser'""",
        desk.here.id("nordlicht"),
    )
    assert [row["operation_type"] for row in found] == ["user.admit"]
    assert found[0]["actor_name"] == "anna.arendt@nordlicht.example"
    said = json.loads(found[0]["new_value"])
    assert (said["issuer"], said["subject"]) == (desk.provider.issuer, "anna")
    assert said["roles"] == ["Admin agent", "Global admin"]


async def test_the_session_answers_the_next_application_without_the_provider(desk: Federation) -> None:
    assert (await desk.arrive("anna")).status_code == 303
    before = desk.provider.asked("/auth")
    again = await desk.away(state="again")
    assert query_of(again)["state"] == "again"
    assert desk.provider.asked("/auth") == before
    assert urlsplit((await desk.away(prompt="login")).headers["location"]).path.endswith("/auth")


async def test_a_second_factor_there_counts_here(desk: Federation) -> None:
    for methods, shown, status in ((["pwd", "mfa"], ["fed", "mfa"], 200), (["pwd"], ["fed"], 401)):
        desk.provider.order("claims", {"id": "anna", "claims": {"amr": methods}})
        found = (await desk.tokens("anna"))["access_token"]
        assert claims_of(found)["amr"] == shown
        assert (await desk.get(found)).status_code == status
    desk.provider.order("claims", {"id": "anna", "claims": PEOPLE["anna"]})


async def test_an_application_of_another_tenant_gets_nothing(desk: Federation) -> None:
    refused = await desk.arrive("ben")
    assert refused.status_code == 400
    assert "another tenant" in refused.text
    sessions = await desk.rows("SELECT FROM browser_session WHERE tenant_id = $1", desk.here.id("alpenblick"))
    assert sessions == []


async def test_an_account_never_moves_to_another_tenant(desk: Federation) -> None:
    await desk.arrive("ben")
    desk.provider.order("claims", {"id": "ben", "claims": {"tid": "north"}})
    moved = await desk.arrive("ben")
    desk.provider.order("claims", {"id": "ben", "claims": PEOPLE["ben"]})
    assert moved.status_code == 400
    assert "belongs to another tenant" in moved.text


async def test_roles_come_and_go_with_the_claim_and_those_given_here_stay(desk: Federation) -> None:
    token = (await desk.tokens("anna"))["access_token"]
    listed = (await desk.get(token)).json()["items"]
    anna = next(one for one in listed if one["userPrincipalName"].startswith("anna"))
    assert (anna["roles"], anna["providerRoles"]) == ([], ["Admin agent", "Global admin"])
    given = await desk.http.put(
        f"/programme/v1/users/{anna['id']}/roles/BillingAdmin", headers={"Authorization": f"Bearer {token}"}
    )
    assert given.status_code == 200, given.text
    desk.provider.order("claims", {"id": "anna", "claims": {"groups": ["sellers"]}})
    changed = claims_of((await desk.tokens("anna"))["access_token"])
    assert changed["roles"] == ["Billing admin", "Sales agent", "User"]
    # Also for the token made before: roles are read anew.
    assert (await desk.get(token)).status_code == 403
    desk.provider.order("claims", {"id": "anna", "claims": {"groups": PEOPLE["anna"]["groups"]}})
    await desk.tokens("anna")
    assert (await desk.get(token)).status_code == 200
    records = await desk.rows(
        "SELECT old_value, new_value FROM audit_record WHERE operation_type = 'user.change_provider_roles' ORDER BY id"
    )
    assert json.loads(records[0]["old_value"])["roles"] == ["Admin agent", "Global admin"]
    assert json.loads(records[0]["new_value"])["roles"] == ["Sales agent"]


async def test_who_has_the_same_name_and_mail_is_somebody_else(desk: Federation) -> None:
    local = await desk.rows("SELECT id FROM user_account WHERE user_principal_name = 'aa@nordlicht.example'")
    said = claims_of((await desk.tokens("carl"))["access_token"])
    assert said["oid"] != str(local[0]["id"])
    assert str(said["upn"]).startswith("aa-")
    assert said["roles"] == ["User"]
    # A name that changes there changes nothing here.
    desk.provider.order(
        "claims", {"id": "carl", "claims": {"preferred_username": "carl", "email": "carl@corp.example"}}
    )
    assert claims_of((await desk.tokens("carl"))["access_token"])["oid"] == said["oid"]


async def test_a_disabled_user_stays_out(desk: Federation) -> None:
    found = await desk.tokens("anna")
    oid = claims_of(found["access_token"])["oid"]
    await desk.rows("UPDATE user_account SET enabled = false WHERE id = $1", oid)
    refused = await desk.arrive("anna")
    assert refused.status_code == 400
    assert "disabled" in refused.text
    assert (await desk.renew(found["refresh_token"])).status_code == 400
    await desk.rows("UPDATE user_account SET enabled = true WHERE id = $1", oid)
    assert (await desk.arrive("anna")).status_code == 303


async def test_after_some_hours_the_provider_is_asked_again(desk: Federation) -> None:
    found = await desk.tokens("anna")
    renewed = (await desk.renew(found["refresh_token"])).json()
    assert urlsplit((await desk.away()).headers["location"]).netloc == "portal.nordlicht.example"
    try:
        desk.clock.by += HALF_A_DAY
        assert (await desk.away()).headers["location"].startswith(desk.provider.issuer)
        assert (await desk.renew(renewed["refresh_token"])).json()["error"] == "invalid_grant"
    finally:
        desk.clock.by -= HALF_A_DAY


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"tid": None}, "lacks the claim tid"),
        ({"tid": "elsewhere"}, "no tenant here"),
        ({"tid": ["north", "alps"]}, "several tenants"),
        ({"tid": {"is": "north"}}, "lacks the claim tid"),
        ({"tid": "nowhere"}, "does not exist here"),
    ],
)
async def test_without_one_known_tenant_nobody_comes_in(desk: Federation, claims: dict[str, object], said: str) -> None:
    desk.provider.order("claims", {"id": "anna", "claims": claims})
    refused = await desk.arrive("anna")
    desk.provider.order("claims", {"id": "anna", "claims": PEOPLE["anna"]})
    assert refused.status_code == 400
    assert said in refused.text


async def test_a_state_is_for_one_use_of_one_browser(desk: Federation) -> None:
    desk.provider.order("person", "anna")
    answer = desk.visit(await desk.away(prompt="login"))
    kept = dict(desk.http.cookies)
    desk.http.cookies.clear()
    assert (await desk.back(answer)).status_code == 400  # another browser; the state is spent by it
    for name, value in kept.items():
        desk.http.cookies.set(name, value)
    refused = await desk.back(answer)
    assert refused.status_code == 400
    assert "used already" in refused.text
    assert (await desk.back({**answer, "state": "made up"})).status_code == 400
    assert (await desk.back({})).status_code == 400
    again = desk.visit(await desk.away(prompt="login"))
    assert (await desk.back(again)).status_code == 303
    assert (await desk.back(again)).status_code == 400


async def test_a_code_is_for_one_use(desk: Federation) -> None:
    desk.provider.order("person", "anna")
    first = desk.visit(await desk.away(prompt="login"))
    assert (await desk.back(first)).status_code == 303
    second = desk.visit(await desk.away(prompt="login"))
    refused = await desk.back({**second, "code": first["code"]})
    assert refused.status_code == 400
    assert "invalid_grant" in refused.text


async def test_another_nonce_is_another_sign_in(desk: Federation) -> None:
    desk.provider.order("person", "anna")
    answer = desk.visit(await desk.away(prompt="login"), nonce="of-another-browser")
    refused = await desk.back(answer)
    assert refused.status_code == 400
    assert "belongs to another sign-in" in refused.text


@pytest.mark.parametrize("issuer", ["https://attacker.example", "", None])
async def test_an_answer_of_another_provider_never_reaches_the_token_endpoint(
    desk: Federation, issuer: str | None
) -> None:
    desk.provider.order("person", "anna")
    answer = desk.visit(await desk.away(prompt="login"))
    assert answer.pop("iss") == desk.provider.issuer
    before = desk.provider.asked("/token")
    refused = await desk.back(answer if issuer is None else {**answer, "iss": issuer})
    assert refused.status_code == 400
    assert "does not come from" in refused.text
    assert desk.provider.asked("/token") == before


async def test_who_says_no_there_is_told_so_here(desk: Federation) -> None:
    refused = await desk.arrive("a stranger")
    assert refused.status_code == 400
    assert "access_denied" in refused.text


async def test_an_old_way_back_leads_nowhere(desk: Federation) -> None:
    desk.provider.order("person", "anna")
    answer = desk.visit(await desk.away(prompt="login"))
    desk.clock.by += TEN_MINUTES
    try:
        assert (await desk.back(answer)).status_code == 400
    finally:
        desk.clock.by -= TEN_MINUTES


async def test_no_password_opens_anything(desk: Federation) -> None:
    shown = await desk.away()
    assert shown.status_code == 303
    assert "password" not in shown.text
    device = await desk.http.get("/common/oauth2/deviceauth")
    assert device.status_code == 303
    assert device.headers["location"].startswith(desk.provider.issuer)
    form = {"form": "x", "username": "aa@nordlicht.example", "password": "any"}
    assert (await desk.http.post("/common/oauth2/v2.0/authorize", data=form)).status_code == 400


async def test_a_device_is_signed_in_by_who_comes_from_the_provider(desk: Federation) -> None:
    desk.provider.order("person", "anna")
    desk.http.cookies.clear()
    application = {"client_id": desk.wish()["client_id"]}
    begun = (await desk.http.post("/common/oauth2/v2.0/devicecode", data={**application, "scope": "openid"})).json()
    page = await desk.http.get("/common/oauth2/deviceauth", params={"user_code": begun["user_code"]})
    arrived = await desk.back(desk.visit(page))
    assert arrived.headers["location"].startswith("/common/oauth2/deviceauth?user_code=")
    shown = await desk.http.get(arrived.headers["location"])
    assert shown.status_code == 200
    assert "anna.arendt@nordlicht.example" in shown.text
    assert f"form-action 'self' {desk.provider.issuer}" in shown.headers["content-security-policy"]
    typed = {"user_code": begun["user_code"], "answer": "yes"}
    key = re.search(r'name="key" value="([^"]+)"', shown.text)
    assert key
    agreed = await desk.http.post("/common/oauth2/deviceauth", data={**typed, "key": key.group(1)})
    assert "You have signed in" in agreed.text
    form = {"grant_type": "device_code", "device_code": begun["device_code"], "client_secret": SECRET}
    found = (await desk.http.post("/common/oauth2/v2.0/token", data={**application, **form})).json()
    assert claims_of(found["access_token"])["upn"] == "anna.arendt@nordlicht.example"
