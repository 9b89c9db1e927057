"""A portal to visit."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from copartner.policy.facts import Cloud
from support.portal import House, house
from support.postgres import Database
from support.programme import SEED_DAY, programme


@pytest.fixture
async def home(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    """The portal of the world `multi-partner` at the present, in the commercial cloud."""
    async with programme(database, tmp_path) as here, house(here) as made:
        yield made


@pytest.fixture(scope="module")
async def steady(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The same for all tests of a file, which leave the world as it was; its machine clock goes on."""
    async with programme(module_database, tmp_path_factory.mktemp("world")) as here, house(here) as made:
        yield made


@pytest.fixture
async def seed_home(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    """The same on the day of the seed, when privileges came with a request."""
    async with programme(database, tmp_path, now=SEED_DAY) as here, house(here) as made:
        yield made


@pytest.fixture
async def government_home(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    """The portal in the US Government cloud, at the present."""
    async with programme(database, tmp_path, cloud=Cloud.US_GOVERNMENT) as here, house(here) as made:
        yield made
