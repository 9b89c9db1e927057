"""Sweeping out what nobody could want any more: request ids after a day, decisions after the days they are kept."""

from datetime import datetime, timedelta

from copartner.command import store
from copartner.command.passing import System, acting

IDEMPOTENCY_LIFE = timedelta(hours=24)
# How long the operator can try rules on a decision, where the settings say nothing else.
DECISION_LIFE = timedelta(days=180)
# One transaction's share, and how many of them one sweep goes through, so that no sweep is long.
_AT_ONCE = 2_000
_TIMES = 50


async def forget_requests(system: System, *, now: datetime) -> int:
    """Forget request ids older than a day of machine time; answers how many."""
    async with acting(system) as connection:
        return await store.forget_requests(connection, before=now - IDEMPOTENCY_LIFE)


async def forget_decisions(
    system: System, *, now: datetime, life: timedelta = DECISION_LIFE, at_once: int = _AT_ONCE, times: int = _TIMES
) -> int:
    """Forget decisions older than their life in programme time, some at once and so many times; answers how many."""
    forgotten = 0
    for _ in range(times):
        async with acting(system) as connection:
            swept = await store.forget_decisions(connection, before=now - life, most=at_once)
        forgotten += swept
        if swept < at_once:
            break
    return forgotten
