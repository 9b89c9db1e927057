"""Which tokens hold, and which are refused as what."""

import asyncio
import base64
import hmac
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from copartner.signin import tokens as tokens_module
from copartner.signin.model import Subject
from copartner.signin.tokens import (
    TokenExpired,
    TokenForged,
    TokenForOthers,
    TokenNotYetValid,
    TokenRefused,
    Tokens,
)
from support.authority import PARTNER_CENTER, ROOT, Office, office
from support.postgres import Database
from support.programme import PRESENT, Programme, programme

USER = Subject(
    tenant_id=UUID(int=1),
    subject_id=UUID(int=2),
    application_id=UUID(int=3),
    user_principal_name="aa@nordlicht.example",
    roles=("Admin agent", "User"),
    methods=("pwd",),
)
STRANGER = RSAKey.generate_key(2048)


@pytest.fixture(scope="module")
async def here(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Programme]:
    """A world that no test here changes."""
    async with programme(module_database, tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture
async def desk(here: Programme) -> AsyncIterator[Office]:
    """An authority with a clock of its own."""
    async with office(here) as made:
        yield made


@pytest.fixture
def tokens(desk: Office) -> Tokens:
    return desk.authority.tokens


def claims(**changed: Any) -> dict[str, Any]:
    """The payload of a token that holds; None leaves a claim out."""
    begin = int(PRESENT.timestamp())
    good = {
        "iss": f"{ROOT}/{UUID(int=1)}/",
        "aud": ROOT,
        "iat": begin,
        "nbf": begin,
        "exp": begin + 3600,
        "tid": str(UUID(int=1)),
        "oid": str(UUID(int=2)),
        "sub": str(UUID(int=2)),
        "ver": "1.0",
        "idtyp": "user",
        "roles": [],
        "upn": "aa@nordlicht.example",
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def signed(desk: Office, payload: bytes | dict[str, Any], **header: Any) -> str:
    """A token signed by the real key."""
    key = desk.authority.keys.current
    body = payload if isinstance(payload, bytes) else msgspec.json.encode(payload)
    return jws.serialize_compact(
        {"alg": "RS256", "kid": key.kid, **header}, body, key.private, algorithms=["RS256", "RS512", "PS256"]
    )


def part(value: bytes | dict[str, Any]) -> str:
    raw = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def test_what_is_issued_holds(tokens: Tokens) -> None:
    for version in (1, 2):
        issued = tokens.issue(USER, audience=PARTNER_CENTER, version=version)
        verified = await tokens.verify(issued.access_token)
        assert (verified.tenant_id, verified.subject_id, verified.app_only) == (UUID(int=1), UUID(int=2), False)
        assert verified.user_principal_name == "aa@nordlicht.example"
        assert verified.expires_at == PRESENT + timedelta(hours=1)


async def test_the_handmade_token_holds(desk: Office, tokens: Tokens) -> None:
    assert (await tokens.verify(signed(desk, claims()))).tenant_id == UUID(int=1)


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "RS512", "PS256", "ES256", "", None, 7, ["RS256"]])
async def test_only_rs256_counts(desk: Office, tokens: Tokens, alg: object) -> None:
    key = desk.authority.keys.current
    if alg in ("RS512", "PS256"):
        token = signed(desk, claims(), alg=alg)
    elif alg == "HS256":
        # The confusion: the public key, known to all, taken for the secret of a symmetric algorithm.
        said = f"{part({'alg': 'HS256', 'kid': key.kid})}.{part(claims())}"
        token = f"{said}.{part(hmac.digest(key.public.as_pem(private=False), said.encode(), 'sha256'))}"
    else:
        header = {"alg": alg, "kid": key.kid} if alg is not None else {"kid": key.kid}
        genuine = signed(desk, claims()).split(".")
        token = ".".join([part(header), genuine[1], genuine[2] if alg != "none" else ""])
    with pytest.raises(TokenForged):
        await tokens.verify(token)


@pytest.mark.parametrize("kid", ["../../etc/passwd", "", "x" * 43, None, 7, {"a": 1}, "https://evil.example/keys"])
async def test_a_key_of_another_name_counts_for_nothing(desk: Office, tokens: Tokens, kid: object) -> None:
    header = {"alg": "RS256", **({"kid": kid} if kid is not None else {})}
    genuine = signed(desk, claims()).split(".")
    with pytest.raises(TokenForged):
        await tokens.verify(".".join([part(header), *genuine[1:]]))


async def test_a_strangers_key_under_our_name_counts_for_nothing(desk: Office, tokens: Tokens) -> None:
    header = {"alg": "RS256", "kid": desk.authority.keys.current.kid, "jwk": STRANGER.as_dict(private=False)}
    forged = jws.serialize_compact(header, msgspec.json.encode(claims()), STRANGER)
    with pytest.raises(TokenForged):
        await tokens.verify(forged)


async def test_an_altered_payload_counts_for_nothing(desk: Office, tokens: Tokens) -> None:
    token = signed(desk, claims())
    await tokens.verify(token)
    head, _, tail = token.split(".")
    with pytest.raises(TokenForged):
        await tokens.verify(".".join([head, part(claims(tid=str(UUID(int=9)))), tail]))


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"aud": "https://elsewhere.example"}, TokenForOthers),
        ({"aud": [ROOT]}, TokenForged),
        ({"aud": None}, TokenForged),
        ({"iss": f"{ROOT}/{UUID(int=9)}/"}, TokenForOthers),
        ({"iss": f"{ROOT}/{UUID(int=1)}/v2.0"}, TokenForOthers),
        ({"iss": "https://sts.windows.net/"}, TokenForOthers),
        ({"ver": "2.0"}, TokenForOthers),
        ({"ver": "3.0"}, TokenForged),
        ({"upn": None}, TokenForged),
        ({"idtyp": "app"}, TokenForged),
        ({"idtyp": None}, TokenForged),
        ({"tid": "common"}, TokenForged),
        ({"oid": None}, TokenForged),
        ({"exp": "tomorrow"}, TokenForged),
        ({"exp": None}, TokenForged),
        ({"exp": 1e300}, TokenForged),
        ({"exp": 10**18}, TokenForged),
        ({"exp": int(PRESENT.timestamp())}, TokenExpired),
        ({"nbf": int(PRESENT.timestamp()) + 60}, TokenNotYetValid),
    ],
)
async def test_each_claim_is_judged(
    desk: Office, tokens: Tokens, changed: dict[str, Any], error: type[TokenRefused]
) -> None:
    with pytest.raises(error):
        await tokens.verify(signed(desk, claims(**changed)))


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "...", "a.b.c", "ä.b.c", "\ud800", "e30.e30.e30", "bnVsbA.e30.e30", "W10.e30.", "x" * 20_000,
     "eyJhbGciOiJSUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il0sImtpZCI6ImEifQ.e30.e30"],
)  # fmt: skip
async def test_what_is_no_token_is_refused(tokens: Tokens, token: str) -> None:
    with pytest.raises(TokenForged):
        await tokens.verify(token)


@pytest.mark.parametrize("payload", [b"", b"null", b"[]", b"{", b"\xff", b"[" * 3000])
async def test_a_payload_that_is_no_claims_is_refused(desk: Office, tokens: Tokens, payload: bytes) -> None:
    with pytest.raises(TokenForged):
        await tokens.verify(signed(desk, payload))


async def test_an_hour_is_an_hour_also_from_the_cache(desk: Office, tokens: Tokens) -> None:
    token = tokens.issue(USER, audience=ROOT, version=1).access_token
    desk.pass_time(minutes=59, seconds=59)
    await tokens.verify(token)
    desk.pass_time(seconds=1)
    with pytest.raises(TokenExpired):
        await tokens.verify(token)


async def test_a_token_is_believed_for_sixty_seconds(
    desk: Office, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tokens.issue(USER, audience=ROOT, version=1).access_token
    await tokens.verify(token)
    checked = []
    genuine = tokens._verify
    monkeypatch.setattr(tokens, "_verify", lambda *given: checked.append(1) or genuine(*given))
    desk.pass_time(seconds=59)
    await tokens.verify(token)
    assert not checked
    desk.pass_time(seconds=1)
    await tokens.verify(token)
    assert len(checked) == 1
    tokens.forget()
    await tokens.verify(token)
    assert len(checked) == 2


async def test_the_cache_stays_small(desk: Office, tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens_module, "_CACHED_AT_MOST", 5)
    for number in range(20):
        token = signed(desk, claims(oid=str(UUID(int=number))))
        await tokens.verify(token)
        await tokens.verify(token)
    assert len(tokens._cache) == 5


async def test_a_cached_check_is_quick(tokens: Tokens) -> None:
    token = tokens.issue(USER, audience=ROOT, version=1).access_token
    await tokens.verify(token)
    best = float("inf")
    for _ in range(5):
        begin = time.perf_counter()
        for _ in range(2_000):
            await tokens.verify(token)
        best = min(best, (time.perf_counter() - begin) / 2_000)
    assert best < 10e-6  # about one microsecond on a quiet machine


async def test_checks_of_many_at_once_agree(desk: Office, tokens: Tokens) -> None:
    token = signed(desk, claims())
    found = await asyncio.gather(*(tokens.verify(token) for _ in range(50)))
    assert len(set(found)) == 1
