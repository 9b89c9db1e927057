"""The settings of one's own tenant: who reads and changes what, what is shown once, and what a second click does."""

import pytest

from copartner.policy.facts import Side
from copartner.tenants.service import applications, groups, users
from support.portal import House
from support.tally import Tally
from support.visiting import PEOPLE, forms, submit, visitor

ADMINS = {"ga@nordlicht", "ga@alpenblick", "ga@wolkenstadt", "approver@wolkenstadt"}
# Who opens each page, beside the Global admins.
MORE = {
    "/settings": {name for name, _ in PEOPLE},
    "/settings/users": {"um@nordlicht"},
    "/settings/users/new": {"um@nordlicht"},
    "/settings/groups": {"um@nordlicht", "aa@nordlicht"},
    "/settings/applications": set(),
    "/settings/consents": {name for name, _ in PEOPLE},
    "/settings/events": set(),
}
PARTNERS = {
    "/settings/profile": {"ga@nordlicht", "um@nordlicht", "aa@nordlicht", "ba@nordlicht"},
    "/settings/profile/support": {"ga@nordlicht", "um@nordlicht", "aa@nordlicht", "ba@nordlicht"},
    "/settings/agreement": {"ga@nordlicht", "aa@nordlicht", "sa@nordlicht"},
}


@pytest.mark.parametrize("language", ["en", "de"])
async def test_every_page_opens_to_its_roles_and_says_why_not_to_the_others(steady: House, language: str) -> None:
    for name, side in PEOPLE:
        browser = visitor(steady, name, side, language=language)
        for path, more in MORE.items():
            page = await browser.open(path)
            assert page.status_code == (200 if name in ADMINS | more else 403), (name, path, page.text)
            assert f'<html lang="{language}">' in page.text
        for path, allowed in PARTNERS.items():
            page = await browser.open(path)
            assert page.status_code == (200 if name in allowed else 403), (name, path)


async def test_the_overview_tells_what_a_tenant_is_and_what_stays_shut(steady: House) -> None:
    partner = (await visitor(steady, "sa@nordlicht", Side.PARTNER).open("/settings")).text
    for said in ("Nordlicht IT GmbH", "nordlicht.example", "4100001", "Germany", "direct bill partner", "no invoices"):
        assert said in partner, said
    assert 'href="/settings/users"' not in partner
    assert "Role Global admin or User management admin in this tenant." in partner
    customer = (await visitor(steady, "ga@alpenblick", Side.CUSTOMER).open("/settings")).text
    assert "Partner number" not in customer
    assert "/settings/profile" not in customer
    assert "whoever sold you something bills you" in customer
    assert "What is not open to you" not in customer
    assert 'href="/account/sessions"' in customer


async def test_no_page_needs_more_than_three_trips(counted_home: tuple[House, Tally]) -> None:
    home, tally = counted_home
    context = home.here.context("ga@nordlicht")
    group = (await groups.list_groups(context)).items[0].id
    application = (await applications.create_application(context, name="App")).id
    browser = visitor(home, "ga@nordlicht", Side.PARTNER)
    paths = [
        *MORE,
        *PARTNERS,
        f"/settings/users/{context.caller.subject_id}",
        f"/settings/groups/{group}",
        f"/settings/applications/{application}",
        "/settings/users?filter=x",
    ]
    for path in paths:
        trips = await home.trips(browser, path, tally)
        assert len(trips) <= 3, (path, trips)


async def test_a_long_list_is_filtered_in_one_trip(counted_home: tuple[House, Tally]) -> None:
    home, tally = counted_home
    browser = visitor(home, "ga@nordlicht", Side.PARTNER)
    assert "sa@nordlicht.example" in (await browser.open("/settings/users?filter=sales+agent")).text
    async with home.here.owner() as owner:
        for statement in (
            """INSERT INTO user_account (tenant_id, id, user_principal_name, display_name, password_hash)
            SELECT $1, gen_random_uuid(), 'viele-' || n || '@nordlicht.example', 'Viele', ''
            FROM generate_series(1, 150) n""",
            """INSERT INTO directory_group (tenant_id, id, name)
            SELECT $1, gen_random_uuid(), 'viele-' || n FROM generate_series(1, 150) n""",
        ):
            await owner.execute(statement, home.here.id("nordlicht"))
    for path, read in (("/settings/users", "fn_find_users"), ("/settings/groups", "fn_search_groups")):
        trips = await home.trips(browser, f"{path}?filter=viele-99", tally)
        assert sum(read in trip for trip in trips) == 1, trips
        page = (await browser.open(f"{path}?filter=viele-99")).text
        assert [f"viele-{number}" in page for number in (99, 98)] == [True, False]


async def test_a_form_of_elsewhere_changes_nothing(home: House) -> None:
    browser = visitor(home, "ga@nordlicht", Side.PARTNER)
    user = home.here.context("sa@nordlicht").caller.subject_id
    for path in ("/settings/users/new", f"/settings/users/{user}", "/settings/groups", "/settings/agreement"):
        answer = await browser.http.post(path, data={"key": "x", "act": "block", "sure": "on", "name": "x"})
        assert answer.status_code == 403
        assert "not made for your present session" in answer.text
    assert (await users.read_user(home.here.context("ga@nordlicht"), user_id=user)).enabled


async def test_profiles_are_read_and_written(home: House) -> None:
    browser = visitor(home, "ga@nordlicht", Side.PARTNER)
    page = await browser.open("/settings/profile/support")
    (form,) = forms(page, "version")
    refused = await submit(browser, form, email="nichts", telephone="+49 40 1")
    assert (refused.status_code, 'value="nichts"' in refused.text) == (400, True)
    done = await browser.follow(await submit(browser, form, email="hilfe@nordlicht.example", telephone="+49 40 1"))
    assert "hilfe@nordlicht.example" in done.text
    same = await submit(browser, form, email="hilfe@nordlicht.example", telephone="+49 40 1")
    assert same.status_code == 303
    stale = await submit(browser, form, email="andere@nordlicht.example", telephone="")
    assert (stale.status_code, 'value="andere@nordlicht.example"' in stale.text) == (409, True)
    legal = await browser.open("/settings/profile/legal-business")
    (form,) = forms(legal, "version")
    moved = await browser.follow(await submit(browser, form, **{"address.city": "Kiel"}))
    assert "Kiel" in moved.text
    reader = await visitor(home, "ba@nordlicht", Side.PARTNER).open("/settings/profile/support")
    assert 'name="email"' not in reader.text
    assert "Role Global admin in the partner&#39;s tenant." in reader.text


async def test_the_partner_agreement_is_signed_once(home: House) -> None:
    async with home.here.owner() as owner:
        await owner.execute("DELETE FROM partner_agreement WHERE partner_tenant_id = $1", home.here.id("nordlicht"))
    reads = await visitor(home, "sa@nordlicht", Side.PARTNER).open("/settings/agreement")
    assert "Role Global admin in the partner&#39;s tenant." in reads.text
    browser = visitor(home, "ga@nordlicht", Side.PARTNER)
    page = await browser.open("/settings/agreement")
    (form,) = forms(page, "agrees")
    assert "Tick the box to sign" in (await submit(browser, form)).text
    for _ in range(2):
        signed = await browser.follow(await submit(browser, form, agrees="on"))
        assert "ga@nordlicht.example" in signed.text
        assert 'name="agrees"' not in signed.text


async def test_in_another_cloud_there_is_no_partner_agreement(government_home: House) -> None:
    page = await visitor(government_home, "ga@cedarline", Side.PARTNER).open("/settings/agreement")
    assert page.status_code == 200
    assert "There is none in this cloud" in page.text
    assert 'name="agrees"' not in page.text
