"""What an announcement may say, its life, and when its reminders are due. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from copartner.announcements.model import (
    Announcement,
    Content,
    Revision,
    RevisionKind,
    State,
    Status,
    Text,
)
from copartner.kernel.errors import Illegal, Invalid, NotFound
from copartner.kernel.languages import Language
from copartner.policy.facts import Side

LONGEST_TITLE, LONGEST_TEXT, LONGEST_CONTACT = 150, 8000, 200
MOST_REMINDERS, EARLIEST_REMINDER = 10, 365
MOST_REVISIONS = 100
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


class UnknownAnnouncement(NotFound):
    """There is no such announcement for the reader."""


class NotADraft(Illegal):
    """It is out already."""


class NotOut(Illegal):
    """It is not out yet, or another one took its place."""


def checked(content: Content) -> Content:
    """The content as it is kept; raises Invalid. A draft may still lack a language and the contact."""
    if not content.audience:
        raise Invalid("audience: name at least one of partner, customer and operator.", "audience")
    if not _FIRST_DAY <= content.begins_on <= _LAST_DAY:
        raise Invalid(f"beginsOn: give a day from {_FIRST_DAY} to {_LAST_DAY}.", "beginsOn")
    if content.rule_version is not None and content.rule_version < 1:
        raise Invalid("ruleVersion: give the number of a rule version, from 1 on.", "ruleVersion")
    return replace(
        content,
        audience=tuple(side for side in Side if side in content.audience),
        markets=_markets(content.markets),
        reminders=_reminders(content.reminders),
        contact=_line(content.contact, "contact", LONGEST_CONTACT),
        texts={
            language: _text(content.texts[language], language) for language in Language if language in content.texts
        },
    )


def _markets(markets: Iterable[str]) -> tuple[str, ...]:
    found = tuple(sorted({market.strip().upper() for market in markets}))
    if not all(re.fullmatch(r"[A-Z]{2}", market) for market in found):
        raise Invalid("markets: give two-letter country codes, or none for every market.", "markets")
    return found


def _reminders(days: Iterable[int]) -> tuple[int, ...]:
    found = tuple(sorted(set(days), reverse=True))
    if len(found) > MOST_REMINDERS or not all(0 <= day <= EARLIEST_REMINDER for day in found):
        raise Invalid(
            f"reminders: give at most {MOST_REMINDERS} numbers of days before, each from 0 to {EARLIEST_REMINDER}.",
            "reminders",
        )
    return found


def _text(text: Text, language: Language) -> Text:
    where = f"texts.{language}"
    return Text(
        _line(text.title, f"{where}.title", LONGEST_TITLE),
        _paragraphs(text.changes, f"{where}.changes"),
        _paragraphs(text.next_steps, f"{where}.nextSteps"),
    )


def _line(text: str, where: str, longest: int) -> str:
    line = " ".join(text.split())
    if len(line) > longest or not line.isprintable():
        raise Invalid(f"{where}: give one line of at most {longest} printable characters.", where)
    return line


def _paragraphs(text: str, where: str) -> str:
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n")]
    if len(text) > LONGEST_TEXT or not all(line.isprintable() for line in lines):
        raise Invalid(
            f"{where}: give at most {LONGEST_TEXT} printable characters, empty lines between paragraphs.", where
        )
    return "\n".join(lines)


def noted(note: Mapping[Language, str]) -> dict[Language, str]:
    """Why an announcement changes, in every language; raises Invalid."""
    found = {language: _line(note.get(language, ""), f"note.{language}", LONGEST_TEXT) for language in Language}
    for language, text in found.items():
        if not text:
            raise Invalid(f"note.{language}: say what changed, for readers of what was published.", f"note.{language}")
    return found


def edited(before: Announcement, content: Content, *, at: datetime) -> Announcement:
    """The draft with other content; raises NotADraft, Invalid."""
    if before.state is not State.DRAFT:
        raise NotADraft(
            "This announcement is out; revise it, so that readers see what changed and when.", str(before.id)
        )
    return replace(before, content=checked(content), updated_at=at, version=before.version + 1)


def published(before: Announcement, *, at: datetime) -> Announcement:
    """The draft, out; raises NotADraft, Invalid when something is missing that every reader needs."""
    if before.state is not State.DRAFT:
        raise NotADraft("This announcement is out already.", str(before.id))
    _complete(before.content)
    after = replace(
        before, state=State.PUBLISHED, published_at=at, dated_at=at, updated_at=at, version=before.version + 1
    )
    return replace(after, remind_at=reminder_after(after, at))


def _complete(content: Content) -> None:
    for language in Language:
        text = content.texts.get(language, Text("", ""))
        for name in ("title", "changes"):
            if not getattr(text, name):
                where = f"texts.{language}.{name}"
                raise Invalid(f"{where}: what is published says this in every language; write it first.", where)
    if not content.contact:
        raise Invalid("contact: say where readers ask, as an address of mail or of a page.", "contact")


def revised(
    before: Announcement, texts: Mapping[Language, Text], contact: str, note: Mapping[Language, str], *, at: datetime
) -> Announcement:
    """What is out, in other words, with what stood there before and why; day and audience stay.

    Raises NotOut, Invalid.
    """
    said = checked(replace(before.content, texts=texts, contact=contact))
    _complete(said)
    return _changed(before, said, RevisionKind.REVISED, note, at)


def delayed(before: Announcement, begins_on: date, note: Mapping[Language, str], *, at: datetime) -> Announcement:
    """What is out, for a later day; raises NotOut, Invalid when the day is not later."""
    if begins_on <= before.content.begins_on:
        raise Invalid(
            f"beginsOn: a delay is to a day after {before.content.begins_on}; for an earlier one publish another "
            "announcement, which supersedes this one.",
            "beginsOn",
        )
    said = checked(replace(before.content, begins_on=begins_on))
    after = replace(_changed(before, said, RevisionKind.DELAYED, note, at), delayed=True, dated_at=at)
    return replace(after, remind_at=reminder_after(after, at))


def _changed(
    before: Announcement, content: Content, kind: RevisionKind, note: Mapping[Language, str], at: datetime
) -> Announcement:
    _out(before)
    if len(before.revisions) >= MOST_REVISIONS:
        raise Invalid(f"It was changed {MOST_REVISIONS} times; publish one that supersedes it.")
    past = before.content
    revision = Revision(
        at=at, kind=kind, note=noted(note), begins_on=past.begins_on, texts=past.texts, contact=past.contact
    )
    return replace(
        before,
        content=content,
        revisions=(*before.revisions, revision),
        updated_at=at,
        version=before.version + 1,
    )


def superseded(before: Announcement, by: UUID, *, at: datetime) -> Announcement:
    """What is out, whose place another one takes; nobody is reminded of it any more. Raises NotOut."""
    _out(before)
    return replace(
        before, state=State.SUPERSEDED, superseded_by=by, remind_at=None, updated_at=at, version=before.version + 1
    )


def _out(announcement: Announcement) -> None:
    if announcement.state is State.DRAFT:
        raise NotOut("This announcement is a draft; edit it, or publish it first.", str(announcement.id))
    if announcement.state is State.SUPERSEDED:
        raise NotOut("Another announcement took the place of this one; change that.", str(announcement.superseded_by))


def status(announcement: Announcement, today: date) -> Status:
    """How the change stands on a day."""
    if announcement.content.begins_on <= today:
        return Status.NOW
    return Status.DELAYED if announcement.delayed else Status.SOON


def reminder_after(announcement: Announcement, moment: datetime) -> datetime | None:
    """When the first reminder after a moment is due; None when none is."""
    due = (due_at(announcement, days) for days in announcement.content.reminders)
    return min((at for at in due if at > moment), default=None)


def due_at(announcement: Announcement, days: int) -> datetime:
    """When a reminder so many days before is due: as its day begins, in UTC."""
    return datetime.combine(announcement.content.begins_on - timedelta(days=days), time(), UTC)


def days_before(announcement: Announcement, moment: datetime) -> int:
    """How many days after a moment's day the change begins."""
    return (announcement.content.begins_on - moment.astimezone(UTC).date()).days


def month_of(text: str) -> date:
    """The first day of a month such as 2026-11; raises Invalid."""
    found = re.fullmatch(r"(2[01]\d{2})-(0[1-9]|1[0-2])", text, re.ASCII)
    if found is None:
        raise Invalid("month: give a year and a month, such as 2026-11.", "month")
    return date(int(found[1]), int(found[2]), 1)


def next_month(first: date) -> date:
    """The first day of the month after one that begins on a day."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
