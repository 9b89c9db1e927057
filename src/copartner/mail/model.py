"""A letter, and what a sending of it can come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A plain text to one person; `written_at` is programme time, `tenant_id` whose the recipient is."""

    id: UUID
    tenant_id: UUID
    recipient: str
    subject: str
    body: str
    language: str
    written_at: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Wording:
    """What a letter says in one language."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Circular:
    """One letter to everybody who holds one of `roles` in tenants of these sides; `key` names it among all.

    `markets` are countries of tenants, all when empty; `wordings` are by language, English among them.
    """

    key: str
    sides: tuple[str, ...]
    markets: tuple[str, ...]
    roles: tuple[str, ...]
    wordings: Mapping[str, Wording]
    written_at: datetime


class NotSent(Exception):
    """A letter did not go; `for_good` when no attempt would help, `of_the_way` when no letter at all would go now."""

    def __init__(self, message: str, *, for_good: bool = False, of_the_way: bool = False) -> None:
        super().__init__(message)
        self.for_good = for_good
        self.of_the_way = of_the_way


class Transport(Protocol):
    """The way that letters go."""

    async def send(self, letter: Letter) -> None:
        """Hand the letter on; raises NotSent."""
        ...
