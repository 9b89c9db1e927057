"""A real browser and a real deployment, for the tests of a file; without Chromium the files are left out."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser

from conftest import skips_fail
from support.chromium import chromium, has_chromium
from support.up import Emulator, emulator
from support.visitors import House

# `make test` says which packages are missing (requirements/debian); where nothing may be left out the tests fail.
collect_ignore_glob = [] if has_chromium() or skips_fail() else ["test_*.py"]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """`copartner up` with the world `multi-partner`, at the present."""
    with emulator(tmp_path_factory.mktemp("browser"), "--clock", "2026-11-22") as made:
        yield made


@pytest.fixture(scope="module")
def house(up: Emulator, browser: Browser) -> House:
    """People who come to it."""
    return House(up, browser)
