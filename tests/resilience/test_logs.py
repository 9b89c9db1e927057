"""What a server writes down of sign-ins, calls and failures: JSON, each request with its identifiers, no secret."""

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import pytest

from copartner.kernel.clock import FixedClock, SystemClock
from copartner.kernel.secrets import KeyFile
from copartner.signin import totp
from support.authority import BACK, KEY, PASSWORD, SECRET, VERIFIER, Office, hashed
from support.examples import UNKNOWN
from support.postgres import Database
from support.production import Serving, serve
from support.programme import PRESENT, Programme, programme

MARK = "Geheimnis-in-einem-Namen"


class Session:
    """Somebody at work against a server, who notes every secret that was sent or answered."""

    def __init__(self, here: Programme, serving: Serving, http: httpx.AsyncClient) -> None:
        self.desk = Office(here, cast(Any, None), FixedClock(PRESENT), KeyFile(KEY), http)
        self.serving = serving
        self.http = http
        self.secrets = {PASSWORD, SECRET, VERIFIER, quote(PASSWORD), quote(SECRET), MARK}
        self.sent: list[str] = []

    def mark(self, request: httpx.Request) -> None:
        """Give a request its identifiers."""
        self.sent.append(f"c-{len(self.sent)}")
        request.headers["MS-CorrelationId"] = self.sent[-1]
        request.headers["MS-RequestId"] = f"r-{len(self.sent)}"

    def note(self, *secrets: str) -> None:
        """These must not be written down, nor their parts where they are tokens."""
        self.secrets |= {secret.strip('"') for secret in secrets if secret}

    async def signs_in(self) -> str:
        """Applications and people, rightly and wrongly; answers a person's token."""
        right = (await self.desk.app_token()).json()["access_token"]
        self.note(right, *right.split("."))
        await self.desk.app_token(client_secret="ein falsches Geheimnis")
        page = await self.desk.show()
        field = re.search(r'name="form" value="([^"]+)"', page.text)
        assert field
        self.note(field.group(1), *self.http.cookies.values(), "ein falsches Geheimnis", "ein falsches Passwort")
        await self.desk.send(page, password="ein falsches Passwort")
        code = await self.desk.code()
        answer = (await self.desk.redeem(code)).json()
        self.note(code, *(value for name, value in answer.items() if name.endswith("token")))
        self.note(*answer["access_token"].split("."))
        assert (await self.desk.redeem(code)).status_code == 400
        await self.desk.token("common", grant_type="password", username="aa@nordlicht.example", password=PASSWORD)
        await self.desk.token("common", grant_type="refresh_token", refresh_token=f"{MARK}-refresh")
        basic = {"Authorization": httpx.BasicAuth(self.desk.app_id(), "falsch")._auth_header}
        await self.http.post("/common/oauth2/token", data={"grant_type": "client_credentials"}, headers=basic)
        self.note(basic["Authorization"].partition(" ")[2])
        token: str = answer["access_token"]
        return token

    async def adds_an_app(self) -> tuple[str, list[str]]:
        """An authenticator app, used rightly and wrongly; answers a token with a second factor, and recovery codes."""
        page = await self.desk.send(await self.desk.show(acr_values="mfa"), "sa@nordlicht.example")
        found = re.search(r'class="key">([A-Z2-7 ]+)<', page.text)
        assert found
        seed = base64.b32decode(found.group(1).replace(" ", ""))
        self.note(found.group(1), found.group(1).replace(" ", ""), seed.hex(), *_fields(page))
        await self.desk.press(page, code=f"{MARK}-code")
        code = totp.code_at(seed, totp.step_of(SystemClock().now()))
        told = await self.desk.press(page, code=code)
        codes = re.findall(r"<li><code>([a-z0-9-]+)</code>", told.text)
        assert len(codes) == 10
        self.note(*codes, *(each.replace("-", "") for each in codes), *_fields(told))
        arrived = await self.desk.press(told)
        self.note(*self.http.cookies.values())
        code = dict(parse_qsl(urlsplit(arrived.headers["location"]).query))["code"]
        answer = (await self.desk.redeem(code)).json()
        self.note(code, *(value for name, value in answer.items() if name.endswith("token")))
        token: str = answer["access_token"]
        self.note(*token.split("."))
        return token, codes

    async def looks_after_the_account(self, codes: list[str]) -> None:
        """A recovery code used, the app removed; another password; signed out."""
        page = await self.desk.send(await self.desk.show(), "sa@nordlicht.example")
        await self.desk.press(page, code=codes[0])
        self.note(*self.http.cookies.values())
        await self.desk.press(await self.http.get("/account/second-factor"), answer="remove", code=codes[1])
        page = await self.http.get("/account/password")
        new = "Ein anderer Satz, den keiner errät"
        self.note(new, quote(new), *_fields(page))
        await self.desk.press(page, old=f"{MARK}-old", new=new, again=new)
        done = await self.desk.press(page, old=PASSWORD, new=new, again=new)
        assert "is changed" in done.text
        self.note(*self.http.cookies.values())
        page = await self.http.get("/common/oauth2/v2.0/logout", params={"id_token_hint": f"{MARK}-hint"})
        self.note(*_fields(page))
        assert "You are signed out" in (await self.desk.press(page)).text

    async def works(self, token: str) -> None:
        """Calls that go well, calls that are refused, and calls that are none."""
        bearer = {"Authorization": f"Bearer {token}"}
        await self.http.get("/v1/customers", headers=bearer)
        made = await self.http.post("/v1/customers", json=_new_customer(), headers=bearer)
        assert made.status_code == 201, made.text
        self.note(made.json()["userCredentials"]["password"])
        await self.http.get(f"/v1/customers/{UNKNOWN}/subscriptions", headers=bearer)
        await self.http.get(f"/v1/customers?access_token={token}", headers={"Authorization": f"Bearer {token}x"})
        await self.http.post("/v1/customers", content=f'{{"password": "{PASSWORD}", '.encode(), headers=bearer)
        await self.http.post("/v1/customers", json={"companyProfile": {"domain": MARK}}, headers=bearer)
        await self.http.get("/v1/nowhere", headers={**bearer, "Cookie": f"session={MARK}"})
        await self.http.get("/health/ready")

    async def breaks(self, token: str) -> None:
        """What nobody foresaw: a table that is away, bytes that are no request, a client that leaves."""
        bearer = {"Authorization": f"Bearer {token}"}
        customer = str(self.desk.here.id("hafen"))
        await self.desk.execute("ALTER TABLE copartner.purchase_order RENAME TO away")
        await self.desk.execute("ALTER TABLE copartner.application_secret RENAME TO gone")
        try:
            order = {"lineItems": [{"offerId": MARK, "quantity": 1, "friendlyName": MARK}]}
            for path in (f"/v1/customers/{customer}/orders", f"/v1/customers/{customer}/orders/{UNKNOWN}"):
                await self.http.request("POST" if path.endswith("orders") else "GET", path, json=order, headers=bearer)
            broken = await self.http.get(f"/v1/customers/{customer}/orders", headers=bearer)
            assert broken.status_code == 500, broken.text
            assert (await self.desk.app_token()).status_code == 500
        finally:
            await self.desk.execute("ALTER TABLE copartner.away RENAME TO purchase_order")
            await self.desk.execute("ALTER TABLE copartner.gone RENAME TO application_secret")
        for words in (b"\x16\x03\x01 no request\r\n\r\n", _half_a_request(token)):
            _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(self.serving.url).port)
            writer.write(words)
            await writer.drain()
            await asyncio.sleep(0.2)
            writer.close()
            await writer.wait_closed()


@pytest.fixture
async def session(database: Database, tmp_path: Path) -> AsyncIterator[Session]:
    """A world with known passwords, behind a server process that writes down all it can."""
    async with programme(database, tmp_path) as here:
        async with here.owner() as owner:
            await owner.execute("UPDATE user_account SET password_hash = $1", hashed(PASSWORD))
            await owner.execute("UPDATE application_secret SET secret_hash = $1", hashed(SECRET))
            await owner.execute("UPDATE application SET redirect_uris = $1", [BACK])
        with serve(database.login_url, tmp_path, log_level="debug") as serving:
            async with httpx.AsyncClient(base_url=serving.url, timeout=20) as http:
                made = Session(here, serving, http)
                made.note((tmp_path / "key").read_text().strip(), database.login_url.split(":")[2].split("@")[0])

                async def mark(request: httpx.Request) -> None:
                    made.mark(request)

                http.event_hooks = {"request": [mark]}
                yield made


def written(serving: Serving) -> Iterator[dict[str, Any]]:
    """Every line of the log, which has to be an object in JSON."""
    for line in serving.log.read_text().splitlines():
        entry = json.loads(line)
        assert entry.keys() >= {"event", "level", "timestamp"}, line
        yield entry


async def test_the_log_of_a_session(session: Session) -> None:
    await session.signs_in()
    token, codes = await session.adds_an_app()
    await session.works(token)
    await session.breaks(token)
    await session.looks_after_the_account(codes)
    await asyncio.sleep(0.2)
    entries = list(written(session.serving))
    requests = {one["correlation_id"]: one for one in entries if one["event"] == "request"}
    assert len(session.secrets) > 50
    assert session.sent
    for number, correlation_id in enumerate(session.sent, 1):
        assert requests[correlation_id]["request_id"] == f"r-{number}"
        assert requests[correlation_id].keys() >= {"method", "path", "status", "milliseconds"}
    assert all(one.get("correlation_id") for one in entries if one["event"] in ("request", "unexpected"))
    unexpected = [one for one in entries if one["event"] == "unexpected"]
    assert {requests[one["correlation_id"]]["status"] for one in unexpected} == {500}
    assert any("UndefinedTableError" in one["exception"] for one in unexpected)
    assert {one["status"] for one in requests.values()} >= {200, 201, 303, 400, 401, 403, 404, 499, 500}
    assert any("Invalid HTTP request" in one["event"] for one in entries)
    text = session.serving.log.read_text()
    plain = text + json.dumps(entries, ensure_ascii=False)
    assert [secret for secret in session.secrets if len(secret) > 5 and secret in plain] == []


def _fields(page: httpx.Response) -> list[str]:
    """What the forms of a page carry."""
    return re.findall(r'<input type="hidden" name="(?:form|key)" value="([^"]+)"', page.text)


def _new_customer() -> dict[str, Any]:
    address = {"country": "DE", "city": "Kiel", "addressLine1": "Hauptstr. 1", "firstName": "Eva", "lastName": "Berg"}
    billing = {"email": "eva@kueste.example", "companyName": "Küste GmbH", "defaultAddress": address}
    return {"companyProfile": {"domain": "kueste.example"}, "billingProfile": billing}


def _half_a_request(token: str) -> bytes:
    head = f"POST /v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 500\r\n\r\n"
    return head.encode() + b'{"password": "' + MARK.encode()
