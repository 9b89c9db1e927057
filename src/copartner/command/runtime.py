"""The running system that every request shares."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from asyncpg.connection import Connection

from copartner.kernel.clock import Clock
from copartner.kernel.database import Pool
from copartner.kernel.ids import Ids
from copartner.kernel.paging import PageTokens
from copartner.kernel.secrets import Drawn
from copartner.policy.facts import Cloud
from copartner.policy.rulebook import Rulebook, RuleSet


class Sandbox(Protocol):
    """What a deployment for trying things out can do, and no other: the emulator brings one."""

    async def purge(self, db: Connection, tenant_id: UUID) -> None:
        """Delete a tenant with all that belongs to it, inside a decided command."""
        ...


@dataclass(frozen=True, slots=True)
class Runtime:
    """Pool, rulebook and the two clocks: programme time dates what the programme dates, machine time all else.

    Without a `sandbox` nothing is ever deleted.
    """

    pool: Pool
    rulebook: Rulebook
    cloud: Cloud
    programme_clock: Clock
    machine_clock: Clock
    ids: Ids
    page_tokens: PageTokens
    drawn: Drawn
    public_url: str
    sandbox: Sandbox | None = None

    def rules_at(self, moment: datetime) -> RuleSet:
        """The rules in force at a moment of programme time."""
        return self.rulebook.at(self.cloud, moment)
