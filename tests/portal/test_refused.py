"""What a page says when something is refused: in the reader's language, with the values as text."""

import pytest
from jinja2 import Environment

from copartner.kernel.errors import Invalid, NotFound, Refusal
from copartner.kernel.languages import Language
from copartner.portal import html
from support.portal import House
from support.seated import seated
from support.visiting import forms, submit

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


async def test_what_was_written_into_a_form_that_came_late_can_be_copied(steady: House) -> None:
    browser = steady.browser()
    path = await steady.link()
    page = await browser.sign_in(path)
    typed = {"answer": "decline", "reason": "Two words <b>and</b> more"}
    shown = '<blockquote class="reason">Two words &lt;b&gt;and&lt;/b&gt; more</blockquote>'
    own, foreign = {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "cross-site"}
    for key in ("made elsewhere", None):
        late = await browser.http.post(path, data=typed | ({"key": key} if key else {}), headers=own)
        assert (late.status_code, shown in late.text) == (403, True)
    steady.pass_time(hours=2)
    browser.http.headers.update(own)
    late = await browser.send(page, **typed)
    assert (late.status_code, shown in late.text) == (403, True)
    # Another site has nothing said here in its words.
    for headers in (foreign, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": ""}):
        assert "Two words" not in (await browser.http.post(path, data=typed, headers=headers)).text


async def test_what_was_written_before_a_role_was_taken_can_be_copied(home: House) -> None:
    browser = await seated(home, "sa@nordlicht")
    page = await browser.open("/partner/requests/new")
    user = home.here.context("sa@nordlicht").caller.subject_id
    async with home.here.owner() as connection:
        await connection.execute("DELETE FROM role_assignment WHERE user_id = $1", user)
    denied = await browser.send(page, 1, whom="named", customer="alpenblick.example", reason="Licences for <all>")
    assert denied.status_code == 403
    assert "Nothing was changed." in denied.text
    assert '<blockquote class="reason">Licences for &lt;all&gt;</blockquote>' in denied.text
    german = await browser.http.get("/partner/requests/new", headers=GERMAN)
    assert (german.status_code, "geschrieben" in german.text) == (403, False)


@pytest.mark.parametrize("digits", ["9" * 5000, "000365" + "0" * 5000])
@pytest.mark.parametrize(
    ("name", "path", "field", "typed"),
    [
        ("ga@wolkenstadt", "/operator/rules/new", "days", {"act": "try", "begins": "2027-02-01"}),
        ("aa@nordlicht", "/partner/admin-relationships/new?customer=open", "days", {"act": "save", "name": "Help"}),
        ("ga@nordlicht", "/settings/profile/support", "version", {}),
    ],
)
async def test_a_number_without_end_is_no_number(
    steady: House, name: str, path: str, field: str, typed: dict[str, str], digits: str
) -> None:
    browser = await seated(steady, name)
    page = await browser.open(path)
    form = next(iter(forms(page, f'name="{field}"')))
    refused = await submit(browser, form, **typed, **{field: digits})
    assert refused.status_code == 400, refused.text
