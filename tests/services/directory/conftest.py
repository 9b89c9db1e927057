"""Two partners of one customer, to neither of which it has delegated anything yet."""

from collections.abc import AsyncIterator

import pytest

from support.delegated import Delegated
from support.programme import Programme


@pytest.fixture
async def pair(here: Programme) -> AsyncIterator[Delegated]:
    """The first partner and the customer."""
    await here.relate("nordlicht", "alpenblick")
    await here.relate("suedwind", "alpenblick")
    async with here.owner() as owner:
        yield Delegated(here, owner, "nordlicht", "alpenblick")
