"""Pictures, tables, files and answers of a customer's pages agree, and a form made elsewhere does nothing."""

import csv
import re
from collections.abc import AsyncIterator
from html import unescape
from io import StringIO

import pytest

from copartner.access import service as access
from copartner.policy.facts import Side
from support.customer_pages import GERMAN, NORTH, furnish, held_by, partner_page, rows
from support.portal import House, house
from support.postgres import Database
from support.programme import programme


@pytest.fixture(scope="module")
async def held(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A customer with partners that sell and administer, for tests that change nothing."""
    async with programme(module_database, tmp_path_factory.mktemp("world")) as here, house(here) as made:
        await furnish(made)
        yield made


def sheet(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


async def test_partners_stand_in_the_picture_as_in_the_table(held: House) -> None:
    browser = held.browser()
    page = await browser.sign_in("/customer/partners")
    picture = re.search(r"<svg.*?</svg>", page.text, re.DOTALL)
    assert picture
    boxes = re.findall(r"<g>\s*<title>(.*?)</title>", picture.group(), re.DOTALL)
    listed = rows(page.text, "partners")
    assert len(boxes) == len(listed) == 3
    for box, line in zip(boxes, listed, strict=True):
        name, _, said = unescape(box).partition(": ")
        assert line[0].startswith(name)
        sells, administers = said.split("; ")
        for product in re.findall(r"([A-Z][^×]+?) ×", line[1]):
            assert product in sells, (box, line)
        assert ("administers nothing" in administers) is (line[3] == "nothing"), (box, line)
        for role in ("User Administrator", "License Administrator"):
            assert (role in administers) is (role in line[3]), (box, line)
    assert picture.group().count('class="sells"') == 3
    assert picture.group().count('class="administers"') == 2
    lines = sheet((await browser.http.get("/customer/partners?format=csv&table=partners")).text)
    assert [line["partner"] for line in lines] == [re.split(r" since| the vendor", line[0])[0] for line in listed]
    some = await browser.http.get("/customer/partners?filter=nordlicht&sort=partner")
    assert len(rows(some.text, "partners")) == some.text.count("<g>") == 1


async def test_terms_stand_in_the_picture_as_in_the_table(held: House) -> None:
    browser = held.browser()
    page = await browser.sign_in("/customer/subscriptions", "ba@alpenblick")
    picture = re.search(r"<svg.*?</svg>", page.text, re.DOTALL)
    assert picture
    bars = [unescape(one) for one in re.findall(r"<g>\s*<title>(.*?)</title>", picture.group(), re.DOTALL)]
    listed = rows(page.text, "subscriptions")
    assert len(bars) == len(listed) == 5
    for bar, (name, seller, _, _, _, begins, ends, renews, _) in zip(bars, listed, strict=True):
        assert bar.split(" of ")[0] in name
        assert re.split(r" the vendor", seller)[0] in bar
        assert f"from {begins}" in bar
        assert (f"committed until {ends}" in bar) or (ends == "no commitment" and "no commitment" in bar), bar
        assert ("renews by itself" in bar) is (renews == "renews by itself")
    assert picture.group().count('class="ends"') == 3
    assert picture.group().count('class="today"') == 2
    own = await browser.http.get(f"/customer/subscriptions?seller={held.here.id('suedwind')}")
    assert {line[1] for line in rows(own.text, "subscriptions")} == {"Südwind Systeme GmbH"}
    over = await browser.http.get("/customer/subscriptions?over=on")
    assert "Nothing is here." in over.text
    lines = sheet((await browser.http.get("/customer/subscriptions?format=csv&table=subscriptions")).text)
    assert [line["name"] for line in lines] == [bar.split(" of ")[0] for bar in bars]


async def test_the_matrix_of_a_day_is_what_the_api_answers(held: House) -> None:
    browser = held.browser()
    page = await browser.sign_in("/customer/access")
    for told in (NORTH, "User Administrator", "Global Administrator", "4 Dec 2026", "no end"):
        assert told in page.text, told
    lines = sheet((await browser.http.get("/customer/access?format=csv&table=access")).text)
    overview = await access.list_access(held.here.context("ga@alpenblick", Side.CUSTOMER))
    assert [(one["role.name"], one["partner.companyName"], one["kind"]) for one in lines] == [
        (one.role.name, one.held.partner.company_name, one.held.kind.value) for one in overview.grants
    ]
    assert {*lines[0]} == {
        *("partner.tenantId", "partner.companyName", "partner.mpnId", "role.id", "role.name", "role.risk", "kind"),
        *("relationshipId", "assignmentId", "groupId", "subscriptionId", "since", "until", "inForce"),
    }
    before = await browser.http.get("/customer/access?at=2026-11-20")
    assert "No partner may do anything in your tenant." in before.text
    assert 'value="2026-11-20"' in before.text
    wrong = await browser.http.get("/customer/access?at=gestern", headers=GERMAN)
    assert wrong.status_code == 400
    assert "ist kein Tag; schreiben Sie ihn in der Form 2027-01-31." in wrong.text


async def test_why_somebody_may_or_may_not(held: House) -> None:
    browser = held.browser()
    page = await browser.sign_in("/customer/access/why")
    assert '<option value="sa@nordlicht.example">' in page.text
    why = "/customer/access/why?user={}&action={}"
    yes = await browser.http.get(why.format("sa@nordlicht.example", "customer_user.create"))
    for told in (
        "Yes: sa@nordlicht.example may create a user",
        "behalf-users-write",
        "by assignment",
        "User Administrator",
    ):
        assert told in yes.text, told
    no = await browser.http.get(why.format("hd@nordlicht.example", "customer_user.create"), headers=GERMAN)
    for told in ("Nein, hd@nordlicht.example darf das nicht: einen Benutzer anlegen", "Was nötig wäre"):
        assert told in no.text, told
    for user, action, status in (
        ("nobody@nordlicht.example", "customer_user.create", 404),
        ("aa@fjord.example", "customer_user.create", 404),
        ("", "customer_user.create", 400),
        ("sa@nordlicht.example", "nonsense", 400),
    ):
        wrong = await browser.http.get(why.format(user, action))
        assert wrong.status_code == status, (user, action)
        assert 'role="alert"' in wrong.text
        assert f'value="{user}"' in wrong.text


async def test_a_form_of_elsewhere_ends_nothing(held: House) -> None:
    browser, other = held.browser(), held.browser()
    page = await browser.sign_in(partner_page(held))
    foreign = await other.sign_in(partner_page(held, "suedwind"))
    sure = {"act": "everything", "sure-everything": "on"}
    for key in ({}, {"key": "x"}, {"key": re.findall(r'name="key" value="([^"]+)"', foreign.text)[-1]}):
        answer = await browser.http.post(partner_page(held), data={**sure, **key})
        assert answer.status_code == 403
        assert "Nothing was changed" in answer.text
    assert await held_by(held, "nordlicht") == {"assignment", "owner"}
    billing = held.browser()
    denied = await billing.sign_in(partner_page(held), "ba@alpenblick")
    assert denied.status_code == 403
    assert page.status_code == 200
