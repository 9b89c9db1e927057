"""One change in one transaction: facts, require, lock, save, record. Only this module commits."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import msgspec
from asyncpg import DeadlockDetectedError, LockNotAvailableError, SerializationError
from asyncpg.connection import Connection

from copartner.audit.entries import Audited, entries
from copartner.command import store
from copartner.command.denial import Denied, kept, record_denial
from copartner.kernel.errors import Busy, Conflict, Refusal, RepeatedWithOtherBody
from copartner.policy.actions import Action
from copartner.policy.facts import Facts

if TYPE_CHECKING:
    from copartner.command.context import Asked, Context

T = TypeVar("T")


class NothingRecorded(Exception):
    """A command ended without `record`: a change would have escaped the audit, so it was rolled back."""


class NotDecided(Exception):
    """A command wanted to act on behalf of a customer before the rules allowed it anything there."""


class NotDelegated(Refusal):
    """The customer delegates its directory no longer."""


class Command:
    """The transaction of one change, under the caller's database role.

    Leaving the block commits, after the audit was written and the decisions required were kept; leaving it by an
    exception rolls back. A denial is then recorded in a transaction of its own.
    """

    def __init__(self, ctx: "Context", operation: str) -> None:
        self._ctx = ctx
        self._operation = operation
        self._stack = AsyncExitStack()
        self._delegating: set[str] = set()
        self._entries: list[dict[str, Any]] = []
        self._decided: list[dict[str, Any]] = []
        self._recorded = False
        self._result: Any = None
        self._earlier: str | None = None
        self._replayed = False
        self.db: Connection
        self.now: datetime = ctx.moment

    async def __aenter__(self) -> "Command":
        ctx, request = self._ctx, self._ctx.request
        await self._stack.__aenter__()
        try:
            self.db = await self._stack.enter_async_context(ctx.runtime.pool.acquire())
            await self._stack.enter_async_context(self.db.transaction())
            row = await self.db.fetchrow(
                store.begin(),
                ctx.caller.side.value,
                ctx.caller.tenant_id,
                ctx.caller.subject_id,
                *((request.method, request.path, request.request_id, request.body_digest) if request else (None,) * 4),
                ctx.runtime.machine_clock.now(),
            )
            if request and not row["claimed"]:
                if row["earlier_digest"] != request.body_digest:
                    raise RepeatedWithOtherBody(
                        "this MS-RequestId was used with another body; send a new one for a new request",
                        request.request_id,
                    )
                self._earlier = row["earlier_result"]
        except BaseException as error:
            await self._stack.__aexit__(type(error), error, error.__traceback__)
            raise
        return self

    def allows(self, action: Action, facts: Facts) -> bool:
        """Whether the rules allow the action; nothing is recorded."""
        return self._ctx.judge(action, facts).allowed

    def require(self, action: Action, asked: "Asked") -> Facts:
        """Raise Denied unless the rules allow the action; answers the facts relied upon, see Context.choose."""
        facts, decision = self._ctx.choose(action, asked)
        judged = self._ctx.asked(facts)
        if not decision.allowed:
            raise Denied(action, judged, decision)
        place = {"at": self.now, "id": self._ctx.runtime.ids.new()}
        self._decided.append(place | kept(action, judged, decision))
        if facts.context.delegation is not None:
            self._delegating.add(facts.context.delegation.customer)
        return facts

    @asynccontextmanager
    async def on_behalf(self, customer_id: UUID) -> AsyncIterator[None]:
        """For the block, and once, this transaction reaches one customer's directory and nothing else.

        The rules have to have allowed something by that customer's approval before. Raises NotDelegated.
        """
        if str(customer_id) not in self._delegating:
            raise NotDecided(self._operation)
        if not await self.db.fetchval(store.act_on_behalf(), customer_id, self.now):
            raise NotDelegated("The customer delegates its directory to you no longer.", str(customer_id))
        yield
        await self.db.execute(store.act_in_own_name())

    def replay(self, result: type[T]) -> T | None:
        """What an earlier request of the same id led to; None for a first request. Call it after `require`."""
        if self._earlier is None:
            return None
        self._replayed = True
        return msgspec.json.decode(self._earlier, type=result)

    def remember(self, result: T) -> T:
        """Keep the result for a repeated request id, and hand it on."""
        self._result = result
        return result

    def unchanged(self) -> None:
        """Say that the request asked for nothing new, so that there is nothing to record."""
        self._recorded = True

    def record(self, before: Audited | None, after: Audited | None) -> None:
        """Put the change, from `before` to `after`, into the audit of every tenant concerned."""
        self._recorded = True
        self._entries += entries(
            caller=self._ctx.caller,
            operation=self._operation,
            before=before,
            after=after,
            at=self.now,
            ids=self._ctx.runtime.ids,
            correlation_id=self._ctx.correlation_id,
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            try:
                await self._finish()
            except BaseException as failure:
                await self._stack.__aexit__(type(failure), failure, failure.__traceback__)
                _refuse_when_busy(failure)
                raise
        await self._stack.__aexit__(kind, error, trace)
        _refuse_when_busy(error)
        if isinstance(error, Denied):
            await record_denial(self._ctx, error)

    async def _finish(self) -> None:
        if self._replayed:
            return
        if self._earlier is not None:
            raise Conflict("a request with this MS-RequestId was answered already and cannot be repeated here")
        if not self._recorded:
            raise NothingRecorded(self._operation)
        ctx, request = self._ctx, self._ctx.request
        await self.db.execute(
            store.finish(),
            msgspec.json.encode(self._entries).decode(),
            msgspec.json.encode(self._decided).decode(),
            ctx.caller.tenant_id,
            ctx.caller.subject_id,
            *((request.method, request.path, request.request_id) if request else (None,) * 3),
            msgspec.json.encode(self._result).decode(),
        )


def _refuse_when_busy(error: BaseException | None) -> None:
    """Raise Busy when the database gave this transaction up for another's sake; it has been rolled back."""
    if isinstance(error, DeadlockDetectedError | LockNotAvailableError | SerializationError):
        raise Busy("Others are changing the same things; send the request again.") from error
