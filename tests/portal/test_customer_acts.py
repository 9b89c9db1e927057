"""What a customer does on its pages: ends access, sets its cap, answers; at once, and a second click does nothing."""

import asyncio
import re
from datetime import timedelta
from html import unescape

import pytest

from copartner.access import service as access
from copartner.command.denial import Denied
from copartner.delegation import cap
from copartner.delegation.consent_model import CapKind
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR
from copartner.directory.service import users
from copartner.policy.facts import Side
from support.customer_pages import GERMAN, NORTH, ask, furnish, held_by, partner_page, rows
from support.delegated import LICENCES, USERS
from support.portal import House, heading


@pytest.fixture
async def held(home: House) -> House:
    """A customer with partners that sell and administer."""
    await furnish(home)
    return home


async def test_all_access_ends_at_once_and_leaves_a_receipt(held: House) -> None:
    browser = held.browser()
    page = await browser.sign_in(partner_page(held))
    for told in ("What ends", "Betrieb", "What stays, and why", "Office 365 Enterprise", "Reseller relationship"):
        assert told in page.text, told
    unsure = await browser.send(page, act="everything")
    assert unsure.status_code == 400
    assert "Tick the box" in unsure.text
    assert await held_by(held, "nordlicht") == {"assignment", "owner"}
    held.here.clock.moment += timedelta(hours=1)
    clicks = [browser.send(page, **{"act": "everything", "sure-everything": "on"}) for _ in range(3)]
    done = [await browser.follow(one) for one in await asyncio.gather(*clicks)]
    assert {one.status_code for one in done} == {200}
    assert {heading(one.text) for one in done} == {f"Ended access of {NORTH}"}
    for told in ("Ended 22 Nov 2026 11:00 UTC", "ga@alpenblick.example", "User Administrator", 'href="/audit/'):
        assert told in re.sub(r"<time[^>]*>|</time>", "", done[0].text), told
    assert await held_by(held, "nordlicht") == {"owner"}
    with pytest.raises(Denied):
        await users.list_users(held.here.context("sa@nordlicht"), customer_id=held.here.id("alpenblick"))
    again = await browser.open(partner_page(held))
    assert "There is nothing to end" in again.text
    german = await browser.http.get(f"{partner_page(held)}/ended", headers=GERMAN)
    assert heading(german.text) == f"Beendeter Zugriff von {NORTH}"
    assert "Benutzeradministrator" in german.text
    assert await held_by(held, "suedwind") == {"privileges", "owner"}


async def test_privileges_are_withdrawn_and_the_rest_stays(held: House) -> None:
    browser = held.browser()
    page = await browser.sign_in(partner_page(held, "suedwind"))
    unsure = await browser.send(page, -2, act="privileges")
    assert (unsure.status_code, "Tick the box" in unsure.text) == (400, True)
    done = await browser.follow(await browser.send(page, -2, **{"act": "privileges", "sure-privileges": "on"}))
    assert "The delegated admin privileges are withdrawn." in done.text
    assert await held_by(held, "suedwind") == {"owner"}
    again = await browser.follow(await browser.send(page, -2, **{"act": "privileges", "sure-privileges": "on"}))
    assert again.status_code == 200
    assert 'value="privileges"' not in again.text
    assert ("suedwind.example", False) in await held.partners_of()


async def test_what_came_and_went_between_two_days(held: House) -> None:
    browser = held.browser()
    await browser.sign_in("/customer/access")
    held.here.clock.moment += timedelta(days=2)
    await access.revoke_access(
        held.here.context("ga@alpenblick", Side.CUSTOMER), partner_tenant_id=held.here.id("nordlicht")
    )
    held.here.clock.moment += timedelta(days=2)
    page = await browser.http.get("/customer/access/difference?since=2026-11-23&until=2026-11-26")
    added, removed = page.text.split('id="removed"')
    assert "User Administrator" in removed
    assert "User Administrator" not in added
    first = await browser.http.get("/customer/access/difference?since=2026-11-20&until=2026-11-23")
    assert "User Administrator" in first.text.split('id="removed"')[0]
    for query in ("since=2026-11-26&until=2026-11-20", "since=x&until=2026-11-20"):
        wrong = await browser.http.get(f"/customer/access/difference?{query}")
        assert wrong.status_code == 400
        assert 'value="2026-11-20"' in wrong.text


async def test_the_cap_is_set_and_what_exceeds_it_stands_there(held: House) -> None:
    browser = held.browser()
    page = await browser.sign_in("/customer/access/cap")
    ticked = {f"role-{GLOBAL_ADMINISTRATOR}": "on", f"role-{USERS}": "on"}
    wrong = await browser.send(page, kind="neither", **ticked)
    assert wrong.status_code == 400
    assert "Choose whether" in wrong.text
    assert len(re.findall(r'type="checkbox"[^>]* checked', wrong.text)) == 2
    done = await browser.follow(await browser.send(page, kind="refused", **ticked))
    assert "The cap is set." in done.text
    assert f"{NORTH}: Betrieb" in done.text
    found = (await cap.read_cap(held.here.context("ga@alpenblick", Side.CUSTOMER))).cap
    assert (found.kind, {*found.roles}) == (CapKind.REFUSED, {GLOBAL_ADMINISTRATOR, USERS})
    again = await browser.follow(await browser.send(page, kind="refused", **ticked))
    assert again.status_code == 200


async def test_a_receipt_keeps_what_was_read_in_its_language(held: House) -> None:
    made = await ask(held, LICENCES, name="Neu")
    browser = held.browser()
    address = f"/customer/consent/delegated-admin-relationships/{made.id}-{made.partner_tenant_id}"
    await browser.sign_in("/customer")
    browser.http.headers.update(GERMAN)
    page = await browser.open(address)
    assert heading(page.text) == f"Soll {NORTH} Ihren Mandanten verwalten?"
    assert "- Lizenzadministrator (mittleres Risiko): Weist Personen Lizenzen zu" in unescape(page.text)
    nothing = await browser.send(page, 2, answer="counter", duration="P30D", reason="Weniger genügt")
    assert nothing.status_code == 400
    for kept in ("Wählen Sie mindestens eine Rolle", "Weniger genügt", '<option value="P30D" selected>30 Tage'):
        assert kept in nothing.text, kept
    browser.http.headers.update({"Accept-Language": "en"})
    done = await browser.follow(await browser.send(page, 1, answer="approve"))
    assert done.status_code == 200
    receipt = await browser.open(f"/customer/access/receipts/{made.id}")
    for told in (
        "Lizenzadministrator (mittleres Risiko)",
        "copartner receipt verify receipt.jws --keys",
        "License Administrator",
    ):
        assert told in receipt.text, told
    listed = await browser.open("/customer/access/receipts")
    assert [line[2] for line in rows(listed.text, "receipts")] == ["Betrieb", "Neu"]
    assert (await browser.http.get(f"/customer/access/receipts/{LICENCES}")).status_code == 404
