"""The check of a proposed version, in the background: it is proved to keep the promises, and tried out."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Protocol

import msgspec

from copartner.command.passing import System, Turn, acting
from copartner.kernel.clock import Clock
from copartner.policy.facts import Cloud
from copartner.policy.rulebook import Rulebook, Source
from copartner.proof.verdict import Names
from copartner.tryout.service import try_out
from copartner.versions import building, rules, store
from copartner.versions.model import Difference, Findings, Lost, RuleVersion, Story, Verdict

# Longer than any check: one that took so long was of a worker that is no more.
_GIVEN_UP_AFTER = timedelta(minutes=15)


class Proved(Protocol):
    """The verdict of a proof."""

    @property
    def holds(self) -> bool:
        """Whether every promise is kept."""
        ...

    @property
    def undecided(self) -> str | None:
        """Why that is not known, None when it is."""
        ...

    @property
    def stories(self) -> Sequence[Any]:
        """How promises would be broken; see Story."""
        ...

    @property
    def ended(self) -> Sequence[Any]:
        """How policies would count no more; see Story."""
        ...

    @property
    def lost(self) -> Sequence[Any]:
        """What nobody could do any more; see Lost."""
        ...

    @property
    def questions(self) -> int:
        """How much was asked."""
        ...

    @property
    def seconds(self) -> float:
        """How long it took."""
        ...


class Proof(Protocol):
    """The proof of the promises: whether a rulebook keeps those that another one keeps, from a day on."""

    async def __call__(
        self, before: Source, after: Source, /, *, cloud: Cloud, begins: date, names: Names | None
    ) -> Proved:
        """Its verdict; what is not answered in time is undecided. `names` are those of its stories."""
        ...


async def check_waiting(system: System, programme_clock: Clock, machine_clock: Clock, prove: Proof) -> bool:
    """Check the version that has waited longest; whether there was one. It takes as long as the proof does."""
    machine_now = machine_clock.now()
    async with acting(system) as db:
        version = await store.claim(db, machine_now=machine_now, given_up=machine_now - _GIVEN_UP_AFTER)
    if version is None:
        return False
    async with system.pool.acquire() as db:
        _, approved = await store.rulebook(db)
    before = building.source(Source.shipped(), approved)
    difference, findings = await _found(system, version, before, programme_clock, prove)
    async with acting(system) as db:
        found = await store.lock(db, version.id)
        # Meanwhile it may have been withdrawn, or wanted anew.
        if found is None or found.check_wanted_at != version.check_wanted_at:
            return True
        checked = rules.checked(found, findings, rulebook=before.digest)
        after = replace(checked, difference=difference or found.difference)
        await store.save_check(db, after)
        turn = Turn(system, db, findings.at)
        turn.record("rule_version.check", found, after)
        await turn.finish()
    return True


async def _found(
    system: System, version: RuleVersion, before: Source, clock: Clock, prove: Proof
) -> tuple[Difference | None, Findings]:
    """What a version changes of the rules that hold now, what the proof says, and what trying it out shows.

    Undecided where it does not fit, and tried out only where it could be approved.
    """
    change = building.amendment(version)
    try:
        book = await asyncio.to_thread(Rulebook.of, before)
        difference = await asyncio.to_thread(building.fitted, book, change)
    except rules.Misfit as misfit:
        return None, Findings(clock.now(), Verdict.UNDECIDED, f"It does not fit: {misfit.message}", (), (), (), 0, 0.0)
    after = replace(before, amendments=(*before.amendments, change))
    async with acting(system) as db:
        names = await store.parties(db)
    proved = await prove(before, after, cloud=system.cloud, begins=version.begins, names=names)
    verdict = Verdict.HOLDS if proved.holds else Verdict.UNDECIDED if proved.undecided else Verdict.BROKEN
    tried = None
    if verdict is Verdict.HOLDS:
        tried = msgspec.to_builtins(
            await try_out(
                system,
                operator=version.tenant_id,
                now=clock.now(),
                before=book,
                after=await asyncio.to_thread(book.amended, change),
                begins=version.begins,
            )
        )
    return difference, Findings(
        clock.now(),
        verdict,
        proved.undecided,
        msgspec.convert(proved.stories, tuple[Story, ...], from_attributes=True),
        msgspec.convert(proved.ended, tuple[Story, ...], from_attributes=True),
        msgspec.convert(proved.lost, tuple[Lost, ...], from_attributes=True),
        proved.questions,
        proved.seconds,
        tried,
    )
