"""An address for events, an event on its way, and what a delivery can come to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class EventAddress:
    """Where a tenant has events sent; `key_id` is what the secret was drawn for, `id` the tenant."""

    audience: ClassVar[tuple[str, ...]] = ("id",)

    id: UUID
    key_id: UUID
    url: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class Registered:
    """An address, and its secret where that is new: it is told this once."""

    address: EventAddress
    secret: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """An event for every tenant of these sides that has an address; `key` names it among all, `body` becomes JSON.

    `markets` are countries of tenants, all when empty. `at` is programme time.
    """

    key: str
    kind: str
    sides: tuple[str, ...]
    markets: tuple[str, ...]
    body: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event for one tenant; its `id` is the same at every attempt. `data` is JSON."""

    id: UUID
    tenant_id: UUID
    kind: str
    data: str
    occurred_at: datetime
    attempts: int
    key_id: UUID
    url: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that was not taken so far; `occurred_at` is programme time, `retry_at` machine time."""

    id: UUID
    kind: str
    occurred_at: datetime
    attempts: int
    retry_at: datetime | None
    given_up: bool
    failure: str


@dataclass(frozen=True, slots=True)
class EventSettings:
    """Where a tenant's events go, None for nowhere, and the oldest of those that wait."""

    address: EventAddress | None
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt as it is sent."""

    url: str
    headers: dict[str, str]
    body: bytes


class NotDelivered(Exception):
    """An event was not taken; the message says why."""


class Courier(Protocol):
    """The way that events go."""

    async def deliver(self, delivery: Delivery) -> None:
        """Hand it on; raises NotDelivered."""
        ...
