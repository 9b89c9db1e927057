"""Every rulebook that ever held, so that a decision can be explained and repeated by the rules of its day."""

import asyncio
from collections import OrderedDict
from datetime import datetime

from copartner.command.runtime import Runtime
from copartner.kernel.database import Pool
from copartner.policy.facts import Cloud
from copartner.policy.rulebook import Rulebook, RuleSet
from copartner.programme import store

# Made again from its text, one takes a second; who looks at old decisions looks at several of one time.
_REMADE_LIMIT = 8
_remade: OrderedDict[str, RuleSet] = OrderedDict()


async def keep(pool: Pool, book: Rulebook, *, now: datetime) -> None:
    """Keep a rulebook before anything is decided by it; a variant is not kept. `now` is machine time."""
    if book.source is None:
        return
    sets = [span.digest for cloud in Cloud for span in book.spans(cloud)]
    async with pool.acquire() as connection:
        await store.keep_rulebook(connection, book.source, sets, now=now)


async def rules_of(runtime: Runtime, digest: str) -> RuleSet | None:
    """The set of rules that a kept decision was made by, now or ever in force here; None when it was never kept."""
    found = runtime.rulebook.with_digest(digest) or _remade.get(digest)
    if found is not None:
        return found
    async with runtime.pool.acquire() as connection:
        source = await store.kept_rulebook(connection, digest)
    if source is None:
        return None
    book = await asyncio.to_thread(Rulebook.of, source, runtime.rulebook)
    found = book.with_digest(digest)
    if found is not None:
        _remade[digest] = found
        if len(_remade) > _REMADE_LIMIT:
            _remade.popitem(last=False)
    return found
