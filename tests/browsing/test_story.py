"""The main story by people in browsers of their own: asked, accepted, sold by two partners, none sees the other's."""

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser

from support.dealing import accepted, asked, ordered
from support.up import Emulator, emulator
from support.visitors import BARE, BARE_GERMAN, ENGLISH, GERMAN, House, Look, Visitor

FIRST, SECOND, CUSTOMER = "sa@nordlicht", "sa@suedwind", "ga@alpenblick"
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A world of its own for each telling."""
    with emulator(tmp_path_factory.mktemp("story"), "--clock", "2026-11-22") as made:
        yield made


@pytest.fixture
def house(up: Emulator, browser: Browser) -> House:
    """Its people."""
    return House(up, browser)


@pytest.mark.parametrize(
    "look",
    [
        BARE,
        GERMAN,
        pytest.param(ENGLISH, marks=pytest.mark.verify),
        pytest.param(BARE_GERMAN, marks=pytest.mark.verify),
    ],
    ids=lambda look: look.name,
)
async def test_the_story(house: House, look: Look) -> None:
    async with (
        house.visitor(FIRST, look) as first,
        house.visitor(SECOND, look) as second,
        house.visitor(CUSTOMER, look) as customer,
        house.visitor("ga@wolkenstadt", look) as operator,
    ):
        await accepted(await asked(first), customer, "Nordlicht IT GmbH")
        await accepted(await asked(second), customer, "Südwind Systeme GmbH")
        base = f"/partner/customers/{house.up.id('alpenblick')}"
        licences = await ordered(first, base, "Office 365 Premium")
        azure = await ordered(second, base, "Azure plan")
        await each_sees_its_own(first, base, licences, azure)
        await each_sees_its_own(second, base, azure, licences)
        await the_customer_sees_both(customer, licences, azure)
        await operator.open(f"/operator/tenants/{house.up.id('alpenblick')}")
        assert "Alpenblick Logistik GmbH" in await operator.text()


async def each_sees_its_own(partner: Visitor, base: str, own: str, foreign: str) -> None:
    """The list has what the partner sold and nothing of others; at the address of others' things there is nothing."""
    await partner.open(base)
    sold = partner.page.locator(f'tbody a[href^="{base}/subscriptions/"]')
    assert [await one.get_attribute("href") for one in await sold.all()] == [own]
    await partner.open(foreign, 404)
    there = await partner.text()
    await partner.open(f"{foreign[:-12]}000000000000", 404)
    assert _without_ids(await partner.text()) == _without_ids(there)


async def the_customer_sees_both(customer: Visitor, *sold: str) -> None:
    """The customer has everything on one page, with its seller."""
    await customer.open("/customer/subscriptions")
    shown = await customer.text()
    for seller in ("Nordlicht IT GmbH", "Südwind Systeme GmbH"):
        assert seller in shown


def _without_ids(text: str) -> str:
    return re.sub(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", text)
