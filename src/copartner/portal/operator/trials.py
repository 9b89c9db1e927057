"""Try-outs that somebody began at a page: each goes on in this process, and its page tells how far it has come.

They are kept here alone, the last few; whoever asks another process, or too late, is told to try again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import structlog

from copartner.command.context import Context
from copartner.kernel.ids import parse_id
from copartner.policy.rulebook import Rulebook
from copartner.tryout import service
from copartner.tryout.model import Outcome, Progress

MOST = 20
_log = structlog.get_logger("copartner.portal")


@dataclass(slots=True)
class Trial:
    """A try-out: what was typed for it, how far it is, and what it found; `failed` when it could not end."""

    id: UUID
    tenant_id: UUID
    begins: date
    days: int
    began_at: datetime
    typed: Mapping[str, str]
    progress: Progress | None = None
    outcome: Outcome | None = None
    failed: bool = False
    task: "asyncio.Task[None] | None" = field(default=None, repr=False)

    @property
    def goes_on(self) -> bool:
        """Whether there is more to come."""
        return self.outcome is None and not self.failed


_trials: OrderedDict[UUID, Trial] = OrderedDict()


def find(ctx: Context, name: str) -> Trial | None:
    """A try-out of the caller's tenant; None where this process has none of that name."""
    identifier = parse_id(name)
    found = _trials.get(identifier) if identifier else None
    return found if found is not None and found.tenant_id == ctx.caller.tenant_id else None


def keep(trial: Trial) -> None:
    """Have it found from now on; the oldest are forgotten where there are too many."""
    _trials[trial.id] = trial
    while len(_trials) > MOST:
        _forget(_trials.popitem(last=False)[1])


async def begin(
    ctx: Context, *, name: str, text: str, ends: tuple[str, ...], begins: date, days: int, typed: Mapping[str, str]
) -> UUID:
    """Let the caller try rules out, and go on with it in the background; answers where it is found.

    Begun again under its name with the same typed it stays as it is. Raises Denied, Invalid, TryingOut.
    """
    identifier = parse_id(name) or ctx.runtime.ids.new()
    earlier = find(ctx, str(identifier))
    if earlier is not None and earlier.typed == typed:
        return identifier
    if earlier is not None:
        identifier = ctx.runtime.ids.new()
    before, after = await service.try_rules(ctx, text=text, ends=ends, begins=begins, days=days)
    made = Trial(identifier, ctx.caller.tenant_id, begins, days, ctx.runtime.machine_clock.now(), dict(typed))
    keep(made)
    made.task = asyncio.create_task(_go_on(ctx, made, before, after), name=f"copartner-trial-{identifier}")
    return identifier


async def _go_on(ctx: Context, trial: Trial, before: Rulebook, after: Rulebook) -> None:
    async def report(progress: Progress) -> None:
        trial.progress = progress

    try:
        trial.outcome = await service.try_out(
            ctx.runtime,
            operator=trial.tenant_id,
            now=ctx.moment,
            before=before,
            after=after,
            begins=trial.begins,
            days=trial.days,
            report=report,
        )
    except asyncio.CancelledError:
        trial.failed = True
        raise
    except Exception as error:
        trial.failed = True
        _log.error("trial.failed", exc_info=error)


def _forget(trial: Trial) -> None:
    if trial.task is not None and not trial.task.done():
        trial.task.cancel()
