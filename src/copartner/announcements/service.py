"""Announcements: written, published, revised, delayed and superseded by the operator; read by whom they concern."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, time
from uuid import UUID

from asyncpg.connection import Connection

from copartner.announcements import rules, store
from copartner.announcements.drafting import draft_of
from copartner.announcements.model import Announcement, Content, Month, State, Text, Wish
from copartner.announcements.telling import Occasion, tell
from copartner.command.command import Command
from copartner.command.context import Context
from copartner.command.runtime import Runtime
from copartner.kernel.errors import check_tag
from copartner.kernel.languages import Language
from copartner.kernel.paging import Listed, Page
from copartner.policy.actions import Action
from copartner.versions import service as versions

PAGE_LIMIT = 500
MONTH_LIMIT = 100
FEED_LIMIT = 50
_EVERYTHING = Wish()
_LISTED = Listed[Announcement]
_Change = Callable[[Command, Announcement], Awaitable[Announcement]]


async def draft_of_version(ctx: Context, *, version_id: UUID, contact: str) -> Announcement:
    """The operator begins the announcement of a version of the rules, made from what that changes; `contact` is where
    readers ask.

    Raises Denied, UnknownVersion, Invalid.
    """
    version = await versions.read_version(ctx, version_id=version_id)
    return await draft_announcement(ctx, content=draft_of(version, cloud=ctx.runtime.cloud, contact=contact))


async def draft_announcement(ctx: Context, *, content: Content) -> Announcement:
    """The operator begins an announcement, which nobody else sees; raises Denied, Invalid, UnknownAnnouncement."""
    async with ctx.command("announcement.draft") as cmd:
        cmd.require(Action.ANNOUNCEMENT_DRAFT, await store.home_facts(cmd.db, ctx))
        if (earlier := cmd.replay(Announcement)) is not None:
            return earlier
        said = rules.checked(content)
        await _check_superseded(cmd.db, said)
        made = Announcement(
            id=ctx.runtime.ids.new(),
            operator_tenant_id=ctx.caller.tenant_id,
            state=State.DRAFT,
            content=said,
            drafted_at=cmd.now,
            updated_at=cmd.now,
        )
        await store.insert(cmd.db, made)
        cmd.record(None, made)
        return cmd.remember(made)


async def edit_announcement(
    ctx: Context, *, announcement_id: UUID, content: Content, expected_version: int | None = None
) -> Announcement:
    """The operator writes a draft anew; raises Denied, UnknownAnnouncement, NotADraft, StaleTag, Invalid."""

    async def edit(cmd: Command, before: Announcement) -> Announcement:
        after = rules.edited(before, content, at=cmd.now)
        await _check_superseded(cmd.db, after.content, of=announcement_id)
        return after

    what = Action.ANNOUNCEMENT_EDIT, announcement_id, expected_version
    return await _change(ctx, "announcement.edit", *what, edit)


async def revise_announcement(
    ctx: Context,
    *,
    announcement_id: UUID,
    texts: Mapping[Language, Text],
    contact: str,
    note: Mapping[Language, str],
    expected_version: int | None = None,
) -> Announcement:
    """The operator says in other words what is out; readers see when, why and what stood there before.

    Raises Denied, UnknownAnnouncement, NotOut, StaleTag, Invalid.
    """

    async def revise(cmd: Command, before: Announcement) -> Announcement:
        return rules.revised(before, texts, contact, note, at=cmd.now)

    what = Action.ANNOUNCEMENT_EDIT, announcement_id, expected_version
    return await _change(ctx, "announcement.revise", *what, revise)


async def publish_announcement(
    ctx: Context, *, announcement_id: UUID, expected_version: int | None = None
) -> Announcement:
    """The operator publishes a draft: those concerned are told, and what it supersedes is marked so.

    Raises Denied, UnknownAnnouncement, NotADraft, NotOut, StaleTag, Invalid.
    """

    async def publish(cmd: Command, before: Announcement) -> Announcement:
        after = rules.published(before, at=cmd.now)
        if after.content.supersedes is not None:
            await _supersede(cmd, after.content.supersedes, after)
        await tell(cmd.db, after, Occasion.PUBLISHED, root=ctx.runtime.public_url, at=cmd.now)
        return after

    what = Action.ANNOUNCEMENT_PUBLISH, announcement_id, expected_version
    return await _change(ctx, "announcement.publish", *what, publish)


async def delay_announcement(
    ctx: Context,
    *,
    announcement_id: UUID,
    begins_on: date,
    note: Mapping[Language, str],
    expected_version: int | None = None,
) -> Announcement:
    """The operator puts off what is out to a later day, and those concerned are told.

    Raises Denied, UnknownAnnouncement, NotOut, StaleTag, Invalid.
    """

    async def delay(cmd: Command, before: Announcement) -> Announcement:
        after = rules.delayed(before, begins_on, note, at=cmd.now)
        await tell(cmd.db, after, Occasion.DELAYED, root=ctx.runtime.public_url, at=cmd.now)
        return after

    what = Action.ANNOUNCEMENT_DELAY, announcement_id, expected_version
    return await _change(ctx, "announcement.delay", *what, delay)


async def list_announcements(
    ctx: Context, *, wanted: Wish = _EVERYTHING, after: UUID | None = None, size: int = PAGE_LIMIT
) -> Page[Announcement]:
    """At most `size` (1 to 500) announcements that the actor may read, the last drafted first; raises Denied.

    Drafts are among them for whoever writes them, as long as no month is asked for.
    """
    size = min(max(size, 1), PAGE_LIMIT)
    since, until = _span(wanted.month) if wanted.month else (None, None)
    found = await ctx.read(
        Action.ANNOUNCEMENT_LIST,
        store.listed(),
        *(since, until, wanted.audience, after, size),
        body=_LISTED,
        each=Action.ANNOUNCEMENT_READ,
    )
    return found.page(size, lambda it: it.id)


async def read_announcement(ctx: Context, *, announcement_id: UUID) -> Announcement:
    """One announcement; raises Denied, UnknownAnnouncement."""
    found = await ctx.find(Action.ANNOUNCEMENT_READ, store.read(), announcement_id, body=Announcement)
    return _there(found, announcement_id)


async def read_month(ctx: Context, *, month: date) -> Month:
    """What was published in a month, at most 100, as far as the actor may read it; raises Denied."""
    found = await ctx.read(
        Action.ANNOUNCEMENT_LIST,
        store.month(),
        *_span(month),
        MONTH_LIMIT,
        body=store.Told,
        each=Action.ANNOUNCEMENT_READ,
    )
    return _month(month, found)


async def read_public_month(runtime: Runtime, *, month: date) -> Month:
    """What was published to everybody in a month, at most 100, the newest first.

    Nobody acts, so the rules, which judge actors, are not asked: what is addressed to all sides is everybody's to read,
    and the database role that reads it sees nothing else.
    """
    return _month(month, await store.public_month(runtime, *_span(month), MONTH_LIMIT))


async def read_public(runtime: Runtime) -> tuple[Announcement, ...]:
    """The last 50 that are published to everybody, the last changed first; nobody acts, see read_public_month."""
    return await store.public(runtime, FEED_LIMIT)


def _month(month: date, found: store.Told) -> Month:
    first = month.replace(day=1)
    before, after = (at and at.astimezone(UTC).date().replace(day=1) for at in (found.before, found.after))
    return Month(first, found.items, before, after)


def _span(month: date) -> tuple[datetime, datetime]:
    first = month.replace(day=1)
    since, until = (datetime.combine(day, time(), UTC) for day in (first, rules.next_month(first)))
    return since, until


async def _change(
    ctx: Context, operation: str, action: Action, announcement_id: UUID, expected_version: int | None, act: _Change
) -> Announcement:
    """What a change makes of an announcement, once the rules allowed it."""
    async with ctx.command(operation) as cmd:
        cmd.require(action, await store.facts(cmd.db, ctx, announcement_id))
        if (earlier := cmd.replay(Announcement)) is not None:
            return earlier
        before = _there(await store.lock(cmd.db, announcement_id), announcement_id)
        check_tag(before.version, expected_version, "announcement", str(announcement_id))
        after = await act(cmd, before)
        await store.save(cmd.db, after)
        cmd.record(before, after)
        return cmd.remember(after)


async def _supersede(cmd: Command, earlier_id: UUID, by: Announcement) -> None:
    earlier = _there(await store.lock(cmd.db, earlier_id), earlier_id)
    after = rules.superseded(earlier, by.id, at=cmd.now)
    await store.save(cmd.db, after)
    cmd.record(earlier, after)


async def _check_superseded(db: Connection, content: Content, of: UUID | None = None) -> None:
    """Raise UnknownAnnouncement when what a draft is to supersede is not there."""
    if content.supersedes is not None:
        found = None if content.supersedes == of else await store.lock(db, content.supersedes)
        _there(found, content.supersedes)


def _there(found: Announcement | None, announcement_id: UUID) -> Announcement:
    if found is None:
        raise rules.UnknownAnnouncement("There is no such announcement for you.", str(announcement_id))
    return found
