"""What a page says when something is refused: in the reader's language, with the values as text."""

import pytest
from jinja2 import Environment

from copartner.kernel.errors import Invalid, NotFound, Refusal
from copartner.kernel.languages import Language
from copartner.portal import html
from support.portal import House

GERMAN = {"Accept-Language": "de"}


def problem(refusal: Refusal, language: Language) -> str:
    environment: Environment = html.environment(language)
    template = environment.from_string('{% import "parts/form.html" as form %}{{ form.problem(refusal) }}')
    return template.render(refusal=refusal).strip()


@pytest.mark.parametrize("value", ["<b>fett</b>", 'a"b', "100 % & {2}", "zwei\nZeilen"])
def test_a_value_stays_text(value: str) -> None:
    said = problem(NotFound(f"No product {value} is sold in this country."), Language.GERMAN)
    shown = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
    assert f"<p>Das Produkt {shown} wird in diesem Land nicht verkauft.</p>" in said


def test_what_has_no_german_is_marked_as_english() -> None:
    assert '<p lang="en">Nobody translated this.</p>' in problem(Invalid("Nobody translated this."), Language.GERMAN)
    assert "<p lang" in problem(Invalid("Nobody translated this."), Language.ENGLISH)
    assert "<p>Wählen Sie mindestens eine Rolle.</p>" in problem(Invalid("Name at least one role."), Language.GERMAN)


def test_a_person_reads_no_names_of_an_api() -> None:
    long = Invalid("displayName: send 1 to 50 printable characters.", "displayName")
    assert "<p>Give it a name of 1 to 50 printable characters.</p>" in problem(long, Language.ENGLISH)
    ended = Invalid("The subscription is deleted and takes no change; order a new one.")
    assert "The subscription is cancelled and" in problem(ended, Language.ENGLISH)
    assert "den Status „gekündigt“ und" in problem(ended, Language.GERMAN)


async def test_a_form_that_is_refused_says_so_in_german(steady: House) -> None:
    browser = steady.browser()
    browser.http.headers.update(GERMAN)
    page = await browser.sign_in(await steady.link())
    done = await browser.answer(page, "maybe")
    assert done.status_code == 400
    assert '<html lang="de">' in done.text
    assert '<div class="box alarm" role="alert"><p>Wählen Sie, ob Sie annehmen oder ablehnen.</p></div>' in done.text
    assert "Choose" not in done.text


async def test_a_sign_in_that_is_refused_says_so_in_german(steady: House) -> None:
    """A code that is spent or wrong brings nobody in."""
    browser = steady.browser()
    browser.http.headers.update(GERMAN)
    begun = await browser.http.get("/portal/sign-in?page=/portal")
    state = begun.headers["location"].partition("state=")[2].partition("&")[0]
    back = await browser.http.get(f"/portal/signed-in?code=wrong&state={state}")
    assert back.status_code == 400
    assert "<p>Der Code ist unbekannt, verbraucht, abgelaufen oder der einer anderen Anwendung.</p>" in back.text
    assert "unknown" not in back.text
