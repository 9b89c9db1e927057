"""What each database role may do at all, before row security: a wider grant is a change of this file."""

from collections import defaultdict
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from asyncpg.connection import Connection

from copartner.kernel.database import connect
from copartner_emulator.cluster import LOGIN, OWNER
from support.programme import Programme
from support.walls.grants import (
    ADDED,
    BEFORE_ACTING,
    CHANGED,
    DEFINERS,
    EVERYBODY,
    FACTS_READ,
    REMOVED,
    SIDES,
    UNWALLED,
)


@pytest.fixture
async def login(planted: Programme) -> AsyncIterator[Connection]:
    """A connection as requests have it."""
    connection = await connect(planted.database.login_url)
    try:
        yield connection
    finally:
        await connection.close()


async def _columns(owner: Connection, privilege: str) -> dict[tuple[str, str], list[str]]:
    """The columns on which each role but the owner holds a privilege, by role and table."""
    rows = await owner.fetch(
        """SELECT r.rolname, c.relname, a.attname FROM pg_roles r, pg_class c, pg_attribute a
        WHERE r.rolname = ANY ($1) AND c.relnamespace = 'copartner'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
            AND a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            AND has_column_privilege(r.oid, c.oid, a.attnum, $2)
        ORDER BY r.rolname, c.relname, a.attnum""",
        sorted(EVERYBODY - {OWNER}),
        privilege,
    )
    found = defaultdict(list)
    for row in rows:
        found[row["rolname"], row["relname"]].append(row["attname"])
    return dict(found)


async def test_row_security_is_enabled_and_forced_on_every_tenant_table(owner: Connection) -> None:
    rows = await owner.fetch(
        """SELECT relname, relrowsecurity AND relforcerowsecurity AS walled FROM pg_class
        WHERE relnamespace = 'copartner'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')"""
    )
    assert {row["relname"] for row in rows if not row["walled"]} == UNWALLED


async def test_what_is_unwalled_is_read_only_or_closed(owner: Connection) -> None:
    found = {
        (role, table): privilege
        for privilege in ("SELECT", "INSERT", "UPDATE")
        for role, table in await _columns(owner, privilege)
        if table in UNWALLED
    }
    catalogue = {name for name in UNWALLED if name.startswith("catalogue_")}
    readers = SIDES - {"copartner_signin", "copartner_delegate", "copartner_public"} | {"copartner_facts"}
    assert found == {(role, table): "SELECT" for role in readers for table in catalogue} | {
        ("copartner_facts", "organisation"): "SELECT",
        ("copartner_operator", "organisation"): "SELECT",
        ("copartner_founder", "organisation"): "INSERT",
        ("copartner_settler", "catalogue_sku"): "SELECT",
    }


async def test_partitions_are_reached_through_their_table_alone(owner: Connection) -> None:
    partitions = await owner.fetch(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid "
        "WHERE relkind = 'r' AND relispartition"
    )
    assert partitions
    held = {table for one in ("SELECT", "INSERT", "UPDATE") for _, table in await _columns(owner, one)}
    assert not held & {row["name"].removeprefix("copartner.") for row in partitions}


async def test_the_columns_that_may_change_are_these(owner: Connection) -> None:
    assert {key: " ".join(names) for key, names in (await _columns(owner, "UPDATE")).items()} == CHANGED


async def test_the_tables_that_may_be_added_to_and_removed_from_are_these(owner: Connection) -> None:
    assert (await _columns(owner, "INSERT")).keys() == ADDED
    for privilege, allowed in (("DELETE", REMOVED), ("TRUNCATE", set()), ("TRIGGER", set())):
        rows = await owner.fetch(
            """SELECT r.rolname, c.relname FROM pg_roles r, pg_class c
            WHERE r.rolname = ANY ($1) AND c.relnamespace = 'copartner'::regnamespace AND c.relkind IN ('r', 'p')
                AND has_table_privilege(r.oid, c.oid, $2)""",
            sorted(EVERYBODY - {OWNER}),
            privilege,
        )
        assert {(row["rolname"], row["relname"]) for row in rows} == allowed, privilege


async def test_the_facts_role_reads_ids_and_states_alone(owner: Connection) -> None:
    read = {
        table: " ".join(names)
        for (role, table), names in (await _columns(owner, "SELECT")).items()
        if role == "copartner_facts" and not table.startswith("catalogue_")
    }
    assert read == FACTS_READ


async def test_functions_with_their_owners_rights_are_closed_and_keep_to_their_schema(owner: Connection) -> None:
    rows = await owner.fetch(
        """SELECT p.proname, r.rolname, p.proconfig,
            (SELECT array_agg(DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
             FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a) AS may
        FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
        WHERE p.pronamespace = 'copartner'::regnamespace AND p.prosecdef"""
    )
    assert len(rows) > 15
    for row in rows:
        assert row["rolname"] in DEFINERS, row["proname"]
        assert row["proconfig"] == ["search_path=copartner, pg_temp"], row["proname"]
        before = {"PUBLIC"} if row["proname"].rpartition("_")[0] in BEFORE_ACTING else set()
        assert set(row["may"]) <= SIDES | {row["rolname"]} | before, row["proname"]


async def test_no_other_role_owns_a_function_or_a_table(owner: Connection) -> None:
    rows = await owner.fetch(
        """SELECT d.refobjid::regrole::text AS role, d.classid::regclass::text AS kind FROM pg_shdepend d
        WHERE d.deptype = 'o' AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"""
    )
    assert {(row["role"], row["kind"]) for row in rows if row["role"] != OWNER} == {
        (role, "pg_proc") for role in DEFINERS
    }


async def test_no_role_is_above_the_walls(owner: Connection) -> None:
    rows = await owner.fetch(
        "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin, rolinherit, rolcreaterole, rolcreatedb FROM pg_roles "
        "WHERE rolname = ANY ($1)",
        sorted(EVERYBODY),
    )
    assert {row["rolname"] for row in rows} == EVERYBODY
    for row in rows:
        above = {name for name in ("rolsuper", "rolbypassrls", "rolcreatedb") if row[name]}
        assert not above, row["rolname"]
        assert row["rolcanlogin"] == (row["rolname"] in (OWNER, LOGIN))
        assert not row["rolcreaterole"] or row["rolname"] == OWNER
        assert not row["rolinherit"] or row["rolname"] == OWNER


async def test_the_login_role_becomes_the_sides_and_nobody_else(login: Connection) -> None:
    for role in EVERYBODY:
        may = await login.fetchval("SELECT pg_has_role(session_user, $1, 'MEMBER')", role)
        assert may == (role in {LOGIN, *SIDES}), role
    for role in (OWNER, *DEFINERS):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await login.execute(f"SET ROLE {role}")
    # Without acting for a side it reads nothing: it inherits from none.
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await login.fetch("SELECT id FROM subscription")


async def test_one_actor_a_transaction(login: Connection, planted: Programme) -> None:
    for first in ("partner", "customer", "operator"):
        async with login.transaction():
            await login.execute("SELECT act_as($1, $2)", first, planted.id("nordlicht"))
            for second in ("partner", "customer", "operator", "signin", "worker"):
                with pytest.raises(asyncpg.RaiseError, match="one actor a transaction"):
                    async with login.transaction():
                        await login.execute("SELECT act_as($1, $2)", second, planted.id("suedwind"))
        assert await login.fetchval("SELECT current_user::text") == LOGIN
        assert await login.fetchval("SELECT actor_tenant()") is None


async def test_a_side_that_does_not_exist_is_no_side(login: Connection) -> None:
    for side in ("facts", "founder", "settler", "delegate", "owner", "Partner", ""):
        with pytest.raises(asyncpg.PostgresError):
            async with login.transaction():
                await login.execute("SELECT act_as($1, $2)", side, uuid4())


async def test_who_is_no_member_of_a_side_cannot_act_for_it(planted: Programme) -> None:
    stranger = f"stranger_{uuid4().hex}"
    superuser = await connect(planted.database.superuser_url)
    try:
        await superuser.execute(f"CREATE ROLE {stranger} NOLOGIN; GRANT USAGE ON SCHEMA copartner TO {stranger}")
        await superuser.execute(f"SET SESSION AUTHORIZATION {stranger}")
        for side in ("partner", "customer", "operator", "signin", "worker"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with superuser.transaction():
                    await superuser.execute("SELECT act_as($1, $2)", side, planted.id("nordlicht"))
    finally:
        await superuser.execute("RESET SESSION AUTHORIZATION")
        await superuser.execute(f"DROP OWNED BY {stranger}; DROP ROLE {stranger}")
        await superuser.close()
