"""How an application may want a person to prove who they are, and browsers in words."""

import json

import pytest

from copartner.kernel.errors import Invalid
from copartner.signin.agents import family_of
from copartner.signin.asking import claims_ask_mfa, prompts_of, seconds_of
from copartner.signin.rules import BadRequest
from copartner.tenants.rules import check_password


@pytest.mark.parametrize(
    ("claims", "asks"),
    [
        ({"id_token": {"amr": {"essential": True, "values": ["mfa"]}}}, True),
        ({"access_token": {"acr": {"value": "mfa"}}}, True),
        ({"id_token": {"amr": {"values": ["pwd"]}, "acr": None}, "userinfo": None}, False),
        ({"id_token": {"amr": "mfa", "acr": ["mfa"]}}, False),
        ({"access_token": {"xms_cc": {"values": ["cp1"]}}}, False),
        ({}, False),
    ],
)
def test_claims_that_want_a_second_factor(claims: dict[str, object], asks: bool) -> None:
    assert claims_ask_mfa(json.dumps(claims)) == asks


@pytest.mark.parametrize("text", ["{", "[]", "1", '"mfa"', '{"id_token": 1}', "\ud800", "[" * 3000])
def test_claims_that_are_none(text: str) -> None:
    with pytest.raises(BadRequest):
        claims_ask_mfa(text)


def test_claims_that_are_too_long() -> None:
    with pytest.raises(BadRequest):
        claims_ask_mfa(json.dumps({"id_token": {"x" * 5000: None, "amr": {"value": "mfa"}}}))


@pytest.mark.parametrize("text", ["none login", "none none x", "NONE", "create", "none consent"])
def test_prompts_that_are_none(text: str) -> None:
    with pytest.raises(BadRequest):
        prompts_of(text)


def test_prompts_and_ages() -> None:
    assert prompts_of(None) == ()
    assert prompts_of("login consent login") == ("login", "consent")
    assert (seconds_of(None), seconds_of(""), seconds_of("0"), seconds_of("3600")) == (None, None, 0, 3600)
    for text in ("-1", "1.5", "١", "9" * 10, " 1"):
        with pytest.raises(BadRequest):
            seconds_of(text)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1", "Safari on macOS"),
        ("curl/8.0 <script>", "a browser"),
        ("", "a browser"),
    ],
)
def test_browsers_in_words(agent: str, words: str) -> None:
    assert family_of(agent) == words


@pytest.mark.parametrize("text", ["elf Zeichen", "x" * 1025, "abcabcabcabc", "Anna Berg im Mai", "Küste und KUESTE"])
def test_passwords_that_nobody_may_choose(text: str) -> None:
    with pytest.raises(Invalid):
        check_password(text, "anna@kueste.example")


def test_passwords_that_may_be_chosen() -> None:
    for text in ("zwölf Zeichen", "correct horse battery", "x1y2z3 x1y2z3", "ab und zu regnet es"):
        check_password(text, "ab@x.example")
