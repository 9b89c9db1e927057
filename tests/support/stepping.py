"""Cancels a coroutine at exactly one of its awaits."""

import asyncio
from collections.abc import Coroutine, Generator
from enum import StrEnum
from typing import Any


class When(StrEnum):
    """When the cancellation comes: while the answer is awaited, as it arrives, or a second time in the clean-up."""

    WAITING = "waiting"
    ARRIVING = "arriving"
    TWICE = "twice"


class Stepped:
    """Awaits a coroutine and counts its awaits; cancels the task it runs in at number `at`, counted from 1."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], at: int = 0, when: When = When.WAITING) -> None:
        self._coroutine = coroutine
        self._at = (at, at + 1) if when is When.TWICE else (at,)
        self._when = when
        self.awaits = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._coroutine.__await__()
        failure: BaseException | None = None
        while True:
            try:
                waited = steps.send(None) if failure is None else steps.throw(failure)
            except StopIteration as end:
                return end.value
            failure = None
            self.awaits += 1
            if self.awaits in self._at:
                self._cancel(waited)
            try:
                yield waited
            except BaseException as error:
                failure = error

    def _cancel(self, waited: Any) -> None:
        task = asyncio.current_task()
        assert task is not None
        if self._when is When.ARRIVING and asyncio.isfuture(waited):
            # Called before the task is woken: the answer is there, and the task is cancelled all the same.
            waited.add_done_callback(lambda _: task.cancel())
        else:
            task.cancel()


async def awaits(coroutine: Coroutine[Any, Any, Any]) -> int:
    """How often the coroutine awaits when nobody disturbs it."""
    stepped = Stepped(coroutine)
    await stepped
    return stepped.awaits


async def cancelled_at(coroutine: Coroutine[Any, Any, Any], at: int, when: When) -> bool:
    """Run the coroutine and cancel it there; whether it got so far. Raises AssertionError when it went on then."""
    stepped = Stepped(coroutine, at, when)

    async def run() -> None:
        await stepped

    task = asyncio.ensure_future(run())
    await asyncio.wait([task])
    if stepped.awaits < at:
        task.result()
        return False
    assert task.cancelled(), f"cancelled {when} at await {at} of {stepped.awaits}, it ended with {task!r}"
    return True
