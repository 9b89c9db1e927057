"""Headers that a client sends to be understood: X-Locale in what has translations, and those nobody needs."""

import csv
from importlib.resources import files

import pytest

from copartner.api.partner_center.codes import ErrorCode
from support.web import Web, dry_client

GERMAN = {"X-Locale": "de-DE"}
OWN = "/programme/v1"


async def test_errors_are_told_in_german_with_their_details(site: Web) -> None:
    for who, method, path, begins in (
        ("aa@nordlicht", "GET", f"{OWN}/decisions/x", "Eine Angabe ist ungültig. (decision: "),
        ("aa@nordlicht", "GET", "/v1/customers/x", "Eine Angabe ist ungültig. (customer: "),
        ("@nordlicht", "GET", f"{site.customer('alpenblick')}/agreements", "Der Vorgang nimmt kein Token einer"),
        ("aa@nordlicht", "GET", "/v1/invoices", "Dieser Vorgang wird hier nicht angeboten. ("),
        ("aa@nordlicht", "GET", "/v1/nothing", "Nicht gefunden. (There is nothing at"),
        ("aa@nordlicht", "PUT", "/v1/customers", "Diese Methode gibt es an dieser Adresse nicht. ("),
        ("nobody", "GET", "/v1/customers", "Das Zugriffstoken fehlt oder gilt hier nicht. ("),
    ):
        spoken = await site.call(who, method, path, headers=GERMAN)
        plain = await site.call(who, method, path)
        assert spoken.json()["description"].startswith(begins), spoken.text
        assert plain.json()["description"] in spoken.json()["description"]
        assert spoken.headers["content-language"] == "de"
        assert "content-language" not in plain.headers
        assert (spoken.status_code, spoken.json()["code"]) == (plain.status_code, plain.json()["code"])
        for name in ("www-authenticate", "allow", "content-type"):
            assert spoken.headers.get(name) == plain.headers.get(name)
        assert int(spoken.headers["content-length"]) == len(spoken.content)


async def test_a_denial_has_words_of_its_own_in_german(site: Web) -> None:
    unknown = f"{site.customer('alpenblick')}/subscriptions/01a20000-0000-7000-8000-000000000001"
    for headers in (GERMAN, {"Accept-Language": "de-AT,en;q=0.5"}, {"X-Locale": "de", "Accept-Language": "en"}):
        spoken = await site.call("aa@nordlicht", "GET", unknown, headers=headers)
        assert spoken.json()["description"] == "Bei Ihnen gibt es nichts dergleichen."
        assert spoken.headers["content-language"] == "de"
    for headers in ({}, {"Accept-Language": "fr"}, {"X-Locale": "en-US", "Accept-Language": "de"}):
        plain = await site.call("aa@nordlicht", "GET", unknown, headers=headers)
        assert plain.json()["description"] == "There is no such thing among yours."
        assert "content-language" not in plain.headers
        assert plain.headers["copartner-decision-id"] == spoken.headers["copartner-decision-id"]


@pytest.mark.parametrize(
    "locale", ["en-US", "fr-FR", "", "../../etc", "d", "default", "den-XX", "de_DE", "\u00e4\u00f6", "x" * 5000]
)
async def test_what_is_not_translated_is_told_in_english(locale: str) -> None:
    async with dry_client() as http:
        answer = await http.get("/v1/nothing", headers=[(b"X-Locale", locale.encode("latin-1"))])
        assert answer.json()["description"] == "There is nothing at /v1/nothing."
        german = await http.get("/v1/nothing", headers={"X-Locale": "DE"})
        assert german.json()["description"] == "Nicht gefunden. (There is nothing at /v1/nothing.)"


async def test_the_byte_order_mark_stays_before_a_translation() -> None:
    async with dry_client(bom=True) as http:
        for path in ("/v1/nothing", "/v1/invoices", "/v1/customers"):
            answer = await http.get(path, headers=GERMAN)
            assert answer.content.startswith(b"\xef\xbb\xbf{"), path
            assert answer.headers["content-language"] == "de"


def test_a_translation_is_of_a_code_there_is() -> None:
    text = (files("copartner.api.partner_center") / "errors.de.csv").read_text(encoding="utf-8")
    rows = [(int(row["http_status"]), row["code"]) for row in csv.DictReader(text.splitlines())]
    assert len(rows) == len(set(rows))
    assert set(rows) <= {code.value for code in ErrorCode}
    assert all(ErrorCode(row).in_language("de") for row in rows)
    assert ErrorCode(rows[0]).in_language("fr") is None


async def test_no_version_is_needed_and_any_is_taken(site: Web) -> None:
    for version in (None, "v1", "api-version: v1", "v9", ""):
        headers = {} if version is None else {"MS-Contract-Version": version}
        answer = await site.call("aa@nordlicht", "GET", "/v1/customers", headers=headers)
        assert answer.status_code == 200
