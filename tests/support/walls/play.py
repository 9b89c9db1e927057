"""The frame of a play: who acts on what, one step, and the judgement after it."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from copartner.command.command import NotDecided
from copartner.command.context import Caller, Context, HiddenRowError, RequestKey
from copartner.command.denial import Denied
from copartner.kernel.errors import Refusal
from copartner.policy.facts import Cloud, Side
from copartner_emulator.world_model import Tenant
from support.programme import PRESENT, SEED_DAY
from support.walls.crowd import STAFF
from support.walls.judge import ForeignChangeError, ForeignSightError, Judge
from support.walls.snapshot import RARE, Row, records, rows
from support.walls.stage import Stage

Service = Callable[..., Awaitable[Any]]

# Who acts: a place among the partners or customers, and a sign-in name there.
PARTNERS = st.tuples(st.integers(0, 3), st.sampled_from(STAFF))
BUYERS = st.tuples(st.integers(0, 4), st.sampled_from(("ga", "ga", "ga", "ba", "user")))
# On what: an own thing, a foreign one, one that is nowhere, one at the wrong customer; and which of those there are.
THINGS = st.tuples(st.sampled_from(("own", "own", "foreign", "foreign", "unknown", "misplaced")), st.integers(0, 7))
# At whom: the three customers, a partner's tenant, the vendor, nobody.
ADDRESSEES = st.sampled_from((0, 0, 1, 1, 2, 2, "partner", "operator", "unknown"))
# A request id, for a request that may come twice.
REPEATS = st.sampled_from((None, None, None, "r1", "r2"))
PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=3, max_size=7, unique=True)
# The last so long before a rule changes that a play has time under the earlier one.
DAYS = st.sampled_from((PRESENT, PRESENT, SEED_DAY, SEED_DAY - timedelta(days=60)))


class Play(RuleBasedStateMachine):
    """One play from an empty beginning; subclasses add the acts, a test says on which stage."""

    stage: ClassVar[Stage]
    # What ends the play: changes, sights, or both.
    watched: ClassVar[tuple[type[AssertionError], ...]] = (ForeignChangeError, ForeignSightError)

    def __init__(self) -> None:
        super().__init__()
        stage = self.stage
        stage.reset()
        self._serial = 0
        self._written = UUID(int=0)
        names = {tenant.id: (str(tenant.id), tenant.domain) for tenant in stage.partners}
        self.judge = Judge(stage.run(rows(stage.owner, stage.tenants)), names)

    @initialize(day=DAYS, pairs=PAIRS, unconfirmed=st.integers(0, 6))
    def begin(self, day: Any, pairs: list[tuple[int, int]], unconfirmed: int) -> None:
        """Some of them work together already; one customer may lack its agreement."""
        stage = self.stage
        stage.programme.clock.moment = day
        for partner, customer in pairs:
            stage.relate(stage.partners[partner].id, stage.customers[customer].id, agreement=customer != unconfirmed)
        self.judge.rows = stage.run(rows(stage.owner, stage.tenants))
        for partner, customer in pairs[:3]:
            self.start((partner, "aa"), customer)

    def start(self, who: tuple[int, str], customer: int) -> None:
        """What a partner begins with at one of the three customers."""

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        """Time passes; what it does is nobody's doing."""
        self.stage.wait(days)
        self.judge.rows = self.stage.run(rows(self.stage.owner, self.stage.tenants))

    def partner(self, who: tuple[int, str], service: Service, *, repeat: str | None = None, **named: Any) -> Any:
        """A partner's user or application calls a service."""
        return self._step(self.agent(who), service, repeat, named)

    def agent(self, who: tuple[int, str]) -> Context:
        """A partner's user or application."""
        place, user = who
        tenant = self.stage.partners[place]
        if user == "app":
            return self.stage.programme.application(tenant.domain.removesuffix(".example"))
        return self._context(tenant, user, Side.PARTNER)

    def buyer(self, who: tuple[int, str], service: Service, *, repeat: str | None = None, **named: Any) -> Any:
        """A customer's user calls a service."""
        return self._step(self._context(self.buying(who), who[1], Side.CUSTOMER), service, repeat, named)

    def buying(self, who: tuple[int, str]) -> Tenant:
        """The tenant that acts as a customer: one of the three, or a partner's, which buys from the others."""
        return (*self.stage.customers, *self.stage.partners[:2])[who[0]]

    def _context(self, tenant: Tenant, user: str, side: Side) -> Context:
        known = {person.user_principal_name.partition("@")[0] for person in tenant.users}
        name = user if user in known else "ga"
        return self.stage.programme.context(f"{name}@{tenant.domain.removesuffix('.example')}", side)

    def _step(self, ctx: Context, service: Service, repeat: str | None, named: dict[str, Any]) -> Any:
        if repeat:
            digest = sha256(repr(sorted(named.items())).encode()).digest()
            ctx = replace(ctx, request=RequestKey("POST", f"/{service.__name__}", repeat, digest))
        stage = self.stage
        self.judge.tell(ctx.caller.tenant_id, _named(named))
        answer: Any
        try:
            answer = stage.run(service(ctx, **named))
            outcome = "done"
        except Denied as denied:
            answer, outcome = denied, f"denied {' '.join(denied.rules)}"
        except Refusal as refusal:
            answer, outcome = refusal, type(refusal).__name__
        except (HiddenRowError, NotDecided, asyncpg.PostgresError) as stopped:
            # Where the rules stand, row security and constraints have nothing to catch.
            if stage.walls.ruled:
                raise
            answer, outcome = stopped, type(stopped).__name__
        stage.outcomes[service.__name__, outcome] += 1
        self._judge(answer, ctx.caller)
        return None if isinstance(answer, BaseException) else answer

    def _judge(self, answer: Any, caller: Caller) -> None:
        stage, tenant, side = self.stage, caller.tenant_id, caller.side
        before, after = self.judge.rows, stage.run(rows(stage.owner, stage.tenants))
        self.judge.rows = after
        with self.watching():
            self.judge.change(before, after, tenant=tenant, side=side)
            self.judge.sight(answer, tenant=tenant, side=side)
            made = stage.run(records(stage.owner, self._written))
            self._written = made[-1].id if made else self._written
            self.judge.written(made)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """What the judge finds here ends the play where it is watched for."""
        try:
            yield
        except (ForeignChangeError, ForeignSightError) as found:
            if isinstance(found, self.watched):
                raise

    def mark(self) -> str:
        """A name that occurs once."""
        self._serial += 1
        return f"mark-{self._serial:06d}"

    def quantity(self) -> int:
        """A quantity that occurs once."""
        self._serial += 1
        return RARE + self._serial

    def new_id(self) -> UUID:
        """An identifier of nothing."""
        return self.stage.programme.runtime.ids.new()

    def thing(self, kind: str, who: tuple[int, str], which: tuple[str, int]) -> tuple[UUID, UUID]:
        """Customer and identifier of a row of that kind, as `which` says; of nothing where there is no such row."""
        belonging, place = which
        tenant = self.stage.partners[who[0]].id
        customers = self.stage.customers
        found = [row for row in self._of(kind) if (row.partner == tenant) == (belonging != "foreign")]
        if belonging == "unknown" or not found:
            return customers[place % 3].id, self.new_id()
        row = found[place % len(found)]
        if belonging == "misplaced" or row.customer is None:
            return customers[place % 3].id, row.id
        return row.customer, row.id

    def addressee(self, who: tuple[int, str], which: int | str) -> UUID:
        """A tenant as a partner may name it as a customer."""
        match which:
            case int():
                return self.stage.customers[which].id
            case "partner":
                return self.stage.partners[(who[0] + 1) % 4].id
            case "operator":
                return self.stage.operator
        return self.new_id()

    def sold(self, kind: str, *, partner: UUID | None = None, customer: UUID | None = None) -> set[UUID]:
        """The identifiers of rows by seller and buyer."""
        return {row.id for row in self._of(kind) if partner in (None, row.partner) and customer in (None, row.customer)}

    def _of(self, kind: str) -> list[Row]:
        return sorted((row for row in self.judge.rows.values() if row.kind == kind), key=lambda row: row.id)

    def complete(self, answered: set[UUID], expected: set[UUID]) -> None:
        """A list holds exactly what is the reader's."""
        if issubclass(ForeignSightError, self.watched) and answered != expected:
            raise ForeignSightError(f"listed {answered}, of {expected}")

    @property
    def cloud(self) -> Cloud:
        """The cloud of the deployment."""
        return self.stage.programme.runtime.cloud


def _named(named: dict[str, Any]) -> set[str]:
    """Every text in the arguments of a call, which the caller therefore knows."""
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for one in value.values():
                walk(one)
        elif isinstance(value, list | tuple):
            for one in value:
                walk(one)
        elif value is not None:
            found.add(str(value))

    walk(msgspec.to_builtins(named))
    return found
