"""A version of the rules, what it changes, and what its check found."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from copartner.policy.facts import Cloud


class State(StrEnum):
    """How far a version came: `refused` breaks a promise, `taken_back` was approved and counts no more."""

    PROPOSED = "proposed"
    CHECKED = "checked"
    REFUSED = "refused"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class RuleText:
    """One rule in words, German ones beside them, and in Cedar; English stands where there is no German."""

    id: str
    permits: bool
    text: str
    text_german: str
    needs: str
    needs_german: str
    source: str
    clouds: tuple[Cloud, ...]
    cedar: str


@dataclass(frozen=True, slots=True)
class Restated:
    """A rule under the id of one that counts already."""

    before: RuleText
    after: RuleText


@dataclass(frozen=True, slots=True)
class Difference:
    """What a version changes of the rules that hold on its first day."""

    new: tuple[RuleText, ...]
    restated: tuple[Restated, ...]
    ended: tuple[RuleText, ...]

    @property
    def forbids(self) -> bool:
        """Whether it forbids anything that was not forbidden so."""
        return any(not rule.permits for rule in (*self.new, *(one.after for one in self.restated)))

    @property
    def lifts(self) -> bool:
        """Whether a forbid ends by it, or is stated otherwise."""
        return any(not rule.permits for rule in (*self.ended, *(one.before for one in self.restated)))


class Verdict(StrEnum):
    """What the proof of the promises says of a version; without an answer in time it is undecided."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Story:
    """How one promise or policy would not hold: its name and text, and what somebody could do, by which action.

    `actions` are all by which, `rules` the forbids that would stop it no longer.
    """

    invariant: str
    promise: str
    action: str
    story: str
    story_german: str
    actions: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """What somebody can do before a version and nobody afterwards."""

    action: str
    text: str
    text_german: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What the check of a version found; `undecided` says why there is no answer.

    `stories` tell of broken promises and refuse it; `ended` of policies that would count no more, and `lost` of what
    nobody could do any more, for whoever approves it to weigh. `try_out` is what it would have done.
    """

    at: datetime
    verdict: Verdict
    undecided: str | None
    stories: tuple[Story, ...]
    ended: tuple[Story, ...]
    lost: tuple[Lost, ...]
    questions: int
    seconds: float
    try_out: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """A change of the rules from its day `begins` on; `until` is the first day on which it counts no more.

    `place` is the number that the rulebook got by its approval; versions count in that order. Who did what is None in
    `approved_*` and `ended_*` until somebody did; what ended is withdrawn or taken back.
    """

    audience: ClassVar[tuple[str, ...]] = ("tenant_id",)

    id: UUID
    tenant_id: UUID
    number: int
    title: str
    reason: str
    text: str
    ends: tuple[str, ...]
    begins: date
    until: date | None = None
    state: State = State.PROPOSED
    difference: Difference
    findings: Findings | None = None
    # Machine time since when a check is waited for; None when there is none to come.
    check_wanted_at: datetime | None = None
    checked_rulebook: str | None = None
    proposed_at: datetime
    proposed_by: UUID
    proposed_by_name: str | None = None
    approved_at: datetime | None = None
    approved_by: UUID | None = None
    approved_by_name: str | None = None
    place: int | None = None
    ended_at: datetime | None = None
    ended_by: UUID | None = None
    ended_by_name: str | None = None
    ended_because: str | None = None
