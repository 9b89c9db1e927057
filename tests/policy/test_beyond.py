"""Permits, couplings and sequences: each part of the proof notices what it is for."""

from datetime import date

import pytest

from copartner.policy.facts import Cloud
from copartner.policy.rulebook import Rulebook, RuleSet
from copartner.proof import couplings, live
from copartner.proof.couplings import look_for_couplings
from copartner.proof.live import stay_live
from copartner.proof.lives import walk
from copartner.proof.questions import Prover, Result

DAY = date(2026, 11, 22)
CURIOUS = """
@id("curious") @text("Nobody suspends what is sold by several.") @source("a test") @needs("Nothing.")
forbid (principal, action == Action::"subscription.suspend", resource) when { context has shared && context.shared };
"""
RIVALS = """
@id("rivals") @text("A provider that is restricted is not asked for.") @source("a test") @needs("Nothing.")
forbid (principal, action == Action::"admin_relationship.provide", resource)
when { resource has partner && resource.partner.restricted };
"""
SECOND = """
@id("second") @text("The same again.") @source("a test") @needs("Nothing.")
permit (principal, action == Action::"subscription.cancel", resource)
when { principal.side == Side::"partner" && principal.roles.contains(Role::"Sales agent") };
"""


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load()


def judged(book: Rulebook) -> list[str]:
    result = Result(book)
    look_for_couplings(book, result)
    return result.failures


def test_no_rule_has_a_coupling_that_is_not_declared(book: Rulebook) -> None:
    assert judged(book) == []


@pytest.mark.parametrize(
    ("rule", "fact"), [(CURIOUS, "curious reads context.shared"), (RIVALS, "rivals reads resource.partner.restricted")]
)
def test_a_rule_that_reads_of_others_is_noticed(book: Rulebook, rule: str, fact: str) -> None:
    (failure,) = judged(book.variant(add=rule))
    assert failure.startswith(fact)


def test_a_coupling_that_no_rule_has_is_noticed(book: Rulebook) -> None:
    assert judged(book.variant(drop={"cust-purge"})) == [
        "cust-purge does not read context.shared, though that is declared"
    ]


def test_a_value_that_is_told_and_is_anothers_is_noticed(book: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(couplings, "RULES_ALONE", couplings.RULES_ALONE - {"shared"})
    assert judged(book) == ["context.shared is told to whoever asks, though it is another's"]


@pytest.mark.verify
@pytest.mark.timeout(300)
def test_a_permit_that_allows_nothing_by_itself_is_noticed(book: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    more = book.variant(add=SECOND)
    result = Result(more)
    stay_live(Prover(more), result)
    assert result.failures
    assert all(failure.startswith("second allows nothing by itself") for failure in result.failures)
    monkeypatch.setattr(live, "REDUNDANT", {"second": "a test", "role-cart": "a test"})
    stay_live(Prover(more), said := Result(more))
    assert said.failures == ["role-cart is said to be redundant and is not"]


@pytest.mark.parametrize(
    ("left_out", "ways"),
    [
        ("rel-required", ("without a relationship", "by one that ended", "by one with another customer")),
        ("mp-subscription", ("to a rival by the rival's",)),
        ("behalf-delegated", ("by an assignment that ended",)),
        ("behalf-own", ("by another customer's approval",)),
        ("csp-tenant-only", ("by its relationship of now, enrolled=True",)),
    ],
)
def test_a_way_round_the_walls_is_noticed(book: Rulebook, left_out: str, ways: tuple[str, ...]) -> None:
    wrong = walk(without(book.at(Cloud.COMMERCIAL, DAY), left_out), DAY).wrong
    for way in ways:
        assert any(way in one for one in wrong), wrong[:5]


def without(rules: RuleSet, left_out: str) -> RuleSet:
    kept = tuple(rule for rule in rules.rules if rule.id != left_out)
    return RuleSet(rules.cloud, rules.begins, rules.ends, kept, rules.schema)


def test_states_follow_from_what_is_allowed(book: Rulebook) -> None:
    """Where nothing granular is asked for there are fewer, and nothing is wrong in any of them."""
    life = walk(book.at(Cloud.CHINA, DAY), DAY)
    assert life.wrong == ()
    assert life.states == 42
    assert life.depth == 8
