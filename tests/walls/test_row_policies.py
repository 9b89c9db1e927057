"""Every row policy keeps foreign rows from its role, and the check that says so fails when the policy is `true`."""

import re

import pytest
from asyncpg.connection import Connection

from support.programme import Programme
from support.reach import Wall, reach

_PARTNER, _CUSTOMER, _OPERATOR = "copartner_partner", "copartner_customer", "copartner_operator"
_FOUNDER, _SETTLER, _DELEGATE = "copartner_founder", "copartner_settler", "copartner_delegate"
_PUBLIC = "copartner_public"

# What each policy lets its role reach: rows whose column holds the actor.
WALLS = (
    *(Wall(table, "partner_own", _PARTNER, "partner_tenant_id") for table in (
        "access_assignment", "access_assignment_role", "admin_operation", "admin_relationship", "admin_request",
        "admin_counter_proposal", "relationship_request", "reseller_relationship", "billing_profile",
        "customer_agreement", "cart",
        "partner_agreement", "partner_profile", "purchase_order", "subscription", "subscription_transition",
    )),
    *(Wall(table, "settler_own", _SETTLER, "partner_tenant_id") for table in ("purchase_order", "subscription")),
    *(Wall(table, "customer_own", _CUSTOMER, "customer_tenant_id") for table in (
        "access_assignment", "access_assignment_role", "admin_counter_proposal", "admin_relationship",
        "relationship_request", "reseller_relationship",
        "customer_agreement", "role_cap", "subscription",
    )),
    *(Wall(table, policy, _SETTLER, column)
      for policy, column in (("settler_offers", "customer_tenant_id"), ("settler_takes", "partner_tenant_id"))
      for table in ("admin_counter_proposal", "admin_relationship")),
    Wall("admin_relationship", "provider_adds", _PARTNER, "provider_tenant_id"),
    *(Wall(table, policy, role, "tenant_id")
      for policy, role in (("partner_own", _PARTNER), ("customer_own", _CUSTOMER), ("operator_own", _OPERATOR))
      for table in (
          "actor", "application", "application_consent", "application_secret", "audit_record", "consent_receipt",
          "decision_record", "directory_group", "event_address", "event_outbox", "group_member", "idempotency_key",
          "provider_role", "revocation", "role_assignment", "user_account",
      )),
    Wall("rule_version", "operator_own", _OPERATOR, "tenant_id"),
    *(Wall(table, policy, role, column)
      for policy, role in (("partner_own", _PARTNER), ("customer_own", _CUSTOMER))
      for table, column in (("tenant", "id"), ("enrolment", "tenant_id"))),
    Wall("partner_relationship", "provider_own", _PARTNER, "provider_tenant_id"),
    Wall("partner_relationship", "reseller_own", _PARTNER, "reseller_tenant_id"),
    Wall("reseller_relationship", "founder_adds_indirect", _FOUNDER, "provider_tenant_id"),
    Wall("tenant_domain", "customer_own", _CUSTOMER, "tenant_id"),
    *(Wall(table, "founder_adds", _FOUNDER, "partner_tenant_id")
      for table in ("admin_relationship", "reseller_relationship", "billing_profile")),
    Wall("tenant", "founder_adds", _FOUNDER, "kind", "customer"),
    Wall("announcement", "operator_own", _OPERATOR, "operator_tenant_id"),
    Wall("announcement", "partner_told", _PARTNER, "for_partners", "true"),
    Wall("announcement", "customer_told", _CUSTOMER, "for_customers", "true"),
    Wall("announcement", "public_told", _PUBLIC, "for_everybody", "true"),
    Wall("customer_count", "partner_own", _PARTNER, "partner_tenant_id"),
    *(Wall(table, "delegate_own", _DELEGATE, "tenant_id") for table in (
        "admin_role_assignment", "licence_assignment", "revocation", "role_assignment", "tenant_domain", "user_account",
    )),
)  # fmt: skip

# Policies that let a role reach every row of a table: the roles that decide, sign in, clean up and operate.
OPEN = {
    "owner_all": {
        "access_assignment", "access_assignment_role", "admin_operation", "admin_relationship", "admin_request",
        "admin_role_assignment", "licence_assignment", "admin_counter_proposal", "consent_receipt", "role_cap",
        "actor", "announcement", "event_address", "event_outbox",
        "application", "application_consent", "application_secret", "audit_record", "audit_record_default",
        "audit_record_month", "authorization_code", "billing_profile", "browser_session", "cart",
        "customer_agreement", "customer_count", "decided", "decided_default", "decided_month", "decision_record",
        "device_authorization", "directory_group",
        "enrolment", "group_member", "guess_count", "idempotency_key", "mail_outbox", "partner_agreement",
        "partner_profile", "partner_relationship", "provider_identity", "provider_role", "provider_visit",
        "purchase_order", "recovery_code", "refresh_family", "refresh_token", "relationship_request",
        "reseller_relationship", "revocation", "role_assignment", "second_factor", "signing_key", "subscription",
        "subscription_transition", "tenant", "tenant_domain", "user_account", "rule_version", "rulebook_number",
        "kept_rulebook", "affiliation",
    },
    "facts_adds": {"tenant_domain"},
    "facts_all": {
        "access_assignment", "access_assignment_role", "admin_relationship", "admin_role_assignment", "role_cap",
        "actor", "affiliation", "application", "cart", "customer_agreement", "customer_count", "decided",
        "decision_record",
        "directory_group", "enrolment", "event_address", "group_member", "partner_agreement", "partner_relationship",
        "provider_identity", "provider_role", "purchase_order", "relationship_request", "reseller_relationship",
        "role_assignment", "rulebook_number", "second_factor", "subscription", "tenant", "tenant_domain",
        "user_account",
    },
    "facts_claim": {"admin_relationship", "relationship_request"},
    "facts_marks": {"reseller_relationship"},
    "facts_write": {"audit_record", "consent_receipt", "event_outbox", "mail_outbox"},
    "founder_adds": {"directory_group", "role_assignment", "tenant_domain", "user_account"},
    "keeper_all": {
        "actor", "application", "directory_group", "enrolment", "group_member", "provider_role",
        "role_assignment", "tenant", "user_account",
    },
    "operator_all": {"affiliation", "decided", "enrolment", "rulebook_number", "tenant"},
    "signin_all": {
        "application", "application_consent", "application_secret", "authorization_code", "browser_session",
        "device_authorization", "guess_count", "provider_identity", "provider_role", "provider_visit",
        "recovery_code", "refresh_family", "refresh_token", "revocation", "second_factor", "signing_key", "tenant",
        "user_account",
    },
    "worker_all": {
        "access_assignment", "access_assignment_role", "actor", "announcement", "event_address", "event_outbox",
        "admin_relationship", "decided", "idempotency_key", "kept_rulebook", "mail_outbox", "reseller_relationship",
        "rule_version", "rulebook_number", "tenant", "user_account",
    },
}  # fmt: skip
ACTORS = {_PARTNER: "nordlicht", _CUSTOMER: "alpenblick", _OPERATOR: "wolkenstadt", _FOUNDER: "nordlicht",
          _SETTLER: "nordlicht", _DELEGATE: "alpenblick", _PUBLIC: "alpenblick"}  # fmt: skip
# An enrolled tenant buys from others too, and then acts as a customer.
ENROLLED = "nordlicht"
# Who resells for the first partner in the planted rows.
RESELLER = "alpenblick"


async def _policies(owner: Connection) -> dict[str, tuple[str, str]]:
    """Every policy by table and name: what it compares, and its roles."""
    rows = await owner.fetch("SELECT tablename, policyname, coalesce(qual, with_check) AS says, roles FROM pg_policies")
    # The months are as many as were made, and all alike.
    named = [(re.sub(r"^(audit_record|decided)_\d{4}_\d{2}$", r"\1_month", row["tablename"]), row) for row in rows]
    return {f"{table}.{row['policyname']}": (row["says"], ",".join(row["roles"])) for table, row in named}


@pytest.mark.parametrize("wall", WALLS, ids=str)
async def test_a_role_reaches_its_own_rows_alone(owner: Connection, planted: Programme, wall: Wall) -> None:
    other = {
        "enrolment.customer_own": ENROLLED,
        "partner_relationship.reseller_own": RESELLER,
        "admin_relationship.settler_offers": "fjord",
        "admin_counter_proposal.settler_offers": ACTORS[_CUSTOMER],
    }
    actor = planted.id(other.get(str(wall), ACTORS[wall.role]))
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
            "copartner_owner", "copartner_facts", "copartner_keeper", "copartner_signin", "copartner_worker", _FOUNDER,
            _OPERATOR,
        }, name  # fmt: skip
        table = name.partition(".")[0].replace("_month", "_default")
        held = await owner.fetchval("SELECT has_any_column_privilege($1, $2, 'SELECT, INSERT, UPDATE')", role, table)
        assert held, f"{name} opens nothing: drop it"


async def test_a_policy_compares_one_column_with_the_actor(owner: Connection) -> None:
    for name, (says, _) in (await _policies(owner)).items():
        wall = next((one for one in WALLS if str(one) == name), None)
        if wall is not None and wall.value is None:
            assert says == f"({wall.column} = ( SELECT actor_tenant() AS actor_tenant))", name
