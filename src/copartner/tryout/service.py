"""Trying changed rules out: what would be denied that was allowed, and the reverse. Nothing is changed by it."""

import asyncio
import time
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from copartner.command.context import Context
from copartner.command.passing import System
from copartner.kernel.errors import Busy, Invalid
from copartner.policy.actions import Action
from copartner.policy.amending import Amendment
from copartner.policy.facts import Facts, Side
from copartner.policy.rule import BrokenRules
from copartner.policy.rulebook import Rulebook
from copartner.tryout import store
from copartner.tryout.asking import WAYS, About, Way, askers
from copartner.tryout.judging import Change, Judge
from copartner.tryout.model import Basis, Looked, Outcome, Progress, Report, RuleTrial
from copartner.tryout.tallying import Findings

USUAL_DAYS = 30
MOST_DAYS = 366
LONGEST_TEXT = 100_000
# How many things or decisions are fetched at a time, which bounds the memory a try-out takes.
BATCH = 2_000
_FACTS = msgspec.json.Decoder(Facts)
# One at a time in each process: it takes as much of a processor as it gets.
_turn = asyncio.Semaphore(1)


class TryingOut(Busy):
    """Somebody is trying rules out."""


async def try_rules(
    ctx: Context, *, text: str, ends: Collection[str], begins: date, days: int = USUAL_DAYS
) -> tuple[Rulebook, Rulebook]:
    """Let an operator try rules out, which its audit keeps; answers the rules without and with them, for try_out.

    `text` is Cedar, `ends` the ids of rules that end. Raises Denied, Invalid, TryingOut.
    """
    # Decided first, and the rules made before the transaction begins: that takes seconds.
    await ctx.read(Action.RULE_VERSION_TRY, store.home(), body=type(None))
    check_days(days)
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"The rules are too long; try at most {LONGEST_TEXT} characters at once.", "text")
    if _turn.locked():
        raise TryingOut("Somebody is trying rules out; ask again when that has ended.")
    before, amendment = ctx.runtime.rulebook, Amendment("the text", text, tuple(ends), begins)
    try:
        after = await asyncio.to_thread(before.amended, amendment)
    except BrokenRules as broken:
        raise Invalid(f"These rules cannot be tried out: {broken}", "text") from broken
    async with ctx.command("rule_version.try") as cmd:
        cmd.require(Action.RULE_VERSION_TRY, await store.home_facts(cmd.db, ctx))
        if cmd.replay(RuleTrial) is None:
            made = RuleTrial(ctx.runtime.ids.new(), ctx.caller.tenant_id, text, tuple(ends), begins, days)
            cmd.record(None, cmd.remember(made))
    return before, after


def check_days(days: int) -> None:
    """Raise Invalid unless so many days of decisions can be looked at."""
    if not 0 <= days <= MOST_DAYS:
        raise Invalid(f"days has to be a whole number from 0 to {MOST_DAYS}.", "days")


async def try_out(
    system: System,
    *,
    operator: UUID,
    now: datetime,
    before: Rulebook,
    after: Rulebook,
    begins: date,
    days: int = USUAL_DAYS,
    report: Report | None = None,
    batch: int = BATCH,
) -> Outcome:
    """What the rules of `after` would decide otherwise than those of `before` on the day they begin.

    It asks what partners and customers could ask of present data, and decides again what was decided in the days
    before `now`, programme time. It reads as the tenant `operator`, which was decided to be it; nothing is recorded.
    Waits for its turn. Raises Invalid.
    """
    check_days(days)
    async with _turn:
        judge = Judge(before.at(system.cloud, begins), after.at(system.cloud, begins))
        return await _Trial(system, operator, now, judge, begins, days, report, batch).run()


class _Trial:
    """One try-out: what it looks at, and what it found so far."""

    def __init__(
        self,
        system: System,
        operator: UUID,
        now: datetime,
        judge: Judge,
        begins: date,
        days: int,
        report: Report | None,
        batch: int,
    ) -> None:
        self._pool, self._who = system.pool, (Side.OPERATOR.value, operator)
        self._cloud, self._now = system.cloud, now
        self._since = now - timedelta(days=days)
        self._judge, self._begins, self._days = judge, begins, days
        self._report, self._batch = report, batch
        self._findings = Findings()
        self._done = self._of = 0
        self._things: dict[str, int] = {}
        self._requests = self._decisions = self._unreadable = 0

    async def run(self) -> Outcome:
        """Look at everything a changed rule is about."""
        began = time.perf_counter()
        judge, actions = self._judge, sorted(self._judge.actions)
        kinds = [kind for kind, ways in WAYS.items() if any(judge.concerns(way) for way in ways)]
        if actions:
            found = await store.sizes(self._pool, self._who, actions=actions, since=self._since)
            self._of = sum(found[kind] for kind in kinds) + (found["decisions"] if self._days else 0)
            for kind in kinds:
                await self._present(kind)
            if self._days:
                await self._committed(actions)
        return await self._outcome(time.perf_counter() - began)

    async def _present(self, kind: str) -> None:
        ways = [(way, count) for way in WAYS[kind] if (count := self._judge.concerns(way))]
        after, self._things[kind] = (store.FIRST, store.FIRST), 0
        while True:
            found = await store.present(self._pool, self._who, kind, after=after, size=self._batch, now=self._now)
            for about in askers(kind, found):
                for way, count in ways:
                    if way.side is not about.side:
                        continue
                    self._requests += count * about.thing.count
                    self._found(way, about, await self._judge.ask(way, about))
            self._things[kind] += found.read
            await self._progress(found.read, kind)
            if found.read < self._batch or found.last is None:
                return
            first, second = found.last
            after = first or store.FIRST, second or store.FIRST

    def _found(self, way: Way, about: About, changes: tuple[Change, ...]) -> None:
        if not changes:
            return
        thing = about.thing
        things = thing.ids if thing.count > 1 else (way.facts(about).resource.id,)
        for change in changes:
            self._findings.add(
                Basis.PRESENT,
                change,
                thing.count,
                partner=about.asker if about.side is Side.PARTNER else thing.partner,
                customer=thing.customer,
                asker=about.asker,
                kind=way.resource.__name__,
                things=things,
            )

    async def _committed(self, actions: Sequence[str]) -> None:
        after = self._since, store.FIRST
        while True:
            found = await store.decided(self._pool, self._who, actions=actions, after=after, size=self._batch)
            for row in found:
                await self._decide_again(row)
            await self._progress(len(found), "decisions")
            if len(found) < self._batch:
                return
            after = found[-1].at, found[-1].id

    async def _decide_again(self, row: store.Decided) -> None:
        self._decisions += row.times
        try:
            facts = _FACTS.decode(row.facts)
        except msgspec.MsgspecError:
            # Another release kept it, whose facts are not today's.
            self._unreadable += row.times
            return
        change = await self._judge.again(row.action, facts)
        if change is None:
            return
        principal, resource = facts.principal, facts.resource
        partner = principal.tenant if principal.side is Side.PARTNER else getattr(resource, "partner", None)
        customer = principal.tenant if principal.side is Side.CUSTOMER else getattr(resource, "customer", None)
        self._findings.add(
            Basis.COMMITTED,
            change,
            row.times,
            partner=partner,
            customer=customer,
            asker=principal.tenant,
            kind=type(resource).__name__,
            things=(resource.id,),
            at=row.at,
        )

    async def _progress(self, done: int, at: str) -> None:
        self._done += done
        if self._report is not None:
            await self._report(Progress(self._done, max(self._of, self._done), at))

    async def _outcome(self, seconds: float) -> Outcome:
        judge, findings = self._judge, self._findings
        named = [UUID(tenant) for tenant in sorted(findings.tenants()) if _is_tenant(tenant)]
        names = await store.names(self._pool, self._who, named)
        askable = {action for ways in WAYS.values() for way in ways for action in way.actions}
        return Outcome(
            cloud=self._cloud,
            begins=self._begins,
            days=self._days,
            before=judge.before.digest,
            after=judge.after.digest,
            changed=judge.changed,
            actions=tuple(sorted(judge.actions)),
            unasked=tuple(sorted(judge.actions - askable)),
            looked=Looked(self._things, self._requests, judge.shapes, self._decisions, self._unreadable),
            present=findings.turned(Basis.PRESENT),
            committed=findings.turned(Basis.COMMITTED),
            rules=findings.rules(),
            partners=findings.partners(names),
            customers=findings.customers(names),
            differences=findings.differences(names),
            beyond=findings.beyond(),
            seconds=round(seconds, 3),
        )


def _is_tenant(name: str) -> bool:
    """Whether it can be a tenant's identifier: facts of long ago may hold what is none."""
    try:
        UUID(name)
    except ValueError:
        return False
    return True
