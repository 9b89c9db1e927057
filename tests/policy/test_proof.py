"""The proof proves, and it notices what is missing."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import asyncpg
import pytest

from copartner.policy.actions import Action
from copartner.policy.facts import Cloud
from copartner.proof import classes, possible
from copartner.proof.__main__ import main
from copartner.proof.invariants import ALL
from copartner.proof.mutants import weaken, weaker
from copartner.proof.prove import hold, prove
from copartner.proof.questions import Prover, Result
from copartner.proof.report import page
from copartner.proof.rows import ROWS, compare_rows
from support.postgres import Database
from support.requests import BOOK

PAGE = Path(__file__).parents[2] / "docs" / "proof.md"
TEXTS = ("DE", "US")


def test_every_action_is_classified() -> None:
    assert classes.unclassified() == []


def test_an_unclassified_action_fails_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    held: Mapping[str, frozenset[Action]] = MappingProxyType(
        {name: actions - {Action.AUDIT_READ} for name, actions in classes.CLASSES.items()}
    )
    monkeypatch.setattr(classes, "CLASSES", held)
    assert classes.unclassified() == [Action.AUDIT_READ]


@pytest.mark.verify
@pytest.mark.timeout(300)
def test_the_page_is_up_to_date() -> None:
    result = prove(BOOK)
    assert result.failures == []
    assert page(result) == PAGE.read_text(encoding="utf-8"), (
        "the proof changed: run `python -m copartner.proof --write docs/proof.md` and review the difference"
    )


@pytest.mark.verify
@pytest.mark.timeout(300)
@pytest.mark.parametrize("rule", [rule.id for rule in BOOK.rules if not rule.permits])
def test_a_deleted_forbid_fails_the_proof(rule: str) -> None:
    result = Result(BOOK.variant(drop={rule}))
    prover = Prover(result.book)
    hold(prover, list(prover.cases(ALL)), result)
    assert any("can be broken by" in failure for failure in result.failures)


@pytest.mark.verify
@pytest.mark.timeout(300)
def test_a_permit_added_later_breaks_no_promise_but_a_weaker_forbid_does() -> None:
    permit = (
        '@id("generous") @text("All.") @source("a test") @needs("Nothing.")\n'
        'permit (principal, action in Action::"own_thing", resource);'
    )
    # Beside it other permits allow nothing of their own any more, which breaks nothing.
    found = prove(BOOK.variant(add=permit)).failures
    assert [one for one in found if "allows nothing by itself" not in one] == []
    weak = (
        '@id("mp-terms") @text("Weak.") @source("a test") @needs("Nothing.")\n'
        'forbid (principal, action in Action::"change_terms", resource)\n'
        "unless { resource has partner && (resource.partner == principal.tenant || principal.appOnly) };"
    )
    failures = prove(BOOK.variant(drop={"mp-terms"}, add=weak)).failures
    assert any(failure.startswith("only-the-seller can be broken by subscription.change_term") for failure in failures)


@pytest.mark.verify
@pytest.mark.timeout(300)
def test_a_forbid_nobody_needs_fails_the_proof() -> None:
    idle = (
        '@id("mp-idle") @text("Idle.") @source("a test") @needs("Nothing.")\n'
        'forbid (principal, action == Action::"audit.read", resource) when { principal.appOnly };'
    )
    failures = prove(BOOK.variant(add=idle)).failures
    assert any(failure.startswith("no proof needs mp-idle") for failure in failures)


@pytest.mark.verify
@pytest.mark.timeout(300)
def test_rules_that_stop_everything_fail_the_proof() -> None:
    wall = (
        '@id("rel-wall") @text("No.") @source("a test") @needs("Nothing.")\n'
        'forbid (principal, action == Action::"subscription.suspend", resource) when { principal.appOnly };'
    )
    failures = prove(BOOK.variant(add=wall)).failures
    assert any("An application suspends a subscription" in failure for failure in failures)


def test_a_weaker_forbid_is_made_from_each_condition() -> None:
    policy = BOOK.spans(Cloud.COMMERCIAL)[-1].rule("rel-required").policy
    left_out = [words for words, _ in weaker(policy)]
    assert left_out == [
        "context.relationship.partner is principal.tenant",
        "context.relationship.customer is resource.customer",
        "context.relationship.active",
    ]


def test_a_condition_that_no_invariant_asks_for_is_noticed() -> None:
    fussy = (
        '@id("mp-fussy") @text("Fussy.") @source("a test") @needs("Nothing.")\n'
        'forbid (principal, action == Action::"audit.read", resource) unless { principal.appOnly };'
    )
    prover = Prover(BOOK.variant(add=fussy, drop={rule.id for rule in BOOK.rules if rule.id.startswith("mp-s")}))
    result = Result(prover.book)
    weaken(prover, [case for case in prover.cases(ALL) if case.action is Action.AUDIT_READ], result)
    assert any("mp-fussy without 'principal.appOnly' goes unnoticed" in failure for failure in result.failures)


def test_a_row_predicate_that_differs_from_its_rule_is_noticed() -> None:
    loose = (
        '@id("mp-visibility") @text("Loose.") @source("a test") @needs("Nothing.")\n'
        'forbid (principal, action in Action::"read_thing", resource)\n'
        "unless { resource has customer && resource.customer == principal.tenant };"
    )
    prover = Prover(BOOK.variant(drop={"mp-visibility"}, add=loose))
    result = Result(prover.book)
    compare_rows(prover, result)
    assert any(failure.startswith("subscription.partner_tenant_id and mp-visibility") for failure in result.failures)


async def test_the_row_predicates_are_those_of_the_database(database: Database) -> None:
    """Every policy of these tables that lets a side read compares the column named here with the actor, and no more."""
    tables = sorted({row.table for row in ROWS})
    sides = [f"copartner_{side}" for side in ("partner", "customer", "operator")]
    connection = await asyncpg.connect(database.owner_url)
    try:
        found = await connection.fetch(
            "SELECT tablename, role, qual FROM pg_policies, unnest(roles) AS role"
            " WHERE tablename = ANY($1) AND role::text = ANY($2) AND cmd IN ('ALL', 'SELECT')",
            tables,
            sides,
        )
    finally:
        await connection.close()
    predicates = {
        (row["tablename"], row["role"], "".join(row["qual"].replace("copartner.", "").split())) for row in found
    }
    listed = {
        (row.table, f"copartner_{row.side}", f"({row.column}=(SELECTactor_tenant()ASactor_tenant))") for row in ROWS
    }
    other = {
        ("subscription", "copartner_customer", "(customer_tenant_id=(SELECTactor_tenant()ASactor_tenant))"),
    }
    assert predicates == listed | other


# Tables of which no rule speaks row by row: what a side reads of them is a part of what it reads of something else.
APART = {
    *("actor", "tenant", "tenant_domain", "enrolment", "revocation", "idempotency_key"),
    *("partner_agreement", "partner_profile", "partner_relationship", "customer_count"),
    *("reseller_relationship", "customer_agreement", "billing_profile", "subscription_transition"),
    *("admin_counter_proposal", "role_cap", "announcement", "event_address"),
    *("rule_version", "rulebook_number", "decided", "affiliation", "event_outbox"),
}


async def test_every_table_of_a_side_is_compared_with_its_rule_or_said_to_be_apart(database: Database) -> None:
    connection = await asyncpg.connect(database.owner_url)
    try:
        found = await connection.fetch(
            "SELECT DISTINCT tablename FROM pg_policies, unnest(roles) AS role"
            " WHERE role::text = ANY($1) AND cmd IN ('ALL', 'SELECT')",
            [f"copartner_{side}" for side in ("partner", "customer", "operator")],
        )
    finally:
        await connection.close()
    assert {row["tablename"] for row in found} - {row.table for row in ROWS} == APART


def test_the_stories_name_actions_of_their_types() -> None:
    for story in possible.STORIES:
        assert story.kind in BOOK.schema.actions[story.action].resources


@pytest.mark.verify
@pytest.mark.timeout(300)
def test_the_command_prints_and_ends_well(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["proof", "--write", str(tmp_path / "proof.md")])
    assert main() == 0
    assert "questions answered" in capsys.readouterr().out
    assert (tmp_path / "proof.md").read_text() == PAGE.read_text()
