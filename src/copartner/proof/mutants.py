"""Forbids made weaker, one condition at a time: the proof has to notice every one of them."""

from collections.abc import Iterator
from dataclasses import replace

from copartner.policy.evaluate import covers
from copartner.policy.explain import render
from copartner.policy.tree import Binary, Condition, Expr, Has, If, Literal, Policy
from copartner.proof.questions import Case, Prover, Result
from copartner.proof.solver import solve

_TRUE = Literal(True)


def weaker(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """A forbid with one condition of its unless clauses taken as fulfilled, with that condition in words."""
    for place, condition in enumerate(policy.conditions):
        if condition.negated:
            for left_out, body in _fulfilled(condition.body):
                changed = (*policy.conditions[:place], Condition(body, True), *policy.conditions[place + 1 :])
                yield render(left_out), replace(policy, conditions=changed)


def _fulfilled(expr: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Each condition, and the expression with it replaced by true.

    That an attribute is there is no condition to leave out: reading it unasked fails the engine's validation.
    """
    match expr:
        case Binary("&&" | "||" as op, left, right):
            yield from ((out, Binary(op, made, right)) for out, made in _fulfilled(left))
            yield from ((out, Binary(op, left, made)) for out, made in _fulfilled(right))
        case If(test, yes, no) if no == _TRUE:
            yield from ((out, If(test, made, no)) for out, made in _fulfilled(yes))
        case Has():
            return
        case _:
            yield expr, _TRUE


def weaken(prover: Prover, cases: list[Case], result: Result) -> None:
    """Every weaker forbid breaks an invariant in every cloud in which it is ever in force."""
    for rule in (rule for rule in prover.book.rules if not rule.permits):
        for left_out, policy in weaker(rule.policy):
            tried = [
                case
                for case in cases
                if rule.id in case.rules.by_id and covers(rule.policy, prover.book.schema, case.action, case.kind)
            ]
            answers = solve([prover.breaks_when(case, rule.id, policy) for case in tried])
            noticed = {case.rules.cloud for case, answer in zip(tried, answers, strict=True) if answer.possible}
            missed = rule.clouds - noticed
            if missed:
                result.failures.append(f"{rule.id} without {left_out!r} goes unnoticed in {', '.join(sorted(missed))}")
            else:
                result.weakened += 1
