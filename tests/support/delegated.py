"""Delegated admin put into the rows of a loaded world, without anybody asking or approving."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.kernel.database import connect
from copartner.kernel.functions import call
from support.programme import Programme

GLOBAL_ADMINISTRATOR = UUID("62e90394-69f5-4237-9190-012177145e10")
HELPDESK = UUID("729827e3-9c14-49f7-bb1b-9608f156bbb8")
USERS = UUID("fe930be7-5e62-47db-91af-98c3a49a38b1")
LICENCES = UUID("4d6ac14f-3453-41d0-bef9-a3e0c569773a")
READER = UUID("f2ef992c-3afb-46b9-b7cf-a126ee74c451")


@dataclass(frozen=True, slots=True)
class Delegated:
    """One partner at one customer, whose rows the owner writes."""

    here: Programme
    db: Connection
    partner: str
    customer: str

    @property
    def pair(self) -> tuple[UUID, UUID]:
        """Customer and partner."""
        return self.here.id(self.customer), self.here.id(self.partner)

    @property
    def agent(self) -> Context:
        """The partner's Admin agent."""
        return self.here.context(f"aa@{self.partner}")

    def user(self, name: str) -> UUID:
        """A user of the partner by the name before the @."""
        return self.here.context(f"{name}@{self.partner}").caller.subject_id

    async def relationship(self, *roles: UUID, status: str = "active", extends: str = "PT0S", **more: Any) -> UUID:
        """A granular relationship of these roles, a year long from now on."""
        made, now = self.here.runtime.ids.new(), self.here.clock.now()
        given = {"activated_at": now, "ends_at": now + timedelta(days=365), **more}
        await self.db.execute(
            """INSERT INTO admin_relationship (partner_tenant_id, id, customer_tenant_id, display_name, roles, duration,
                auto_extend, status, created_at, modified_at, activated_at, ends_at)
            VALUES ($1, $2, $3, $4, $5, 'P1Y', $6, $7, $8, $8, $9, $10)""",
            *(self.here.id(self.partner), made, self.here.id(self.customer), str(made), list(roles), extends, status),
            *(now, given["activated_at"], given["ends_at"]),
        )
        return made

    async def group(self, name: str, *members: UUID) -> UUID:
        """A group of the partner, of users and groups."""
        made, tenant = self.here.runtime.ids.new(), self.here.id(self.partner)
        await self.db.execute(
            "INSERT INTO directory_group (tenant_id, id, name) VALUES ($1, $2, $3)", tenant, made, name
        )
        for member in members:
            await self.db.execute("INSERT INTO group_member VALUES ($1, $2, $3)", tenant, made, member)
        return made

    async def assign(
        self, relationship: UUID, group: UUID, *roles: UUID, status: str = "active", at: datetime | None = None
    ) -> UUID:
        """These roles of the relationship for a group."""
        made, now = self.here.runtime.ids.new(), at or self.here.clock.now()
        customer, partner = self.pair
        await self.db.execute(
            """INSERT INTO access_assignment (partner_tenant_id, id, relationship_id, customer_tenant_id, group_id,
                status, created_at, modified_at, activated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7)""",
            *(partner, made, relationship, customer, group, status, now),
        )
        for role in roles:
            await self.db.execute(
                "INSERT INTO access_assignment_role VALUES ($1, $2, $3, $4, $5)", partner, made, customer, role, now
            )
        return made

    async def privileges(self, *, given: bool = True) -> None:
        """Whole-tenant privileges on the active reseller relationship of the two."""
        customer, partner = self.pair
        await self.db.execute(
            """UPDATE reseller_relationship SET privileges = $3, privileges_removed_at = $4
            WHERE customer_tenant_id = $1 AND partner_tenant_id = $2 AND state = 'active'""",
            *(customer, partner, given, None if given else self.here.clock.now()),
        )


async def effective(here: Programme, acting: str, side: str, *asked: Any) -> list[tuple[Any, ...]]:
    """The rows of the roles in force, as a tenant that acts on a side is told them."""
    connection = await connect(here.database.login_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT act_as($1, $2)", side, here.id(acting))
            return [tuple(row) for row in await connection.fetch(call("fn_effective_roles", 4), *asked)]
    finally:
        await connection.close()
