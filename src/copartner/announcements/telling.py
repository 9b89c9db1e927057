"""How those concerned are told: letters in their language, and events to the addresses they registered.

Both are written by the database, one statement each, so that a hundred thousand tenants pass through no process.
"""

from datetime import UTC, datetime
from enum import StrEnum

from asyncpg.connection import Connection

from copartner.announcements import rules
from copartner.announcements.model import Announcement
from copartner.announcements.texts import texts_in
from copartner.kernel.languages import Language
from copartner.mail import rules as mail_rules
from copartner.mail import service as mail
from copartner.mail.model import Circular, Wording
from copartner.policy.facts import Role
from copartner.webhooks import service as webhooks
from copartner.webhooks.model import Broadcast

READERS = (Role.GLOBAL_ADMIN, Role.ADMIN_AGENT)
_LONGEST_PART = 1500  # characters of a text in a letter; the page has all of it


class Occasion(StrEnum):
    """Why people are told."""

    PUBLISHED = "published"
    DELAYED = "delayed"
    REMINDER = "reminder"


def page_of(announcement: Announcement) -> str:
    """The path of the page on which a published announcement stands."""
    published = announcement.published_at
    if published is None:
        return "/announcements"
    return f"/announcements/{published.astimezone(UTC):%Y-%m}#{announcement.id}"


async def tell(db: Connection, announcement: Announcement, occasion: Occasion, *, root: str, at: datetime) -> int:
    """Write letters and, of what is new, events to everybody concerned; answers how many letters.

    `root` is the deployment's public address.
    """
    link = root + page_of(announcement)
    sides = tuple(side.value for side in announcement.content.audience)
    # A day is announced once: so is each way of telling it.
    key = f"announcement:{announcement.id}:{occasion}:{announcement.version}:{at:%Y-%m-%d}"
    if occasion is not Occasion.REMINDER:
        body = {
            "announcementId": announcement.id,
            "workspace": announcement.content.workspace,
            "status": rules.status(announcement, at.date()),
            "beginsOn": announcement.content.begins_on,
            "title": {language: text.title for language, text in announcement.content.texts.items()},
            "link": link,
        }
        event = Broadcast(
            key=key,
            kind=f"announcement.{occasion}",
            sides=sides,
            markets=announcement.content.markets,
            body=body,
            at=at,
        )
        await webhooks.broadcast(db, event)
    return await mail.post_circular(
        db,
        Circular(
            key=key,
            sides=sides,
            markets=announcement.content.markets,
            roles=READERS,
            wordings={language: _wording(announcement, occasion, language, link) for language in Language},
            written_at=at,
        ),
    )


def _wording(announcement: Announcement, occasion: Occasion, language: Language, link: str) -> Wording:
    words, said = texts_in(language), announcement.content.texts[language]
    day = words.DAY.format(announcement.content.begins_on)
    subject = words.SUBJECT[occasion].format(day=day, title=said.title)
    steps = words.NEXT_STEPS.format(text=_shortened(said.next_steps)) if said.next_steps else ""
    body = words.LETTER.format(
        first=words.FIRST_LINE[occasion].format(day=day),
        title=said.title,
        changes=_shortened(said.changes),
        next_steps=steps,
        workspace=words.WORKSPACE[announcement.content.workspace],
        contact=announcement.content.contact,
        link=link,
    )
    return Wording(subject[: mail_rules.LONGEST_SUBJECT], body)


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST_PART:
        return text
    return text[:_LONGEST_PART].rsplit(maxsplit=1)[0] + " …"
