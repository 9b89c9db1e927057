"""Rows of revocations."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from uuid import UUID

from asyncpg.connection import Connection

from copartner.kernel.functions import call

CHANNEL = "copartner_revocation"


@cache
def _news() -> str:
    return call("fn_revocations", 2, "seen", "tenants", "grounds", "moments")


async def listen(connection: Connection, wake: Callable[..., None]) -> None:
    """Call `wake` whenever a transaction that revoked something was committed."""
    await connection.add_listener(CHANNEL, wake)


async def news(connection: Connection, *, since: str, after: datetime) -> tuple[dict[tuple[UUID, UUID], datetime], str]:
    """Revocations after a machine moment by transactions not seen before; and from where to look the next time."""
    row = await connection.fetchrow(_news(), since, after)
    grounds = zip(row["tenants"], row["grounds"], strict=True)
    return dict(zip(grounds, row["moments"], strict=True)), row["seen"]


async def revoke(db: Connection, *, tenant_id: UUID, ground_id: UUID, now: datetime) -> None:
    """End every token made before `now` on a ground: a user, an application, a secret or a session of the tenant.

    Known everywhere as soon as the transaction is committed; `now` is machine time.
    """
    await db.execute(call("fn_revoke", 3), tenant_id, ground_id, now)


async def ended(db: Connection, *, tenant_id: UUID, ground_ids: Iterable[UUID | None], since: datetime) -> bool:
    """Whether one of the grounds was revoked after that machine moment; for what outlives access tokens."""
    found: bool = await db.fetchval(
        """SELECT EXISTS (SELECT FROM revocation
            WHERE tenant_id = $1 AND ground_id = ANY ($2) AND not_before > $3)""",
        tenant_id,
        [ground for ground in ground_ids if ground is not None],
        since,
    )
    return found
