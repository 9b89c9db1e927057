"""Codes that follow from a seed and the time (RFC 6238, over HMAC-SHA-1 as every authenticator app has it). Pure."""

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

PERIOD = 30  # seconds
DIGITS = 6
_SEED_BYTES = 20
# Clocks of telephones differ: the code of the step before and of the one after are good too.
_DRIFT = 1


def draw() -> bytes:
    """A new seed, as long as the hash."""
    return secrets.token_bytes(_SEED_BYTES)


def code_at(seed: bytes, step: int, *, digits: int = DIGITS) -> str:
    """The code of a time step (RFC 4226, 5.3)."""
    digest = hmac.digest(seed, step.to_bytes(8, "big"), "sha1")
    place = digest[-1] & 0xF
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_of(moment: datetime) -> int:
    """The time step of a moment."""
    return int(moment.timestamp()) // PERIOD


def matching_step(seed: bytes, code: str, *, now: datetime, after: int = -1) -> int | None:
    """The step whose code this is, within the drift and later than `after`; None when it is of none."""
    step = step_of(now)
    given = code.encode()
    fitting = [
        each
        for each in range(step - _DRIFT, step + _DRIFT + 1)
        if each >= 0 and hmac.compare_digest(code_at(seed, each).encode(), given) and each > after
    ]
    return fitting[0] if fitting else None


def seed_text(seed: bytes) -> str:
    """The seed as a person types it: base32 in groups of four."""
    text = base64.b32encode(seed).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(seed: bytes, *, name: str, issuer: str) -> str:
    """The seed as authenticator apps read it from a picture: an otpauth URI."""
    query = {
        "secret": base64.b32encode(seed).decode().rstrip("="),
        "issuer": issuer,
        "algorithm": "SHA1",
        "digits": DIGITS,
        "period": PERIOD,
    }
    return f"otpauth://totp/{quote(issuer, safe='')}:{quote(name)}?{urlencode(query, quote_via=quote)}"
