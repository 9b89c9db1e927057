"""What a database role gets at in one table: the rows it sees, changes, removes and adds, own and foreign."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
from asyncpg.connection import Connection

# What each privilege is good for.
DEEDS = {"SELECT": "see", "UPDATE": "change", "DELETE": "remove", "INSERT": "add"}
_SIDES = ("partner", "customer", "operator", "worker", "signin")


@dataclass(frozen=True, slots=True)
class Wall:
    """One row policy as it should be: `role` reaches the rows whose `column` holds `value`, the actor when None."""

    table: str
    policy: str
    role: str
    column: str
    value: str | None = None

    def __str__(self) -> str:
        return f"{self.table}.{self.policy}"


@dataclass(frozen=True, slots=True)
class Reach:
    """The deeds that the role has privileges for, those it did to own rows and those it did to foreign ones."""

    granted: frozenset[str]
    own: frozenset[str]
    foreign: frozenset[str]


async def reach(db: Connection, wall: Wall, actor: UUID, *, opened: bool = False) -> Reach:
    """Try every deed as the actor, with the policy replaced by `true` when `opened`; nothing stays.

    `db` is the owner's, which may become every role.
    """
    value = wall.value or str(actor)
    rows = await db.fetch(f"SELECT to_jsonb(t)::text AS row FROM {wall.table} t")
    decoded = [msgspec.json.decode(row["row"]) for row in rows]
    own = next(row for row in decoded if _text(row[wall.column]) == value)
    foreign = next(row for row in decoded if _text(row[wall.column]) not in (None, value))
    transaction = db.transaction()
    await transaction.start()
    try:
        held = await _privileges(db, wall)
        if "DELETE" in held:
            await _unbind(db, wall)
        if opened:
            await _open(db, wall)
        await _become(db, wall, actor)
        done: dict[bool, set[str]] = {True: set(), False: set()}
        for privilege, columns in held.items():
            if privilege == "INSERT":
                for is_own, row in ((True, own), (False, foreign)):
                    if await _adds(db, wall, columns, row):
                        done[is_own].add(DEEDS[privilege])
                continue
            for found in await _touched(db, wall, privilege, columns):
                done[found == value].add(DEEDS[privilege])
    finally:
        await transaction.rollback()
    return Reach(frozenset(DEEDS[one] for one in held), frozenset(done[True]), frozenset(done[False]))


def _text(value: Any) -> Any:
    """A value of a column as text has it."""
    return str(value).lower() if isinstance(value, bool) else value


async def _privileges(db: Connection, wall: Wall) -> dict[str, list[str]]:
    """The columns on which the role holds each privilege that the policy speaks about; DELETE has no columns."""
    command = await db.fetchval(
        "SELECT cmd FROM pg_policies WHERE tablename = $1 AND policyname = $2", wall.table, wall.policy
    )
    held: dict[str, list[str]] = {}
    for privilege in DEEDS:
        if command not in ("ALL", privilege):
            continue
        if privilege == "DELETE":
            if await db.fetchval("SELECT has_table_privilege($1, $2, 'DELETE')", wall.role, wall.table):
                held[privilege] = []
            continue
        rows = await db.fetch(
            """SELECT a.attname FROM pg_attribute a WHERE a.attrelid = $2::text::regclass AND a.attnum > 0
                AND NOT a.attisdropped AND a.attgenerated = '' AND has_column_privilege($1, a.attrelid, a.attnum, $3)
            ORDER BY a.attnum""",
            *(wall.role, wall.table, privilege),
        )
        if rows:
            held[privilege] = [row["attname"] for row in rows]
    return held


async def _open(db: Connection, wall: Wall) -> None:
    found = await db.fetchrow(
        "SELECT qual, with_check FROM pg_policies WHERE tablename = $1 AND policyname = $2", wall.table, wall.policy
    )
    parts = (["USING (true)"] if found["qual"] else []) + (["WITH CHECK (true)"] if found["with_check"] else [])
    await db.execute(f"ALTER POLICY {wall.policy} ON {wall.table} {' '.join(parts)}")


async def _unbind(db: Connection, wall: Wall) -> None:
    """Let go what refers to the rows, so that row security alone says which of them can be removed."""
    rows = await db.fetch(
        """SELECT conrelid::regclass AS name, conname FROM pg_constraint
        WHERE contype = 'f' AND confrelid = $1::text::regclass""",
        wall.table,
    )
    for row in rows:
        await db.execute(f"ALTER TABLE {row['name']} DROP CONSTRAINT {row['conname']}")


async def _become(db: Connection, wall: Wall, actor: UUID) -> None:
    side = wall.role.removeprefix("copartner_")
    if side in _SIDES:
        await db.execute("SELECT act_as($1, $2)", side, actor)
        return
    # A role that only definer functions run as finds the actor of the transaction already set.
    await db.execute("SELECT set_config('copartner.tenant', $1, true)", str(actor))
    await db.execute(f"SET LOCAL ROLE {wall.role}")


async def _touched(db: Connection, wall: Wall, privilege: str, columns: list[str]) -> list[str]:
    """Whose rows one statement without a condition sees, changes or removes."""
    first, key = next(iter(columns), ""), f"{wall.column}::text AS whose"
    statement = {
        "SELECT": f"SELECT {key} FROM {wall.table}",
        "UPDATE": f"UPDATE {wall.table} SET {first} = {first} RETURNING {key}",
        "DELETE": f"DELETE FROM {wall.table} RETURNING {key}",
    }[privilege]
    savepoint = db.transaction()
    await savepoint.start()
    try:
        return [row["whose"] for row in await db.fetch(statement)]
    finally:
        await savepoint.rollback()


async def _adds(db: Connection, wall: Wall, columns: list[str], like: dict[str, Any]) -> bool:
    """Whether row security lets a new row like this one in; what constraints say comes after it and counts as in."""
    row = like | ({"id": str(uuid4())} if wall.column != "id" and "id" in like else {})
    names = ", ".join(columns)
    statement = f"INSERT INTO {wall.table} ({names}) SELECT {names} FROM jsonb_populate_record(NULL::{wall.table}, $1)"
    savepoint = db.transaction()
    await savepoint.start()
    try:
        await db.execute(statement, msgspec.json.encode(row).decode())
    except asyncpg.InsufficientPrivilegeError as error:
        if "row-level security" not in str(error):
            raise
        return False
    except asyncpg.IntegrityConstraintViolationError:
        return True
    finally:
        await savepoint.rollback()
    return True
