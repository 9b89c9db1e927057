"""The audit and the explanation of decisions: for whom, of whom, narrowed, readable, and the same answer again."""

import csv
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from io import StringIO
from uuid import UUID, uuid4

import pytest

from copartner.command.denial import Denied
from copartner.customers import service as customers
from copartner.kernel.languages import Language
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from copartner.portal.audit import words
from copartner.portal.audit.differences import Change, differences
from copartner.programme import searching
from copartner.relationships.service import consent, requests
from copartner.subscriptions import service as subscriptions
from copartner.tenants.service import groups, users
from support.portal import House, heading, house
from support.postgres import Database
from support.programme import Programme, programme
from support.tally import Tally
from support.tree import ROOT
from support.visiting import PEOPLE, visitor

READERS = {"ga@nordlicht", "aa@nordlicht", "ga@alpenblick", "ga@wolkenstadt", "approver@wolkenstadt"}
# Rooms that record nothing, and name things otherwise.
_SILENT = {"api", "cli", "portal", "proof"}


async def acted(here: Programme) -> None:
    """Two partners act at one customer, and one of them is denied."""
    made = await requests.send_request(here.context("sa@nordlicht"), customer_tenant_id=here.id("alpenblick"))
    await consent.accept_request(
        here.context("ga@alpenblick", Side.CUSTOMER), request_id=made.id, accept_agreement=True
    )
    await requests.send_request(here.context("sa@wolkenwerk"), customer_tenant_id=here.id("alpenblick"))
    with pytest.raises(Denied):
        await customers.end_relationship(here.context("hd@nordlicht"), customer_id=here.id("alpenblick"))
    await groups.create_group(here.context("ga@wolkenstadt", Side.OPERATOR), name="Aufsicht")


@pytest.fixture(scope="module")
async def busy(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A portal of a world in which something happened."""
    async with programme(module_database, tmp_path_factory.mktemp("world")) as here, house(here) as made:
        await acted(here)
        yield made


async def records(home: House, name: str, side: Side = Side.PARTNER) -> dict[str, UUID]:
    """The newest record of each operation in somebody's audit."""
    found = await searching.search_audit(home.here.context(name, side))
    return {one.operation_type: one.id for one in reversed(found.items)}


@pytest.mark.parametrize("language", ["en", "de"])
async def test_the_audit_is_open_to_its_readers_alone(busy: House, language: str) -> None:
    for name, side in PEOPLE:
        browser = visitor(busy, name, side, language=language)
        page = await browser.open("/audit")
        assert page.status_code == (200 if name in READERS else 403), (name, page.text)
        assert f'<html lang="{language}">' in page.text
        assert (await browser.open("/decisions")).status_code == 200
        theirs = await records(busy, f"ga@{name.partition('@')[2]}", side)
        shown = await browser.open(f"/audit/{next(iter(theirs.values()))}")
        assert shown.status_code == (200 if name in READERS else 403), name


async def test_no_page_needs_more_than_three_trips(counted_home: tuple[House, Tally]) -> None:
    home, tally = counted_home
    await acted(home.here)
    found = await searching.search_audit(home.here.context("aa@nordlicht"))
    denied = next(one for one in found if one.decision_id)
    browser = visitor(home, "aa@nordlicht", Side.PARTNER)
    for path in (
        "/audit?about=alpen&denied=on",
        f"/audit/{found[-1].id}",
        f"/audit/{denied.id}",
        f"/decisions/{denied.decision_id}",
        f"/decisions/{denied.decision_id}/again",
        f"/partner/customers/{home.here.id('alpenblick')}/audit",
    ):
        trips = await home.trips(browser, path, tally)
        assert len(trips) <= 3, (path, trips)


async def test_a_partner_reads_nothing_of_another_ones_acts(busy: House) -> None:
    browser = visitor(busy, "aa@nordlicht", Side.PARTNER)
    customer = busy.here.id("alpenblick")
    for path in ("/audit", f"/audit?about={busy.here.id('wolkenwerk')}", f"/partner/customers/{customer}/audit"):
        assert "wolkenwerk" not in (await browser.open(path)).text.lower().replace("about=wolkenwerk", ""), path
    theirs = (await records(busy, "aa@wolkenwerk"))["relationship_request.send"]
    pages = [await browser.open(f"/audit/{one}") for one in (theirs, uuid4())]
    assert {page.status_code for page in pages} == {404}
    assert len({re.sub(r"[0-9a-f-]{36}|value=\"[^\"]*\"", "", page.text) for page in pages}) == 1
    whole = await visitor(busy, "ga@alpenblick", Side.CUSTOMER).open("/audit")
    assert "Wolkenwerk GmbH" in whole.text
    assert "Nordlicht IT GmbH" in whole.text


async def test_the_audit_of_one_customer_is_of_an_own_customer(busy: House) -> None:
    browser = visitor(busy, "aa@nordlicht", Side.PARTNER)
    page = await browser.open(f"/partner/customers/{busy.here.id('alpenblick')}/audit")
    assert heading(page.text) == "Audit for Alpenblick Logistik GmbH"
    assert "Relationship request: accept" in page.text
    assert 'name="about"' not in page.text
    for other in (busy.here.id("lavande"), uuid4()):
        assert (await browser.open(f"/partner/customers/{other}/audit")).status_code in (403, 404)
    customer = visitor(busy, "ga@alpenblick", Side.CUSTOMER)
    refused = await customer.open(f"/partner/customers/{busy.here.id('alpenblick')}/audit")
    assert refused.status_code in (403, 404)


async def test_it_is_narrowed_by_its_form_and_keeps_what_was_typed(busy: House) -> None:
    browser = visitor(busy, "aa@nordlicht", Side.PARTNER)
    page = await browser.open("/audit?denied=on&actor=hd%40&operation=customer")
    rows = re.findall(r"<tr><td>.*?</tr>", page.text.replace("\n", ""))
    assert len(rows) == 1
    assert "Customer: end the relationship" in rows[0]
    assert 'name="denied" value="on" checked' in page.text
    assert 'value="hd@"' in page.text
    assert '<option value="customer" selected>' in page.text
    nothing = await browser.open("/audit?about=niemand")
    assert "Nothing on record for this" in nothing.text
    wrong = await browser.open("/audit?from=gestern")
    assert (wrong.status_code, 'value="gestern"' in wrong.text) == (400, True)
    assert "is no day" in wrong.text
    long_ago = await browser.open("/audit?from=2020-01-01")
    assert (long_ago.status_code, "last 90 days" in long_ago.text) == (400, True)
    tomorrow = f"{busy.here.clock.now() + timedelta(days=1):%Y-%m-%d}"
    assert "Nothing on record" in (await browser.open(f"/audit?from={tomorrow}&to={tomorrow}")).text


async def test_it_is_paged_and_exported_whole(home: House) -> None:
    context = home.here.context("ga@alpenblick", Side.CUSTOMER)
    for number in range(55):
        await groups.create_group(context, name=f"Gruppe {number}")
    browser = visitor(home, "ga@alpenblick", Side.CUSTOMER)
    page = await browser.open("/audit?operation=group")
    assert page.text.count("Group: create") - page.text.count("</option>") < 60
    following = re.search(r'<a rel="next" href="([^"]+)"', page.text)
    assert following
    rest = await browser.open(unescape(following.group(1)))
    assert 'rel="next"' not in rest.text
    assert len(re.findall(r'href="/audit/[0-9a-f-]{36}"', page.text)) == 50
    assert len(re.findall(r'href="/audit/[0-9a-f-]{36}"', rest.text)) == 5
    export = re.search(r'href="([^"]+format=csv[^"]*)"', page.text)
    assert export
    answer = await browser.http.get(unescape(export.group(1)))
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert len(rows) == 55
    assert {row["what"] for row in rows} == {"Group: create"}


async def test_a_record_shows_what_changed(home: House) -> None:
    context = home.here.context("ga@alpenblick", Side.CUSTOMER)
    user = home.here.context("user@alpenblick", Side.CUSTOMER).caller.subject_id
    await users.change_user(context, user_id=user, display_name="Carla <Neu>")
    record = (await records(home, "ga@alpenblick", Side.CUSTOMER))["user.change"]
    page = await visitor(home, "ga@alpenblick", Side.CUSTOMER).open(f"/audit/{record}")
    assert heading(page.text) == "User: change"
    row = re.search(r"<tr><th scope=\"row\" lang=\"en\">display name</th>.*?</tr>", page.text)
    assert row
    assert [unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", row.group())] == [
        "Carla Moser", "Carla <Neu>", "changed",
    ]  # fmt: skip
    assert context.correlation_id in page.text
    german = await visitor(home, "ga@alpenblick", Side.CUSTOMER, language="de").open(f"/audit/{record}")
    assert heading(german.text) == "Benutzer: ändern"


async def test_a_denial_is_explained_whole(busy: House) -> None:
    browser = visitor(busy, "aa@nordlicht", Side.PARTNER)
    record = (await records(busy, "aa@nordlicht"))["customer.end_relationship"]
    shown = await browser.open(f"/audit/{record}")
    assert "Why it was denied" in shown.text
    assert "hd@nordlicht.example" in shown.text
    assert "the API" in shown.text
    link = re.search(r'href="(/decisions/[0-9a-f-]{36})"', shown.text)
    assert link
    page = await browser.open(link.group(1))
    for told in (
        "role-relationship-end",
        "A relationship is ended by the Global admin.",
        "remove-a-relationship, 2021-11-01",
        "What the rule saw",
        "What did not hold",
        "What can be done next",
        "principal.roles",
    ):
        assert told in page.text, told
    again = await browser.open(f"{link.group(1)}/again")
    assert "The same answer, by the same rules." in again.text
    german = await visitor(busy, "aa@nordlicht", Side.PARTNER, language="de").open(link.group(1))
    assert "Eine Vertriebspartnerschaft beendet der Globale Administrator." in german.text


async def test_whoever_was_denied_follows_the_number_on_the_page(busy: House) -> None:
    browser = visitor(busy, "hd@nordlicht", Side.PARTNER)
    denied = await browser.open("/settings/users")
    link = re.search(r'href="(/decisions/[0-9a-f-]{36})"', denied.text)
    assert link, denied.text
    own = await browser.open(link.group(1))
    assert own.status_code == 200
    assert "a page of this portal" in own.text
    other = visitor(busy, "sa@nordlicht", Side.PARTNER)
    assert (await other.open(link.group(1))).status_code == 403
    for stranger, side in (("aa@wolkenwerk", Side.PARTNER), ("ga@alpenblick", Side.CUSTOMER)):
        pages = [await visitor(busy, stranger, side).open(at) for at in (link.group(1), f"/decisions/{uuid4()}")]
        assert {page.status_code for page in pages} == {404}


async def test_of_what_must_stay_unknown_the_explanation_tells_no_rule(home: House) -> None:
    await home.here.relate("nordlicht", "alpenblick")
    held = await subscriptions.list_held(home.here.context("ga@alpenblick", Side.CUSTOMER))
    with pytest.raises(Denied) as denied:
        await subscriptions.read_subscription(
            home.here.context("aa@nordlicht"), customer_id=home.here.id("alpenblick"), subscription_id=held[0].id
        )
    page = await visitor(home, "aa@nordlicht", Side.PARTNER).open(f"/decisions/{denied.value.decision_id}")
    assert "is answered as if it did not" in page.text
    assert "Wolkenstadt" not in page.text
    again = await visitor(home, "aa@nordlicht", Side.PARTNER).open(f"/decisions/{denied.value.decision_id}/again")
    assert "Which rules decided is not told to you" in again.text
    customer = visitor(home, "ga@alpenblick", Side.CUSTOMER)
    record = (await records(home, "ga@alpenblick", Side.CUSTOMER))["subscription.read"]
    told = await customer.open(f"/audit/{record}")
    assert "aa@nordlicht.example" in told.text
    assert "Wolkenstadt" not in (await visitor(home, "aa@nordlicht", Side.PARTNER).open("/audit")).text


async def test_a_decision_is_found_by_its_number(busy: House) -> None:
    found = await searching.search_audit(busy.here.context("aa@nordlicht"))
    decision = next(one.decision_id for one in found if one.decision_id)
    browser = visitor(busy, "aa@nordlicht", Side.PARTNER)
    shown = await browser.open(f"/decisions?number=%20{str(decision).upper()}")
    assert heading(shown.text) == "Why it was denied"
    wrong = await browser.open("/decisions?number=42")
    assert (wrong.status_code, 'value="42"' in wrong.text) == (400, True)
    assert 'name="again"' not in wrong.text


async def test_the_operator_repeats_what_was_decided_for_others(busy: House) -> None:
    found = await searching.search_audit(busy.here.context("aa@nordlicht"))
    decision = next(one.decision_id for one in found if one.decision_id)
    browser = visitor(busy, "ga@wolkenstadt", Side.OPERATOR)
    assert (await browser.open(f"/decisions/{decision}")).status_code == 404
    again = await browser.open(f"/decisions?number={decision}&again=on")
    assert heading(again.text) == "Decided again"
    assert "The same answer, by the same rules." in again.text

    lost = await browser.open(f"/decisions/{uuid4()}/again")
    assert (lost.status_code, heading(lost.text)) == (409, "This cannot be decided again")


def test_every_operation_has_words_in_both_languages() -> None:
    quoted = re.compile(r'"([a-z][a-z_]+\.[a-z][a-z_]+)"')
    modules = [one for one in (ROOT / "src" / "copartner").glob("*/**/*.py") if not _SILENT & {*one.parts}]
    recorded = {name for one in modules for name in quoted.findall(one.read_text(encoding="utf-8"))}
    things = {name for name in recorded if name.partition(".")[0] in words.THINGS}
    log = {"tenant.country", "tenant.culture"}
    assert len(things) > 60
    for name in {*things, *Action} - log:
        for language in Language:
            assert words.operation(language, name) != name, name
    assert words.operation(Language.GERMAN, "subscription.suspend") == "Abonnement: aussetzen"
    assert words.operation(Language.ENGLISH, "what.ever") == "what.ever"
    for language in Language:
        assert len({text for _, text in words.things(language)}) == len(words.THINGS)


def test_values_are_told_field_by_field() -> None:
    before = {"name": "a", "tags": ["x", "y"], "lines": [{"q": 1}], "gone": True, "same": 1, "set": None}
    after = {"name": "b", "tags": ["x"], "lines": [{"q": 2}], "same": 1, "set": "now", "new": {"deep": {"er": 1}}}
    told = {one.path: (one.before, one.after, one.change) for one in differences(before, after)}
    assert told == {
        "name": ("a", "b", Change.CHANGED),
        "tags": ("x, y", "x", Change.CHANGED),
        "lines › 1 › q": ("1", "2", Change.CHANGED),
        "gone": ("true", None, Change.REMOVED),
        "new › deep › er": (None, "1", Change.ADDED),
        "set": (None, "now", Change.ADDED),
        "same": ("1", "1", Change.SAME),
    }
    assert list(told)[-1] == "same"
    assert differences(None, None) == ()
    assert len(differences(None, {str(number): number for number in range(2000)})) == 400
