"""The page of one customer: who sees what of it, what it costs the database, and the end of what binds the two."""

import pytest

from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch, Status
from support.counter import CUSTOMER, form_of, offers, page_of, place, sold
from support.portal import House, heading
from support.seated import seated
from support.tally import Tally

ROLES = ("ga", "aa", "sa", "hd", "ba")


@pytest.mark.parametrize("role", ROLES)
async def test_every_role_that_reads_customers_sees_it(home: House, role: str) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home)
    page = await (await seated(home, f"{role}@nordlicht")).open(place(home))
    assert page.status_code == 200
    assert heading(page.text) == "Alpenblick Logistik GmbH"
    assert page_of(home, one) in page.text
    assert (f'href="{place(home)}/order"' in page.text) is (role in ("ga", "aa", "sa"))
    assert "What they sold it is not shown to you" in page.text
    assert "copartner has neither" in page.text
    for way in (f"{place(home)}/users", f"/partner/admin-relationships?customer={home.here.id(CUSTOMER)}"):
        assert way in page.text
    # It is told what it may not do, and why.
    assert "Not possible now." in page.text


@pytest.mark.parametrize(
    ("who", "status"), [("um@nordlicht", 403), ("aa@suedwind", 404), ("ga@alpenblick", 403), ("ga@wolkenstadt", 403)]
)
async def test_it_is_refused_to_everybody_else(home: House, who: str, status: int) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    await sold(home)
    page = await (await seated(home, who)).open(place(home))
    assert page.status_code in (status, 404)
    assert "Office 365" not in page.text


async def test_it_is_whole_in_german(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    await sold(home)
    page = await (await seated(home, "ga@nordlicht", "de")).open(place(home))
    assert "Vertriebspartnerschaft seit" in page.text
    assert "22.11.2027" in page.text
    assert "Eine Vertriebspartnerschaft endet" in page.text or "Zurzeit nicht möglich." in page.text
    for english in ("Subscription", "relationship", "Order"):
        assert f">{english}" not in page.text


async def test_what_it_asks_does_not_grow_with_what_others_sold(counted_home: tuple[House, Tally]) -> None:
    home, tally = counted_home
    for partner in ("nordlicht", "suedwind"):
        await home.here.relate(partner, CUSTOMER)
    mine = await sold(home)
    browser = await seated(home, "aa@nordlicht")
    few = await browser.open(place(home))
    template = await sold(home, "Device Management", who="aa@suedwind")
    async with home.here.owner() as owner:
        await owner.execute(
            """INSERT INTO subscription SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(),
            'line_number', n))).* FROM subscription s, generate_series(1, 500) AS n WHERE s.id = $1""",
            template,
        )
    for address in (place(home), page_of(home, mine)):
        trips = await home.trips(browser, address, tally)
        assert len(trips) <= 3, trips
    many = await browser.open(place(home))
    assert len(many.text) == len(few.text)
    assert "Device Management" not in many.text


async def test_a_long_list_goes_on_and_is_exported_whole(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    template = await sold(home)
    async with home.here.owner() as owner:
        await owner.execute(
            """INSERT INTO subscription SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(),
            'line_number', n))).* FROM subscription s, generate_series(1, 60) AS n WHERE s.id = $1""",
            template,
        )
    browser = await seated(home, "ba@nordlicht")
    page = await browser.open(place(home))
    assert "50 rows" in page.text
    assert 'rel="next"' in page.text
    sheet = await browser.open(f"{place(home)}?format=csv&table=subscriptions")
    assert sheet.headers["content-type"].startswith("text/csv")
    assert len(sheet.text.strip().splitlines()) == 62


async def test_privileges_are_given_back_after_a_tick_and_once(seed_home: House) -> None:
    home = seed_home
    await home.here.relate("nordlicht", CUSTOMER)
    async with home.here.owner() as owner:
        await owner.execute("UPDATE reseller_relationship SET privileges = true")
    browser = await seated(home, "aa@nordlicht")
    page = await browser.open(place(home))
    assert "for the whole tenant" in page.text
    form = form_of(page, "remove_privileges")
    unticked = await browser.send(page, form, act="remove_privileges")
    assert unticked.status_code == 400
    assert "Tick that you have read" in unticked.text
    assert await home.partners_of() == [("nordlicht.example", True)]
    for _ in range(2):
        done = await browser.follow(await browser.send(page, form, act="remove_privileges", understood="yes"))
        assert done.status_code == 200
    assert "for the whole tenant" not in done.text
    assert await home.partners_of() == [("nordlicht.example", False)]


async def test_a_relationship_ends_only_when_nothing_runs_and_a_second_click_changes_nothing(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home)
    browser = await seated(home, "ga@nordlicht")
    page = await browser.open(place(home))
    assert not offers(page, "end")
    assert "1 subscription is still there." in page.text
    await subscriptions.change_subscription(
        home.here.context("ga@nordlicht"),
        customer_id=home.here.id(CUSTOMER),
        subscription_id=one,
        patch=Patch(status=Status.DELETED),
    )
    page = await browser.open(place(home))
    form = form_of(page, "end")
    assert (await browser.send(page, form, act="end")).status_code == 400
    first, second = [await browser.send(page, form, act="end", understood="yes") for _ in range(2)]
    assert first.headers["location"] == second.headers["location"] == "/partner/customers"
    assert await home.partners_of() == []
    assert (await browser.open(place(home))).status_code == 404


async def test_a_form_of_another_page_or_session_ends_nothing(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    browser, other = await seated(home, "ga@nordlicht"), await seated(home, "ga@nordlicht")
    foreign = form_of(page := await other.open(place(home)), "end")
    answer = await browser.send(page, foreign, act="end", understood="yes")
    assert answer.status_code == 403
    assert await home.partners_of() == [("nordlicht.example", False)]
