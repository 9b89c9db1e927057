"""The same world at the seed's date and in US Government."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from copartner.policy.facts import Cloud
from support.postgres import Database
from support.programme import SEED_DAY, Programme, programme


@pytest.fixture
async def then(database: Database, tmp_path: Path) -> AsyncIterator[Programme]:
    """The world on 2020-11-29."""
    async with programme(database, tmp_path, now=SEED_DAY) as made:
        yield made


@pytest.fixture
async def federal(database: Database, tmp_path: Path) -> AsyncIterator[Programme]:
    """The world of US Government, at the present."""
    async with programme(database, tmp_path, cloud=Cloud.US_GOVERNMENT) as made:
        yield made
