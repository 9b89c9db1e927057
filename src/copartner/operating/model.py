"""Tenants and businesses as the operator administers them, and how the deployment stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from copartner.announcements.model import State as AnnouncementState
from copartner.announcements.model import Text
from copartner.kernel.languages import Language
from copartner.policy.facts import Cloud
from copartner.programme.model import EnrolmentState
from copartner.versions.model import State as VersionState


class Kind(StrEnum):
    """What a tenant was made as; one that is enrolled is a partner's, whatever it was made as."""

    PARTNER = "partner"
    CUSTOMER = "customer"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """How a tenant takes part in the programme."""

    mpn_id: str
    markets: tuple[str, ...]
    state: EnrolmentState
    model: str
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class TenantName:
    """A tenant among others."""

    id: UUID
    company_name: str
    domain: str


@dataclass(frozen=True, slots=True)
class TenantRow:
    """A tenant in a list; `organisation` is the name of the business behind it."""

    id: UUID
    company_name: str
    domain: str
    kind: Kind
    country: str
    created_at: datetime
    organisation_id: UUID
    organisation: str
    enrolment: Enrolled | None


@dataclass(frozen=True, slots=True)
class Affiliate:
    """A business that another one is affiliated to, with some of its tenants."""

    organisation_id: UUID
    name: str
    tenants: tuple[TenantName, ...]


@dataclass(frozen=True, slots=True)
class TenantView:
    """A tenant with other tenants of its business and the businesses affiliated to it, at most 100 of each."""

    tenant: TenantRow
    cloud: Cloud
    shared_services: bool
    culture: str
    language: str
    address: Mapping[str, str]
    siblings: tuple[TenantName, ...]
    affiliates: tuple[Affiliate, ...]


@dataclass(frozen=True, slots=True)
class Affiliation:
    """That the businesses behind two tenants belong together; `id` is that of the first business."""

    audience: ClassVar[tuple[str, ...]] = ("tenant_id", "affiliate_tenant_id")

    id: UUID
    affiliate_id: UUID
    tenant_id: UUID
    affiliate_tenant_id: UUID


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tenants by their identifiers, and the businesses behind them."""

    tenant_id: UUID
    organisation_id: UUID
    affiliate_tenant_id: UUID
    affiliate_id: UUID


@dataclass(frozen=True, slots=True)
class WaitingVersion:
    """A version of the rules that is to be checked or approved."""

    id: UUID
    number: int
    title: str
    state: VersionState
    begins: date
    proposed_by: UUID
    proposed_by_name: str | None
    check_wanted_at: datetime | None


@dataclass(frozen=True, slots=True)
class NearAnnouncement:
    """An announcement that is a draft, or whose change begins before long."""

    id: UUID
    state: AnnouncementState
    begins_on: date
    texts: Mapping[Language, Text]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the operator has to see to, at most 20 of each, and the newest tenants."""

    versions: tuple[WaitingVersion, ...]
    announcements: tuple[NearAnnouncement, ...]
    newest: tuple[TenantRow, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits to go out: how many, at most 10,000 counted, since when the oldest, and how many were given up."""

    waiting: int
    given_up: int
    oldest: datetime | None


class Due(StrEnum):
    """What time brings about."""

    STEP = "step"
    NOTICE = "notice"
    IDLE = "idle"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Overdue:
    """Of one kind of due things the earliest that has not happened yet."""

    what: Due
    since: datetime


@dataclass(frozen=True, slots=True)
class Denials:
    """How often a rule denied on a day; without a rule no permit applied."""

    rule: str
    times: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How the deployment stands, as one of its processes sees it.

    `rules_here` is the number of the rulebook by which this process decides, `rules_there` that of the database;
    `behind` while this process doubts its own. `denied` counts all denials of the day, `denials` those by rule.
    """

    at: datetime
    machine_at: datetime
    cloud: Cloud
    rules_here: int
    rules_there: int
    behind: bool
    digest: str
    letters: Queue
    events: Queue
    checks: Queue
    overdue: tuple[Overdue, ...]
    denied: int
    denials: tuple[Denials, ...]

    @property
    def well(self) -> bool:
        """Whether nobody has to look after anything."""
        given_up = self.letters.given_up + self.events.given_up
        return not (self.behind or self.overdue or given_up) and self.rules_here == self.rules_there
