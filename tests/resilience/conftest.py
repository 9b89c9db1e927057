"""A world whose connections the tests wear out."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.postgres import Database
from support.programme import Programme, programme


@pytest.fixture
async def here(database: Database, tmp_path: Path) -> AsyncIterator[Programme]:
    """The world `multi-partner` at the present, in the commercial cloud."""
    async with programme(database, tmp_path) as made:
        yield made
