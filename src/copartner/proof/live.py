"""Every permit is needed: there is a request that it alone allows, in each span of days in which it counts."""

from collections.abc import Mapping
from types import MappingProxyType

from copartner.policy.actions import Action
from copartner.policy.decide import decide_cold
from copartner.policy.evaluate import covers
from copartner.policy.rulebook import RuleSet
from copartner.proof.possible import ended
from copartner.proof.questions import Prover, Result
from copartner.proof.smt import permits
from copartner.proof.solver import Question, solve

# Permits that allow nothing by themselves, and why they are kept all the same.
REDUNDANT: Mapping[str, str] = MappingProxyType({})


def stay_live(prover: Prover, result: Result) -> None:
    """Find for each permit and rule set a request that no other permit allows; the engine has to name it alone.

    Where the programme ended everything that a permit is about, nothing is asked of it.
    """
    asked = [
        (rule.id, span, action, kind)
        for span in prover.spans
        for rule in span.rules
        if rule.permits
        for action, kind in prover.kinds
        if covers(rule.policy, span.schema, action, kind) and not ended(action, span)
    ]
    dead = {(name, span.digest): f"{name} allows nothing by itself in {_where(span)}" for name, span, *_ in asked}
    possible = solve([_alone(prover, *one) for one in asked])
    chosen: dict[tuple[str, str], tuple[str, RuleSet, Action, str]] = {}
    for one, answer in zip(asked, possible, strict=True):
        if answer.possible:
            chosen.setdefault((one[0], one[1].digest), one)
    answers = solve([_alone(prover, *one, example=True) for one in chosen.values()])
    for (key, (name, span, action, kind)), answer in zip(chosen.items(), answers, strict=True):
        del dead[key]
        decision = decide_cold(span, action, prover.facts(kind, answer))
        if decision.rules != (name,):
            result.failures.append(f"{action} on {kind} is not allowed by {name} alone, {_where(span)}: {decision}")
    idle = {name for name, _ in dead}
    result.failures += [told for (name, _), told in dead.items() if name not in REDUNDANT]
    result.failures += [f"{name} is said to be redundant and is not" for name in REDUNDANT if name not in idle]
    result.live = {name for name, _ in chosen} - idle


def _where(span: RuleSet) -> str:
    return f"{span.cloud} from {span.begins}"


def _alone(prover: Prover, name: str, rules: RuleSet, action: Action, kind: str, *, example: bool = False) -> Question:
    """Whether a request can pass every forbid and have this permit and no other."""
    granted = permits(rules, prover.encodings[kind], action)
    own = granted.pop(name)
    refused = (*prover.forbids(rules, action, kind).values(), *granted.values())
    terms = prover.terms[kind] if example else ()
    return Question(prover.declarations[kind], (own, *(f"(not {term})" for term in refused)), terms)
