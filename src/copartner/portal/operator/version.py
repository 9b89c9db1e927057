"""One version of the rules: what it changes, what its check found, and what can be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import ndiff
from typing import Any

from litestar import Response

from copartner.announcements import service as announcements
from copartner.kernel.errors import Invalid, Refusal
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from copartner.portal.operator.forms import typed
from copartner.portal.page import Page, Visit
from copartner.portal.repeating import once, repeated
from copartner.portal.serving import status_of
from copartner.versions import service
from copartner.versions.model import RuleText, RuleVersion, State
from copartner.versions.rules import WrongState

_OPEN = (State.PROPOSED, State.CHECKED)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of two texts: of both, only of the one before, only of the one after."""

    kind: str
    text: str


def compared(before: str, after: str) -> tuple[Change, ...]:
    """Two texts line by line."""
    kinds = {"  ": "same", "- ": "gone", "+ ": "come"}
    lines = ndiff(before.splitlines(), after.splitlines())
    return tuple(Change(kinds[line[:2]], line[2:]) for line in lines if line[:2] in kinds)


async def show(visit: Visit) -> Response[bytes]:
    """The version with the forms of what can be done with it."""
    return await _show(visit)


async def take(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Check, approve, withdraw, take back or announce; what is done already stays."""
    ctx, version = repeated(visit, form), visit.ids["version_id"]
    try:
        match form.get("act"):
            case "check":
                await service.check_version(ctx, version_id=version)
                done = visit.text("It is checked in the background; this page shows what is found.")
            case "approve":
                await service.approve_version(ctx, version_id=version)
                done = visit.text("The version is approved.")
            case "withdraw":
                _sure(form)
                await service.withdraw_version(ctx, version_id=version)
                done = visit.text("The version is withdrawn.")
            case "take_back":
                _sure(form)
                await service.take_back_version(ctx, version_id=version, reason=form.get("reason", ""))
                done = visit.text("The version is taken back.")
            case "announce":
                made = await announcements.draft_of_version(ctx, version_id=version, contact=form.get("contact", ""))
                return visit.see(
                    f"/operator/announcements/{made.id}", visit.text("This is the draft. Nobody else sees it yet.")
                )
            case _:
                raise Invalid("Press one of the buttons of the page.", "act")
    except WrongState as refusal:
        found = await service.read_version(visit.ctx, version_id=version)
        if found.state is _AFTER.get(form.get("act", "")):
            return visit.see(visit.path)
        return await _show(visit, form, refusal)
    except Invalid as refusal:
        return await _show(visit, form, refusal)
    return visit.see(visit.path, done)


_AFTER: Mapping[str, State] = {
    "approve": State.APPROVED,
    "withdraw": State.WITHDRAWN,
    "take_back": State.TAKEN_BACK,
}


def _sure(form: Mapping[str, str]) -> None:
    if form.get("sure") != "on":
        raise Invalid("Tick that you are sure.", "sure")


async def _show(visit: Visit, sent: Mapping[str, str] | None = None, refusal: Refusal | None = None) -> Response[bytes]:
    examined = await service.examine_version(visit.ctx, version_id=visit.ids["version_id"])
    one = examined.version
    return visit.page(
        "operator/rules/version.html",
        status=status_of(refusal) if refusal else 200,
        one=one,
        open=one.state in _OPEN,
        waits=one.check_wanted_at is not None,
        own=one.proposed_by == visit.ctx.caller.subject_id,
        against=examined.objections[Action.RULE_VERSION_APPROVE],
        said=lambda rule: _said(visit, rule),
        needs=lambda rule: _needs(visit, rule),
        story=lambda told: _in_language(visit, told, "story"),
        lost=lambda told: _in_language(visit, told, "text"),
        compared=compared,
        tried=_tried(one),
        once=once(),
        typed=typed(sent),
        refusal=refusal,
        number=visit.ctx.rules_number,
    )


def _tried(one: RuleVersion) -> Mapping[str, Any] | None:
    """What the check kept of its try-out, its first day as a day again."""
    kept = one.findings.try_out if one.findings else None
    return {**kept, "begins": date.fromisoformat(kept["begins"])} if kept else None


def _said(visit: Visit, rule: RuleText) -> str:
    return rule.text_german if visit.language == "de" else rule.text


def _needs(visit: Visit, rule: RuleText) -> str:
    return rule.needs_german if visit.language == "de" else rule.needs


def _in_language(visit: Visit, told: Any, name: str) -> str:
    said: str = getattr(told, f"{name}_german" if visit.language == "de" else name)
    return said


PAGES = (Page("/operator/rules/versions/{version_id}", "operator_rule_version", Side.OPERATOR, show, take),)
