"""The running system that every request shares."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from asyncpg.connection import Connection

from copartner.command.in_force import InForce
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

    async def provider(self, db: Connection) -> str:
        """The acting partner as one that makes accounts of resellers, locked: JSON as the rules want it."""
        ...

    async def reseller(self, db: Connection, reseller_id: UUID) -> str | None:
        """An account that the acting partner made, locked: JSON as the rules want it; None when it made no such one."""
        ...

    async def found_reseller(self, db: Connection, new: str, password_hash: str, *, now: datetime) -> None:
        """Insert a reseller's account from JSON, inside a decided command."""
        ...

    async def remove_reseller(self, db: Connection, reseller_id: UUID, *, now: datetime) -> None:
        """Delete such an account with all that belongs to it, inside a decided command."""
        ...


class Signer(Protocol):
    """Signs what the deployment vouches for, so that it can be checked by its published keys."""

    async def look(self) -> None:
        """Know which key signs now; it may ask the database, so it is called before a transaction."""
        ...

    def sign(self, payload: bytes, kind: str) -> str:
        """The payload as a JSON Web Signature in compact form, `kind` being the type in its header."""
        ...


class _Nobody:
    """Stands in until the keys are read, which need a runtime themselves."""

    async def look(self) -> None:
        raise RuntimeError("this runtime signs nothing: it has no keys")

    def sign(self, payload: bytes, kind: str) -> str:
        raise RuntimeError(f"this runtime signs no {kind} of {len(payload)} bytes: it has no keys")


@dataclass(frozen=True, slots=True)
class Runtime:
    """Pool, rules and the two clocks: programme time dates what the programme dates, machine time all else.

    Without a `sandbox` no tenant is ever deleted. `signer` comes with the keys, when the application is composed.
    With `private_events` tenants may have events sent into private networks.
    """

    pool: Pool
    rules: InForce
    cloud: Cloud
    programme_clock: Clock
    machine_clock: Clock
    ids: Ids
    page_tokens: PageTokens
    drawn: Drawn
    public_url: str
    sandbox: Sandbox | None = None
    private_events: bool = False
    signer: Signer = field(default_factory=_Nobody)

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook in force, whole."""
        return self.rules.book

    def rules_at(self, moment: datetime) -> RuleSet:
        """The rules in force at a moment of programme time."""
        return self.rulebook.at(self.cloud, moment)
