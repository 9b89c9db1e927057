"""Every row policy keeps foreign rows from its role, and the check that says so fails when the policy is `true`."""

import pytest
from asyncpg.connection import Connection

from support.programme import Programme
from support.reach import Wall, reach

_PARTNER, _CUSTOMER, _OPERATOR = "copartner_partner", "copartner_customer", "copartner_operator"
_FOUNDER = "copartner_founder"

# What each policy lets its role reach: rows whose column holds the actor.
WALLS = (
    *(Wall(table, "partner_own", _PARTNER, "partner_tenant_id") for table in (
        "relationship_request", "reseller_relationship", "billing_profile", "customer_agreement", "cart",
        "purchase_order", "subscription",
    )),
    *(Wall(table, "customer_own", _CUSTOMER, "customer_tenant_id") for table in (
        "relationship_request", "reseller_relationship", "customer_agreement", "subscription",
    )),
    *(Wall(table, policy, role, "tenant_id")
      for policy, role in (("partner_own", _PARTNER), ("customer_own", _CUSTOMER), ("operator_own", _OPERATOR))
      for table in (
          "application", "application_secret", "audit_record", "decision_record", "directory_group", "group_member",
          "idempotency_key", "provider_role", "revocation", "role_assignment", "user_account",
      )),
    *(Wall(table, policy, role, column)
      for policy, role in (("partner_own", _PARTNER), ("customer_own", _CUSTOMER))
      for table, column in (("tenant", "id"), ("enrolment", "tenant_id"))),
    *(Wall(table, "founder_adds", _FOUNDER, "partner_tenant_id")
      for table in ("reseller_relationship", "billing_profile")),
    Wall("tenant", "founder_adds", _FOUNDER, "kind", "customer"),
)  # fmt: skip

# Policies that let a role reach every row of a table: the roles that decide, sign in, clean up and operate.
OPEN = {
    "owner_all": {
        "application", "application_secret", "audit_record", "audit_record_default", "authorization_code",
        "billing_profile", "browser_session", "cart", "customer_agreement", "decision_record", "device_authorization",
        "directory_group", "enrolment", "group_member", "guess_count", "idempotency_key", "purchase_order",
        "recovery_code", "refresh_family", "refresh_token", "relationship_request", "reseller_relationship",
        "revocation", "role_assignment", "second_factor", "signing_key", "subscription", "tenant", "user_account",
        "provider_identity", "provider_role", "provider_visit",
    },
    "facts_all": {
        "application", "cart", "customer_agreement", "decision_record", "directory_group",
        "enrolment", "group_member", "provider_role", "purchase_order", "relationship_request", "reseller_relationship",
        "role_assignment", "subscription", "tenant", "user_account",
    },
    "facts_claim": {"relationship_request"},
    "facts_write": {"audit_record"},
    "founder_adds": {"directory_group", "role_assignment", "user_account"},
    "operator_all": {"enrolment", "tenant"},
    "signin_all": {
        "application", "application_secret", "authorization_code", "browser_session", "device_authorization",
        "guess_count", "recovery_code", "refresh_family", "refresh_token", "revocation", "second_factor", "signing_key",
        "tenant", "user_account",
        "provider_identity", "provider_role", "provider_visit",
    },
    "worker_all": {"idempotency_key"},
}  # fmt: skip
ACTORS = {_PARTNER: "nordlicht", _CUSTOMER: "alpenblick", _OPERATOR: "wolkenstadt", _FOUNDER: "nordlicht"}
# An enrolled tenant buys from others too, and then acts as a customer.
ENROLLED = "nordlicht"


async def _policies(owner: Connection) -> dict[str, tuple[str, str]]:
    """Every policy by table and name: what it compares, and its roles."""
    rows = await owner.fetch("SELECT tablename, policyname, coalesce(qual, with_check) AS says, roles FROM pg_policies")
    return {f"{row['tablename']}.{row['policyname']}": (row["says"], ",".join(row["roles"])) for row in rows}


@pytest.mark.parametrize("wall", WALLS, ids=str)
async def test_a_role_reaches_its_own_rows_alone(owner: Connection, planted: Programme, wall: Wall) -> None:
    actor = planted.id(ENROLLED if wall.table == "enrolment" else ACTORS[wall.role])
    held = await reach(owner, wall, actor)
    assert held.granted, "a policy for a role without privileges on the table holds nothing: drop it"
    assert (held.own, held.foreign) == (held.granted, frozenset())
    opened = await reach(owner, wall, actor, opened=True)
    assert opened.foreign == opened.granted, "this check would not notice the policy being `true`"


async def test_every_policy_is_checked_or_listed_as_open(owner: Connection) -> None:
    found = await _policies(owner)
    always = {name for name, (says, _) in found.items() if says == "true"}
    assert always == {f"{table}.{policy}" for policy, tables in OPEN.items() for table in tables}
    assert found.keys() - always == {str(wall) for wall in WALLS}
    assert {str(wall): wall.role for wall in WALLS} == {str(wall): found[str(wall)][1] for wall in WALLS}


async def test_open_policies_belong_to_roles_that_serve_no_side(owner: Connection) -> None:
    roles = {name: roles for name, (says, roles) in (await _policies(owner)).items() if says == "true"}
    for name, role in roles.items():
        assert role in {
            "copartner_owner", "copartner_facts", "copartner_signin", "copartner_worker", _FOUNDER, _OPERATOR,
        }, name  # fmt: skip
        table = name.partition(".")[0]
        held = await owner.fetchval("SELECT has_any_column_privilege($1, $2, 'SELECT, INSERT, UPDATE')", role, table)
        assert held, f"{name} opens nothing: drop it"


async def test_a_policy_compares_one_column_with_the_actor(owner: Connection) -> None:
    for name, (says, _) in (await _policies(owner)).items():
        wall = next((one for one in WALLS if str(one) == name), None)
        if wall is not None and wall.value is None:
            assert says == f"({wall.column} = ( SELECT actor_tenant() AS actor_tenant))", name
