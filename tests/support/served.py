"""`copartner serve` over a world whose application has a secret we know."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx

from copartner.kernel.clock import FixedClock
from copartner.kernel.secrets import KeyFile
from support.authority import KEY, SECRET, Office, hashed
from support.postgres import Database
from support.production import serve
from support.programme import PRESENT, Programme, programme


@dataclass(slots=True)
class Served:
    """A world and where to start servers over it, one after the other."""

    here: Programme
    place: Path

    @asynccontextmanager
    async def start(self, **settings: str) -> AsyncIterator[httpx.AsyncClient]:
        """A server with these settings, and a client that bears the token of nordlicht's application."""
        limits = httpx.Limits(max_connections=250)
        with serve(self.here.database.login_url, self.place, **settings) as serving:
            async with httpx.AsyncClient(base_url=serving.url, timeout=60, limits=limits) as http:
                desk = Office(self.here, cast(Any, None), FixedClock(PRESENT), KeyFile(KEY), http)
                token = (await desk.app_token()).json()["access_token"]
                http.headers["Authorization"] = f"Bearer {token}"
                yield http


@asynccontextmanager
async def served(database: Database, place: Path) -> AsyncIterator[Served]:
    """The world `multi-partner` at the present, ready to be served."""
    async with programme(database, place) as here:
        async with here.owner() as owner:
            await owner.execute("UPDATE application_secret SET secret_hash = $1", hashed(SECRET))
        yield Served(here, place)
