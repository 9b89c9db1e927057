"""A world with rows of two of everybody, and the owner's hands to try its walls with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from asyncpg.connection import Connection

from support.postgres import Database
from support.programme import Programme, programme
from support.rows import plant


@pytest.fixture(scope="module")
async def planted(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Programme]:
    """The world `multi-partner` with rows of two partners and two customers."""
    place: Path = tmp_path_factory.mktemp("planted")
    async with programme(module_database, place) as made:
        async with made.owner() as owner:
            await plant(owner, made)
        yield made


@pytest.fixture
async def owner(planted: Programme) -> AsyncIterator[Connection]:
    """A connection of the owner to that world."""
    async with planted.owner() as connection:
        yield connection
