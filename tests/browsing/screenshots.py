"""Pictures of the portal's main pages in both languages, both themes and both widths: `screenshots.py DIRECTORY`."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from support.chromium import chromium
from support.running import temporary_place
from support.scene import Scene, furnished
from support.up import Emulator, emulator
from support.visitors import House, Look, Scheme

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LOOKS = [
    Look(language, scheme=scheme, width=width)
    for language in ("en", "de")
    for scheme in SCHEMES
    for width in (1280, 390)
]


@dataclass(frozen=True, slots=True)
class Shot:
    """A page, whoever looks at it, and where it is."""

    name: str
    who: str
    path: str


SHOTS = (
    Shot("partner-home", "ga@nordlicht", "/partner"),
    Shot("partner-customers", "ga@nordlicht", "/partner/customers"),
    Shot("partner-customer", "ga@nordlicht", "/partner/customers/{customer_id}"),
    Shot("partner-subscription", "ga@nordlicht", "/partner/customers/{customer_id}/subscriptions/{subscription_id}"),
    Shot("customer-partners", "ga@alpenblick", "/customer/partners"),
    Shot("customer-access", "ga@alpenblick", "/customer/access"),
    Shot("customer-consent", "ga@alpenblick", "/customer/consent/relationship-requests/{request_id}"),
    Shot("audit", "ga@alpenblick", "/audit"),
    Shot("operator-home", "ga@wolkenstadt", "/operator"),
    Shot("operator-rules", "ga@wolkenstadt", "/operator/rules"),
)


async def take(house: House, scene: Scene, shot: Shot, look: Look, place: Path) -> None:
    """One picture of the whole page."""
    async with house.visitor(shot.who, look) as visitor:
        await visitor.open(shot.path.format(**scene.ids))
        await visitor.page.screenshot(
            path=place / f"{shot.name}-{look.name}.png", full_page=True, animations="disabled"
        )


async def take_all(up: Emulator, place: Path) -> None:
    """All pictures, of a furnished world."""
    scene = furnished(up)
    async with chromium() as browser:
        house = House(up, browser)
        for shot in SHOTS:
            for look in LOOKS:
                await take(house, scene, shot, look, place)


def main(place: Path) -> None:
    """Makes the directory, a world, and the pictures."""
    place.mkdir(parents=True, exist_ok=True)
    with temporary_place() as made, emulator(made, "--clock", "2026-11-22") as up:
        asyncio.run(take_all(up, place))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
