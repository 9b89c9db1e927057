"""A portal to visit."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from copartner.kernel.database import Pool
from copartner.policy.facts import Cloud
from support.portal import House, house
from support.postgres import Database
from support.programme import SEED_DAY, programme
from support.tally import Tally, counted


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
async def counted_home(database: Database, tmp_path: Path) -> AsyncIterator[tuple[House, Tally]]:
    """The same with one connection whose trips are counted; see House.trips."""
    async with programme(database, tmp_path) as here, counted(database.login_url) as (url, tally):
        pool = Pool(url, size=1)
        try:
            async with house(replace(here, runtime=replace(here.runtime, pool=pool))) as made:
                yield made, tally
        finally:
            await pool.close()


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
