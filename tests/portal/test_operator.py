"""The operator's home, tenants, catalogue and health: shown to its Global admin, refused to everybody else."""

import csv
from io import StringIO
from uuid import uuid4

import pytest

from copartner.operating import service as operating
from copartner.portal.operator import trials
from support.announcing import drafted
from support.operating import APPROVER, signed_in
from support.portal import House, heading
from support.tally import Tally
from support.versions import propose, proposer

ROOMS = (
    "/operator",
    "/operator/tenants",
    "/operator/catalogue",
    "/operator/rules",
    "/operator/rules/new",
    "/operator/announcements",
    "/operator/announcements/new",
    "/operator/health",
)


@pytest.mark.parametrize("language", ["en", "de"])
async def test_every_room_opens_in_both_languages(steady: House, language: str) -> None:
    browser = await signed_in(steady)
    seen = set()
    for address in ROOMS:
        page = await browser.open(f"{address}?language={language}")
        assert page.status_code == 200, (address, page.text)
        assert f'<html lang="{language}">' in page.text
        assert page.text.count("<h1>") == 1
        seen.add(heading(page.text))
    assert len(seen) == len(ROOMS)


@pytest.mark.parametrize("name", ["ga@nordlicht", "sa@nordlicht", "ga@alpenblick"])
async def test_every_room_is_refused_to_partners_and_customers(steady: House, name: str) -> None:
    browser = await signed_in(steady, name)
    for address in (*ROOMS, f"/operator/tenants/{steady.here.id('alpenblick')}", f"/operator/rules/trials/{uuid4()}"):
        page = await browser.open(address)
        # What is announced to nobody of the operator's side is an empty list to them, as everywhere.
        assert page.status_code in (403, 404), address
        for secret in ("wolkenstadt", "fjord.example", "4100002"):
            assert secret not in page.text, address


async def test_no_room_needs_more_than_three_trips(counted_home: tuple[House, Tally]) -> None:
    home, tally = counted_home
    version, announcement = await propose(home.here), await drafted(home.here)
    ctx = proposer(home.here)
    going = trials.Trial(uuid4(), ctx.caller.tenant_id, ctx.moment.date(), 30, ctx.moment, {})
    trials.keep(going)
    browser = await signed_in(home)
    product = (await browser.open("/operator/catalogue")).text.partition("?product=")[2][:12]
    for address in (
        *ROOMS,
        "/operator/rules?on=2020-11-29&search=sell",
        f"/operator/tenants/{home.here.id('nordlicht')}",
        f"/operator/catalogue?product={product}",
        f"/operator/rules/versions/{version.id}",
        f"/operator/announcements/{announcement.id}",
        f"/operator/rules/trials/{going.id}",
    ):
        # Every process looks for revocations by itself, whatever pages are asked for.
        trips = [trip for trip in await home.trips(browser, address, tally) if "fn_revocations" not in trip]
        assert len(trips) <= 3, (address, trips)


async def test_the_home_says_what_waits(home: House) -> None:
    browser = await signed_in(home)
    page = await browser.open("/operator")
    for told in ("No version waits", "Nothing is in draft", "Newest tenants", "Nothing was denied today"):
        assert told in page.text
    version = await propose(home.here)
    refused = await signed_in(home, "ga@nordlicht")
    assert (await refused.open("/operator/tenants")).status_code == 403
    page = await browser.open("/operator")
    assert f"/operator/rules/versions/{version.id}" in page.text
    assert "proposed by you; somebody else approves it" in page.text
    assert "operating-alone" in page.text
    other = await signed_in(home, APPROVER)
    assert "proposed by ga@wolkenstadt.example" in (await other.open("/operator")).text


async def test_tenants_are_searched_and_exported(steady: House) -> None:
    browser = await signed_in(steady)
    page = await browser.open("/operator/tenants?search=nordlicht&kind=partner")
    assert "nordlicht.example" in page.text
    assert "4100001" in page.text
    assert "fjord.example" not in page.text
    assert "No tenant fits" in (await browser.open("/operator/tenants?search=nobody-at-all")).text
    sheet = await browser.open("/operator/tenants?search=4100001&format=csv")
    rows = list(csv.DictReader(StringIO(sheet.text)))
    assert [(row["domain"], row["number"]) for row in rows] == [("nordlicht.example", "4100001")]
    unknown = await browser.open(f"/operator/tenants/{uuid4()}")
    assert unknown.status_code == 404
    assert (await browser.open("/operator/tenants?search=" + "x" * 300)).status_code == 400


async def test_a_tenant_is_enrolled_once_and_what_is_typed_stays(home: House) -> None:
    browser = await signed_in(home)
    address = f"/operator/tenants/{home.here.id('alpenblick')}"
    page = await browser.open(address)
    wrong = await browser.send(page, form=1, mpn_id="4100777", markets="Germany")
    assert wrong.status_code == 400
    assert 'value="4100777"' in wrong.text
    assert 'value="Germany"' in wrong.text
    assert "two-letter country code" in wrong.text
    taken = await browser.send(page, form=1, mpn_id="4100001", markets="de")
    assert taken.status_code == 409
    for _ in range(2):
        done = await browser.follow(await browser.send(page, form=1, mpn_id="4100777", markets="de, at fr"))
        assert done.status_code == 200
        assert "The tenant is enrolled in the programme." in done.text
        assert "AT, DE, FR" in done.text
    found = await operating.read_tenant(proposer(home.here), tenant_id=home.here.id("alpenblick"))
    assert found.tenant.enrolment is not None


async def test_affiliates_are_made_and_ended(home: House) -> None:
    browser = await signed_in(home)
    address = f"/operator/tenants/{home.here.id('suedwind')}"
    page = await browser.open(address)
    wrong = await browser.send(page, form=1, affiliate="nobody.example")
    assert wrong.status_code == 404
    for _ in range(2):
        page = await browser.follow(await browser.send(page, form=1, affiliate="hafen.example"))
        assert "Hafen Digital GmbH" in page.text
    unsure = await browser.send(page, other=str(home.here.id("hafen")))
    assert unsure.status_code == 400
    page = await browser.follow(await browser.send(page, other=str(home.here.id("hafen")), sure="on"))
    assert "No affiliates" in page.text


async def test_a_form_of_another_session_changes_nothing(home: House) -> None:
    address = f"/operator/tenants/{home.here.id('alpenblick')}"
    theirs = await (await signed_in(home, APPROVER)).open(address)
    refused = await (await signed_in(home)).send(theirs, form=1, mpn_id="4100777", markets="de")
    assert refused.status_code == 403
    found = await operating.read_tenant(proposer(home.here), tenant_id=home.here.id("alpenblick"))
    assert found.tenant.enrolment is None


async def test_the_catalogue_is_searched_and_a_product_shows_terms_by_country(steady: House) -> None:
    browser = await signed_in(steady)
    page = await browser.open("/operator/catalogue?search=enterprise&country=DE")
    assert "Office 365 Enterprise" in page.text
    assert "Phone add-on" not in page.text
    product = page.text.partition("product=")[2][:12]
    shown = await browser.open(f"/operator/catalogue?product={product}&country=DE")
    assert heading(shown.text) == "Office 365 Enterprise"
    assert "€440.64" in shown.text
    assert "Three years" in shown.text
    german = await browser.open(f"/operator/catalogue?product={product}&country=DE&language=de")
    assert "440,64\xa0€" in german.text
    assert (await browser.open("/operator/catalogue?product=NOSUCHTHING1")).status_code == 404
    assert "No product fits" in (await browser.open("/operator/catalogue?search=nothing-like-it")).text


async def test_health_says_what_is_late(home: House) -> None:
    browser = await signed_in(home)
    page = await browser.open("/operator/health")
    assert "All is well" in page.text
    assert "/health/ready" in page.text
    async with home.here.owner() as owner:
        await owner.execute(
            """INSERT INTO mail_outbox (tenant_id, id, recipient, subject, body, language, written_at, given_up)
            VALUES ($1, gen_random_uuid(), 'a@b.example', 's', 'b', 'en', $2, true)""",
            home.here.id("nordlicht"),
            home.here.clock.now(),
        )
    page = await browser.open("/operator/health")
    assert "Somebody has to look after this" in page.text
    assert "a@b.example" not in page.text
