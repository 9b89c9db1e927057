"""The owner's second reading: what stands in every directory, and who may change what there by whose approval.

Simple on purpose and of its own: it reads the tables and nothing that the product decides by.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.delegation.model import Key
from copartner.delegation.roles import known

# What is in a directory, by the columns that name a row; and what says who may act in it. Groups are the partner's own.
_ENTRIES = {
    "user_account": ("tenant_id", "id"),
    "role_assignment": ("tenant_id", "user_id", "role"),
    "admin_role_assignment": ("tenant_id", "user_id", "role_id"),
    "licence_assignment": ("tenant_id", "user_id", "product_id", "sku_id"),
    "revocation": ("tenant_id", "ground_id"),
}
_APPROVALS = (
    "reseller_relationship", "admin_relationship", "access_assignment", "access_assignment_role", "directory_group",
    "group_member",
)  # fmt: skip
_READ = "SELECT " + ", ".join(
    [f"(SELECT json_agg(t) FROM {table} t WHERE t.tenant_id = ANY ($1))::text AS {table}" for table in _ENTRIES]
    + [f"(SELECT json_agg(t) FROM {table} t)::text AS {table}" for table in _APPROVALS]
)
_ID = {role.name: str(one) for one, role in known().items()}


def _roles(*names: str) -> frozenset[str]:
    return frozenset(_ID[name] for name in ("Global Administrator", *names))


# Who may, as the pages about each operation have it.
MAKES = _roles("User Administrator", "Directory Writers")
DELETES = _roles("User Administrator")
SIGNS_IN = _roles(
    "User Administrator", "Privileged Authentication Administrator", "Authentication Administrator",
    "Helpdesk Administrator", "Password Administrator",
)  # fmt: skip
GIVES_ROLES = _roles("Privileged Role Administrator")
GIVES_LICENCES = _roles("License Administrator", "User Administrator", "Directory Writers")
READS = MAKES | SIGNS_IN | GIVES_ROLES | GIVES_LICENCES | _roles("Directory Readers", "Global Reader")
_OF_GUARDED = _roles("Privileged Authentication Administrator")
_AGENTS = {"Admin agent": _ID["Global Administrator"], "Helpdesk agent": _ID["Helpdesk Administrator"]}
_DETAILS = ("user_principal_name", "display_name", "first_name", "last_name", "usage_location", "immutable_id")
_PASSWORD = ("password_hash", "must_change_password")
Entries = dict[tuple[str, ...], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing that changed in a tenant's directory, and the roles of which one is needed for it."""

    tenant: str
    what: str
    needed: frozenset[str]


@dataclass(frozen=True)
class Directories:
    """Every directory and approval at one moment, each table as JSON text, which is quickly compared."""

    tables: dict[str, str | None]

    @cached_property
    def table(self) -> dict[str, list[dict[str, Any]]]:
        """The rows of every table."""
        return {name: msgspec.json.decode(text) if text else [] for name, text in self.tables.items()}

    @cached_property
    def entry(self) -> dict[str, Entries]:
        """What is in the directories, by table and key."""
        return {
            table: {tuple(row[column] for column in key): row for row in self.table[table]}
            for table, key in _ENTRIES.items()
        }

    def users(self, tenant: UUID) -> list[UUID]:
        """Who is in a directory, by identifier."""
        return sorted(UUID(user) for whose, user in self.entry["user_account"] if whose == str(tenant))

    def members(self, group: UUID) -> list[UUID]:
        """What is in a group itself, by identifier."""
        return sorted(UUID(it["member_id"]) for it in self.table["group_member"] if it["group_id"] == str(group))

    def relationship_of(self, assignment: UUID) -> Key:
        """Of which granular relationship an assignment gives roles."""
        row = next(it for it in self.table["access_assignment"] if it["id"] == str(assignment))
        return Key(UUID(row["partner_tenant_id"]), UUID(row["relationship_id"]))

    def roles_of(self, relationship: UUID) -> tuple[UUID, ...]:
        """The roles of a granular relationship; none of one that is not there."""
        found = (it["roles"] for it in self.table["admin_relationship"] if it["id"] == str(relationship))
        return tuple(map(UUID, next(found, ())))

    def delegates(self, customer: UUID, partner: UUID, now: datetime) -> bool:
        """Whether a customer has approved anything of a partner that is in force."""
        return bool(self._granular(customer, partner, now)) or self._whole_tenant(customer, partner)

    def powers(self, customer: UUID, partner: UUID, user: UUID, now: datetime) -> frozenset[str]:
        """The roles that a partner's user has in a directory; the granular kind decides where there is one."""
        inside = self._groups(str(user))
        if granular := self._granular(customer, partner, now):
            given = {
                it["id"]: set(granular[it["relationship_id"]]) for it in self.table["access_assignment"]
                if it["status"] == "active" and it["group_id"] in inside and it["relationship_id"] in granular
            }  # fmt: skip
            return frozenset(
                it["role_id"] for it in self.table["access_assignment_role"]
                if it["taken_at"] is None and it["role_id"] in given.get(it["assignment_id"], ())
            )  # fmt: skip
        if not self._whole_tenant(customer, partner):
            return frozenset()
        return frozenset(
            _AGENTS[it["role"]] for it in self.table["directory_group"] if it["id"] in inside and it["role"]
        )

    def _granular(self, customer: UUID, partner: UUID, now: datetime) -> dict[str, list[str]]:
        """The roles of each granular relationship of the two that is in force, by its identifier."""
        return {
            it["id"]: it["roles"] for it in self._between("admin_relationship", customer, partner)
            if it["status"] == "active"
            and (it["auto_extend"] == "P180D" or now < datetime.fromisoformat(it["ends_at"]))
        }  # fmt: skip

    def _whole_tenant(self, customer: UUID, partner: UUID) -> bool:
        return any(
            it["state"] == "active" and it["privileges"]
            for it in self._between("reseller_relationship", customer, partner)
        )

    def _between(self, table: str, customer: UUID, partner: UUID) -> list[dict[str, Any]]:
        pair = (str(customer), str(partner))
        return [it for it in self.table[table] if (it["customer_tenant_id"], it["partner_tenant_id"]) == pair]

    def _groups(self, member: str) -> set[str]:
        """The groups somebody is in, and those in which these are."""
        found: set[str] = set()
        waiting = [member]
        while waiting:
            inner = waiting.pop()
            outer = {it["group_id"] for it in self.table["group_member"] if it["member_id"] == inner} - found
            found |= outer
            waiting += outer
        return found

    def guarded(self, tenant: str, user: str) -> bool:
        """Whether somebody has an administrator's role, by name or by a group."""
        inside = self._groups(user)
        return any(
            (tenant, user) == key[:2]
            for table in ("role_assignment", "admin_role_assignment")
            for key in self.entry[table]
        ) or any(it["id"] in inside and it["role"] for it in self.table["directory_group"])

    def touched(self, after: "Directories") -> Iterator[Touch]:
        """What is another in the directories afterwards."""
        for table in _ENTRIES:
            if self.tables[table] == after.tables[table]:
                continue
            rows, now = self.entry[table], after.entry[table]
            for key in rows.keys() | now.keys():
                before, row = rows.get(key), now.get(key)
                if before != row:
                    for needed in self._needed(table, key, before, row):
                        yield Touch(key[0], f"{table} {before} became {row}", needed)

    def _needed(self, table: str, key: tuple[str, ...], before: Any, after: Any) -> Collection[frozenset[str]]:
        """Of each of these one role is needed; an empty one has nobody."""
        match table:
            case "role_assignment" | "admin_role_assignment":
                return [GIVES_ROLES]
            case "licence_assignment":
                return [GIVES_LICENCES]
            case "revocation":
                return [SIGNS_IN | DELETES]
        if before is None:
            return [MAKES]
        if after is None:
            return [frozenset()]
        needed = []
        if before["deleted_at"] != after["deleted_at"]:
            needed.append(MAKES if after["deleted_at"] is None else DELETES)
        if any(before[it] != after[it] for it in _PASSWORD):
            needed.append(SIGNS_IN)
        if any(before[it] != after[it] for it in _DETAILS):
            needed.append(MAKES)
        return [it & _OF_GUARDED for it in needed] if self.guarded(*key[:2]) else needed or [frozenset()]


async def directories(owner: Connection, tenants: list[UUID]) -> Directories:
    """The directories of these tenants now, and their approvals."""
    return Directories(dict(await owner.fetchrow(_READ, tenants)))
