"""Where a play happens: one database, loaded once and put back between plays, with its walls up or down."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch
from uuid import UUID

from argon2 import PasswordHasher

from copartner.kernel import hashing
from copartner.kernel.database import connect
from copartner.kernel.functions import named
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
    "decision_record", "decided", "idempotency_key", "revocation", "rule_version",
)  # fmt: skip
_MADE = (("role_assignment", "tenant_id"), ("user_account", "tenant_id"), ("tenant", "id"))
# What a play changes of what the world has: a row that is another goes, and comes back as it was.
_PEOPLE = ("group_member", "directory_group", "role_assignment")


@dataclass(frozen=True, slots=True)
class Walls:
    """Which walls stand: row security, and the rules that forbid and permit.

    `without` names forbids that are left out of the rules, `opened` tables whose policy for partners is `true`.
    With `ungated`, or without row security, the database lets a partner act on behalf of whom it likes.
    """

    row_security: bool
    rules: bool
    without: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    ungated: bool = False

    @property
    def ruled(self) -> bool:
        """Whether all rules stand."""
        return self.rules and not self.without


def _of(table: str) -> str:
    """The rows that were kept of a table, as `r`, of the first parameter."""
    return f"json_populate_recordset(NULL::{table}, $1) AS r"


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
        # A play is not about how long a guess takes.
        self._stack.enter_context(patch.object(hashing, "HASHER", PasswordHasher(1, 8, 1)))
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
            for table in ("purchase_order", "subscription", "partner_agreement", "user_account", *_PEOPLE)
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
        if self.walls.ungated or not self.walls.row_security:
            await self._open_gate()
        for table in self.walls.opened:
            await self.owner.execute(f"ALTER POLICY partner_own ON {table} USING (true)")

    async def _take_down(self) -> None:
        for row in await self.owner.fetch("SELECT DISTINCT tablename AS name FROM pg_policies"):
            await self.owner.execute(
                f"ALTER TABLE {row['name']} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
            )

    async def _open_gate(self) -> None:
        asked = await self.owner.fetchval("SELECT pg_get_functiondef($1::regproc)", named("fn_is_delegated"))
        begins = "RETURN fn_has_granular"
        assert asked.count(begins) == 1
        await self.owner.execute(asked.replace(begins, f"RETURN true OR {begins.split()[1]}"))

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
            for table in _PEOPLE:
                await self.owner.execute(
                    f"DELETE FROM {table} t WHERE NOT t IN (SELECT r FROM {_of(table)})", self._kept[table]
                )
            await self._put_people_back(self._kept["user_account"])
            for table, kept in self._kept.items():
                if table in _CLEARED:
                    await self.owner.execute(f"INSERT INTO {table} SELECT r.* FROM {_of(table)}", kept)
            for table in reversed(_PEOPLE):
                await self.owner.execute(
                    f"INSERT INTO {table} SELECT r.* FROM {_of(table)} ON CONFLICT DO NOTHING", self._kept[table]
                )

    async def _put_people_back(self, kept: str) -> None:
        """Every user of the world as it was, and no other."""
        await self.owner.execute(
            f"DELETE FROM user_account u WHERE NOT u.id IN (SELECT r.id FROM {_of('user_account')})", kept
        )
        columns = await self.owner.fetchval(
            """SELECT string_agg(attname, ', ') FROM pg_attribute
            WHERE attrelid = 'user_account'::regclass AND attnum > 0 AND NOT attisdropped"""
        )
        await self.owner.execute(
            f"""UPDATE user_account u SET ({columns}) = (SELECT r.*) FROM {_of("user_account")}
            WHERE u.id = r.id AND u <> r""",
            kept,
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
