"""The operator tries changed rules out on present data and on the decisions of the last days.

Whoever accepts application/x-ndjson is told how far it has come, a line of JSON each, with the outcome as the last one.
"""

from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct

from copartner.api.call import Call
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT
from copartner.api.registry import Route
from copartner.api.working import Tell, Working, wants_lines
from copartner.policy.facts import Side
from copartner.tryout import service
from copartner.tryout.model import Basis, Outcome, Progress, Turn


class TrialRequest(Struct, frozen=True, rename="camel"):
    """Cedar text of rules that count from a day on, ids of rules that end then, and how many days of decisions."""

    begins: date
    text: str = ""
    ends: tuple[str, ...] = ()
    days: int = service.USUAL_DAYS


class ExampleBody(Struct, frozen=True, rename="camel"):
    """One request whose answer turns; `actor` is the tenant that asks, by users of these roles."""

    action: str
    how: str
    actor: str
    roles: tuple[str, ...]
    resource_type: str
    resource_id: str
    at: datetime | None


class DifferenceBody(Struct, frozen=True, rename="camel"):
    """Answers that turn for one partner at one customer by one rule, with at most three of them."""

    basis: Basis
    turn: Turn
    rule: str | None
    text: str
    partner_tenant_id: str | None
    partner: str | None
    customer_tenant_id: str | None
    customer: str | None
    count: int
    examples: tuple[ExampleBody, ...]


class TallyBody(Struct, frozen=True, rename="camel"):
    """How many answers turn by one rule, for one partner or for one customer."""

    id: str | None
    name: str
    denied: int
    allowed: int


class TurnedBody(Struct, frozen=True, rename="camel"):
    """How many answers turn: from allowed to denied, and from denied to allowed."""

    denied: int
    allowed: int


class LookedBody(Struct, frozen=True, rename="camel"):
    """How much was looked at: things by kind, requests, shapes that the rules tell apart, and decisions."""

    things: dict[str, int]
    requests: int
    shapes: int
    decisions: int
    unreadable: int


class OutcomeBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a change of the rules would change. `beyond`: answers that turn outside the differences shown."""

    cloud: str
    begins: date
    days: int
    before: str
    after: str
    changed: tuple[str, ...]
    actions: tuple[str, ...]
    unasked: tuple[str, ...]
    looked: LookedBody
    present: TurnedBody
    committed: TurnedBody
    rules: tuple[TallyBody, ...]
    partners: tuple[TallyBody, ...]
    customers: tuple[TallyBody, ...]
    differences: tuple[DifferenceBody, ...]
    beyond: int
    seconds: float


def outcome_body(found: Outcome) -> OutcomeBody:
    """An outcome as it is answered."""
    return wire.shaped(found, OutcomeBody)


async def _try(call: Call) -> Working:
    asked, lines = call.decode(TrialRequest), wants_lines(call)
    before, after = await service.try_rules(
        call.ctx, text=asked.text, ends=asked.ends, begins=asked.begins, days=asked.days
    )

    async def work(tell: Tell) -> Any:
        async def report(progress: Progress) -> None:
            await tell({"progress": msgspec.to_builtins(progress)})

        found = await service.try_out(
            call.ctx.runtime,
            operator=call.ctx.caller.tenant_id,
            now=call.ctx.moment,
            before=before,
            after=after,
            begins=asked.begins,
            days=asked.days,
            report=report,
        )
        return {"outcome": outcome_body(found)} if lines else outcome_body(found)

    return Working(work, lines=lines)


ROUTES = (
    Route(("POST",), f"{ROOT}/rule-trials", _try, "rule_trials.make",
          "Try changed rules out: what would be denied that was allowed, and the reverse. Nothing is changed.",
          OutcomeBody, TrialRequest, user_only=True, side=Side.OPERATOR),
)  # fmt: skip
