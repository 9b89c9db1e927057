"""The life of an announcement: who writes it, who reads it, and what is kept of every change."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from copartner.announcements import rules, service
from copartner.announcements.model import RevisionKind, State, Status, Text, Wish
from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid, StaleTag
from copartner.kernel.languages import Language
from copartner.policy.facts import Side
from support.announcing import (
    EVERYBODY,
    NOTE,
    TEXTS,
    audited,
    clear_letters,
    content,
    desk,
    drafted,
    letters,
    published,
    readers,
)
from support.programme import PRESENT, Programme

OTHER_TEXTS = {language: Text(f"{text.title}!", text.changes) for language, text in TEXTS.items()}


async def test_a_draft_is_edited_and_published(here: Programme) -> None:
    made = await drafted(here, texts={Language.ENGLISH: TEXTS[Language.ENGLISH]}, contact="")
    assert (made.state, made.version, made.content.contact) == (State.DRAFT, 1, "")
    with pytest.raises(Invalid, match=r"texts\.de\.title"):
        await service.publish_announcement(desk(here), announcement_id=made.id)
    edited = await service.edit_announcement(desk(here), announcement_id=made.id, content=content(), expected_version=1)
    assert await letters(here) == []
    out = await service.publish_announcement(desk(here), announcement_id=made.id, expected_version=edited.version)
    assert (out.state, out.published_at, out.dated_at, out.version) == (State.PUBLISHED, PRESENT, PRESENT, 3)
    assert await service.read_announcement(desk(here), announcement_id=made.id) == out
    steps = [(row["operation_type"], row["actor_name"]) for row in await audited(here, made.id)]
    assert steps == [(f"announcement.{step}", "ga@wolkenstadt.example") for step in ("draft", "edit", "publish")]
    with pytest.raises(rules.NotADraft):
        await service.publish_announcement(desk(here), announcement_id=made.id)
    with pytest.raises(rules.NotADraft):
        await service.edit_announcement(desk(here), announcement_id=made.id, content=content())


async def test_a_repeated_request_begins_and_publishes_once(here: Programme) -> None:
    first, second = [
        await service.draft_announcement(desk(here, request_id="draft"), content=content()) for _ in range(2)
    ]
    assert first == second
    out = [await service.publish_announcement(desk(here, request_id="out"), announcement_id=first.id) for _ in range(2)]
    assert out[0] == out[1]
    assert len(await letters(here)) == len(await readers(here, "partner"))


async def test_letters_go_to_admins_and_agents_of_the_audience_in_their_language(here: Programme) -> None:
    async with here.owner() as owner:
        await owner.execute("UPDATE tenant SET language = 'fr' WHERE id = $1", here.id("suedwind"))
        await owner.execute("UPDATE tenant SET language = 'de-AT' WHERE id = $1", here.id("nordlicht"))
    out = await published(here)
    rows = await letters(here)
    assert {row["recipient"] for row in rows} == await readers(here, "partner")
    assert {row["written_at"] for row in rows} == {PRESENT}
    by_name = {row["recipient"]: row for row in rows}
    german, english = by_name["aa@nordlicht.example"], by_name["ga@suedwind.example"]
    assert (german["language"], german["subject"]) == ("de", "Angekündigt für den 01.02.2027: Verkauf von Tests endet")
    assert (english["language"], english["subject"]) == ("en", "Announced for 2027-02-01: Sale ends for trials")
    assert "Sagen Sie es Ihren Kunden." in german["body"]
    assert f"http://127.0.0.1/announcements/2026-11#{out.id}" in german["body"]
    assert german["body"].splitlines()[0] == "Das Partnerprogramm kündigt eine Änderung ab 01.02.2027 (UTC) an."


@pytest.mark.parametrize("sides", [("customer",), ("operator",), ("partner", "customer", "operator")])
async def test_each_side_gets_its_own(here: Programme, sides: tuple[str, ...]) -> None:
    await published(here, audience=tuple(Side(side) for side in sides))
    rows = await letters(here)
    assert {row["recipient"] for row in rows} == await readers(here, *sides)
    assert len({row["id"] for row in rows}) == len(rows)


async def test_a_market_bounds_whom_letters_go_to(here: Programme) -> None:
    async with here.owner() as owner:
        await owner.execute("UPDATE tenant SET country = 'FR' WHERE id = $1", here.id("suedwind"))
    await published(here, markets=("fr",))
    assert {row["tenant_id"] for row in await letters(here)} == {here.id("suedwind")}


async def test_what_is_rolled_back_tells_nobody(here: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await drafted(here)

    async def fails(*_: Any, **__: Any) -> None:
        raise OSError("gone")

    monkeypatch.setattr(service.store, "save", fails)
    with pytest.raises(OSError, match="gone"):
        await service.publish_announcement(desk(here), announcement_id=made.id)
    assert await letters(here) == []


async def test_a_delay_is_told_and_shown(here: Programme) -> None:
    out = await published(here)
    await clear_letters(here)
    here.clock.moment += timedelta(days=3)
    with pytest.raises(Invalid, match="after 2027-02-01"):
        await service.delay_announcement(desk(here), announcement_id=out.id, begins_on=date(2027, 2, 1), note=NOTE)
    with pytest.raises(Invalid, match=r"note\.de"):
        await service.delay_announcement(
            desk(here), announcement_id=out.id, begins_on=date(2027, 3, 1), note={Language.ENGLISH: "Later."}
        )
    later = await service.delay_announcement(desk(here), announcement_id=out.id, begins_on=date(2027, 3, 1), note=NOTE)
    [revision] = later.revisions
    assert (revision.kind, revision.at, revision.begins_on) == (
        RevisionKind.DELAYED,
        here.clock.now(),
        date(2027, 2, 1),
    )
    assert (later.published_at, later.updated_at, later.delayed) == (PRESENT, here.clock.now(), True)
    assert rules.status(later, date(2027, 2, 1)) is Status.DELAYED
    assert rules.status(later, date(2027, 3, 1)) is Status.NOW
    rows = await letters(here)
    assert {row["recipient"] for row in rows} == await readers(here, "partner")
    assert {row["subject"] for row in rows if row["language"] == "en"} <= {
        "Delayed to 2027-03-01: Sale ends for trials"
    }


async def test_what_is_out_changes_only_as_a_revision_that_is_shown(here: Programme) -> None:
    out = await published(here)
    await clear_letters(here)
    here.clock.moment += timedelta(days=1)
    change: dict[str, Any] = {"announcement_id": out.id, "texts": OTHER_TEXTS, "contact": "x@y.example"}
    with pytest.raises(StaleTag):
        await service.revise_announcement(desk(here), **change, note=NOTE, expected_version=1)
    after = await service.revise_announcement(desk(here), **change, note=NOTE)
    [revision] = after.revisions
    assert (revision.kind, revision.texts, revision.note) == (RevisionKind.REVISED, TEXTS, NOTE)
    assert (after.content.texts, after.content.audience) == (OTHER_TEXTS, out.content.audience)
    assert (after.published_at, after.updated_at) == (PRESENT, here.clock.now())
    assert await letters(here) == [], "another wording is no news"
    draft = await drafted(here)
    with pytest.raises(rules.NotOut):
        await service.revise_announcement(desk(here), **{**change, "announcement_id": draft.id}, note=NOTE)


async def test_the_next_one_takes_the_place_of_an_earlier_one(here: Programme) -> None:
    first = await published(here, reminders=(7,))
    assert first.remind_at is not None
    second = await published(here, supersedes=first.id)
    earlier = await service.read_announcement(desk(here), announcement_id=first.id)
    assert (earlier.state, earlier.superseded_by, earlier.remind_at) == (State.SUPERSEDED, second.id, None)
    third = await drafted(here, supersedes=first.id)
    with pytest.raises(rules.NotOut):
        await service.publish_announcement(desk(here), announcement_id=third.id)
    with pytest.raises(rules.NotOut):
        await service.delay_announcement(desk(here), announcement_id=first.id, begins_on=date(2027, 5, 1), note=NOTE)
    with pytest.raises(rules.UnknownAnnouncement):
        await drafted(here, supersedes=here.runtime.ids.new())


async def test_each_side_reads_what_is_addressed_to_it_once_it_is_out(here: Programme) -> None:
    draft = await drafted(here)
    told = {
        "partner": await published(here),
        "customer": await published(here, audience=(Side.CUSTOMER,)),
        "all": await published(here, audience=EVERYBODY),
    }
    for who, side, seen in (
        ("sa@nordlicht", Side.PARTNER, ["all", "partner"]),
        ("ga@alpenblick", Side.CUSTOMER, ["all", "customer"]),
        ("ga@nordlicht", Side.CUSTOMER, ["all", "customer"]),
    ):
        listed = await service.list_announcements(here.context(who, side))
        assert [one.id for one in listed] == [told[name].id for name in seen]
        assert listed.total == len(seen)
        month = await service.read_month(here.context(who, side), month=date(2026, 11, 5))
        assert {one.id for one in month.items} == {told[name].id for name in seen}
        for name, one in {**told, "draft": draft}.items():
            read = service.read_announcement(here.context(who, side), announcement_id=one.id)
            if name in seen:
                assert (await read).id == one.id
            else:
                with pytest.raises(Denied) as denied:
                    await read
                assert denied.value.concealed
    everything = await service.list_announcements(desk(here))
    assert {one.id for one in everything} == {draft.id, *(one.id for one in told.values())}
    asked = await service.list_announcements(desk(here), wanted=Wish(audience=Side.CUSTOMER))
    assert {one.id for one in asked} == {told["customer"].id, told["all"].id}
    assert {one.id for one in (await service.read_month(desk(here), month=PRESENT.date())).items} == {
        one.id for one in told.values()
    }
    public = await service.read_public_month(here.runtime, month=PRESENT.date())
    assert [one.id for one in public.items] == [told["all"].id]
    assert [one.id for one in await service.read_public(here.runtime)] == [told["all"].id]


async def test_an_unknown_one_and_a_draft_are_denied_alike(here: Programme) -> None:
    draft = await drafted(here)
    said = []
    for announcement_id in (draft.id, here.runtime.ids.new()):
        with pytest.raises(Denied) as denied:
            await service.read_announcement(here.context("ga@nordlicht"), announcement_id=announcement_id)
        said.append((denied.value.message, denied.value.concealed, denied.value.rules))
    assert said[0] == said[1]
    with pytest.raises(rules.UnknownAnnouncement):
        await service.read_announcement(desk(here), announcement_id=here.runtime.ids.new())


async def test_nobody_else_writes(here: Programme) -> None:
    draft, out = await drafted(here), await published(here)
    for who, side in (
        ("ga@nordlicht", Side.PARTNER),
        ("ga@alpenblick", Side.CUSTOMER),
        ("ga@nordlicht", Side.OPERATOR),
    ):
        ctx = here.context(who, side)
        with pytest.raises(Denied):
            await service.draft_announcement(ctx, content=content())
        for one in (draft, out):
            with pytest.raises(Denied):
                await service.publish_announcement(ctx, announcement_id=one.id)
            with pytest.raises(Denied):
                await service.edit_announcement(ctx, announcement_id=one.id, content=content())
            with pytest.raises(Denied):
                await service.delay_announcement(ctx, announcement_id=one.id, begins_on=date(2027, 5, 1), note=NOTE)


async def test_months_lead_to_the_nearest_ones_with_something(here: Programme) -> None:
    await published(here, audience=EVERYBODY)
    here.clock.moment = PRESENT + timedelta(days=100)
    await published(here, audience=EVERYBODY)
    between = await service.read_public_month(here.runtime, month=date(2026, 12, 24))
    assert (between.items, between.before, between.after) == ((), date(2026, 11, 1), date(2027, 3, 1))
    first = await service.read_public_month(here.runtime, month=date(2026, 11, 30))
    assert (len(first.items), first.before, first.after) == (1, None, date(2027, 3, 1))


async def test_a_page_goes_on_after_another(here: Programme) -> None:
    made = [(await published(here)).id for _ in range(5)]
    seen, after = [], None
    for _ in range(3):
        page = await service.list_announcements(here.context("aa@nordlicht"), after=after, size=2)
        seen += [one.id for one in page]
        after = page.next_after
    assert seen == made[::-1]
    assert after is None


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"audience": ()}, "audience"),
        ({"markets": ("Germany",)}, "markets"),
        ({"reminders": (400,)}, "reminders"),
        ({"reminders": tuple(range(11))}, "reminders"),
        ({"begins_on": date(1999, 1, 1)}, "beginsOn"),
        ({"rule_version": 0}, "ruleVersion"),
        ({"contact": "x" * 201}, "contact"),
        ({"texts": {Language.ENGLISH: Text("x" * 151, "y")}}, "texts.en.title"),
        ({"texts": {Language.ENGLISH: Text("x", "y" * 8001)}}, "texts.en.changes"),
        ({"texts": {Language.GERMAN: Text("x", "y", "\x00")}}, "texts.de.nextSteps"),
    ],
)
def test_what_no_announcement_says(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.checked(replace(content(), **wrong))
    assert refused.value.data == (named,)
