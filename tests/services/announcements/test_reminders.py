"""Reminders of what is announced: when due, once, dated when due, the same however late the worker is."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from copartner.announcements import rules, service
from copartner.announcements.model import Announcement
from support.announcing import NOTE, audited, clear_letters, desk, letters, published, readers
from support.passing import let_pass
from support.programme import PRESENT, Programme

BEGINS = date(2027, 2, 1)
SUBJECTS = {"de": "Ab 01.02.2027: Verkauf von Tests endet", "en": "From 2027-02-01: Sale ends for trials"}


def days_before(days: int, begins: date = BEGINS) -> datetime:
    """When a reminder so many days before is due."""
    return datetime(begins.year, begins.month, begins.day, tzinfo=UTC) - timedelta(days=days)


async def reminded(here: Programme, made: Announcement) -> list[tuple[datetime, int, int]]:
    """When readers were reminded, how many days before, and by how many letters, by the audit."""
    return [
        (row["at"], told["days"], told["letters"])
        for row in await audited(here, made.id)
        for told in [json.loads(row["new_value"])]
        if row["operation_type"] == "announcement.remind" and row["actor_name"] is None
    ]


async def test_over_months_each_reminder_goes_once_on_its_day(here: Programme) -> None:
    made = await published(here, reminders=(30, 7, 0))
    await clear_letters(here)
    everybody = await readers(here, "partner")
    happened = []
    for day in range(120):
        now = PRESENT + timedelta(days=day)
        happened += [(one.at, one.operation) for one in await let_pass(here, now)]
    assert happened == [(days_before(days), "announcement.remind") for days in (30, 7, 0)]
    assert await reminded(here, made) == [(days_before(days), days, len(everybody)) for days in (30, 7, 0)]
    rows = await letters(here)
    for days in (30, 7, 0):
        due = [row for row in rows if row["written_at"] == days_before(days)]
        assert {row["recipient"] for row in due} == everybody
        assert all(row["subject"] == SUBJECTS[row["language"]] for row in due)
    assert len({row["id"] for row in rows}) == len(rows) == 3 * len(everybody)


async def test_a_late_worker_catches_up_once_and_in_order(here: Programme) -> None:
    first = await published(here, reminders=(30, 7))
    second = await published(here, reminders=(14,), begins_on=date(2027, 1, 20))
    await clear_letters(here)
    passed = await let_pass(here, PRESENT + timedelta(days=400))
    assert [(one.at, one.resource_id) for one in passed] == [
        (days_before(30), first.id),
        (days_before(14, date(2027, 1, 20)), second.id),
        (days_before(7), first.id),
    ]
    assert await let_pass(here, PRESENT + timedelta(days=500)) == []


async def test_what_would_have_been_due_before_the_publication_is_not_told(here: Programme) -> None:
    here.clock.moment = days_before(10)
    made = await published(here, reminders=(30, 10, 7))
    assert made.remind_at == days_before(7)
    await clear_letters(here)
    assert [one.at for one in await let_pass(here, days_before(-30))] == [days_before(7)]


async def test_a_delay_sets_reminders_anew(here: Programme) -> None:
    made = await published(here, reminders=(30, 7))
    here.clock.moment = days_before(20)
    await let_pass(here, here.clock.moment)
    later = date(2027, 3, 1)
    await service.delay_announcement(desk(here), announcement_id=made.id, begins_on=later, note=NOTE)
    await let_pass(here, days_before(-60))
    assert [(at, days) for at, days, _ in await reminded(here, made)] == [
        (days_before(30), 30),
        (days_before(30, later), 30),
        (days_before(7, later), 7),
    ]


async def test_of_what_was_superseded_nobody_is_reminded(here: Programme) -> None:
    made = await published(here, reminders=(30,))
    await published(here, supersedes=made.id)
    assert await let_pass(here, days_before(-1)) == []


@pytest.mark.parametrize("moment", [days_before(8), days_before(7), days_before(0), days_before(-1)])
async def test_the_next_one_lies_after_the_moment(here: Programme, moment: datetime) -> None:
    made = await published(here, reminders=(30, 7, 0))
    after = [at for at in (days_before(30), days_before(7), days_before(0)) if at > moment]
    assert rules.reminder_after(made, moment) == (after[0] if after else None)
