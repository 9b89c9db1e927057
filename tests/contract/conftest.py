"""A world behind its HTTP application."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.postgres import Database
from support.programme import programme
from support.web import Web, web


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncIterator[Web]:
    """The world `multi-partner` at the present, in the commercial cloud, with three partners at one customer."""
    async with programme(database, tmp_path) as here:
        for partner in ("nordlicht", "wolkenwerk", "suedwind"):
            await here.relate(partner, "alpenblick")
        async with web(here) as made:
            yield made
