"""A loaded world to call services in: people by their sign-in name, a clock to set, the pool of the login role."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from asyncpg.connection import Connection

from copartner.command.context import Caller, Context, RequestKey
from copartner.command.in_force import InForce
from copartner.command.runtime import Runtime
from copartner.kernel.clock import FixedClock, SystemClock
from copartner.kernel.database import Pool, connect
from copartner.kernel.ids import Ids
from copartner.kernel.paging import PageTokens
from copartner.kernel.secrets import Drawn
from copartner.policy.facts import Cloud, Door, Side
from copartner.policy.rulebook import Rulebook
from copartner_emulator.world import load, read_world
from copartner_emulator.world_model import Tenant, World
from support.postgres import Database
from support.rulebook import RULEBOOK
from support.signing import OneKey

SEED_DAY = datetime(2020, 11, 29, 9, tzinfo=UTC)
PRESENT = datetime(2026, 11, 22, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Programme:
    """One running system over one database."""

    world: World
    runtime: Runtime
    clock: FixedClock
    database: Database

    def tenant(self, domain: str) -> Tenant:
        """A tenant by its domain without `.example`."""
        return next(tenant for tenant in self.world.tenants if tenant.domain == f"{domain}.example")

    def id(self, domain: str) -> UUID:
        """A tenant's id by its domain without `.example`."""
        return self.tenant(domain).id

    def context(
        self,
        name: str,
        side: Side = Side.PARTNER,
        *,
        request_id: str | None = None,
        body: bytes = b"",
        multi_factor: bool = True,
        door: Door = Door.API,
    ) -> Context:
        """The context of `aa@nordlicht`; with `request_id` as a POST that may be repeated."""
        user, domain = name.split("@")
        tenant = self.tenant(domain)
        person = next(one for one in tenant.users if one.user_principal_name.split("@")[0] == user)
        return self.bearing(Caller(side, tenant.id, person.id, False, multi_factor, door), request_id, body)

    def application(self, domain: str) -> Context:
        """The context of a partner's application, without a user."""
        tenant = self.tenant(domain)
        return self.bearing(Caller(Side.PARTNER, tenant.id, tenant.applications[0].id, True))

    def bearing(self, caller: Caller, request_id: str | None = None, body: bytes = b"") -> Context:
        """A context for any caller."""
        key = RequestKey("POST", "/test", request_id, sha256(body).digest()) if request_id else None
        return Context(self.runtime, caller, correlation_id=secrets.token_hex(8), request=key)

    def under(self, rulebook: Rulebook) -> "Programme":
        """The same system judged by another rulebook."""
        return replace(self, runtime=replace(self.runtime, rules=InForce(rulebook, self.runtime.rules.number)))

    @asynccontextmanager
    async def owner(self) -> AsyncIterator[Connection]:
        """A connection of the owner, whose rows no policy hides."""
        connection = await connect(self.database.owner_url)
        try:
            yield connection
        finally:
            await connection.close()

    async def item(self, title: str, country: str = "DE") -> str:
        """The catalogue item id of a SKU's title."""
        async with self.owner() as connection:
            found: str = await connection.fetchval(
                """SELECT a.product_id || ':' || a.sku_id || ':' || a.id FROM catalogue_availability a
                JOIN catalogue_sku s ON (s.product_id, s.id) = (a.product_id, a.sku_id)
                WHERE s.title = $1 AND a.country = $2""",
                title,
                country,
            )
        return found

    async def relate(self, partner: str, customer: str, *, agreement: bool = True) -> None:
        """Give two tenants a reseller relationship without a request, and the customer its agreement."""
        async with self.owner() as connection:
            await connection.execute(
                """INSERT INTO reseller_relationship (customer_tenant_id, id, partner_tenant_id, state, privileges,
                    company_name, domain, formed_at)
                SELECT t.id, $1, $2, 'active', false, t.company_name, t.domain, $3 FROM tenant t WHERE t.id = $4""",
                self.runtime.ids.new(),
                self.id(partner),
                self.clock.now(),
                self.id(customer),
            )
            if agreement:
                await connection.execute(
                    """INSERT INTO customer_agreement (customer_tenant_id, id, type, template_id, agreed_at,
                        recorded_at, recorded_by)
                    VALUES ($1, $2, 'MicrosoftCustomerAgreement', 'test', $3, $3, 'test') ON CONFLICT DO NOTHING""",
                    self.id(customer),
                    self.runtime.ids.new(),
                    self.clock.now(),
                )


@asynccontextmanager
async def programme(
    database: Database,
    place: Path,
    *,
    now: datetime = PRESENT,
    cloud: Cloud = Cloud.COMMERCIAL,
    world: World | None = None,
) -> AsyncIterator[Programme]:
    """The world `multi-partner`, or another, loaded into a database, with cheap password hashes."""
    world = world or _world(cloud)
    await load(world, database.owner_url, keep=place / "cast.json", now=now, hash_secret=_digest)
    clock, machine = FixedClock(now), SystemClock()
    pool = Pool(database.login_url)
    runtime = Runtime(
        pool=pool,
        rules=InForce(RULEBOOK),
        cloud=cloud,
        programme_clock=clock,
        machine_clock=machine,
        ids=Ids(machine),
        page_tokens=PageTokens(b"test"),
        drawn=Drawn(b"test"),
        public_url="http://127.0.0.1",
        signer=OneKey(),
    )
    try:
        yield Programme(world, runtime, clock, database)
    finally:
        await pool.close()


@cache
def _world(cloud: Cloud) -> World:
    """The world of the main story, read once a process; nothing in it changes."""
    return read_world("multi-partner", cloud)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
