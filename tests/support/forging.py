"""Bearer tokens that must not hold, made from one that does."""

import base64
import hmac
import json
from collections.abc import Iterator
from typing import Any

from joserfc import jws
from joserfc.jwk import RSAKey

from copartner.signin.keys import SigningKey

_ATTACKER = RSAKey.generate_key(2048)


def forged(token: str, key: SigningKey) -> Iterator[tuple[str, str]]:
    """What is wrong with it, and the value of the header Authorization; `key` signed the token."""
    head, payload, signature = token.split(".")
    claims, kid = json.loads(_bytes(payload)), key.kid

    def signed(header: dict[str, Any], claims: dict[str, Any] = claims, by: Any = key.private) -> str:
        algorithm = header["alg"]
        full = {"typ": "JWT", "kid": kid, **header}
        return "Bearer " + jws.serialize_compact(full, json.dumps(claims).encode(), by, algorithms=[algorithm])

    def said(**changed: Any) -> str:
        whole = {name: value for name, value in {**claims, **changed}.items() if value is not None}
        return signed({"alg": "RS256"}, whole)

    for name in ("none", "None", "NONE", "nOnE", ""):
        unsigned = f"{_text({'alg': name, 'typ': 'JWT', 'kid': kid})}.{payload}."
        yield f"algorithm {name!r}", f"Bearer {unsigned}"
        yield f"algorithm {name!r} with a signature", f"Bearer {unsigned}{signature}"
    yield "signed with the public key as a secret", _with_secret(payload, kid, key.public.as_pem(private=False))
    yield "signed by another key of that id", signed({"alg": "RS256"}, by=_ATTACKER)
    yield (
        "signed by a key it brings along",
        signed({"alg": "RS256", "jwk": _ATTACKER.as_dict(private=False)}, by=_ATTACKER),
    )
    yield "signed by a key of another id", signed({"alg": "RS256", "kid": "another"}, by=_ATTACKER)
    yield "without the key's id", signed({"alg": "RS256", "kid": ""})
    yield "another algorithm of the same key", signed({"alg": "RS512"})
    yield "claims changed after signing", f"Bearer {head}.{_text({**claims, 'oid': claims['tid']})}.{signature}"
    yield "signature cut", f"Bearer {token[:-8]}"
    yield "signature gone", f"Bearer {head}.{payload}."
    yield "a part more", f"Bearer {token}.{signature}"
    yield "a part less", f"Bearer {head}.{payload}"
    yield "expired", said(exp=claims["iat"] - 1, iat=claims["iat"] - 3600, nbf=claims["iat"] - 3600)
    yield "not yet valid", said(nbf=claims["exp"] - 60)
    yield "without an end", said(exp=None)
    yield "ends never", said(exp=10**18)
    for audience in (
        "https://vault.example",
        "",
        [claims["aud"]],
        "https://api.partnercenter.microsoft.com.evil.example",
    ):
        yield f"audience {audience}", said(aud=audience)
    yield "without an audience", said(aud=None)
    yield "of another issuer", said(iss="https://sts.windows.net/common/")
    yield "of another tenant's issuer", said(tid="00000000-0000-4000-8000-0000000000b2")
    yield "an application that says it is a user", said(idtyp="app")
    yield "subject is no identifier", said(oid="1 OR 1=1")
    yield "tenant is no identifier", said(tid="*")
    yield (
        "claims are no object",
        "Bearer " + jws.serialize_compact({"alg": "RS256", "kid": kid}, b"[1]", key.private, algorithms=["RS256"]),
    )


def unfit(token: str) -> Iterator[tuple[str, str | None]]:
    """Headers that carry no bearer token, or no token a person would call one."""
    yield "no header", None
    for value in ("", "Bearer", "Bearer ", "bearer null", "Basic YTpi", f"Token {token}", token, f"Bearer {token} x"):
        yield value[:20], value
    for value in ("Bearer x", "Bearer ..", "Bearer a.b.c", "Bearer \u00ff\u00fe", "Bearer " + "A" * 20_000):
        yield value[:20], value
    yield "a token of many parts", "Bearer " + "a." * 4000
    yield "a token with spaces", f"Bearer {token[:40]} {token[40:]}"


def _with_secret(payload: str, kid: str, secret: bytes) -> str:
    """By hand, because the library knows better."""
    text = f"{_text({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{payload}"
    signature = base64.urlsafe_b64encode(hmac.digest(secret, text.encode(), "sha256")).rstrip(b"=").decode()
    return f"Bearer {text}.{signature}"


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _text(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
