"""Where a play happens: one database, loaded once and put back between plays, with its walls up or down."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from copartner.kernel.database import connect
from copartner.policy.facts import Cloud
from copartner.worker import everything_due
from support.postgres import Database
from support.programme import PRESENT, RULEBOOK, Programme, programme
from support.walls.crowd import crowd, customers, partners

T = TypeVar("T")
# In the order in which their rows may go.
_CLEARED = (
    "subscription_transition", "subscription", "purchase_order", "cart", "billing_profile", "customer_agreement",
    "admin_role_assignment", "licence_assignment",
    "access_assignment_role", "access_assignment", "admin_operation", "admin_request",
    "consent_receipt", "admin_counter_proposal", "role_cap", "admin_relationship",
    "relationship_request", "reseller_relationship", "partner_relationship", "partner_agreement", "audit_record",
    "decision_record", "idempotency_key", "rule_version",
)  # fmt: skip
_MADE = (("role_assignment", "tenant_id"), ("user_account", "tenant_id"), ("tenant", "id"))


@dataclass(frozen=True, slots=True)
class Walls:
    """Which walls stand: row security, and the rules that forbid and permit.

    `without` names forbids that are left out of the rules, `opened` tables whose policy for partners is `true`.
    """

    row_security: bool
    rules: bool
    without: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()

    @property
    def ruled(self) -> bool:
        """Whether all rules stand."""
        return self.rules and not self.without


class Stage:
    """A database with a cast. Its coroutines run on a loop of its own, so that a play may be synchronous."""

    def __init__(self, database: Database, place: Path, walls: Walls, cloud: Cloud = Cloud.COMMERCIAL) -> None:
        self.walls = walls
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self.run(self._open(database, place, cloud))

    async def _open(self, database: Database, place: Path, cloud: Cloud) -> None:
        world = crowd(cloud)
        self.programme: Programme = await self._stack.enter_async_context(
            programme(database, place, cloud=cloud, world=world)
        )
        if not self.walls.rules:
            self.programme = self.programme.under(RULEBOOK.variant(drop_forbids=True, permit_all=True))
        elif self.walls.without:
            self.programme = self.programme.under(RULEBOOK.variant(drop=self.walls.without))
        self.partners, self.customers = partners(world), customers(world)
        self.owner = await connect(database.owner_url)
        self._stack.push_async_callback(self.owner.close)
        # Under a mark, so that what was there before the play is known wherever it turns up.
        await self.owner.execute("UPDATE subscription SET nickname = 'mark-000000'")
        self._kept = {
            table: await self.owner.fetchval(f"SELECT json_agg(t)::text FROM {table} t")
            for table in ("purchase_order", "subscription", "partner_agreement")
        }
        self.tenants = [tenant.id for tenant in world.tenants]
        self.operator = next(tenant.id for tenant in world.tenants if tenant.kind == "operator")
        self.items = {
            (row["title"], row["country"]): row["name"]
            for row in await self.owner.fetch(
                """SELECT s.title, a.country, a.product_id || ':' || a.sku_id || ':' || a.id AS name
                FROM catalogue_availability a JOIN catalogue_sku s ON (s.product_id, s.id) = (a.product_id, a.sku_id)"""
            )
        }
        if not self.walls.row_security:
            await self._take_down()

        for table in self.walls.opened:
            await self.owner.execute(f"ALTER POLICY partner_own ON {table} USING (true)")

    async def _take_down(self) -> None:
        for row in await self.owner.fetch("SELECT DISTINCT tablename AS name FROM pg_policies"):
            await self.owner.execute(
                f"ALTER TABLE {row['name']} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
            )

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine, waited for."""
        return self._loop.run_until_complete(coroutine)

    def close(self) -> None:
        """Close connections and loop."""
        self.run(self._stack.aclose())
        self._loop.close()

    def item(self, title: str, customer: UUID) -> str:
        """What that title is sold as in the customer's country, or in another where it is not sold there."""
        tenant = next((it for it in self.programme.world.tenants if it.id == customer), None)
        sold = {country: name for (known, country), name in self.items.items() if known == title}
        return sold.get(tenant.address.country if tenant else "") or min(sold.values())

    def reset(self) -> None:
        """Put everything back to the beginning, at the present."""
        self.programme.clock.moment = PRESENT
        self.run(self._reset())

    async def _reset(self) -> None:
        async with self.owner.transaction():
            for table in _CLEARED:
                await self.owner.execute(f"DELETE FROM {table}")
            for table, column in _MADE:
                await self.owner.execute(f"DELETE FROM {table} WHERE NOT {column} = ANY ($1)", self.tenants)
            await self.owner.execute("UPDATE tenant SET cloud = $1", self.programme.runtime.cloud)
            await self.owner.execute("UPDATE rulebook_number SET number = 0")
            await self.owner.execute("UPDATE enrolment SET model = 'direct-bill', state = 'active'")
            for table, kept in self._kept.items():
                await self.owner.execute(
                    f"INSERT INTO {table} SELECT r.* FROM json_populate_recordset(NULL::{table}, $1) AS r", kept
                )

    def relate(self, partner: UUID, customer: UUID, *, agreement: bool) -> None:
        """Give two tenants a relationship without a request, and the customer its agreement."""
        self.run(self._relate(partner, customer, agreement=agreement))

    async def _relate(self, partner: UUID, customer: UUID, *, agreement: bool) -> None:
        new, now = self.programme.runtime.ids.new, self.now
        await self.owner.execute(
            """INSERT INTO reseller_relationship (customer_tenant_id, id, partner_tenant_id, state, privileges,
                company_name, domain, formed_at)
            SELECT t.id, $1, $2, 'active', true, t.company_name, t.domain, $3 FROM tenant t WHERE t.id = $4""",
            *(new(), partner, now - timedelta(days=1), customer),
        )
        if agreement:
            await self.owner.execute(
                """INSERT INTO customer_agreement (customer_tenant_id, id, type, template_id, agreed_at, recorded_at,
                    recorded_by)
                VALUES ($1, $2, 'MicrosoftCustomerAgreement', '117a77b0-9360-443b-8795-c6dedc750cf9', $3, $3, 'test')
                ON CONFLICT DO NOTHING""",
                *(customer, new(), now - timedelta(days=1)),
            )

    def wait(self, days: int) -> None:
        """Time passes, and brings about what it does."""
        self.programme.clock.moment += timedelta(days=days)
        self.run(everything_due(self.programme.runtime, until=self.now))

    @property
    def now(self) -> datetime:
        """Programme time."""
        return self.programme.clock.moment
