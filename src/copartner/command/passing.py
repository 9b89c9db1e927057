"""What happens because time passes: one due thing after the other, in the order of their due times.

Each in a transaction of its own, under the database role of the worker, dated when it was due, with the audit in the
same commit. One at a time over all processes, so that a later thing never overtakes an earlier one.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.audit.entries import Audited, entries
from copartner.command import store
from copartner.kernel.database import Pool
from copartner.kernel.ids import Ids
from copartner.policy.facts import Cloud


class System(Protocol):
    """What passing needs of the running system; a Runtime has it."""

    @property
    def pool(self) -> Pool:
        """Connections of the login role."""
        ...

    @property
    def ids(self) -> Ids:
        """Makes identifiers."""
        ...

    @property
    def cloud(self) -> Cloud:
        """The cloud served."""
        ...

    @property
    def public_url(self) -> str:
        """The root address that people use."""
        ...


@dataclass(frozen=True, slots=True)
class Nobody:
    """The actor of what time does."""

    tenant_id: None = None
    subject_id: None = None
    app_only: bool = False


@dataclass(frozen=True, slots=True)
class Passed:
    """Something that happened because time passed; `at` is when it was due."""

    at: datetime
    operation: str
    resource_id: UUID


@dataclass(slots=True)
class Turn:
    """The transaction in which due things happen; all it records is dated `at`."""

    system: System
    db: Connection
    at: datetime
    passed: list[Passed] = field(default_factory=list)
    _entries: list[dict[str, Any]] = field(default_factory=list)

    def record(self, operation: str, before: Audited | None, after: Audited) -> None:
        """Put the change into the audit of every tenant concerned; it names no actor."""
        self.passed.append(Passed(self.at, operation, after.id))
        self._entries += entries(
            caller=Nobody(),
            operation=operation,
            before=before,
            after=after,
            at=self.at,
            ids=self.system.ids,
            correlation_id=str(self.system.ids.new()),
        )

    async def finish(self) -> None:
        """Write what was recorded."""
        await self.db.execute(store.write_audit(), msgspec.json.encode(self._entries).decode())
        self._entries = []


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that time brings about, and when; `act` does and records it, or nothing where it is done already."""

    at: datetime
    act: Callable[[Turn], Awaitable[None]]


# What a capability offers of one kind: the earliest thing that is due up to a moment of programme time.
Passing = Callable[[System, Connection, datetime], Awaitable[Due | None]]


async def pass_time(
    system: System, passings: Sequence[Passing], *, until: datetime, most: int = 1000
) -> tuple[Passed, ...]:
    """Do what is due up to a moment of programme time, at most so many things; answers what happened, in order."""
    passed: list[Passed] = []
    for _ in range(most):
        done = await _pass_one(system, passings, until)
        if done is None:
            break
        passed += done
    return tuple(passed)


async def _pass_one(system: System, passings: Sequence[Passing], until: datetime) -> list[Passed] | None:
    """What the earliest due thing led to; None when nothing is due."""
    async with acting(system) as db:
        await db.execute(store.one_at_a_time())
        found = [due for passing in passings if (due := await passing(system, db, until)) is not None]
        if not found:
            return None
        earliest = min(found, key=lambda due: due.at)
        turn = Turn(system, db, earliest.at)
        await earliest.act(turn)
        await turn.finish()
    return turn.passed


@asynccontextmanager
async def acting(system: System) -> AsyncIterator[Connection]:
    """A transaction under the database role of the worker."""
    async with system.pool.acquire() as db, db.transaction():
        await db.execute(store.ACT_AS, "worker", None)
        yield db
