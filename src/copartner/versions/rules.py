"""What a version of the rules can be, and what can be done with it in which state. Pure."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from copartner.kernel.errors import Illegal, Invalid, NotFound
from copartner.kernel.prose import turns
from copartner.versions.model import Findings, RuleVersion, State, Verdict

LONGEST_TEXT = 65_536
_LONGEST_TITLE = 200
_LONGEST_REASON = 4_000
_MOST_ENDS = 200


class UnknownVersion(NotFound):
    """The operator has no such version of the rules."""


class Misfit(Invalid):
    """The version cannot be read, fails a check, or does not fit the rules that hold; each problem is a sentence."""


class WrongState(Illegal):
    """The version is in a state in which that cannot be done."""


class OwnApproval(Illegal):
    """Who proposed a version would approve it."""


class BuiltUpon(Illegal):
    """A later version was proved with this one, and counts only with it."""


def check_title(text: str) -> str:
    """A line that names the version; raises Invalid."""
    return _text(text, "title", _LONGEST_TITLE)


def check_reason(text: str) -> str:
    """Why it is proposed or taken back; raises Invalid."""
    return _text(text, "reason", _LONGEST_REASON)


def check_rules(text: str) -> str:
    """The Cedar text of a version, which may be empty; raises Invalid."""
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"text has {len(text)} characters; send at most {LONGEST_TEXT}, in several versions.", "text")
    return _straight(text, "text")


def check_ends(names: Iterable[str]) -> tuple[str, ...]:
    """The ids of rules that end, each once, in the order given; raises Invalid."""
    ends = tuple(dict.fromkeys(name.strip() for name in names))
    if len(ends) > _MOST_ENDS:
        raise Invalid(f"ends names {len(ends)} rules; end at most {_MOST_ENDS} in one version.", "ends")
    for name in ends:
        if not re.fullmatch(r"[a-z0-9-]{1,100}", name):
            raise Invalid(f"ends: {name[:100]!r} is no id of a rule, such as rel-market.", "ends")
    return ends


def check_begins(begins: date, *, today: date) -> date:
    """Its first day, which is yet to come: what was decided stays as it was. Raises Invalid."""
    if begins <= today:
        raise Invalid(f"begins has to be a day after {today}, in UTC.", "begins")
    return begins


def want_check(version: RuleVersion, *, machine_now: datetime) -> RuleVersion:
    """Waiting to be checked, again where it was; raises WrongState."""
    if version.state is State.REFUSED:
        raise WrongState("This version breaks a promise and stays refused; propose another one.", str(version.id))
    _open(version, "checked")
    return replace(version, state=State.PROPOSED, check_wanted_at=machine_now)


def checked(version: RuleVersion, findings: Findings, *, rulebook: str) -> RuleVersion:
    """As a check with that rulebook left it."""
    state = {
        Verdict.HOLDS: State.CHECKED,
        Verdict.BROKEN: State.REFUSED,
        Verdict.UNDECIDED: State.PROPOSED,
    }[findings.verdict]
    return replace(version, state=state, findings=findings, check_wanted_at=None, checked_rulebook=rulebook)


def approve(version: RuleVersion, *, by: UUID, by_name: str | None, now: datetime, place: int) -> RuleVersion:
    """In force from its first day on; raises WrongState."""
    if version.state is not State.CHECKED:
        raise WrongState(f"This version is {_said(version.state)}; only a checked one is approved.", str(version.id))
    return replace(
        version, state=State.APPROVED, approved_at=now, approved_by=by, approved_by_name=by_name, place=place
    )


def withdraw(version: RuleVersion, *, by: UUID, by_name: str | None, now: datetime) -> RuleVersion:
    """Given up before it was approved; raises WrongState."""
    if version.state is not State.REFUSED:
        _open(version, "withdrawn")
    return replace(
        version, state=State.WITHDRAWN, check_wanted_at=None, ended_at=now, ended_by=by, ended_by_name=by_name
    )


def take_back(version: RuleVersion, *, by: UUID, by_name: str | None, because: str, now: datetime) -> RuleVersion:
    """Counting no more from today on, the day of `now` in UTC; raises WrongState."""
    if version.state is not State.APPROVED:
        raise WrongState(
            f"This version is {_said(version.state)}; only an approved one is taken back.", str(version.id)
        )
    return replace(
        version,
        state=State.TAKEN_BACK,
        until=now.date(),
        ended_at=now,
        ended_by=by,
        ended_by_name=by_name,
        ended_because=because,
    )


def _open(version: RuleVersion, what: str) -> None:
    if version.state not in (State.PROPOSED, State.CHECKED):
        raise WrongState(f"This version is {_said(version.state)} and cannot be {what} any more.", str(version.id))


def _said(state: State) -> str:
    return state.replace("_", " ")


def _text(text: str, name: str, longest: int) -> str:
    found = text.strip()
    if not 1 <= len(found) <= longest:
        raise Invalid(f"{name} has to be 1 to {longest} characters long.", name)
    return _straight(found, name)


def _straight(text: str, name: str) -> str:
    """The text, which whoever approves it reads as it is; raises Invalid."""
    if turns(text):
        raise Invalid(f"{name} holds characters that turn the direction of what follows; leave them out.", name)
    return text
