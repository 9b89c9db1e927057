"""Announcements are written, seen as their readers will, published, and later revised in the open or put off."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response

from copartner.announcements import service
from copartner.announcements.model import Announcement, Content, State, Text, Wish, Workspace
from copartner.announcements.rules import NotADraft
from copartner.kernel.errors import Illegal, Invalid, NotFound, Refusal, StaleTag
from copartner.kernel.ids import parse_id
from copartner.kernel.languages import Language
from copartner.kernel.paging import Page as Part
from copartner.operating import service as operating
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from copartner.portal.announcements import words_in
from copartner.portal.days import day
from copartner.portal.operator.forms import several, typed
from copartner.portal.page import Page, Visit
from copartner.portal.repeating import once, repeated
from copartner.portal.serving import status_of
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table

_SIZE = 50
_STATES: Mapping[State, str] = {
    State.DRAFT: word("Draft"),
    State.PUBLISHED: word("Published"),
    State.SUPERSEDED: word("Superseded"),
}
_REMINDERS = "30, 7"


async def show_all(visit: Visit) -> Response[bytes]:
    """Every announcement the reader may read, drafts among them, the last drafted first."""

    async def load(after: UUID | None) -> Part[Announcement]:
        return await service.list_announcements(visit.ctx, wanted=Wish(), after=after, size=_SIZE)

    shown = await _table(visit).show(visit, load)
    if isinstance(shown, Response):
        return shown
    return visit.page(
        "operator/announcements/all.html",
        shown=shown,
        states=_STATES,
        told=words_in(visit.language, visit.ctx.moment.date()),
        title=lambda one: _title(visit, one),
    )


def _table(visit: Visit) -> Table[Announcement]:
    """The table, whose states are found in the reader's language."""
    return Table(
        "announcements",
        word("Announcements"),
        (
            Column("title", word("Title"), lambda row: _title(visit, row)),
            Column("state", word("State"), lambda row: visit.text(_STATES[row.state])),
            Column("begins", word("Begins"), lambda row: row.content.begins_on),
            Column("audience", word("For"), lambda row: " ".join(row.content.audience)),
            Column("version", word("Rule version"), lambda row: row.content.rule_version, number=True),
            Column("published", word("Published"), lambda row: row.published_at),
            Column("id", word("Id"), lambda row: row.id),
        ),
    )


def _title(visit: Visit, one: Announcement) -> str:
    texts = one.content.texts
    said = texts.get(visit.language) or next(iter(texts.values()), None)
    return said.title if said and said.title else visit.text("Without a title")


async def show_new(visit: Visit) -> Response[bytes]:
    """The form of a draft."""
    await operating.may(visit.ctx, Action.ANNOUNCEMENT_DRAFT)
    return _new(visit, {"audience-partner": "on", "reminders": _REMINDERS})


async def take_new(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Keep the draft."""
    try:
        made = await service.draft_announcement(repeated(visit, form), content=_content(form))
    except (Invalid, NotFound) as refusal:
        return _new(visit, form, refusal)
    return visit.see(f"/operator/announcements/{made.id}", visit.text("This is the draft. Nobody else sees it yet."))


def _new(visit: Visit, sent: Mapping[str, str], refusal: Refusal | None = None) -> Response[bytes]:
    return visit.page(
        "operator/announcements/new.html",
        status=_status(refusal),
        typed=typed(sent),
        refusal=refusal,
        once=once(),
        workspaces=_workspaces(visit),
        audiences=_audiences(visit),
    )


async def show_one(visit: Visit) -> Response[bytes]:
    """A draft with its form, or what is out with what can be done with it; as readers see it in each language."""
    found = await service.read_announcement(visit.ctx, announcement_id=visit.ids["announcement_id"])
    return _one(visit, found)


async def take_one(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Save or publish a draft, revise or put off what is out; what is done already stays."""
    ctx, identifier = repeated(visit, form), visit.ids["announcement_id"]
    try:
        which: dict[str, Any] = {
            "announcement_id": identifier,
            "expected_version": _number(form.get("version", ""), "version"),
        }
        match form.get("act"):
            case "save":
                await service.edit_announcement(ctx, content=_content(form), **which)
                done = visit.text("The draft is saved.")
            case "publish":
                await service.publish_announcement(ctx, **which)
                done = visit.text("It is published, and those concerned get a letter.")
            case "revise":
                note = _note(form, "note")
                texts, contact = _texts(form), form.get("contact", "")
                await service.revise_announcement(ctx, texts=texts, contact=contact, note=note, **which)
                done = visit.text("It is revised; readers see when and why.")
            case "delay":
                begins = day(form.get("delayed_to", ""), "delayed_to")
                await service.delay_announcement(ctx, begins_on=begins, note=_note(form, "why"), **which)
                done = visit.text("It is put off, and those concerned get a letter.")
            case _:
                raise Invalid("Press one of the buttons of the page.", "act")
    except (Invalid, Illegal, NotFound, StaleTag) as refusal:
        found = await service.read_announcement(visit.ctx, announcement_id=identifier)
        if isinstance(refusal, NotADraft) and form.get("act") == "publish" and found.state is State.PUBLISHED:
            return visit.see(visit.path)
        return _one(visit, found, form, refusal)
    return visit.see(visit.path, done)


def _one(
    visit: Visit, found: Announcement, sent: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[bytes]:
    today = visit.ctx.moment.date()
    return visit.page(
        "operator/announcements/one.html",
        status=_status(refusal),
        one=found,
        title=_title(visit, found),
        readable=[(language, words_in(language, today)) for language in Language if language in found.content.texts],
        typed=typed(_typed(found) if sent is None else {**_typed(found), **sent}),
        refusal=refusal,
        once=once(),
        workspaces=_workspaces(visit),
        audiences=_audiences(visit),
        told=words_in(visit.language, today),
    )


def _typed(found: Announcement) -> dict[str, str]:
    """A form as it would be filled in to say what an announcement says."""
    said = found.content
    filled = {
        "workspace": said.workspace.value,
        "begins_on": str(said.begins_on),
        "contact": said.contact,
        "markets": ", ".join(said.markets),
        "reminders": ", ".join(map(str, said.reminders)),
        "supersedes": str(said.supersedes or ""),
        "rule_version": str(said.rule_version or ""),
        **{f"audience-{side}": "on" for side in said.audience},
    }
    for language, text in said.texts.items():
        filled |= {
            f"title-{language}": text.title,
            f"changes-{language}": text.changes,
            f"next-{language}": text.next_steps,
        }
    return filled


def _content(form: Mapping[str, str]) -> Content:
    workspace, earlier = form.get("workspace", ""), form.get("supersedes", "").strip()
    if workspace not in set(Workspace):
        raise Invalid("workspace: choose one of the areas.", "workspace")
    supersedes = parse_id(earlier) if earlier else None
    if earlier and supersedes is None:
        raise Invalid("supersedes: give the id of an announcement.", "supersedes")
    version = form.get("rule_version", "").strip()
    return Content(
        workspace=Workspace(workspace),
        audience=tuple(side for side in Side if form.get(f"audience-{side}") == "on"),
        begins_on=day(form.get("begins_on", ""), "begins_on"),
        texts=_texts(form),
        contact=form.get("contact", ""),
        markets=tuple(one.upper() for one in several(form.get("markets", ""))),
        reminders=tuple(_number(one, "reminders") for one in several(form.get("reminders", ""))),
        supersedes=supersedes,
        rule_version=_number(version, "rule_version") if version else None,
    )


def _texts(form: Mapping[str, str]) -> dict[Language, Text]:
    """What was typed in each language; one in which nothing was is left out."""
    made = {}
    for language in Language:
        parts = [
            form.get(f"{name}-{language}", "").replace("\r\n", "\n").strip() for name in ("title", "changes", "next")
        ]
        if any(parts):
            made[language] = Text(*parts)
    return made


def _note(form: Mapping[str, str], name: str) -> dict[Language, str]:
    return {language: form.get(f"{name}-{language}", "") for language in Language}


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid(f"{name}: give a whole number.", name)
    return int(text)


def _workspaces(visit: Visit) -> list[tuple[str, str]]:
    words: Mapping[str, str] = words_in(visit.language, visit.ctx.moment.date())["workspaces"]
    return [(one.value, words[one]) for one in Workspace]


def _audiences(visit: Visit) -> list[tuple[str, str]]:
    said_to = words_in(visit.language, visit.ctx.moment.date())["said_to"]
    return [(side.value, said_to((side,))) for side in Side]


def _status(refusal: Refusal | None) -> int:
    if isinstance(refusal, StaleTag):
        return 409
    return status_of(refusal) if refusal else 200


PAGES = (
    Page("/operator/announcements", "operator_announcements", Side.OPERATOR, show_all),
    Page("/operator/announcements/new", "operator_new_announcement", Side.OPERATOR, show_new, take_new),
    Page("/operator/announcements/{announcement_id}", "operator_announcement", Side.OPERATOR, show_one, take_one),
)
