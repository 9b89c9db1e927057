"""What the pages of sign-in and account say is there in German, whole, and nothing is left over."""

import ast
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from markupsafe import escape

from copartner import portal
from copartner.api.authority import speaking
from copartner.kernel.errors import Invalid, Refusal
from copartner.kernel.languages import Language, catalogue
from copartner.portal.speaking import COOKIE
from support.authority import Office, office
from support.postgres import Database
from support.programme import programme
from support.tree import ROOT

GERMAN = catalogue("copartner.api.authority", "pages", Language.GERMAN)
TEMPLATES = ROOT / "src" / "copartner" / "api" / "authority" / "templates"
# Refusals whose reader is the person before the browser; what services refuse stands in the catalogue of refusals.
FOR_PEOPLE = {"SignInFailed", "PasswordUnfit", "FormStale", "DeviceUnknown", "VisitStale", "NotAdmitted"}
_VALUE = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
async def desk(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """An authority."""
    async with programme(module_database, tmp_path_factory.mktemp("world")) as here, office(here) as made:
        yield made


def of_templates() -> Iterator[str]:
    environment = speaking.environment(Language.ENGLISH)
    for template in TEMPLATES.glob("*.html"):
        for _, _, message in environment.extract_translations(template.read_text(encoding="utf-8")):
            yield message if isinstance(message, str) else message[0]


def of_python() -> Iterator[str]:
    """The sentences of the pages' own refusals for people, of `told`, and of what was `done`."""
    for module in sorted((ROOT / "src" / "copartner" / "api" / "authority").rglob("*.py")):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        named = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            yield from (str(text) for text in _said(call, named) if text)


def _said(call: ast.Call, named: dict[str, object]) -> Iterator[object]:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    places = {"told": 0, "refusal_page": 1, "translated": 0} | dict.fromkeys(FOR_PEOPLE, 0)
    given = [call.args[places[called]]] if called in places and len(call.args) > places[called] else []
    for part in (*given, *(word.value for word in call.keywords if word.arg == "done" and called != "_page")):
        if isinstance(part, ast.Constant):
            yield part.value
        elif isinstance(part, ast.Name) and part.id in named:
            yield named[part.id]


def places() -> set[str]:
    """Where a sign-in leads when that is no tenant's application."""
    own = {
        re.search(r'^_NAME = "(.*)"', (ROOT / "src/copartner/api/authority" / name).read_text(), re.MULTILINE)
        for name in ("account.py", "device.py")
    }
    return {found[1] for found in own if found} | {portal.application("https://partners.example").name}


def test_every_text_is_translated_and_none_is_left_over() -> None:
    wanted = {*of_templates(), *of_python(), speaking.UNKNOWN}
    assert wanted - {text for context, text in GERMAN if not context} == set()
    assert {text for context, text in GERMAN if not context} - wanted == set()
    assert {text for context, text in GERMAN if context} == places()


def test_the_german_is_whole() -> None:
    for (_, english), german in GERMAN.items():
        assert set(_VALUE.findall(german)) == set(_VALUE.findall(english)), english
        assert re.findall(r"</?\w+|href=\"[^\"]+\"", german) == re.findall(r"</?\w+|href=\"[^\"]+\"", english), english
        assert "  " not in german


def test_every_sentence_of_a_template_is_marked() -> None:
    for template in TEMPLATES.glob("*.html"):
        bare = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", "", template.read_text(), flags=re.DOTALL)
        bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<!DOCTYPE html>|<[^>]*>", "", bare, flags=re.DOTALL)
        assert set(bare.split()) <= {"copartner", "·"}, template.name
        assert not re.search(r'(?:aria-label|title|alt)="(?!\{|")[^"]', template.read_text()), template.name


def test_what_services_refuse_is_said_by_the_catalogue_of_refusals() -> None:
    unfit = Invalid("A password has 12 to 1024 characters.", "password")
    assert speaking.told(unfit, Language.ENGLISH) == unfit.message
    assert speaking.told(unfit, Language.GERMAN) == "Ein Kennwort hat 12 bis 1024 Zeichen."


def test_what_is_for_programmers_stays_english_and_is_marked() -> None:
    plain = "The form was sent to another tenant's address."
    assert speaking.told(Refusal(plain), Language.ENGLISH) == plain
    assert speaking.told(Refusal(plain), Language.GERMAN) == f'<span lang="en">{escape(plain)}</span>'
    assert "<b>" not in speaking.told(Refusal("<b>"), Language.GERMAN)


def test_browsers_are_named_in_each_language() -> None:
    named = {
        language: [
            speaking.environment(language).filters["family"](one)
            for one in ("Firefox on Linux", "a browser on Android", "a browser", "Chrome")
        ]
        for language in Language
    }
    assert named[Language.ENGLISH] == ["Firefox on Linux", "A browser on Android", "A browser", "Chrome"]
    assert named[Language.GERMAN] == ["Firefox unter Linux", "Ein Browser unter Android", "Ein Browser", "Chrome"]


async def test_the_browsers_language_and_before_it_the_one_chosen_in_the_portal(desk: Office) -> None:
    async def page(accepted: str, chosen: str = "") -> httpx.Response:
        desk.http.headers["accept-language"] = accepted
        desk.http.headers["cookie"] = f"{COOKIE}={chosen}"
        return await desk.show()

    for accepted, chosen, spoken in (
        ("de-AT, en;q=0.5", "", "de"),
        ("fr", "", "en"),
        ("en", "de", "de"),
        ("de", "en", "en"),
        ("de", "<b>", "de"),
    ):
        text = (await page(accepted, chosen)).text
        assert f'<html lang="{spoken}">' in text
        assert ("<h1>Anmelden</h1>" if spoken == "de" else "<h1>Sign in</h1>") in text
