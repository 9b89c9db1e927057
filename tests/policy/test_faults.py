"""Deliberate faults in the translation of the rules to the solver: requests drawn by chance show each of them."""

from collections.abc import Callable
from typing import Any

import pytest

from copartner.policy.evaluate import covers
from copartner.policy.rulebook import Rulebook
from copartner.policy.schema import Schema
from copartner.policy.tree import Binary, Entity, Expr, Has, If, Literal, Members, Not, Policy
from copartner.proof import questions, sampling, smt
from copartner.proof.questions import Prover
from copartner.proof.sampling import SEED, Sample, differing, draw, edges
from copartner.proof.smt import Encoding, Term

Translate = Callable[[Encoding, Expr], Term]


def _instead(kind: Callable[[Expr], bool], other: Callable[[Any], Expr]) -> Callable[[Translate], Translate]:
    """A translation that takes some expressions for others."""
    return lambda right: lambda encoding, expr: right(encoding, other(expr) if kind(expr) else expr)


def _op(name: str) -> Callable[[Expr], bool]:
    return lambda expr: isinstance(expr, Binary) and expr.op == name


def _is(kind: type[Any]) -> Callable[[Expr], bool]:
    return lambda expr: isinstance(expr, kind)


TERMS: dict[str, Callable[[Translate], Translate]] = {
    "and is or": _instead(_op("&&"), lambda e: Binary("||", e.left, e.right)),
    "or is and": _instead(_op("||"), lambda e: Binary("&&", e.left, e.right)),
    "and is its left side": _instead(_op("&&"), lambda e: e.left),
    "equal is unequal": lambda right: (
        lambda encoding, expr: (
            Term(f"(not {right(encoding, expr).text})", smt.BOOL) if _op("==")(expr) else right(encoding, expr)
        )
    ),
    "at most is less": _instead(_op("<="), lambda e: Binary("<", e.left, e.right)),
    "plus is its left side": _instead(_op("+"), lambda e: e.left),
    "not is nothing": _instead(_is(Not), lambda e: e.arg),
    "what may be there is there": _instead(_is(Has), lambda _: Literal(True)),
    "what may be there is not there": _instead(_is(Has), lambda _: Literal(False)),
    "if is its first branch": _instead(_is(If), lambda e: e.yes),
    "if is its second branch": _instead(_is(If), lambda e: e.no),
    "one of many is the first": _instead(
        _op("containsAny"), lambda e: Binary("containsAny", e.left, Members(e.right.items[:1]))
    ),
    "containing is true": _instead(_op("contains"), lambda _: Literal(True)),
    "containing is false": _instead(_op("contains"), lambda _: Literal(False)),
    "every constant is its type's first": _instead(
        lambda e: isinstance(e, Literal) and isinstance(e.value, Entity) and e.value.type == "Side",
        lambda _: Literal(Entity("Side", "partner")),
    ),
}


def _unless_is_when(encoding: Encoding, policy: Policy) -> str:
    return f"(and true {' '.join(encoding.term(condition.body).text for condition in policy.conditions)})"


def _first_condition_alone(encoding: Encoding, policy: Policy) -> str:
    held = policy.conditions[:1]
    parts = [f"(not {encoding.term(c.body).text})" if c.negated else encoding.term(c.body).text for c in held]
    return f"(and true {' '.join(parts)})"


RULES: dict[str, Callable[[Encoding, Policy], str]] = {
    "unless is when": _unless_is_when,
    "a second condition is left out": _first_condition_alone,
}


def _covers_named(policy: Policy, _: object, action: str, __: str) -> bool:
    return action in policy.actions


def _covers_kind(policy: Policy, schema: Schema, _: str, kind: str) -> bool:
    return any(covers(policy, schema, action, kind) for action in schema.actions)


COVERS: dict[str, Callable[..., bool]] = {
    "groups of actions are not looked up": _covers_named,
    "a rule is about every action on its things": _covers_kind,
}


BOOK = Rulebook.load()
A_FEW = 60


@pytest.fixture(scope="module")
def drawn() -> list[Sample]:
    """Requests as the proof draws them, and what the engine said, before anything is made wrong."""
    prover = Prover(BOOK)
    return [*edges(prover), *draw(prover, 600, SEED)]


def noticed(drawn: list[Sample]) -> bool:
    prover = Prover(BOOK)
    return any(differing(prover, drawn[at : at + A_FEW]) for at in range(0, len(drawn), A_FEW))


def test_without_a_fault_nothing_differs(drawn: list[Sample]) -> None:
    assert differing(Prover(BOOK), drawn[:150]) == []


@pytest.mark.verify
@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", TERMS)
def test_a_fault_in_an_expression_is_noticed(drawn: list[Sample], fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Encoding, "term", TERMS[fault](Encoding.term))
    assert noticed(drawn)


@pytest.mark.verify
@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", RULES)
def test_a_fault_in_a_rule_is_noticed(drawn: list[Sample], fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Encoding, "rule", RULES[fault])
    assert noticed(drawn)


@pytest.mark.verify
@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", COVERS)
def test_a_fault_in_what_a_rule_is_about_is_noticed(
    drawn: list[Sample], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smt, "covers", COVERS[fault])
    assert noticed(drawn)


@pytest.mark.verify
@pytest.mark.timeout(300)
def test_forbids_and_permits_taken_for_each_other_are_noticed(
    drawn: list[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "forbids", smt.permits)
    monkeypatch.setattr(sampling, "permits", smt.forbids)
    assert noticed(drawn)
