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

SIDES = {"copartner_partner", "copartner_customer", "copartner_operator", "copartner_worker", "copartner_signin"}
# The roles as which functions run with their owner's rights.
DEFINERS = {"copartner_facts", "copartner_founder", "copartner_keeper", "copartner_settler"}
EVERYBODY = {OWNER, LOGIN, *SIDES, *DEFINERS}

# Functions with their owner's rights that are called before anybody acts: they tell which side a tenant is of, no more.
BEFORE_ACTING = {"fn_side_of"}
# Tables that belong to no tenant: what can be bought, the businesses behind tenants, the ledgers of the migrations.
UNWALLED = {
    "affiliation", "catalogue_availability", "catalogue_product", "catalogue_promotion", "catalogue_sku",
    "catalogue_term", "function_version", "migration", "organisation",
}  # fmt: skip
FACTS_READ = {
    "actor": "tenant_id subject_id app_only sides roles",
    "affiliation": "organisation_id affiliate_id",
    "application": "tenant_id id name enabled",
    "cart": "customer_tenant_id id partner_tenant_id",
    "customer_agreement": "customer_tenant_id id partner_tenant_id type template_id agreed_at",
    "customer_count": "partner_tenant_id customers",
    "decision_record": "tenant_id id at last_at times likeness",
    "directory_group": "tenant_id id role",
    "enrolment": "tenant_id mpn_id markets state model",
    "group_member": "tenant_id group_id member_id",
    "partner_agreement": "partner_tenant_id",
    "partner_relationship": "provider_tenant_id reseller_tenant_id state",
    "provider_role": "tenant_id user_id role",
    "purchase_order": "customer_tenant_id id partner_tenant_id",
    "relationship_request": "partner_tenant_id id customer_tenant_id includes_privileges reason state created_at",
    "reseller_relationship": "customer_tenant_id id partner_tenant_id state privileges provider_tenant_id",
    "role_assignment": "tenant_id user_id role",
    "subscription": "customer_tenant_id id partner_tenant_id parent_id product_id sku_id kind quantity status",
    "tenant": "id organisation_id kind cloud shared_services company_name domain country culture language address "
    "registration_number",
    "tenant_domain": "tenant_id name",
    "user_account": "tenant_id id user_principal_name display_name enabled",
}
# Every column that any role may change. Seller, owner, terms and partner of record are not among them.
CHANGED = {
    ("copartner_customer", "idempotency_key"): "result",
    ("copartner_customer", "relationship_request"): "state answered_at answered_by",
    ("copartner_customer", "reseller_relationship"): "privileges",
    **{
        (f"copartner_{side}", table): columns
        for side in ("partner", "customer", "operator")
        for table, columns in {
            "application": "name redirect_uris enabled admin_consent",
            "application_consent": "offline consented_at consented_by withdrawn_at",
            "application_secret": "removed_at",
            "directory_group": "name",
            "revocation": "not_before changed_in",
            "user_account": "display_name password_hash enabled must_change_password",
        }.items()
    },
    ("copartner_signin", "application_secret"): "last_used_at",
    ("copartner_signin", "browser_session"): "token_hash methods signed_in_at used_at ends_at ended_at",
    ("copartner_signin", "guess_count"): "failures last_at",
    ("copartner_signin", "recovery_code"): "used_at",
    ("copartner_signin", "second_factor"): "last_step",
    ("copartner_signin", "revocation"): "not_before changed_in",
    ("copartner_facts", "customer_count"): "customers",
    ("copartner_facts", "decision_record"): "last_at times",
    ("copartner_facts", "relationship_request"): "customer_tenant_id",
    ("copartner_keeper", "actor"): "sides roles",
    ("copartner_operator", "enrolment"): "markets state",
    ("copartner_operator", "idempotency_key"): "result",
    ("copartner_partner", "billing_profile"): "email company_name culture language address version",
    ("copartner_partner", "cart"): "lines state modified_at version",
    ("copartner_partner", "idempotency_key"): "result",
    ("copartner_partner", "partner_profile"): "value version",
    ("copartner_partner", "relationship_request"): "state",
    ("copartner_partner", "purchase_order"): "billing_cycle lines version",
    # By a later order of the same seller alone: its one function asks for it.
    ("copartner_settler", "subscription"): (
        "product_id sku_id availability_id offer_name term billing_cycle unit_price currency commitment_ends_at "
        "is_trial term_starts_at"
    ),
    ("copartner_partner", "reseller_relationship"): "state privileges ended_at",
    (
        "copartner_partner",
        "subscription",
    ): "nickname quantity status auto_renew version next_term support_tenant_id registered_at",
    ("copartner_signin", "authorization_code"): "used_at",
    ("copartner_signin", "provider_identity"): "said_at",
    ("copartner_signin", "device_authorization"): "state tenant_id user_id methods session_id signed_in_at polled_at",
    ("copartner_signin", "refresh_family"): "expires_at revoked_at",
    ("copartner_signin", "refresh_token"): "used_at",
    ("copartner_signin", "signing_key"): "ends_at",
}
REMOVED = {
    ("copartner_customer", "idempotency_key"), ("copartner_operator", "idempotency_key"),
    ("copartner_partner", "idempotency_key"), ("copartner_signin", "authorization_code"),
    ("copartner_keeper", "actor"), ("copartner_signin", "browser_session"),
    ("copartner_signin", "device_authorization"), ("copartner_signin", "refresh_family"),
    *(("copartner_signin", table) for table in ("guess_count", "recovery_code", "second_factor")),
    ("copartner_signin", "provider_role"), ("copartner_signin", "provider_visit"),
    ("copartner_worker", "idempotency_key"),
    *((f"copartner_{side}", table) for side in ("partner", "customer", "operator")
      for table in ("role_assignment", "group_member")),
}  # fmt: skip
ADDED = {
    ("copartner_customer", "customer_agreement"), ("copartner_customer", "idempotency_key"),
    *((f"copartner_{side}", table) for side in ("partner", "customer", "operator")
      for table in ("application", "application_consent", "application_secret", "directory_group", "group_member",
                    "revocation", "role_assignment", "user_account")),
    ("copartner_founder", "directory_group"), ("copartner_keeper", "actor"), ("copartner_signin", "revocation"),
    ("copartner_customer", "reseller_relationship"), ("copartner_facts", "audit_record"),
    ("copartner_facts", "customer_count"), ("copartner_facts", "decision_record"),
    ("copartner_facts", "tenant_domain"), ("copartner_founder", "tenant_domain"),
    ("copartner_founder", "billing_profile"),
    ("copartner_founder", "organisation"), ("copartner_founder", "reseller_relationship"),
    ("copartner_founder", "role_assignment"), ("copartner_founder", "tenant"), ("copartner_founder", "user_account"),
    ("copartner_operator", "enrolment"),
    ("copartner_operator", "idempotency_key"), ("copartner_partner", "billing_profile"), ("copartner_partner", "cart"),
    ("copartner_partner", "customer_agreement"), ("copartner_partner", "idempotency_key"),
    ("copartner_partner", "partner_agreement"), ("copartner_partner", "partner_profile"),
    ("copartner_partner", "purchase_order"), ("copartner_partner", "relationship_request"),
    ("copartner_partner", "subscription"), ("copartner_partner", "subscription_transition"),
    ("copartner_signin", "authorization_code"), ("copartner_signin", "browser_session"),
    ("copartner_signin", "device_authorization"), ("copartner_signin", "refresh_family"),
    ("copartner_signin", "refresh_token"), ("copartner_signin", "signing_key"),
    *(("copartner_signin", table) for table in ("guess_count", "recovery_code", "second_factor")),
    ("copartner_signin", "provider_identity"), ("copartner_signin", "provider_role"),
    ("copartner_signin", "provider_visit"), ("copartner_signin", "user_account"),
}  # fmt: skip


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
    readers = SIDES - {"copartner_signin"} | {"copartner_facts"}
    assert found == {(role, table): "SELECT" for role in readers for table in catalogue} | {
        ("copartner_facts", "affiliation"): "SELECT",
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
    for side in ("facts", "founder", "settler", "owner", "Partner", ""):
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
