"""The operator changes the rules while the programme runs: proposed, checked, approved by another, taken back."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from copartner.api.call import Call
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT, Page
from copartner.api.registry import Query, Route
from copartner.policy.facts import Cloud, Side
from copartner.versions import service
from copartner.versions.model import RuleVersion, State, Verdict


class ProposalRequest(Struct, frozen=True, rename="camel"):
    """Rules in Cedar, which may be none, and the ids of rules that end, both from a day on."""

    title: str
    reason: str
    begins: date
    text: str = ""
    ends: tuple[str, ...] = ()


class ReasonRequest(Struct, frozen=True, rename="camel"):
    """Why a version is taken back."""

    reason: str


class RuleTextBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """One rule in words and in Cedar; `permits` or forbids."""

    id: str
    permits: bool
    text: str
    text_german: str
    needs: str
    needs_german: str
    source: str
    clouds: tuple[Cloud, ...]
    cedar: str


class RestatedBody(Struct, frozen=True, rename="camel"):
    """A rule as it counts before, and as the version states it."""

    before: RuleTextBody
    after: RuleTextBody


class DifferenceBody(Struct, frozen=True, rename="camel"):
    """What the version changes of the rules that hold on its first day."""

    new: tuple[RuleTextBody, ...]
    restated: tuple[RestatedBody, ...]
    ended: tuple[RuleTextBody, ...]


class StoryBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """How a promise or a policy would not hold: what somebody could do, by which actions, past which rules."""

    invariant: str
    promise: str
    action: str
    story: str
    story_german: str
    actions: tuple[str, ...]
    rules: tuple[str, ...]


class LostBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What somebody can do before the version and nobody afterwards."""

    action: str
    text: str
    text_german: str


class FindingsBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the check found: `stories` refuse a version; `ended`, `lost` and `tryOut` are for who approves to weigh."""

    at: datetime
    verdict: Verdict
    undecided: str | None
    stories: tuple[StoryBody, ...]
    ended: tuple[StoryBody, ...]
    lost: tuple[LostBody, ...]
    questions: int
    seconds: float
    try_out: dict[str, Any] | None


class VersionSummary(Struct, frozen=True, kw_only=True, rename="camel"):
    """A version without its texts."""

    id: UUID
    number: int
    title: str
    state: State
    begins: date
    until: date | None
    check_wanted_at: datetime | None
    proposed_at: datetime
    proposed_by_name: str | None
    approved_at: datetime | None
    approved_by_name: str | None


class VersionBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A version of the rules; `until` is the first day on which it counts no more, when it was taken back.

    `checkWantedAt` is null when no check is to come; what ended was withdrawn or taken back.
    """

    id: UUID
    number: int
    title: str
    reason: str
    state: State
    text: str
    ends: tuple[str, ...]
    begins: date
    until: date | None
    difference: DifferenceBody
    findings: FindingsBody | None
    check_wanted_at: datetime | None
    proposed_at: datetime
    proposed_by: UUID
    proposed_by_name: str | None
    approved_at: datetime | None
    approved_by: UUID | None
    approved_by_name: str | None
    ended_at: datetime | None
    ended_by: UUID | None
    ended_by_name: str | None
    ended_because: str | None


def _body(found: RuleVersion) -> VersionBody:
    return wire.shaped(found, VersionBody)


async def _propose(call: Call) -> VersionBody:
    asked = call.decode(ProposalRequest)
    return _body(
        await service.propose_version(
            call.ctx,
            title=asked.title,
            reason=asked.reason,
            text=asked.text,
            ends=asked.ends,
            begins=asked.begins,
        )
    )


async def _list(call: Call) -> Page[VersionSummary]:
    part = wire.wanted(call, "number")
    number = call.query_number("number", default=0, lowest=1, highest=999_999_999) or None
    found = await service.list_versions(call.ctx, number=number, after=part.after, size=part.size)
    items = [wire.shaped(one, VersionSummary) for one in found]
    return wire.page(call, part, items, found.next_after, "number")


async def _read(call: Call) -> VersionBody:
    return _body(await service.read_version(call.ctx, version_id=call.id("ruleVersion")))


async def _check(call: Call) -> VersionBody:
    return _body(await service.check_version(call.ctx, version_id=call.id("ruleVersion")))


async def _approve(call: Call) -> VersionBody:
    return _body(await service.approve_version(call.ctx, version_id=call.id("ruleVersion")))


async def _withdraw(call: Call) -> VersionBody:
    return _body(await service.withdraw_version(call.ctx, version_id=call.id("ruleVersion")))


async def _take_back(call: Call) -> VersionBody:
    asked = call.decode(ReasonRequest)
    return _body(await service.take_back_version(call.ctx, version_id=call.id("ruleVersion"), reason=asked.reason))


_ALL = f"{ROOT}/rule-versions"
_ONE = f"{_ALL}/{{ruleVersion}}"
_NUMBER = Query("number", "The one version of this number.", int)
ROUTES = (
    Route(("POST",), _ALL, _propose, "rule_versions.propose", "Propose a version of the rules.", VersionBody,
          ProposalRequest, 201, user_only=True, side=Side.OPERATOR),
    Route(("GET",), _ALL, _list, "rule_versions.list", "List the versions of the rules.", Page[VersionSummary],
          user_only=True, side=Side.OPERATOR, query=(*wire.QUERY, _NUMBER)),
    Route(("GET",), _ONE, _read, "rule_versions.read", "Read a version, what it changes and what was found.",
          VersionBody, user_only=True, side=Side.OPERATOR),
    Route(("POST",), f"{_ONE}/check", _check, "rule_versions.check", "Have a version checked, again if it was.",
          VersionBody, user_only=True, side=Side.OPERATOR),
    Route(("POST",), f"{_ONE}/approve", _approve, "rule_versions.approve", "Approve what another proposed.",
          VersionBody, user_only=True, side=Side.OPERATOR),
    Route(("POST",), f"{_ONE}/withdraw", _withdraw, "rule_versions.withdraw", "Give a version up.",
          VersionBody, user_only=True, side=Side.OPERATOR),
    Route(("POST",), f"{_ONE}/take-back", _take_back, "rule_versions.take_back",
          "Take an approved version back: it counts no more from today on.", VersionBody, ReasonRequest,
          user_only=True, side=Side.OPERATOR),
)  # fmt: skip
