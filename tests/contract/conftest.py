"""A world behind its HTTP application."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

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


@pytest.fixture
async def tiers(site: Web) -> Web:
    """Suedwind resells for nordlicht."""
    async with site.here.owner() as owner:
        await owner.execute(
            """INSERT INTO partner_relationship (provider_tenant_id, reseller_tenant_id, id, state, formed_at)
            VALUES ($1, $2, $3, 'active', $4)""",
            *(site.here.id("nordlicht"), site.here.id("suedwind"), uuid4(), site.here.clock.now()),
        )
        await owner.execute(
            "UPDATE enrolment SET model = 'indirect-reseller' WHERE tenant_id = $1", site.here.id("suedwind")
        )
    return site
