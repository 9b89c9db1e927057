"""An announcement: what it says, to whom, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from copartner.kernel.languages import Language
from copartner.policy.facts import Side


class Workspace(StrEnum):
    """The area of the programme that changes.

    Source: the months' announcement pages of Partner Center (2022-05, 2023-08, 2023-11), whose announcements name a
    workspace such as General, Pricing or Customers.
    """

    GENERAL = "general"
    CUSTOMERS = "customers"
    PRICING = "pricing"
    BILLING = "billing"
    MEMBERSHIP = "membership"
    SECURITY = "security"
    ACCOUNT_SETTINGS = "account_settings"


class State(StrEnum):
    """How far an announcement is."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class Status(StrEnum):
    """How the change itself stands: it holds, it will, or it will later than was said at first."""

    NOW = "now"
    SOON = "soon"
    DELAYED = "delayed"


@dataclass(frozen=True, slots=True)
class Text:
    """What an announcement says in one language; paragraphs are divided by empty lines."""

    title: str
    changes: str
    next_steps: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an announcement says and to whom: what its author decides.

    `markets` are the countries concerned, all when empty; `begins_on` is the first day of the change, in UTC;
    `reminders` are days before it. `rule_version` is the number of the rule version it is about.
    """

    workspace: Workspace
    audience: tuple[Side, ...]
    begins_on: date
    texts: Mapping[Language, Text]
    contact: str = ""
    markets: tuple[str, ...] = ()
    reminders: tuple[int, ...] = ()
    supersedes: UUID | None = None
    rule_version: int | None = None


class RevisionKind(StrEnum):
    """What was done to an announcement that was out already."""

    REVISED = "revised"
    DELAYED = "delayed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A change after publication: when and why, and what stood there before."""

    at: datetime
    kind: RevisionKind
    note: Mapping[Language, str]
    begins_on: date
    texts: Mapping[Language, Text]
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """An announcement as it is kept; `updated_at` is the last change a reader sees.

    `dated_at`: since when the present day has been announced. `remind_at`: when the next reminder is due.
    """

    audience: ClassVar[tuple[str, ...]] = ("operator_tenant_id",)

    id: UUID
    operator_tenant_id: UUID
    state: State
    content: Content
    drafted_at: datetime
    updated_at: datetime
    published_at: datetime | None = None
    dated_at: datetime | None = None
    delayed: bool = False
    superseded_by: UUID | None = None
    revisions: tuple[Revision, ...] = ()
    remind_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Telling:
    """What the audit keeps of letters that went out: about what, when, and how many."""

    audience: ClassVar[tuple[str, ...]] = ("operator_tenant_id",)

    id: UUID
    operator_tenant_id: UUID
    begins_on: date
    days: int
    letters: int


@dataclass(frozen=True, slots=True)
class Wish:
    """Which announcements are wanted; None means any. `month` is any day of it, by publication."""

    month: date | None = None
    audience: Side | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """What was published in a month, newest first, and the nearest months before and after it that have something."""

    first: date
    items: tuple[Announcement, ...]
    before: date | None = field(default=None)
    after: date | None = field(default=None)
