"""Pictures of the portal's main pages in both languages, both themes and both widths: `screenshots.py DIRECTORY`.

Four of them are in the README and kept in docs/screenshots; they are made again too.
"""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from support.chromium import chromium
from support.running import temporary_place
from support.scene import Scene, furnished
from support.tree import ROOT
from support.up import Emulator, emulator
from support.visitors import House, Look, Scheme

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WIDTHS = (1280, 390)
LOOKS = [Look(one, scheme=scheme, width=width) for one in ("en", "de") for scheme in SCHEMES for width in WIDTHS]
# The height of what a window shows, and that down to which a page is pictured.
WINDOW, HIGHEST = 800, 3000
README = ROOT / "docs" / "screenshots"


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
    Shot("customer-consent", "ga@alpenblick", "/customer/consent/relationship-requests/{new_request_id}"),
    Shot("audit", "ga@alpenblick", "/audit"),
    Shot("operator-home", "ga@wolkenstadt", "/operator"),
    Shot("operator-rules", "ga@wolkenstadt", "/operator/rules"),
)


# Those of the README, which are kept.
SHOWN = {
    SHOTS[0]: Look(),
    SHOTS[3]: Look(scheme="dark"),
    SHOTS[4]: Look(),
    SHOTS[9]: Look("de"),
}


async def take(house: House, scene: Scene, shot: Shot, look: Look, file: Path, *, window: bool = False) -> None:
    """One picture: of the page down to a height that can be looked at, or of what the window shows."""
    async with house.visitor(shot.who, look) as visitor:
        await visitor.open(shot.path.format(**scene.ids))
        whole: float = await visitor.page.evaluate("document.documentElement.scrollHeight")
        height = WINDOW if window else min(whole, HIGHEST)
        await visitor.page.screenshot(
            path=file,
            full_page=True,
            animations="disabled",
            clip={"x": 0, "y": 0, "width": look.width, "height": height},
        )


async def take_all(up: Emulator, place: Path) -> None:
    """All pictures, of a furnished world."""
    scene = furnished(up)
    async with chromium() as browser:
        house = House(up, browser)
        for shot in SHOTS:
            for look in LOOKS:
                await take(house, scene, shot, look, place / f"{shot.name}-{look.name}.png")
        for shot, look in SHOWN.items():
            await take(house, scene, shot, look, README / f"{shot.name}.png", window=True)


def main(place: Path) -> None:
    """Makes the directory, a world, and the pictures."""
    for directory in (place, README):
        directory.mkdir(parents=True, exist_ok=True)
    with temporary_place() as made, emulator(made, "--clock", "2026-11-22") as up:
        asyncio.run(take_all(up, place))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
