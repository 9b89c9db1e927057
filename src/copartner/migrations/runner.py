"""Brings a database to this release: forward only, each file once, none altered after it was applied."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from importlib.resources import files

from asyncpg.connection import Connection

from copartner.kernel import functions
from copartner.kernel.database import connect
from copartner.kernel.login_store import SIDES

_LOCK = 0x636F7061727472
# Every run of `copartner migrate` makes the coming months; two years are longer than anybody waits with a release.
_MONTHS_AHEAD = 24
_BY_MONTH = ("audit_record", "decided")


class MigrationError(Exception):
    """The database cannot be brought to this release; the message says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: files applied and functions made or dropped, by name."""

    applied: tuple[str, ...]
    functions_made: tuple[str, ...]
    functions_dropped: tuple[str, ...]


async def migrate(admin_url: str, *, login_role: str, release: str, now: datetime) -> Outcome:
    """Apply what is missing in one transaction, as the owner; `login_role` may then become each side.

    Raises MigrationError when an applied file was altered or the database is of a newer release.
    """
    connection = await connect(admin_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
            await connection.execute("CREATE SCHEMA IF NOT EXISTS copartner")
            await _make_ledgers(connection)
            applied = await _apply_files(connection, now)
            made, dropped = await _apply_functions(connection, release)
            await make_months(connection, now)
            await _admit(connection, login_role)
        return Outcome(tuple(applied), tuple(made), tuple(dropped))
    finally:
        await connection.close()


def _files() -> dict[int, tuple[str, str]]:
    found = {}
    for entry in sorted(files("copartner.migrations").iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".sql"):
            found[int(entry.name[:4])] = (entry.name, entry.read_text())
    return found


async def make_months(connection: Connection, now: datetime, ahead: int = _MONTHS_AHEAD) -> tuple[str, ...]:
    """Partitions for the month of `now` and so many coming ones, as the owner; answers the names of those it made.

    A month that has rows in the default partition of a table already stays there.
    """
    months = [date(now.year + month // 12, month % 12 + 1, 1) for month in range(now.month - 1, now.month + ahead)]
    made = [
        f"{table}_{month:%Y_%m}"
        for table in _BY_MONTH
        for month in months
        if await connection.fetchval("SELECT month_of($1, $2)", table, month)
    ]
    return tuple(made)


async def _make_ledgers(connection: Connection) -> None:
    await connection.execute(
        """
        CREATE TABLE IF NOT EXISTS copartner.migration (
            number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL);
        CREATE TABLE IF NOT EXISTS copartner.function_version (
            name text PRIMARY KEY, release text NOT NULL, superseded_in text)
        """
    )


async def _apply_files(connection: Connection, now: datetime) -> list[str]:
    known = {row["number"]: row for row in await connection.fetch("SELECT number, name, checksum FROM migration")}
    ours = _files()
    if newer := sorted(known.keys() - ours.keys()):
        raise MigrationError(f"the database has migration {known[newer[0]]['name']}, which this release does not know")
    applied = []
    for number, (name, text) in ours.items():
        checksum = sha256(text.encode()).hexdigest()
        if number in known:
            if known[number]["checksum"] != checksum:
                raise MigrationError(f"{name} was altered after it was applied; write a new migration instead")
            continue
        await connection.execute(text)
        await connection.execute("INSERT INTO migration VALUES ($1, $2, $3, $4)", number, name, checksum, now)
        applied.append(name)
    return applied


async def _apply_functions(connection: Connection, release: str) -> tuple[list[str], list[str]]:
    known = {row["name"]: row for row in await connection.fetch("SELECT name, superseded_in FROM function_version")}
    current = {function.versioned: function for function in functions.all_functions().values()}
    made = []
    for versioned, function in current.items():
        if versioned not in known:
            await connection.execute(function.sql)
            made.append(versioned)
    await connection.executemany(
        """INSERT INTO function_version VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET superseded_in = NULL""",
        [(versioned, release) for versioned in current],
    )
    old = known.keys() - current.keys()
    expired = sorted(name for name in old if known[name]["superseded_in"] not in (None, release))
    for name in reversed(expired):
        # Names come from the ledger this module writes; no caller's text reaches the statement.
        await connection.execute(f'DROP FUNCTION IF EXISTS "{name}" CASCADE')
    await connection.execute("DELETE FROM function_version WHERE name = ANY($1)", expired)
    await connection.execute(
        "UPDATE function_version SET superseded_in = $2 WHERE name = ANY($1) AND superseded_in IS NULL",
        sorted(old),
        release,
    )
    return made, expired


async def _admit(connection: Connection, login_role: str) -> None:
    quoted = '"' + login_role.replace('"', '""') + '"'
    await connection.execute(f"GRANT USAGE ON SCHEMA copartner TO {quoted}")
    option = "WITH INHERIT FALSE, SET TRUE" if connection.get_server_version().major >= 16 else ""
    for side in SIDES:
        await connection.execute(f"GRANT copartner_{side} TO {quoted} {option}")
