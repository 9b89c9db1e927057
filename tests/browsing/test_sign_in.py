"""People sign in at the authority's own pages, with script and without, in their language, and come to their homes."""

import pytest

from support.axe import findings
from support.up import Emulator
from support.visitors import BARE, BARE_GERMAN, ENGLISH, GERMAN, House, Look


def link(up: Emulator, partner: str = "nordlicht") -> str:
    """The page at which a customer accepts a partner."""
    return f"/customer/consent/reseller-relationships/{up.id(partner)}"


@pytest.mark.parametrize("look", [ENGLISH, GERMAN, BARE, BARE_GERMAN], ids=lambda look: look.name)
async def test_a_customer_signs_in_and_sees_the_page(house: House, look: Look) -> None:
    async with house.visitor("ga@alpenblick", look, known=False) as visitor:
        await visitor.open(link(house.up))
        assert visitor.path == link(house.up)
        assert "Nordlicht" in await visitor.text()


async def test_a_partners_user_shows_a_second_factor_and_later_a_recovery_code(house: House) -> None:
    for _ in range(2):
        async with house.visitor("hd@nordlicht", GERMAN, known=False) as visitor:
            await visitor.open(link(house.up), 403)
            assert await visitor.heading() == "Das steht Ihnen nicht offen"
    assert len(house.codes("hd@nordlicht")) == 9


async def test_whoever_signed_in_comes_back_without_typing(house: House) -> None:
    async with house.visitor("ga@hafen", known=False) as visitor:
        await visitor.open(link(house.up))
    async with house.visitor("ga@hafen") as visitor:
        answer = await visitor.page.goto(house.up.url + link(house.up))
        assert answer is not None
        assert answer.request.redirected_from is None
        assert visitor.path == link(house.up)


@pytest.mark.parametrize("look", [ENGLISH, Look("de", scheme="dark", width=390)], ids=lambda look: look.name)
async def test_axe_finds_nothing_on_the_way_in(house: House, look: Look) -> None:
    async with house.visitor("ga@alpenblick", look, known=False) as visitor:
        await visitor.page.goto(house.up.url + link(house.up))
        assert await visitor.page.locator("#username").count() == 1
        assert await findings(visitor.page) == []
        await visitor.open(link(house.up))
        assert await findings(visitor.page) == []
        for path in ("/account/sessions", "/account/password", "/account/second-factor", "/announcements"):
            await visitor.open(path)
            assert await findings(visitor.page) == [], path


@pytest.mark.parametrize(
    ("name", "path", "look"),
    [
        ("ga@nordlicht", "/partner", GERMAN),
        ("ga@alpenblick", "/customer", Look("de", scheme="dark", width=390)),
        ("ga@wolkenstadt", "/operator", Look(scheme="dark")),
    ],
)
async def test_axe_finds_nothing_at_home(house: House, name: str, path: str, look: Look) -> None:
    async with house.visitor(name, look, known=False) as visitor:
        await visitor.open("/portal")
        await visitor.press(visitor.page.locator("main .button").first)
        assert visitor.path == path
        assert await findings(visitor.page) == []
