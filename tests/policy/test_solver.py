"""The solver is asked the right thing, and only a certain answer counts."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import assume, given, settings

from copartner.policy.actions import Action
from copartner.policy.evaluate import World, covers
from copartner.policy.facts import Facts
from copartner.policy.plan import PLANS
from copartner.policy.rulebook import RuleSet
from copartner.policy.tree import Entity
from copartner.proof import solver
from copartner.proof.smt import Encoding, constant
from copartner.proof.solver import Question, Unsolved, solve
from support.requests import BOOK, requests

TEXTS = ("DE", "US")


@pytest.mark.verify
@settings(max_examples=60, deadline=None)
@given(requests())
def test_the_solver_judges_a_request_as_the_tree_does(request: tuple[RuleSet, Action, Facts]) -> None:
    """With every attribute pinned, the SMT form of each rule is true exactly when the rule is satisfied."""
    rules, action, facts = request
    kind = type(facts.resource).__name__
    assume(kind in BOOK.schema.actions[action].resources)
    assume(len(facts.tenants) == 3)
    encoding = Encoding(BOOK.schema, kind, TEXTS)
    declarations = "\n".join([encoding.declarations(), *_pinned(facts)])
    world = World(action, facts)
    held = [rule.policy for rule in rules.rules if covers(rule.policy, rules.schema, action, kind)]
    asked = [Question(declarations, (encoding.rule(policy),)) for policy in held]
    negated = [Question(declarations, (f"(not {encoding.rule(policy)})",)) for policy in held]
    for policy, yes, no in zip(held, solve(asked), solve(negated), strict=True):
        satisfied = world.satisfied(policy)
        assert (yes.possible, no.possible) == (satisfied, not satisfied), policy.id


def _pinned(facts: Facts) -> list[str]:
    """Assertions that leave nothing open about the facts."""
    lines: list[str] = []
    names: dict[str, set[str]] = {}

    def name(kind: str, held: str) -> str:
        names.setdefault(kind, set()).add(held)
        return f"|{kind} id {held}|"

    def value(kind: str, held: object) -> str:
        if kind in BOOK.schema.entities:
            return name(kind, str(held))
        if kind in BOOK.schema.enums:
            return constant(Entity(kind, str(held)))
        assert isinstance(held, bool | int | str)
        return constant(held)

    def describe(struct: msgspec.Struct, prefix: str, of: str) -> None:
        for field in PLANS[type(struct)].fields:
            held = getattr(struct, field.name)
            term = f"({prefix}{field.key} {of})" if of else f"{prefix}{field.key}"
            if field.many:
                chosen = {str(one) for one in held}
                every = BOOK.schema.enums.get(field.type) or (TEXTS if field.type == "String" else ("o-1", "o-2"))
                for one in every:
                    member = f"({prefix}{field.key} {of} {value(field.type, one)})"
                    lines.append(f"(assert (= {member} {'true' if one in chosen else 'false'}))")
                continue
            if field.optional:
                has = f"({prefix}has.{field.key} {of})" if of else f"{prefix}has.{field.key}"
                lines.append(f"(assert (= {has} {'false' if held is None else 'true'}))")
            if held is None:
                continue
            if field.kind == "record":
                describe(held, f"{prefix}{field.key}.", "")
            elif field.kind == "entity":
                lines.append(f"(assert (= {term} {name(field.type, held.id)}))")
            else:
                lines.append(f"(assert (= {term} {value(field.type, held)}))")

    described = [facts.principal, facts.resource, *facts.tenants, *facts.organisations]
    witnesses = (facts.context.relationship, facts.context.agreement, facts.context.delegation)
    described += [held for held in witnesses if held is not None]
    for struct in described:
        kind = type(struct).__name__
        describe(struct, f"{kind}.", name(kind, struct.id))
    describe(facts.context, "context.", "")
    lines.append(f"(assert (= principal {name('Actor', facts.principal.id)}))")
    lines.append(f"(assert (= resource {name(type(facts.resource).__name__, facts.resource.id)}))")
    heads: list[str] = []
    for kind, held in sorted(names.items()):
        heads += [f"(declare-const |{kind} id {one}| {kind})" for one in sorted(held)]
        if len(held) > 1:
            heads.append(f"(assert (distinct {' '.join(f'|{kind} id {one}|' for one in sorted(held))}))")
    return heads + lines


def test_an_uncertain_answer_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    question = Question("", ("true",))
    for block in ("unknown\n", "timeout\n", "(error something)\n", ""):
        with pytest.raises(Unsolved):
            solver._answer(question, block)
    with pytest.raises(Unsolved):
        solve([Question("(declare-const x Bool)", ("(nonsense x)",))])
    monkeypatch.setattr(solver, "_binary", lambda: "/bin/false")
    with pytest.raises((Unsolved, BrokenPipeError, ConnectionResetError)):
        solve([question])


def test_nothing_is_proved_without_the_solver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(solver.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(solver.shutil, "which", lambda _: None)
    with pytest.raises(Unsolved, match="z3-solver"):
        solve([Question("", ("true",))])
