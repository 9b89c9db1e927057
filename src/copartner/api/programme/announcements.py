"""What is announced: read by everybody it concerns, written by the operator."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.announcements import rules, service
from copartner.announcements.model import (
    Announcement,
    Content,
    RevisionKind,
    State,
    Status,
    Text,
    Wish,
    Workspace,
)
from copartner.announcements.telling import page_of
from copartner.api.call import Call
from copartner.api.decoding import Malformed, or_none
from copartner.api.partner_center.wire import IF_MATCH, tag, wanted_version
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT, SIDE, Page
from copartner.api.registry import Query, Route
from copartner.kernel.languages import Language
from copartner.policy.facts import Side

T = TypeVar("T")


class TextBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What it says in one language; empty lines divide paragraphs."""

    title: str = ""
    changes: str = ""
    next_steps: str = ""


class TextsBody(Struct, frozen=True, kw_only=True):
    """What it says by language; what is published says it in both."""

    en: TextBody | UnsetType = UNSET
    de: TextBody | UnsetType = UNSET


class AnnounceRequest(Struct, frozen=True, kw_only=True):
    """Where readers of a version's announcement ask."""

    contact: str


class NoteBody(Struct, frozen=True, kw_only=True):
    """Why something that is out changes, in both languages."""

    en: str = ""
    de: str = ""


class ContentBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What an announcement says and to whom; `beginsOn` is the first day of the change, in UTC.

    `markets` are countries, all when empty; `reminders` are days before `beginsOn` on which those concerned get another
    letter. `supersedes` is the announcement whose place this one takes once it is published.
    """

    workspace: Workspace
    audience: tuple[Side, ...]
    begins_on: date
    texts: TextsBody
    contact: str = ""
    markets: tuple[str, ...] = ()
    reminders: tuple[int, ...] = ()
    supersedes: UUID | UnsetType = UNSET
    rule_version: int | UnsetType = UNSET


class RevisionRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """Other words for what is out, and why; day and audience stay."""

    texts: TextsBody
    contact: str
    note: NoteBody


class DelayRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """A later day, and why."""

    begins_on: date
    note: NoteBody


class RevisionBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A change after publication: when and why, and what stood there before."""

    at: datetime
    kind: RevisionKind
    note: dict[str, str]
    previous_begins_on: date
    previous_texts: dict[str, TextBody]
    previous_contact: str


class AnnouncementBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """An announcement; `status` is how the change stands now, `page` where people read it."""

    id: UUID
    etag: str
    state: State
    status: Status
    workspace: Workspace
    audience: tuple[Side, ...]
    markets: tuple[str, ...]
    begins_on: date
    texts: dict[str, TextBody]
    contact: str
    reminders: tuple[int, ...]
    rule_version: int | None
    supersedes: UUID | None
    superseded_by: UUID | None
    drafted_at: datetime
    published_at: datetime | None
    updated_at: datetime
    revisions: tuple[RevisionBody, ...]
    page: str | None


def _body(call: Call, found: Announcement) -> AnnouncementBody:
    said = found.content
    return AnnouncementBody(
        id=found.id,
        etag=tag(found.version),
        state=found.state,
        status=rules.status(found, call.ctx.moment.date()),
        workspace=said.workspace,
        audience=said.audience,
        markets=said.markets,
        begins_on=said.begins_on,
        texts=_texts_body(said.texts),
        contact=said.contact,
        reminders=said.reminders,
        rule_version=said.rule_version,
        supersedes=said.supersedes,
        superseded_by=found.superseded_by,
        drafted_at=found.drafted_at,
        published_at=found.published_at,
        updated_at=found.updated_at,
        revisions=tuple(
            RevisionBody(
                at=one.at,
                kind=one.kind,
                note=dict(_in_order(one.note)),
                previous_begins_on=one.begins_on,
                previous_texts=_texts_body(one.texts),
                previous_contact=one.contact,
            )
            for one in found.revisions
        ),
        page=call.ctx.runtime.public_url + page_of(found) if found.published_at else None,
    )


def _texts_body(texts: Mapping[Language, Text]) -> dict[str, TextBody]:
    return {language.value: wire.shaped(text, TextBody) for language, text in _in_order(texts)}


def _in_order(said: Mapping[Language, T]) -> list[tuple[Language, T]]:
    """By language, always in one order: what was kept has lost it."""
    return [(language, said[language]) for language in Language if language in said]


def _texts(body: TextsBody) -> dict[Language, Text]:
    given = ((language, getattr(body, language)) for language in Language)
    return {
        language: Text(text.title, text.changes, text.next_steps)
        for language, text in given
        if isinstance(text, TextBody)
    }


def _content(call: Call) -> Content:
    said = call.decode(ContentBody)
    return Content(
        workspace=said.workspace,
        audience=said.audience,
        begins_on=said.begins_on,
        texts=_texts(said.texts),
        contact=said.contact,
        markets=said.markets,
        reminders=said.reminders,
        supersedes=or_none(said.supersedes),
        rule_version=or_none(said.rule_version),
    )


def _note(body: NoteBody) -> dict[Language, str]:
    return {language: getattr(body, language) for language in Language}


def _wish(call: Call) -> Wish:
    month, audience = call.query("month"), call.query("audience")
    try:
        return Wish(rules.month_of(month) if month else None, Side(audience.lower()) if audience else None)
    except ValueError:
        raise Malformed("audience: send partner, customer or operator.", "audience") from None


async def _list(call: Call) -> Page[AnnouncementBody]:
    kept = ("month", "audience", "side")
    part = wire.wanted(call, *kept)
    found = await service.list_announcements(call.ctx, wanted=_wish(call), after=part.after, size=part.size)
    return wire.page(call, part, [_body(call, one) for one in found.items], found.next_after, *kept)


async def _read(call: Call) -> AnnouncementBody:
    return _body(call, await service.read_announcement(call.ctx, announcement_id=call.id("announcement")))


async def _draft(call: Call) -> AnnouncementBody:
    return _body(call, await service.draft_announcement(call.ctx, content=_content(call)))


async def _draft_of_version(call: Call) -> AnnouncementBody:
    asked = call.decode(AnnounceRequest)
    made = await service.draft_of_version(call.ctx, version_id=call.id("ruleVersion"), contact=asked.contact)
    return _body(call, made)


async def _edit(call: Call) -> AnnouncementBody:
    after = await service.edit_announcement(call.ctx, content=_content(call), **_which(call))
    return _body(call, after)


async def _revise(call: Call) -> AnnouncementBody:
    said = call.decode(RevisionRequest)
    after = await service.revise_announcement(
        call.ctx, texts=_texts(said.texts), contact=said.contact, note=_note(said.note), **_which(call)
    )
    return _body(call, after)


async def _publish(call: Call) -> AnnouncementBody:
    return _body(call, await service.publish_announcement(call.ctx, **_which(call)))


async def _delay(call: Call) -> AnnouncementBody:
    said = call.decode(DelayRequest)
    after = await service.delay_announcement(call.ctx, begins_on=said.begins_on, note=_note(said.note), **_which(call))
    return _body(call, after)


def _which(call: Call) -> dict[str, Any]:
    return {"announcement_id": call.id("announcement"), "expected_version": wanted_version(call)}


_MONTH = Query(
    "month", "The month of publication, such as 2026-11; without it all, drafts among them for their writer."
)
_AUDIENCE = Query("audience", "partner, customer or operator: what is addressed to them, as far as you may read it.")
_ALL = f"{ROOT}/announcements"
_ONE = f"{_ALL}/{{announcement}}"
ROUTES = (
    Route(("GET",), _ALL, _list, "announcements.list", "List what is announced, the last drafted first.",
          Page[AnnouncementBody], side=None, query=(_MONTH, _AUDIENCE, SIDE, *wire.QUERY)),
    Route(("POST",), _ALL, _draft, "announcements.draft", "Begin an announcement that nobody else sees.",
          AnnouncementBody, ContentBody, 201, user_only=True, side=Side.OPERATOR),
    Route(("POST",), f"{ROOT}/rule-versions/{{ruleVersion}}/announcement", _draft_of_version,
          "announcements.draft_of_version", "Begin the announcement of a version of the rules, from what it changes.",
          AnnouncementBody, AnnounceRequest, 201, user_only=True, side=Side.OPERATOR),
    Route(("GET",), _ONE, _read, "announcements.read", "Read an announcement.", AnnouncementBody, side=None,
          query=(SIDE,)),
    Route(("PUT",), _ONE, _edit, "announcements.edit", "Write a draft anew.", AnnouncementBody, ContentBody,
          user_only=True, side=Side.OPERATOR, headers=(IF_MATCH,)),
    Route(("POST",), f"{_ONE}/publish", _publish, "announcements.publish", "Publish a draft and tell those concerned.",
          AnnouncementBody, user_only=True, side=Side.OPERATOR, headers=(IF_MATCH,)),
    Route(("POST",), f"{_ONE}/revise", _revise, "announcements.revise", "Say in other words what is out.",
          AnnouncementBody, RevisionRequest, user_only=True, side=Side.OPERATOR, headers=(IF_MATCH,)),
    Route(("POST",), f"{_ONE}/delay", _delay, "announcements.delay", "Put a change off to a later day.",
          AnnouncementBody, DelayRequest, user_only=True, side=Side.OPERATOR, headers=(IF_MATCH,)),
)  # fmt: skip
