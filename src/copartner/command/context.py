"""What every operation is given: who acts, the running system, and the two ways to the database."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import replace

from copartner.command.command import Command
from copartner.command.denial import Denied, record_denial
from copartner.command.runtime import Runtime
from copartner.kernel.languages import Language
from copartner.policy.actions import Action
from copartner.policy.decide import Decision, decide
from copartner.policy.facts import Door, Facts, Resource, Side
from copartner.policy.rulebook import RuleSet

T = TypeVar("T")
# Facts of a request; several where it can rely on one of several witnesses.
Asked = Facts | tuple[Facts, ...]
# A decoder is made once: taking the kinds of things apart costs more than reading a few of them.
_SHAPES = msgspec.json.Decoder(tuple[Resource, ...])


class HiddenRowError(Exception):
    """A list held a row its reader may not see: a wall has a hole, so nothing is answered."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The verified bearer of a request: a user, or an application without one (`app_only`).

    `multi_factor` when the token says that a second factor was used; `door` is where the request came in.
    """

    side: Side
    tenant_id: UUID
    subject_id: UUID
    app_only: bool
    multi_factor: bool = False
    door: Door = Door.API


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The identifier by which a repeated POST is known: caller and address come from the request itself."""

    method: str
    path: str
    request_id: str
    body_digest: bytes


@dataclass(frozen=True, slots=True)
class Context:
    """One request: its caller, its identifiers, the running system, and the one moment and rules it is judged by.

    `moment` is programme time when the request came; all it changes is dated so. `locale` is whose texts of the
    catalogue are wanted, `language` the one in which the caller is spoken to.
    """

    runtime: Runtime
    caller: Caller
    correlation_id: str
    request: RequestKey | None = None
    locale: str = "en"
    language: Language = Language.ENGLISH
    moment: datetime = field(init=False)
    rules: RuleSet = field(init=False, repr=False)
    rules_number: int = field(init=False, repr=False)
    _facts: msgspec.json.Decoder[Asked] = field(default=msgspec.json.Decoder(Asked), repr=False)

    def __post_init__(self) -> None:
        moment = self.runtime.programme_clock.now()
        # Frozen for everybody else: a request that sees midnight pass is still judged by one day's rules.
        object.__setattr__(self, "moment", moment)
        object.__setattr__(self, "rules", self.runtime.rules_at(moment))
        object.__setattr__(self, "rules_number", self.runtime.rules.number)

    @property
    def who(self) -> tuple[str, UUID, UUID, bool]:
        """The first four arguments of every database function that acts for this caller."""
        caller = self.caller
        return caller.side.value, caller.tenant_id, caller.subject_id, caller.app_only

    def asked(self, facts: Facts) -> Facts:
        """The facts with what the caller's token and door say, of which the database knows nothing."""
        caller = self.caller
        return replace(facts, principal=replace(facts.principal, multi_factor=caller.multi_factor, door=caller.door))

    def judge(self, action: Action, facts: Facts) -> Decision:
        """What the rules say to the caller's doing this; nothing is recorded."""
        return decide(self.rules, action, self.asked(facts), self.moment)

    def choose(self, action: Action, asked: Asked) -> tuple[Facts, Decision]:
        """The first of the facts by which the rules allow the action, else the first of all, with what they say."""
        ways = asked if isinstance(asked, tuple) else (asked,)
        judged = [(facts, self.judge(action, facts)) for facts in ways]
        return next((one for one in judged if one[1].allowed), judged[0])

    def command(self, operation: str) -> Command:
        """A transaction for one change; see Command."""
        return Command(self, operation)

    async def read(self, action: Action, sql: str, *args: Any, body: type[T], each: Action | None = None) -> T:
        """Read in one trip: the function answers `facts`, `shapes` and `body`, and the facts are decided first.

        `shapes` are the distinct resources behind the rows of a list, each decided for `each`. Raises Denied.
        """
        return msgspec.json.decode((await self._read(action, sql, args, each))[1], type=body)

    async def look(
        self, action: Action, sql: str, *args: Any, body: type[T], each: Action | None = None
    ) -> tuple[Facts, T]:
        """As `read`, with the facts relied upon, by which `may` says what else the caller can do. Raises Denied."""
        facts, text = await self._read(action, sql, args, each)
        return facts, msgspec.json.decode(text, type=body)

    async def look_for(self, action: Action, sql: str, *args: Any, body: type[T]) -> tuple[Facts, T | None]:
        """As `find`, with the facts relied upon. Raises Denied."""
        facts, text = await self._read(action, sql, args, None)
        return facts, None if text == "null" else msgspec.json.decode(text, type=body)

    async def find(self, action: Action, sql: str, *args: Any, body: type[T]) -> T | None:
        """Read one thing in one trip, None when the caller's rows hold no such thing. Raises Denied."""
        return (await self.look_for(action, sql, *args, body=body))[1]

    async def _read(self, action: Action, sql: str, args: tuple[Any, ...], each: Action | None) -> tuple[Facts, str]:
        async with self.runtime.pool.acquire() as connection:
            row = await connection.fetchrow(sql, *self.who, *args)
        facts = await self.require(action, self._facts.decode(row["facts"]))
        if each is not None:
            for resource in _SHAPES.decode(row["shapes"]):
                if not self.judge(each, replace(facts, resource=resource)).allowed:
                    raise HiddenRowError(f"{each} would be denied on a row of {action}")
        return facts, row["body"]

    async def require(self, action: Action, asked: Asked) -> Facts:
        """Decide outside a command, and answer the facts relied upon; see choose.

        A denial is recorded in a transaction of its own and raised.
        """
        await self.runtime.rules.certain(self.rules_number)
        facts, decision = self.choose(action, asked)
        if not decision.allowed:
            raise await record_denial(self, Denied(action, self.asked(facts), decision))
        return facts
