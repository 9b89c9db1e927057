"""Why a decision came out as it did: which rules, what they judged, what is missing.

The parsed rules are evaluated over what the reader may know; the engine is not asked again. A condition on anything
else is told as one "no", and only where the denial itself tells it: where all that the reader knows would have allowed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from copartner.policy.actions import Action
from copartner.policy.decide import Decision
from copartner.policy.evaluate import Unknown, Value, World, covers
from copartner.policy.facts import Facts
from copartner.policy.rule import Rule
from copartner.policy.rulebook import RuleSet
from copartner.policy.tree import Attr, Binary, Entity, Expr, Has, If, Is, Literal, Members, Not, Var, walk

ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that a rule judged, such as resource.partner, with its value as text."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule in a decision.

    `missing` lists the conditions that do not hold and would have to: for a forbid those that would lift it, for a
    permit those that would grant it. `caller` is the sentence for whoever may not learn that the thing exists.
    """

    rule: str
    permits: bool
    text: str
    source: str
    needs: str
    facts: tuple[Fact, ...]
    missing: tuple[str, ...]
    caller: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision in words: the determining rules, or for a default denial the permits that could have granted it."""

    action: str
    allowed: bool
    summary: str
    reasons: tuple[Reason, ...]
    doubt: tuple[str, ...]


def explain(
    ruleset: RuleSet, action: Action, facts: Facts, decision: Decision, withheld: frozenset[str] = frozenset()
) -> Explanation:
    """Explain a decision made by this rule set, by the facts that the reader may know (see policy.disclosure).

    Raises ValueError when another rule set made it.
    """
    if decision.digest != ruleset.digest:
        raise ValueError("this decision was made by another rule set: look it up by its digest")
    world = World(action, facts, withheld)
    kind = type(facts.resource).__name__
    if decision.rules:
        named = [ruleset.by_id[name] for name in decision.rules]
    elif action in ruleset.schema.actions:
        named = [r for r in ruleset.rules if r.permits and covers(r.policy, ruleset.schema, action, kind)]
    else:
        named = []
    reasons = tuple(_reason(rule, world, applied=bool(decision.rules), doubt=bool(decision.doubt)) for rule in named)
    return Explanation(action, decision.allowed, _summary(decision, reasons), reasons, decision.doubt)


def _summary(decision: Decision, reasons: tuple[Reason, ...]) -> str:
    if decision.rules:
        return " ".join(reason.text for reason in reasons)
    if decision.doubt:
        return "The rules could not be applied to these facts, so the answer is no."
    if reasons:
        return "No rule permits this to you. " + " ".join(dict.fromkeys(reason.needs for reason in reasons))
    return "No rule permits this to anybody."


def _reason(rule: Rule, world: World, *, applied: bool, doubt: bool) -> Reason:
    judged: dict[str, str] = {}
    missing: list[str] = []
    for parts in _groups(rule):
        for path in _paths(parts):
            if not world.hides(path):
                judged.setdefault(render(path), _found(world, path))
        known = [part for part in parts if not any(world.hides(path) for path in _paths([part]))]
        unmet = [render(part) for part in known if not _holds(world, part)]
        rest = [part for part in parts if part not in known]
        # A forbid that fired and a permit that did not apply have a condition that fails: if none is known, it is here.
        if rest and not unmet and (applied != rule.permits) and not (doubt and rule.permits):
            told = render(reduce(lambda left, right: Binary("&&", left, right), rest))
            judged[told] = "no"
            unmet = [told]
        missing += unmet
    facts = tuple(Fact(name, value) for name, value in judged.items())
    return Reason(rule.id, rule.permits, rule.text, rule.source, rule.needs, facts, tuple(missing), rule.caller)


def _groups(rule: Rule) -> list[list[Expr]]:
    """What would have to hold: of a permit all in one, of a forbid by condition, each of which would lift it."""
    wanted: list[list[Expr]] = [
        list(_parts(condition.body)) if rule.permits != condition.negated else [Not(condition.body)]
        for condition in rule.policy.conditions
    ]
    return [[part for parts in wanted for part in parts]] if rule.permits else wanted


def _parts(expr: Expr) -> tuple[Expr, ...]:
    """The conjuncts of a condition."""
    if isinstance(expr, Binary) and expr.op == "&&":
        return (*_parts(expr.left), *_parts(expr.right))
    return (expr,)


def _holds(world: World, expr: Expr) -> bool:
    try:
        return bool(world.value(expr))
    except Unknown:
        return False


def _paths(parts: Iterable[Expr]) -> list[Expr]:
    """The attribute paths of expressions, each as long as it is written; a path tested by has counts as read."""
    inside_all = [inside for part in parts for inside in walk(part)]
    reads = [Attr(e.of, e.name) if isinstance(e, Has) else e for e in inside_all if isinstance(e, Attr | Has)]
    inner = {inside for path in reads for inside in walk(path)[1:]}
    return [path for path in dict.fromkeys(reads) if path not in inner]


def _found(world: World, expr: Expr) -> str:
    try:
        return _value(world.value(expr))
    except Unknown:
        return ABSENT


def _value(value: Value) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | str():
            return str(value)
        case Entity(_, name):
            return name
        case frozenset():
            return ", ".join(sorted(_value(one) for one in value)) or "none"
        case _:
            return ", ".join(f"{name} {_value(held)}" for name, held in sorted(value.items()))


_WORDS = {"&&": "and", "||": "or", "==": "is", "<": "is less than", "<=": "is at most", "+": "plus"}


def render(expr: Expr) -> str:
    """An expression in words close to the rule's text."""
    match expr:
        case Literal(value):
            return _value(value)
        case Members(items):
            return ", ".join(render(item) for item in items)
        case Var(name):
            return name
        case Attr(of, name):
            return f"{render(of)}.{name}"
        case Has(of, name):
            return f"{render(of)}.{name} is known"
        case Is(of, kind):
            return f"{render(of)} is a {kind}"
        case Not(Binary("==", left, right)):
            return f"{render(left)} is not {render(right)}"
        case Not(arg):
            return f"not {render(arg)}"
        case If(test, yes, no):
            return f"(if {render(test)} then {render(yes)}, else {render(no)})"
        case Binary("contains", left, right):
            return f"{render(left)} contains {render(right)}"
        case Binary("containsAny", left, right):
            return f"{render(left)} contains one of {render(right)}"
        case Binary("&&" | "||" as op, left, right):
            return f"({render(left)} {_WORDS[op]} {render(right)})"
        case Binary(op, left, right):
            return f"{render(left)} {_WORDS[op]} {render(right)}"
