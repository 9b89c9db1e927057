"""A partner's people administer a customer's users in a browser, by the customer's approval and never beyond it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from html import unescape
from uuid import UUID

import pytest

from copartner.directory.service import users
from copartner.policy.facts import Side
from copartner.signin.passwords import Passwords
from support.behalf import BASIC, new, sell, sku
from support.delegated import GLOBAL_ADMINISTRATOR, HELPDESK, READER, USERS, Delegated
from support.portal import Browser, House, heading
from support.seated import seated
from support.tally import Tally

Give = Callable[..., Awaitable[UUID]]


@pytest.fixture
async def pair(home: House) -> AsyncIterator[Delegated]:
    """Nordlicht and its customer."""
    await home.here.relate("nordlicht", "alpenblick")
    await home.here.relate("suedwind", "alpenblick")
    async with home.here.owner() as owner:
        yield Delegated(home.here, owner, "nordlicht", "alpenblick")


async def give(pair: Delegated, name: str, *roles: UUID) -> UUID:
    """These roles for somebody of the partner, by a group of its own."""
    relationship = await pair.relationship(*roles)
    await pair.assign(relationship, await pair.group(f"Team {relationship}", pair.user(name)), *roles)
    return relationship


async def ida(pair: Delegated) -> UUID:
    """A user of the customer."""
    await pair.privileges()
    made = await users.create_user(
        pair.agent, customer_id=pair.pair[0], new=new("ida.kern@alpenblick.example", display_name="Ida Kern")
    )
    await pair.privileges(given=False)
    return made.id


def address(pair: Delegated, below: str = "") -> str:
    return f"/partner/customers/{pair.pair[0]}/users{below}"


def form_of(page: str, act: str) -> int:
    """Which form of a page has this button."""
    forms = re.findall(r"<form\b.*?</form>", page, re.DOTALL)
    return next(number for number, one in enumerate(forms) if f'value="{act}"' in one)


async def press(browser: Browser, path: str, act: str, **typed: str) -> str:
    """Open a page, press a button, and read what comes of it."""
    page = await browser.open(path)
    done = await browser.follow(await browser.send(page, form_of(page.text, act), act=act, **typed))
    assert done.status_code == 200, done.text
    return done.text


async def test_what_is_not_delegated_is_taught(home: House, pair: Delegated) -> None:
    user = await ida(pair)
    browser = await seated(home, "aa@nordlicht")
    for path in (address(pair), address(pair, "/new"), address(pair, f"/{user}")):
        page = await browser.open(path)
        assert page.status_code == 403
        assert heading(page.text) == "This customer's directory is not open to you"
        assert "only while the customer delegates it" in page.text
        assert f'href="/partner/admin-relationships/new?customer={pair.pair[0]}"' in page.text
        assert page.headers["copartner-decision-id"] in page.text
        assert "Ida" not in page.text
    german = await seated(home, "sa@nordlicht", "de")
    assert "Beim Kunden beantragen" in (await german.open(address(pair))).text


async def test_a_helpdesk_sees_by_what_it_acts_and_what_it_may_not(home: House, pair: Delegated) -> None:
    user = await ida(pair)
    await give(pair, "hd", HELPDESK)
    browser = await seated(home, "hd@nordlicht")
    listed = await browser.open(address(pair))
    assert "Ida Kern" in listed.text
    assert "You read this as Helpdesk Administrator, by the relationship" in listed.text
    assert f'href="{address(pair, "/new")}"' not in listed.text
    assert "Role User Administrator, Directory Writers or Global Administrator in the customer" in listed.text
    found = await browser.open(address(pair) + "?filter=IDA.K")
    assert "Ida Kern" in found.text
    assert "Anna Berger" not in found.text
    none = await browser.open(address(pair) + "?filter=zzz&sort=name")
    assert f'No row fits the filter. <a href="{address(pair)}?sort=name">Show all rows</a>' in none.text
    csv = await browser.open(address(pair) + "?format=csv&filter=ida")
    assert csv.text.count("@alpenblick.example") == 4
    page = await browser.open(address(pair, f"/{user}"))
    for denied in ('value="change"', 'value="block"', 'value="delete"', 'value="licences"', 'value="give"'):
        assert denied not in page.text, denied
    assert page.text.count("Not possible for you.") >= 4
    new_page = await browser.open(address(pair, "/new"))
    assert (new_page.status_code, 'value="create"' in new_page.text) == (200, False)


async def test_a_password_is_shown_once_and_a_second_click_makes_no_other(home: House, pair: Delegated) -> None:
    user = await ida(pair)
    await give(pair, "hd", HELPDESK)
    browser = await seated(home, "hd@nordlicht")
    page = await browser.open(address(pair, f"/{user}"))
    number = form_of(page.text, "reset")
    first = await browser.send(page, number, act="reset")
    second = await browser.send(page, number, act="reset")
    assert first.status_code == 200
    assert first.text == second.text
    assert first.headers["cache-control"] == "no-store"
    shown = re.search(r'<code id="password">([^<]+)<', first.text)
    assert shown
    kept = await pair.db.fetchrow("SELECT password_hash, must_change_password FROM user_account WHERE id = $1", user)
    checking = Passwords()
    assert await checking.verify(unescape(shown.group(1)), [kept["password_hash"]])
    checking.close()
    assert kept["must_change_password"]
    assert shown.group(1) not in (await browser.open(address(pair, f"/{user}"))).text
    changes = await pair.db.fetchval(
        """SELECT count(*) FROM audit_record WHERE tenant_id = $1 AND operation_type = 'customer_user.change'
        AND resource_id = $2""",
        *(pair.pair[0], str(user)),
    )
    assert changes == 1
    again = await browser.open(address(pair, f"/{user}"))
    other = await browser.send(again, form_of(again.text, "reset"), act="reset", keeps="on")
    assert shown.group(1) not in other.text
    assert "It may be kept." in other.text


async def test_a_user_from_the_making_to_the_restoring(home: House, pair: Delegated) -> None:
    await give(pair, "aa", GLOBAL_ADMINISTRATOR)
    await sell(pair, "suedwind", BASIC, 1)
    browser = await seated(home, "aa@nordlicht")
    form = await browser.open(address(pair, "/new"))
    typed = {"name": "Uwe Roth", "local": "uwe.roth", "domain": "alpenblick.example", "first": "Uwe", "act": "create"}
    wrong = await browser.send(form, **{**typed, "local": "uwe roth"})
    assert wrong.status_code == 400
    assert "Before the @ come 1 to 64 letters" in wrong.text
    assert 'value="Uwe Roth"' in wrong.text
    made = await browser.send(form, **typed)
    assert heading(made.text) == "Uwe Roth is created"
    assert (await browser.send(form, **typed)).text == made.text
    link = re.search(r'class="button" href="([^"]+)"', made.text)
    assert link
    path = link.group(1)
    assert "The details are changed." in await press(
        browser, path, "change", name="Uwe Roth-Kern", local="uwe.roth", domain="alpenblick.example", country="de"
    )
    basic = await sku(pair)
    assert "0 of 1 free" in await press(browser, path, "licences", **{f"sku-{basic}": "on"})
    assert "1 of 1 free" in await press(browser, path, "licences")
    assert "The role is given." in await press(browser, path, "give", role=str(READER))
    assert "The role is taken" in await press(browser, path, "take")
    assert "Blocked: every sign-in" in await press(browser, path, "block")
    assert "The user can sign in again." in await press(browser, path, "unblock")
    unsure = await browser.open(path)
    refused = await browser.send(unsure, form_of(unsure.text, "delete"), act="delete")
    assert (refused.status_code, "Tick that you are sure" in refused.text) == (400, True)
    gone = await press(browser, path, "delete", sure="yes")
    assert "Deleted; for 30 days" in gone
    assert 'value="restore"' in gone
    assert "Uwe Roth-Kern" in (await browser.open(address(pair) + "?deleted=yes")).text
    assert "Restored, with the roles from before." in await press(browser, path, "restore")
    told = await pair.db.fetchval(
        "SELECT count(*) FROM audit_record WHERE tenant_id = $1 AND actor_name = 'aa@nordlicht.example' "
        "AND operation_type LIKE 'customer_%' AND status = 'succeeded'",
        pair.pair[0],
    )
    assert told == 10


async def test_the_last_global_admin_and_what_is_taken_meanwhile(home: House, pair: Delegated) -> None:
    user = await ida(pair)
    await give(pair, "aa", GLOBAL_ADMINISTRATOR)
    await sell(pair, "suedwind", BASIC, 1)
    chief = home.here.context("ga@alpenblick", Side.CUSTOMER).caller.subject_id
    german = await seated(home, "aa@nordlicht", "de")
    page = await german.open(address(pair, f"/{chief}"))
    refused = await german.send(page, form_of(page.text, "block"), act="block")
    assert refused.status_code == 409
    assert "Das ist der letzte aktive Globale Administrator des Mandanten." in refused.text
    basic = await sku(pair)
    late = await german.open(address(pair, f"/{user}"))
    other = await german.open(address(pair, f"/{chief}"))
    await german.send(other, form_of(other.text, "licences"), act="licences", **{f"sku-{basic}": "on"})
    lost = await german.send(late, form_of(late.text, "licences"), act="licences", **{f"sku-{basic}": "on"})
    assert (lost.status_code, "Alle Lizenzen von Office 365 Basic sind vergeben." in lost.text) == (409, True)
    assert (await german.open(address(pair, f"/{UUID(int=1)}"))).status_code == 404


async def test_after_the_withdrawal_the_page_refuses_with_its_reason(home: House, pair: Delegated) -> None:
    user = await ida(pair)
    await give(pair, "aa", USERS)
    browser = await seated(home, "aa@nordlicht")
    page = await browser.open(address(pair, f"/{user}"))
    assert page.status_code == 200
    await pair.db.execute("UPDATE admin_relationship SET status = 'terminated', ended_at = modified_at")
    refused = await browser.send(page, form_of(page.text, "block"), act="block")
    assert refused.status_code == 403
    assert "only while the customer delegates it" in refused.text
    assert "Ida" not in refused.text
    assert await pair.db.fetchval("SELECT enabled FROM user_account WHERE id = $1", user)
    assert (await browser.open(address(pair))).status_code == 403


@pytest.mark.parametrize("name", ["ga@nordlicht", "sa@nordlicht", "ba@nordlicht", "aa@suedwind", "ga@alpenblick"])
async def test_nobody_without_a_role_by_a_group_sees_the_users(home: House, pair: Delegated, name: str) -> None:
    user = await ida(pair)
    await give(pair, "aa", GLOBAL_ADMINISTRATOR)
    browser = await seated(home, name)
    for path in (address(pair), address(pair, f"/{user}"), address(pair, "/new")):
        page = await browser.open(path)
        assert page.status_code in (403, 404)
        assert "Ida" not in page.text


async def test_a_form_made_elsewhere_changes_nothing(home: House, pair: Delegated) -> None:
    user = await ida(pair)
    await give(pair, "aa", USERS)
    browser = await seated(home, "aa@nordlicht")
    for key in ("", "x"):
        sent = await browser.http.post(address(pair, f"/{user}"), data={"key": key, "act": "block"})
        assert sent.status_code == 403
    assert await pair.db.fetchval("SELECT enabled FROM user_account WHERE id = $1", user)


async def test_each_page_is_few_trips(counted_home: tuple[House, Tally]) -> None:
    home, tally = counted_home
    await home.here.relate("nordlicht", "alpenblick")
    async with home.here.owner() as owner:
        pair = Delegated(home.here, owner, "nordlicht", "alpenblick")
        user = await ida(pair)
        await give(pair, "aa", GLOBAL_ADMINISTRATOR)
        browser = await seated(home, "aa@nordlicht")
        for path in (address(pair), address(pair, "/new"), address(pair, f"/{user}")):
            assert len(await home.trips(browser, path, tally)) == 1, path
