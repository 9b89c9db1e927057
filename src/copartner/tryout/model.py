"""What a try-out of changed rules finds: which answers would turn, for whom, by which rule, and how much was asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from msgspec import Struct


class Basis(StrEnum):
    """What was asked: what could be asked of present data, or what was decided and committed."""

    PRESENT = "present"
    COMMITTED = "committed"


class Turn(StrEnum):
    """What becomes of an answer: what was allowed is denied, or what was denied is allowed."""

    DENIED = "denied"
    ALLOWED = "allowed"


class Example(Struct, frozen=True):
    """One request whose answer turns: an action on a thing, and the roles of whoever asks.

    `how` says which of several such requests it is, such as for fewer licences; `at` is when a committed one was made.
    """

    action: str
    how: str
    actor: str
    roles: tuple[str, ...]
    resource_type: str
    resource_id: str
    at: datetime | None = None


class Difference(Struct, frozen=True):
    """Answers that turn for one partner at one customer by one rule: how many, with at most three examples.

    A partner or a customer is absent where none is concerned. `rule` is the one that decides, absent where the rules
    could not be applied; then `text` says why. `actor` of an example is a tenant's name.
    """

    basis: Basis
    turn: Turn
    rule: str | None
    text: str
    partner_tenant_id: str | None
    partner: str | None
    customer_tenant_id: str | None
    customer: str | None
    count: int
    examples: tuple[Example, ...]


class Tally(Struct, frozen=True):
    """How many answers turn by one rule, for one partner or for one customer; `id` is absent where there is none."""

    id: str | None
    name: str
    denied: int
    allowed: int


class Turned(Struct, frozen=True):
    """How many answers turn on one basis."""

    denied: int = 0
    allowed: int = 0


class Looked(Struct, frozen=True):
    """How much was looked at.

    `things` by kind, each of present data; `requests` asked of them; `shapes` of them that differ to the rules, which
    alone the engine was asked about; `decisions` committed, and of these `unreadable` by today's release.
    """

    things: dict[str, int]
    requests: int
    shapes: int
    decisions: int
    unreadable: int


class Outcome(Struct, frozen=True):
    """What a change of the rules would change, as of the first day on which it counts.

    `changed` are the rules that differ on that day, `actions` what they are about, `unasked` those of them that are not
    asked of present data. `differences` are the most frequent ones; `beyond` counts the answers that turn outside them.
    `partners` and `customers` likewise end with those that have most.
    """

    cloud: str
    begins: date
    days: int
    before: str
    after: str
    changed: tuple[str, ...]
    actions: tuple[str, ...]
    unasked: tuple[str, ...]
    looked: Looked
    present: Turned
    committed: Turned
    rules: tuple[Tally, ...]
    partners: tuple[Tally, ...]
    customers: tuple[Tally, ...]
    differences: tuple[Difference, ...]
    beyond: int
    seconds: float


class Progress(Struct, frozen=True):
    """How far a try-out has come: so many of so many things and decisions, and what is being looked at."""

    done: int
    of: int
    at: str


# Called after every batch; a try-out ends where this raises.
Report = Callable[[Progress], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """That an operator tried rules out, for its audit."""

    audience: ClassVar[tuple[str, ...]] = ("tenant_id",)

    id: UUID
    tenant_id: UUID
    text: str
    ends: tuple[str, ...]
    begins: date
    days: int
