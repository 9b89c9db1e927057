"""Why something was denied, as the caller's tenant may know it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from copartner.api.call import Call
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT
from copartner.api.registry import Route
from copartner.programme import repeating, service


class FactBody(Struct, frozen=True, rename="camel"):
    """One fact that a rule judged: its name in the rules, what it is called, its value."""

    name: str
    value: str
    words: str


class RuleBody(Struct, frozen=True, rename="camel"):
    """One deciding rule: its text and source, what would be needed, what it judged, what did not hold."""

    id: str
    text: str
    source: str
    needs: str
    facts: tuple[FactBody, ...]
    missing: tuple[str, ...]


class DecisionBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A denial; without rules the thing has to stay unknown to the reader, and without an actor who tried does.

    Its words are in the language asked for; `steps` is what can be done next.
    """

    id: UUID
    at: datetime
    last_at: datetime
    times: int
    action: str
    resource_type: str
    resource_id: str | None
    actor_tenant_id: UUID | None
    actor_name: str | None
    summary: str
    rules: tuple[RuleBody, ...]
    steps: tuple[str, ...]
    facts: dict[str, Any]
    digest: str


class RepeatedBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the rules of the day say again; `same` verdict and rules, which are empty where they stay unknown."""

    id: UUID
    at: datetime
    action: str
    digest: str
    allowed: bool
    same: bool
    rules: tuple[str, ...]
    doubt: tuple[str, ...]


async def _repeat(call: Call) -> RepeatedBody:
    return wire.shaped(await repeating.repeat_decision(call.ctx, decision_id=call.id("decision")), RepeatedBody)


async def _read(call: Call) -> DecisionBody:
    return wire.shaped(await service.read_decision(call.ctx, decision_id=call.id("decision")), DecisionBody)


ROUTES = (
    Route(("GET",), f"{ROOT}/decisions/{{decision}}", _read, "decisions.read", "Read why something was denied.",
          DecisionBody, side=None, query=(wire.SIDE,)),
    Route(("GET",), f"{ROOT}/decisions/{{decision}}/repeat", _repeat, "decisions.repeat",
          "Decide again by the rules of that day.", RepeatedBody, side=None, query=(wire.SIDE,)),
)  # fmt: skip
