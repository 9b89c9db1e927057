"""Every page of the portal, visited by everybody there is: whom it opens to, what it keeps to, what axe finds."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from copartner.policy.facts import Side
from support.addresses import PAGES, PEOPLE, address
from support.axe import findings
from support.scene import VERSION, Scene, furnished
from support.up import Emulator
from support.visitors import ENGLISH, House, Look, Visitor

GOLDEN = Path(__file__).parent / "goldens" / "visits.md"
# Written again with this set, and then read as a difference.
WRITING = "COPARTNER_WRITE_GOLDENS"
LOOKS = (
    ENGLISH,
    Look("de", scheme="dark"),
    Look("en", scheme="dark", width=390),
    Look("de", width=390),
)
_OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_SAID = {200: "open", 403: "refused", 404: "not there"}
_SIDES = {"operator": Side.OPERATOR, "customer": Side.CUSTOMER, "partner": Side.PARTNER}
pytestmark = [pytest.mark.verify, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
async def scene(house: House) -> Scene:
    """A world in which every page has something to show."""
    made = furnished(house.up)
    return replace(made, ids={**made.ids, "trial_id": await tried_out(house)})


async def tried_out(house: House) -> str:
    """The id of a try-out, which only the page makes."""
    async with house.visitor("ga@wolkenstadt") as operator:
        await operator.open("/operator/rules/new")
        await operator.page.fill("[name=text]", VERSION)
        await operator.press(operator.page.locator("button[value=try]"))
        return operator.path.rpartition("/")[2]


def side_of(up: Emulator, name: str) -> Side:
    """The side of somebody's tenant."""
    tenant = next(
        one for one in up.tenants.values() if f"{name}.example" in [user["userPrincipalName"] for user in one["users"]]
    )
    return _SIDES[tenant["kind"]]


async def look_at(visitor: Visitor, path: str, faults: list[str]) -> int:
    """Open a page and hold it to what every page keeps to; its status, and what is wrong goes to the others."""
    page, watch = visitor.page, visitor.watch
    try:
        await visitor.open(path, status=None)
        assert visitor.status in _SAID, f"{visitor.status}\n{await visitor.text()}"
        assert await page.locator("h1").count() == 1, "not one h1"
        assert await page.locator("html").get_attribute("lang") == visitor.look.language
        assert await page.evaluate(_OVER) <= 0, "wider than its window"
    except AssertionError as wrong:
        faults.append(f"{visitor.name} {visitor.look.name} {path}: {wrong}")
        watch.faults.clear()
    return visitor.status


async def test_a_page_opens_to_whom_it_is_for_and_to_nobody_else(scene: Scene, house: House) -> None:
    faults: list[str] = []
    found: dict[str, dict[str, int]] = {page.name: {} for page in PAGES}
    for name in PEOPLE:
        async with house.visitor(name) as visitor:
            for page in PAGES:
                found[page.name][name] = await look_at(visitor, address(page, scene.ids), faults)
    for page in PAGES:
        opened = {name for name, status in found[page.name].items() if status == 200}
        # A tenant of any kind can be a customer; the pages of partners and operators are theirs alone.
        foreign = {name for name in opened if page.side not in (None, Side.CUSTOMER, side_of(scene.up, name))}
        faults += [f"{page.name} is no page for {name}" for name in foreign]
        faults += [] if opened else [f"{page.name} opens to nobody"]
    assert not faults, "\n".join(faults)
    check(GOLDEN, table(found))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_axe_finds_nothing_on_any_page(scene: Scene, house: House, look: Look) -> None:
    left, faults = list(PAGES), list[str]()
    for name in PEOPLE:
        async with house.visitor(name, look) as visitor:
            for page in [one for one in left if one.side in (None, side_of(scene.up, name))]:
                if await look_at(visitor, address(page, scene.ids), faults) == 200:
                    left.remove(page)
                    faults += await findings(visitor.page)
    assert not faults, "\n".join(faults)
    assert not left


def table(found: dict[str, dict[str, int]]) -> str:
    """Pages by people."""
    head = ["# Whom each page opens to", "", f"| page | {' | '.join(PEOPLE)} |", f"|---|{'---|' * len(PEOPLE)}"]
    rows = [
        f"| `{page.path}` | {' | '.join(_SAID.get(found[page.name][name], '?') for name in PEOPLE)} |"
        for page in sorted(PAGES, key=lambda one: one.path)
    ]
    return "\n".join([*head, *rows]) + "\n"


def check(file: Path, text: str) -> None:
    """Hold a golden to its file."""
    if os.environ.get(WRITING):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text, f"{file.name} differs; with {WRITING}=1 it is written again"
