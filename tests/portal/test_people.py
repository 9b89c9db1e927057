"""Users and groups of one's own tenant as pages: made once, shown once, settled by boxes, and nobody locked out."""

import re
from uuid import uuid4

import httpx
import pytest

from copartner.policy.facts import Role, Side
from copartner.tenants.service import people, users
from support.portal import Browser, House, heading
from support.visiting import UNTICKED, act, forms, secret_of, submit, visitor


async def made_by_form(browser: Browser, **typed: str) -> httpx.Response:
    page = await browser.open("/settings/users/new")
    (form,) = forms(page, "userPrincipalName")
    return await submit(browser, form, **typed)


@pytest.mark.parametrize(("name", "side"), [("ga@nordlicht", Side.PARTNER), ("ga@alpenblick", Side.CUSTOMER)])
async def test_a_user_is_made_once_and_the_password_shown_once(home: House, name: str, side: Side) -> None:
    browser = visitor(home, name, side)
    page = await browser.open("/settings/users/new")
    (form,) = forms(page, "userPrincipalName")
    typed = {"userPrincipalName": "neu.er", "displayName": "Neuer", "role-Billing admin": "on"}
    first, second = [await submit(browser, form, **typed) for _ in range(2)]
    assert (first.status_code, heading(first.text)) == (200, "The user is made")
    assert secret_of(first) == secret_of(second)
    found, _ = await people.find_people(home.here.context(name, side), text="neu.er")
    assert [(one.display_name, one.roles) for one in found] == [("Neuer", (Role.BILLING_ADMIN,))]
    shown = await browser.open(f"/settings/users/{found[0].id}")
    assert secret_of(first) not in shown.text
    assert "to be changed at the next sign-in" in shown.text
    assert "neu.er@" in (await browser.open("/settings/users")).text
    other = await submit(browser, form, **typed | {"displayName": "Anderer"})
    assert other.status_code == 409
    assert 'value="Anderer"' in other.text


async def test_a_form_that_is_refused_keeps_what_was_typed(home: House) -> None:
    browser = visitor(home, "um@nordlicht", Side.PARTNER)
    refused = await made_by_form(
        browser, userPrincipalName="kein name", displayName="<b>Neu</b>", **{"role-Sales agent": "on"}
    )
    assert refused.status_code == 400
    assert 'value="kein name"' in refused.text
    assert 'value="&lt;b&gt;Neu&lt;/b&gt;"' in refused.text
    assert re.search(r'name="role-Sales agent" value="on" checked', refused.text)
    assert 'aria-invalid="true"' in refused.text
    (form,) = forms(refused, "userPrincipalName")
    done = await submit(browser, form, userPrincipalName="ein-name")
    assert heading(done.text) == "The user is made"


async def one(home: House, browser: Browser, who: str, side: Side = Side.PARTNER) -> httpx.Response:
    return await browser.open(f"/settings/users/{home.here.context(who, side).caller.subject_id}")


async def test_roles_are_settled_by_boxes(home: House) -> None:
    browser = visitor(home, "ga@nordlicht", Side.PARTNER)
    page = await one(home, browser, "sa@nordlicht")
    assert "carts, orders and changes of subscriptions" in page.text
    settled = await act(browser, page, "roles", **{"role-Sales agent": UNTICKED, "role-Billing admin": "on"})
    assert settled.status_code == 303
    again = await browser.open(settled.headers["location"])
    assert "The roles are settled" in again.text
    user = await users.read_user(
        home.here.context("ga@nordlicht"), user_id=home.here.context("sa@nordlicht").caller.subject_id
    )
    assert user.roles == (Role.BILLING_ADMIN,)


async def test_the_last_global_admin_is_told_before(home: House) -> None:
    browser = visitor(home, "ga@nordlicht", Side.PARTNER)
    page = await one(home, browser, "ga@nordlicht")
    assert "This cannot be taken: it is the tenant's last enabled Global admin" in page.text
    assert "This user cannot be blocked" in page.text
    assert 'name="role-Global admin"' not in page.text
    assert 'value="block"' not in page.text
    (form,) = forms(page, "displayName")
    forced = await submit(browser, form, act="block", sure="on")
    assert (forced.status_code, "last enabled Global admin; make another one first." in forced.text) == (409, True)


async def test_a_user_is_renamed_blocked_and_let_in_again(home: House) -> None:
    browser = visitor(home, "ga@alpenblick", Side.CUSTOMER)
    page = await one(home, browser, "user@alpenblick", Side.CUSTOMER)
    renamed = await browser.follow(await act(browser, page, "rename", displayName="Carla Neu"))
    assert heading(renamed.text) == "Carla Neu"
    wrong = await act(browser, renamed, "rename", displayName=" ")
    assert (wrong.status_code, 'id="displayName-error"' in wrong.text) == (400, True)
    unsure = await act(browser, renamed, "block")
    assert (unsure.status_code, "Tick the box" in unsure.text) == (400, True)
    blocked = await browser.follow(await act(browser, renamed, "block", sure="on"))
    assert "signed out everywhere" in blocked.text
    twice = await browser.follow(await act(browser, renamed, "block", sure="on"))
    assert 'value="unblock"' in twice.text
    again = await browser.follow(await act(browser, twice, "unblock"))
    assert 'value="block"' in again.text


async def test_a_new_password_is_drawn_once_a_form(home: House) -> None:
    browser = visitor(home, "ga@nordlicht", Side.PARTNER)
    page = await one(home, browser, "sa@nordlicht")
    answers = [await act(browser, page, "password", sure="on") for _ in range(2)]
    assert secret_of(answers[0]) == secret_of(answers[1])
    other = await act(browser, await one(home, browser, "sa@nordlicht"), "password", sure="on")
    assert secret_of(other) != secret_of(answers[0])


async def test_who_may_not_change_a_user_reads_why(home: House) -> None:
    browser = visitor(home, "um@nordlicht", Side.PARTNER)
    page = await one(home, browser, "aa@nordlicht")
    assert "is changed by a Global admin alone" in page.text
    assert 'value="rename"' not in page.text
    assert 'value="roles"' not in page.text
    for user in (home.here.context("ga@wolkenwerk").caller.subject_id, uuid4()):
        assert (await browser.open(f"/settings/users/{user}")).status_code == 404


async def test_groups_are_made_filled_and_emptied(home: House) -> None:
    browser = visitor(home, "ga@nordlicht", Side.PARTNER)
    page = await browser.open("/settings/groups")
    (form,) = forms(page, "once")
    places = {(await submit(browser, form, name="Betrieb")).headers["location"] for _ in range(2)}
    assert len(places) == 1
    taken = await submit(browser, forms(await browser.open("/settings/groups"), "once")[0], name="Betrieb")
    assert (taken.status_code, 'value="Betrieb"' in taken.text) == (409, True)
    group = await browser.open(places.pop())
    assert "Nobody is in this group" in group.text
    added = await browser.follow(await act(browser, group, "add", name="sa"))
    assert "sa@nordlicht.example is in the group" in added.text
    missing = await act(browser, added, "add", name="ga@wolkenwerk.example")
    assert (missing.status_code, 'value="ga@wolkenwerk.example"' in missing.text) == (400, True)
    none = await act(browser, added, "remove")
    assert (none.status_code, "Tick whom to take out" in none.text) == (400, True)
    member = f"member-{home.here.context('sa@nordlicht').caller.subject_id}"
    for _ in range(2):
        emptied = await browser.follow(await act(browser, added, "remove", **{member: "on"}))
        assert "Nobody is in this group" in emptied.text


async def test_an_agent_reads_groups_and_changes_none(home: House) -> None:
    browser = visitor(home, "aa@nordlicht", Side.PARTNER)
    page = await browser.open("/settings/groups")
    assert "Not shown to you" in page.text
    group = re.search(r'href="(/settings/groups/[0-9a-f-]+)">AdminAgents', page.text)
    assert group
    shown = await browser.open(group.group(1))
    assert "aa@nordlicht.example" in shown.text
    assert 'value="add"' not in shown.text
