"""Versions of the rules in tests: a text, who proposes and approves, and a proof whose answer is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from copartner.command.context import Context
from copartner.policy.facts import Cloud, Side
from copartner.policy.rulebook import Source
from copartner.proof.verdict import Names
from copartner.versions import checking, service
from copartner.versions.model import RuleVersion, Story
from support.programme import Programme

NO_SALE = """
@id("no-sale-abroad") @text("Nothing is sold into {country} any more.") @source("a test")
@needs("A customer elsewhere.")
forbid (principal, action in Action::"sell", resource)
when {{ resource has customer && resource.customer.country == "{country}" }};
"""
STORY = Story("only-ones-own", "Nobody reads another's.", "subscription.read", "One partner could read.", "Einer läse.")


def proposer(here: Programme) -> Context:
    """The operator's Global admin who proposes."""
    return here.context("ga@wolkenstadt", Side.OPERATOR)


def approver(here: Programme) -> Context:
    """The other one."""
    return here.context("approver@wolkenstadt", Side.OPERATOR)


def in_days(here: Programme, days: int) -> date:
    """A day after today."""
    return here.clock.now().date() + timedelta(days=days)


async def propose(
    here: Programme, text: str = NO_SALE.format(country="DE"), *, ends: Sequence[str] = (), days: int = 40
) -> RuleVersion:
    """A proposed version that begins in so many days."""
    return await service.propose_version(
        proposer(here), title="A change", reason="It is wanted.", text=text, ends=ends, begins=in_days(here, days)
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a proof says."""

    holds: bool = True
    undecided: str | None = None
    stories: tuple[Story, ...] = ()
    ended: tuple[Story, ...] = ()
    lost: tuple[Any, ...] = ()
    questions: int = 7
    seconds: float = 0.5


class Saying:
    """A proof that gives one answer, and remembers what it was asked."""

    def __init__(self, answer: Answer | None = None) -> None:
        self._answer = answer or Answer()
        self.asked: list[tuple[Source, Source, Cloud, date]] = []
        self.names: Names | None = None

    async def __call__(
        self, before: Source, after: Source, /, *, cloud: Cloud, begins: date, names: Names | None
    ) -> Answer:
        """The answer."""
        self.asked.append((before, after, cloud, begins))
        self.names = names
        return self._answer


async def check(here: Programme, answer: Answer | None = None) -> Saying:
    """Let the worker check what waits longest."""
    saying = Saying(answer)
    assert await checking.check_waiting(here.runtime, here.clock, here.runtime.machine_clock, saying)
    return saying


async def approved(here: Programme, text: str = NO_SALE.format(country="DE"), **wanted: Any) -> RuleVersion:
    """A version that was proposed, checked and approved, and is decided by here."""
    made = await propose(here, text, **wanted)
    await check(here)
    done = await service.approve_version(approver(here), version_id=made.id)
    await here.runtime.rules.settled()
    return done
