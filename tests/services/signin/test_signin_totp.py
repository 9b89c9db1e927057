"""Codes by time: the published vectors, drift, replay, and what an app is given."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from copartner.signin import totp

# Source: RFC 6238, appendix B, and RFC 4226, appendix D.
SEED = b"12345678901234567890"
VECTORS = [
    (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
    (2000000000, "69279037"), (20000000000, "65353130"),
]  # fmt: skip
NOW = datetime(2026, 4, 29, 12, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_published_vectors(seconds: int, code: str) -> None:
    step = totp.step_of(datetime.fromtimestamp(seconds, UTC))
    assert totp.code_at(SEED, step, digits=8) == code
    assert totp.code_at(SEED, step) == code[2:]


def test_the_published_counters() -> None:
    assert [totp.code_at(SEED, step) for step in range(4)] == ["755224", "287082", "359152", "969429"]


def test_a_step_to_either_side_is_good_and_no_more() -> None:
    present = totp.step_of(NOW)
    for step in range(present - 4, present + 5):
        found = totp.matching_step(SEED, totp.code_at(SEED, step), now=NOW)
        assert found == (step if abs(step - present) <= 1 else None)


def test_what_was_used_and_what_came_before_it_is_used_up() -> None:
    step = totp.step_of(NOW)
    for used in (step, step + 1):
        assert totp.matching_step(SEED, totp.code_at(SEED, step), now=NOW, after=used) is None
    assert totp.matching_step(SEED, totp.code_at(SEED, step), now=NOW, after=step - 1) == step


@pytest.mark.parametrize("code", ["", "0", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "é" * 6, "\0" * 6])
def test_what_is_no_code(code: str) -> None:
    assert totp.matching_step(SEED, code, now=NOW) is None


def test_seeds_are_drawn_and_given_in_forms_apps_read() -> None:
    seed = totp.draw()
    assert len(seed) == 20
    assert seed != totp.draw()
    assert base64.b32decode(totp.seed_text(seed).replace(" ", "")) == seed
    parts = urlsplit(totp.address(seed, name="a b@c.example", issuer="copartner host"))
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/copartner%20host:a%20b%40c.example")
    said = {name: values[0] for name, values in parse_qs(parts.query).items()}
    secret = totp.seed_text(seed).replace(" ", "")
    assert said == {
        "secret": secret, "issuer": "copartner host", "algorithm": "SHA1", "digits": "6", "period": "30",
    }  # fmt: skip


def test_a_period_later_it_is_another_code() -> None:
    assert totp.step_of(NOW + timedelta(seconds=totp.PERIOD)) == totp.step_of(NOW) + 1
