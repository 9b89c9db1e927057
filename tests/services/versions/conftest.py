"""A world whose rulebook follows what is approved."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from copartner.versions.live import Live
from support.postgres import Database
from support.programme import Programme, programme


@pytest.fixture
async def here(database: Database, tmp_path: Path) -> AsyncIterator[Programme]:
    """The world `multi-partner` at the present, listening for changes of the rules."""
    async with programme(database, tmp_path) as made:
        live = await Live.open(made.runtime)
        yield made
        await live.close()
