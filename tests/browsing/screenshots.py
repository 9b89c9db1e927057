"""Pictures of the portal's main pages: `screenshots.py DIRECTORY`, each in both languages, both themes and both widths."""

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from support.chromium import chromium
from support.scene import Scene, furnished
from support.up import emulator
from support.visitors import House, Look, Scheme

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LOOKS = [
    Look(language, scheme=scheme, width=width) for language in ("en", "de") for scheme in SCHEMES for width in (1280, 390)
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
        await visitor.page.screenshot(path=place / f"{shot.name}-{look.name}.png", full_page=True, animations="disabled")


async def take_all(place: Path) -> None:
    """All pictures, of a world of their own."""
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        with emulator(Path(made), "--clock", "2026-11-22") as up:
            scene = furnished(up)
            async with chromium() as browser:
                house = House(up, browser)
                for shot in SHOTS:
                    for look in LOOKS:
                        await take(house, scene, shot, look, place)


if __name__ == "__main__":
    asyncio.run(take_all(Path(sys.argv[1])))
