"""What every page has from its frame: sections, languages, what was done, tables, and the call that equals an act."""

import csv
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.response import Stream

from copartner.kernel.errors import Invalid
from copartner.kernel.languages import Language
from copartner.kernel.paging import Page
from copartner.kernel.secrets import KeyFile
from copartner.policy.facts import Side
from copartner.portal import html, writing
from copartner.portal.navigation import sections
from copartner.portal.page import Visit
from copartner.portal.session import Sessions, Visitor
from copartner.portal.speaking import word
from copartner.portal.table import Column, Shown, Table, whole
from copartner.signin.model import Verified
from support.authority import KEY
from support.portal import Browser, House
from support.seated import seated

WHEN = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    name: str
    size: int | None


ROWS = (Row("beta", 2), Row("Alpha", None), Row("gamma", 10))
COLUMNS = (Column[Row]("name", word("Name"), lambda row: row.name), Column[Row]("size", "Size", lambda row: row.size))


def visit(home: House, **query: str) -> Visit:
    ctx = home.here.context("sa@nordlicht")
    who = (ctx.caller.tenant_id, ctx.caller.subject_id, False, None, "sa@nordlicht.example")
    verified = Verified(*who, ("pwd",), None, WHEN, WHEN, None, ())
    return Visit(ctx, Visitor(verified, Side.PARTNER, "s"), "/partner/x", {}, query, "", lambda note: Cookie("n", note))


async def shown(home: House, table: Table[Row], **query: str) -> Shown[Row]:
    found = await table.show(visit(home, **query), whole(ROWS))
    assert isinstance(found, Shown)
    return found


async def test_a_table_is_ordered_and_filtered_by_its_address(steady: House) -> None:
    table = Table("things", "Things", COLUMNS)
    plain = await shown(steady, table)
    assert plain.rows == ROWS
    assert [head.order for head in plain.heads] == ["", ""]
    up = await shown(steady, table, sort="name")
    assert [row.name for row in up.rows] == ["Alpha", "beta", "gamma"]
    assert up.heads[0].order == "ascending"
    assert up.heads[0].link == "/partner/x?sort=-name"
    down = await shown(steady, table, sort="-size")
    assert [row.size for row in down.rows] == [10, 2, None]
    some = await shown(steady, table, filter=" ALPH", sort="name")
    assert ([row.name for row in some.rows], some.hidden) == (["Alpha"], 2)
    assert some.kept == {"sort": "name"}
    assert (await shown(steady, table, sort="nonsense")).rows == ROWS
    assert not plain.empty


async def test_a_long_list_goes_on_by_a_sealed_place_and_its_csv_is_whole(steady: House) -> None:
    asked: list[UUID | None] = []

    async def load(after: UUID | None) -> Page[Row]:
        asked.append(after)
        return Page(ROWS[:2], 3, UUID(int=2)) if after is None else Page(ROWS[2:], None, None)

    table = Table("things", "Things", COLUMNS)
    first = await table.show(visit(steady), load)
    assert isinstance(first, Shown)
    assert (len(first.rows), first.part, first.first) == (2, True, "")
    token = first.next.partition("after=")[2].replace("%3D", "=")
    second = await table.show(visit(steady, after=token), load)
    assert isinstance(second, Shown)
    assert ([row.name for row in second.rows], second.first, second.next) == (["gamma"], "/partner/x", "")
    with pytest.raises(Invalid, match="begin again"):
        await table.show(visit(steady, after="x" + token[1:]), load)
    asked.clear()
    answer = await table.show(visit(steady, format="csv"), load)
    assert isinstance(answer, Stream)
    text = "".join([str(line) async for line in answer.iterator])
    assert list(csv.reader(StringIO(text))) == [["name", "size"], ["beta", "2"], ["Alpha", ""], ["gamma", "10"]]
    assert asked == [None, UUID(int=2)]


async def test_no_cell_of_a_csv_is_a_formula(steady: House) -> None:
    answer = await Table("t", "T", COLUMNS).show(visit(steady, format="csv"), whole([Row("=1+1", 1)]))
    assert isinstance(answer, Stream)
    assert "'=1+1" in "".join([str(line) async for line in answer.iterator])


async def test_a_csv_is_a_file_that_a_browser_runs_nothing_of(steady: House) -> None:
    sheet = await (await seated(steady, "sa@nordlicht")).http.get("/partner/customers?format=csv")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert sheet.headers["content-disposition"] == 'attachment; filename="customers.csv"'
    assert sheet.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert sheet.headers["x-content-type-options"] == "nosniff"
    assert sheet.headers["cache-control"] == "no-store"


async def test_two_tables_of_a_page_do_not_share_their_order(steady: House) -> None:
    table = Table("left", "Left", COLUMNS, only=False)
    assert (await shown(steady, table, sort="name")).rows == ROWS
    ordered = await shown(steady, table, **{"left-sort": "name"})
    assert [row.name for row in ordered.rows] == ["Alpha", "beta", "gamma"]
    other = await table.show(visit(steady, format="csv", table="right"), whole(ROWS))
    assert not isinstance(other, Response)


def test_days_moments_and_money_are_written_by_language() -> None:
    english, german = Language.ENGLISH, Language.GERMAN
    assert writing.day(english, WHEN) == "1 Mar 2026"
    assert writing.day(german, WHEN) == "01.03.2026"
    assert writing.day(german, None) == ""
    assert (writing.month(english, WHEN), writing.month(german, WHEN)) == ("03/2026", "3/2026")
    assert "01.03.2026 23:30 UTC" in writing.moment(german, WHEN)
    assert 'datetime="2026-03-01T23:30:00+00:00"' in writing.moment(english, WHEN)
    assert writing.money(english, 1234.5, "EUR") == "€1,234.50"
    assert writing.money(german, 1234.5, "EUR") == "1.234,50\xa0€"
    assert writing.number(german, 12345) == "12.345"


def test_the_call_that_equals_an_act_is_one_word_of_the_shell_each() -> None:
    said = writing.curl("https://x.example", "POST", "/v1/customers/1", {"name": "it's $HOME `x`"})
    words = shlex.split(said.replace("\\\n", ""))
    assert words[:4] == ["curl", "-X", "POST", "https://x.example/v1/customers/1"]
    assert words[-1] == '{"name": "it\'s $HOME `x`"}'


@pytest.mark.parametrize("side", Side)
def test_the_sections_of_a_side(side: Side) -> None:
    found = sections(side, f"/{side}")
    assert [one.label for one in found if one.here] == ["Home"]
    assert [one.label for one in sections(side, "/settings/users") if one.within] == ["Settings"]
    assert len({one.label for one in found}) == len(found)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/decisions", "Audit"),
        ("/decisions/1/again", "Audit"),
        ("/customer/consent/relationship-requests/1", "Partners"),
        ("/partners/invitation/granularAdminRelationships/1-2", "Partners"),
    ],
)
def test_a_page_that_stands_elsewhere_is_within_its_section(path: str, label: str) -> None:
    assert [one.label for one in sections(Side.CUSTOMER, path) if one.within] == [label]
    assert not any(one.within for one in sections(Side.CUSTOMER, "/customer/consentless"))


async def test_a_browser_that_is_lost_gets_a_page_and_a_program_the_contracts_answer(steady: House) -> None:
    browser = steady.browser()
    for path in ("/partner/nowhere", "/settings/a/b/c", "/operator/rules/x"):
        page = await browser.http.get(path, headers={"Accept": "text/html,*/*", "Accept-Language": "de"})
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert 'href="/portal"' in page.text
        assert "Diese Adresse führt nirgendwohin" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert (await browser.http.get(path, headers={"Accept": "*/*"})).json()["code"] == "1000"


def test_a_country_is_said_by_its_name() -> None:
    country = writing.FILTERS["country"]
    assert (country(Language.ENGLISH, "DE"), country(Language.GERMAN, "DE")) == ("Germany", "Deutschland")
    assert country(Language.ENGLISH, "X9") == "X9"


async def test_the_language_is_the_readers_and_stays(steady: House) -> None:
    browser = steady.browser()
    start = await browser.http.get("/portal", headers={"Accept-Language": "de-AT,en;q=0.5"})
    assert '<html lang="de">' in start.text
    assert 'lang="en">English</a>' in start.text
    english = await browser.http.get("/portal")
    assert '<html lang="en">' in english.text
    chosen = await browser.http.get("/portal/language", params={"to": "de", "page": "/customer/partners"})
    assert chosen.headers["location"] == "/customer/partners"
    assert '<html lang="de">' in (await browser.http.get("/portal")).text
    assert '<html lang="en">' in (await browser.http.get("/portal", params={"language": "en"})).text


@pytest.mark.parametrize("asked", [{"to": "xx"}, {"to": "de", "page": "//evil.example"}, {}])
async def test_no_language_leads_elsewhere(steady: House, asked: Mapping[str, str]) -> None:
    answer = await steady.browser().http.get("/portal/language", params=asked)
    assert (answer.status_code, answer.headers["location"]) == (303, "/portal")


async def test_whoever_comes_by_is_shown_the_way_in_and_whoever_is_in_their_home(steady: House) -> None:
    browser = steady.browser()
    assert (await browser.http.get("/")).headers["location"] == "/portal"
    assert "/portal/sign-in" in (await browser.open("/portal")).text
    await browser.sign_in(await steady.link())
    assert (await browser.http.get("/portal")).headers["location"] == "/customer"


MACROS = """
{% import "parts/form.html" as form %}{% import "parts/curl.html" as calls %}{% import "parts/empty.html" as empty %}
{% import "parts/state.html" as states %}
{{ form.begin("/x", "k") }}{{ form.hidden("step", "2") }}{{ form.field("name", "Name", "<v>", hint="h", error="e") }}
{{ form.field("none", "None") }}{{ form.area("text", "Text", "a") }}{{ form.check("yes", "Yes", true, hint="h") }}
{{ form.choice("one", "One", [("a", "A"), ("b", "B")], "b") }}{{ form.radio("r", "v", "R", true) }}
{{ form.button("Go", value="go", kind="second") }}</form>{{ form.problem(refusal) }}
{{ calls.as_curl("https://x.example", "GET", "/v1/x") }}{{ empty.empty("T", "t", "/p", "Act") }}
{{ empty.hidden("Why.", ["Do this."]) }}{{ states.state("good", "Active") }}
"""


def test_what_pages_are_made_of() -> None:
    template = html.environment(Language.GERMAN).from_string(MACROS)
    made = template.render(refusal=Invalid("This is <wrong>.", "name"))
    assert 'value="&lt;v&gt;"' in made
    assert 'aria-describedby="name-hint name-error" aria-invalid="true"' in made
    assert '<option value="b" selected>B</option>' in made
    assert '<button type="submit" class="second" name="act" value="go">Go</button>' in made
    assert '<p lang="en">This is &lt;wrong&gt;.</p>' in made
    assert "curl -X GET &#39;https://x.example/v1/x&#39;" in made
    assert "Wird Ihnen nicht angezeigt." in made
    assert '<span class="state good">Active</span>' in made
    assert re.search(r'<input id="none" name="none" type="text" value="" maxlength="500" autocomplete="off">', made)


async def before(home: House, browser: Browser) -> tuple[Sessions, Visitor]:
    """Who sits before a browser."""
    sessions = Sessions(home.authority, KeyFile(KEY), home.clock)
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
    scope: Any = {"type": "http", "headers": [(b"cookie", cookies.encode())]}
    found = await sessions.visitor(Request(scope))
    assert found
    return sessions, found


async def test_what_was_done_is_said_once_by_this_site_alone(steady: House) -> None:
    browser = steady.browser()
    path = await steady.link()
    await browser.sign_in(path)
    sessions, visitor = await before(steady, browser)
    sealed = sessions.keep(visitor, "All was <done>.")
    browser.http.cookies.set(sealed.key, str(sealed.value))
    assert '<p class="box good" role="status">All was &lt;done&gt;.</p>' in (await browser.open(path)).text
    browser.http.cookies.set(sealed.key, "All was forged.")
    assert "forged" not in (await browser.open(path)).text


async def test_what_was_done_is_not_said_to_whoever_sits_down_next(steady: House) -> None:
    first, second = [await seated(steady, name) for name in ("sa@nordlicht", "sa@suedwind")]
    sessions, visitor = await before(steady, first)
    sealed = sessions.keep(visitor, "Alpenblick was told.")
    for browser, said in ((second, False), (await seated(steady, "sa@nordlicht"), False), (first, True)):
        browser.http.cookies.set(sealed.key, str(sealed.value))
        assert ("Alpenblick was told." in (await browser.open("/settings")).text) is said
