"""Sweeping out what only a request within the last day could want."""

from datetime import datetime, timedelta

from copartner.command import store
from copartner.command.passing import System, acting

IDEMPOTENCY_LIFE = timedelta(hours=24)


async def forget_requests(system: System, *, now: datetime) -> int:
    """Forget request ids older than a day of machine time; answers how many."""
    async with acting(system) as connection:
        return await store.forget_requests(connection, before=now - IDEMPOTENCY_LIFE)
