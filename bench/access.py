"""Delegated admin: what a partner's user is at a customer, among ever more relationships of others.

The relationships are written by COPY beside the world, five of each customer with five groups assigned to each, and
measured at a hundredth, a tenth and the whole of them: the roles in force by themselves, for a partner that acts
already, and the whole answer to why a user may do something, of which they are a part. Either is one statement.
"""

import random
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import database as databases
import world
from asyncpg.connection import Connection

from copartner.access import store
from copartner.kernel.functions import call

FLOOR_MS, STEEPEST = 2.0, 1.5
RELATIONSHIPS = 5 * world.CUSTOMERS
SIZES = (RELATIONSHIPS // 100, RELATIONSHIPS // 10, RELATIONSHIPS)
GROUPS = 5
_CALLS, _WARM = 500, 100
_ROLES = (
    UUID("fe930be7-5e62-47db-91af-98c3a49a38b1"),
    UUID("4d6ac14f-3453-41d0-bef9-a3e0c569773a"),
    UUID("f2ef992c-3afb-46b9-b7cf-a126ee74c451"),
)
_TABLES = ("access_assignment_role", "access_assignment", "admin_operation", "admin_request", "admin_relationship")


@dataclass(frozen=True, slots=True)
class Figure:
    """Milliseconds of one statement among so many relationships: the roles in force alone, and the whole answer."""

    relationships: int
    median: float
    p99: float
    whole: float
    server: float

    def row(self) -> str:
        """A line of the table."""
        return (
            f"| {self.relationships:,} | {self.relationships * GROUPS:,} | {self.median:.2f} / {self.p99:.2f} ms "
            f"| {self.whole:.2f} ms | {self.server:.2f} ms |"
        )


async def figures(database: databases.Database) -> list[Figure]:
    """The time of one call at each size; what was written for it is removed."""
    owner = await databases.connect(database)
    login = await asyncpg.connect(database.postgres.login_url, server_settings={"search_path": "copartner"})
    found, written = [], 0
    try:
        await _remove(owner)
        await _groups(owner)
        for size in SIZES:
            await _write(owner, written, size)
            written = size
            found.append(await _measured(database, login, size))
    finally:
        await _remove(owner)
        await owner.close()
        await login.close()
    return found


def table(found: list[Figure]) -> list[str]:
    """The figures, line by line."""
    titles = ("relationships", "assignments", "roles in force: median / p99", "whole answer", "its server")
    return [f"| {' | '.join(titles)} |", "|---|---|---|---|---|", *(one.row() for one in found)]


def missed(found: list[Figure]) -> list[str]:
    """What the figures say that may not be."""
    said = [
        f"Roles in force among {one.relationships:,} relationships: {one.median:.2f} ms, allowed are {FLOOR_MS}."
        for one in found
        if one.median >= FLOOR_MS
    ]
    few, many = found[0], found[-1]
    if many.median > STEEPEST * few.median:
        said.append(
            f"Roles in force took {many.median / few.median:.1f} times as long among {many.relationships:,} "
            f"relationships as among {few.relationships:,}, allowed is {STEEPEST}."
        )
    return said


async def _measured(database: databases.Database, login: Connection, size: int) -> Figure:
    """Whoever is asked about is in a group that lies in an assigned one."""
    chosen, now, roles = random.Random(size), datetime.now(UTC), []
    for _ in range(_WARM + _CALLS):
        customer, partner, user = _chosen(chosen, size)
        tenant = world.partner_id(partner)
        await login.execute(f"BEGIN; SELECT act_as('partner', '{tenant}')")
        roles.append(await _timed(login, call("fn_effective_roles", 4), customer, tenant, user, now))
        await login.execute("ROLLBACK")
    whole, busy = [], databases.cpu_seconds(database)
    for _ in range(_CALLS):
        customer, partner, user = _chosen(chosen, size)
        asks = ("partner", world.partner_id(partner), world.user_id(partner), False)
        whole.append(await _timed(login, store.question(), *asks, customer, user, None, "Customer", None, now))
    busy = databases.cpu_seconds(database) - busy
    quantiles = statistics.quantiles(roles[_WARM:], n=100)
    return Figure(size, quantiles[49], quantiles[98], statistics.median(whole), busy * 1000 / _CALLS)


def _chosen(chosen: random.Random, size: int) -> tuple[UUID, int, UUID]:
    """Customer and partner of a relationship, and a user of the partner."""
    number = chosen.randrange(size)
    return _customer(number), _partner(number), world.user_id(_partner(number), chosen.randrange(world.USERS))


async def _timed(login: Connection, statement: str, *arguments: Any) -> float:
    """Milliseconds from the sending of a statement to its rows, of which there has to be one."""
    began = time.perf_counter()
    rows = await login.fetch(statement, *arguments)
    passed = time.perf_counter() - began
    if not rows:
        raise SystemExit(f"Somebody who was assigned roles has none: {arguments}")
    return passed * 1000


def _customer(relationship: int) -> UUID:
    return world.customer_id(relationship % world.CUSTOMERS)


def _partner(relationship: int) -> int:
    return (relationship % world.CUSTOMERS * 7 + relationship // world.CUSTOMERS * 31) % world.PARTNERS


def _relationship(number: int) -> UUID:
    return UUID(f"01890000-0000-7005-8000-{number:012x}")


def _group(partner: int, place: int, *, inner: bool) -> UUID:
    return UUID(f"01890000-0000-7006-8000-{(partner * GROUPS + place) * 2 + inner:012x}")


def _assignment(relationship: int, place: int) -> UUID:
    return UUID(f"01890000-0000-7007-8000-{relationship * GROUPS + place:012x}")


async def _groups(owner: Connection) -> None:
    """Five groups of each partner, each with another one inside, in which a fifth of the users are."""
    every = [(p, g) for p in range(world.PARTNERS) for g in range(GROUPS)]
    await owner.copy_records_to_table(
        "directory_group",
        columns=("tenant_id", "id", "name"),
        records=[
            (world.partner_id(p), _group(p, g, inner=inner), f"bench {g} {inner}")
            for p, g in every
            for inner in (False, True)
        ],
    )
    await owner.copy_records_to_table(
        "group_member",
        columns=("tenant_id", "group_id", "member_id"),
        records=[
            *((world.partner_id(p), _group(p, g, inner=False), _group(p, g, inner=True)) for p, g in every),
            *(
                (world.partner_id(p), _group(p, user % GROUPS, inner=True), world.user_id(p, user))
                for p in range(world.PARTNERS)
                for user in range(world.USERS)
            ),
        ],
    )


async def _write(owner: Connection, first: int, last: int) -> None:
    """The relationships of these numbers, with what is assigned of them."""
    now = datetime.now(UTC)
    ends = now + timedelta(days=365)
    numbers = range(first, last)
    async with owner.transaction():
        # What is written here refers to what is there: to look each of it up would take most of the time.
        await owner.execute("SET LOCAL session_replication_role = replica")
        await owner.copy_records_to_table(
            "admin_relationship",
            columns=(
                *("partner_tenant_id", "id", "customer_tenant_id", "display_name", "roles", "duration", "auto_extend"),
                *("status", "created_at", "modified_at", "activated_at", "ends_at"),
            ),
            records=(
                (
                    *(
                        world.partner_id(_partner(n)),
                        _relationship(n),
                        _customer(n),
                        f"bench {n}",
                        _ROLES,
                        "P1Y",
                        "PT0S",
                    ),
                    *("active", now, now, now, ends),
                )
                for n in numbers
            ),
        )
        given = ((n, g, world.partner_id(_partner(n)), _assignment(n, g)) for n in numbers for g in range(GROUPS))
        await owner.copy_records_to_table(
            "access_assignment",
            columns=(
                *("partner_tenant_id", "id", "relationship_id", "customer_tenant_id", "group_id", "status"),
                *("created_at", "modified_at", "activated_at"),
            ),
            records=(
                (
                    *(partner, made, _relationship(n), _customer(n), _group(_partner(n), g, inner=False), "active"),
                    *(now, now, now),
                )
                for n, g, partner, made in given
            ),
        )
        await owner.copy_records_to_table(
            "access_assignment_role",
            columns=("partner_tenant_id", "assignment_id", "customer_tenant_id", "role_id", "given_at"),
            records=(
                (world.partner_id(_partner(n)), _assignment(n, g), _customer(n), _ROLES[g % len(_ROLES)], now)
                for n in numbers
                for g in range(GROUPS)
            ),
        )
    for table in (*_TABLES, "directory_group", "group_member"):
        await owner.execute(f"VACUUM ANALYZE {table}")


async def _remove(owner: Connection) -> None:
    await owner.execute(f"TRUNCATE {', '.join(_TABLES)} CASCADE")
    groups = "group_id IN (SELECT id FROM directory_group WHERE name LIKE 'bench %')"
    await owner.execute(f"DELETE FROM group_member WHERE {groups}")
    await owner.execute("DELETE FROM directory_group WHERE name LIKE 'bench %'")
