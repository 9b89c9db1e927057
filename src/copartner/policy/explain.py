"""Why a decision came out as it did: which rules, what they judged, what is missing.

The parsed rules are evaluated over what the reader may know; the engine is not asked again. A condition on anything
else is told as one "no", and only where the denial itself tells it: where all that the reader knows would have allowed.
"""

from dataclasses import dataclass
from functools import lru_cache, reduce

from copartner.kernel.languages import Language
from copartner.policy.actions import Action
from copartner.policy.decide import EXPIRED, UNKNOWN_ACTION, Decision
from copartner.policy.evaluate import Unknown, Value, World, covers
from copartner.policy.facts import Facts
from copartner.policy.phrasing import ABSENT, NO, Phrasing
from copartner.policy.rule import Rule
from copartner.policy.rulebook import RuleSet
from copartner.policy.tree import Attr, Binary, Entity, Expr, Has, If, Is, Literal, Members, Not, Var, walk
from copartner.policy.wording import phrase

_SIDE, _ROLES = Attr(Var("principal"), "side"), Attr(Var("principal"), "roles")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that a rule judged: its name in the rules, such as resource.partner, what it is called, its value."""

    name: str
    words: str
    value: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule in a decision, in the reader's language.

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
    """A decision in words: the determining rules, or for a default denial the permits that could have granted it.

    Those permits come with the nearest first. `steps` is what the reader can do next.
    """

    action: str
    allowed: bool
    summary: str
    reasons: tuple[Reason, ...]
    steps: tuple[str, ...]
    doubt: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    """A rule as it is told, whether somebody of another side is meant by it, and whether it is the role that lacks."""

    reason: Reason
    elsewhere: bool
    of_role: bool


def explain(
    ruleset: RuleSet,
    action: Action,
    facts: Facts,
    decision: Decision,
    withheld: frozenset[str] = frozenset(),
    *,
    language: Language = Language.ENGLISH,
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
    teller = _Teller(world, Phrasing(ruleset.schema, kind, language), language)
    judged = [teller.judged(rule, applied=bool(decision.rules), doubt=bool(decision.doubt)) for rule in named]
    if not decision.rules:
        judged.sort(key=lambda one: (one.elsewhere, len(one.reason.missing)))
    summary, steps = _told(action, facts, decision, judged, language)
    return Explanation(action, decision.allowed, summary, tuple(one.reason for one in judged), steps, decision.doubt)


def _told(
    action: Action, facts: Facts, decision: Decision, judged: list[_Judged], language: Language
) -> tuple[str, tuple[str, ...]]:
    """What is said in all, and what the reader can do next."""
    if decision.rules:
        steps = () if decision.allowed else tuple(dict.fromkeys(one.reason.needs for one in judged))
        return " ".join(one.reason.text for one in judged), steps
    if decision.doubt:
        kind = _doubt(decision.doubt)
        step = phrase("try again" if kind == "expired" else "ask the operator", language)
        return phrase(kind, language, action=action), (step,)
    if not judged:
        return phrase("nobody", language), ()
    # Whoever asks is of one side; what is granted to another helps nobody, unless nothing else is there.
    near = [one for one in judged if not one.elsewhere] or judged
    needs = tuple(dict.fromkeys(one.reason.needs for one in near))
    listed = " ".join(f"({number}) {need}" for number, need in enumerate(needs, 1))
    needed = needs[0] if len(needs) == 1 else phrase("one of", language, choices=listed)
    step = "ask a person" if facts.principal.app_only else "ask for the role"
    steps = (phrase(step, language),) if any(one.of_role for one in near) else ()
    return phrase("no permit", language, needed=needed), steps


def _doubt(doubt: tuple[str, ...]) -> str:
    """The sentence for why the engine could not be trusted."""
    if doubt[0].startswith(UNKNOWN_ACTION):
        return "unknown action"
    return "expired" if doubt[0].startswith(EXPIRED) else "unsure"


class _Teller:
    """Tells what rules judged in one world."""

    def __init__(self, world: World, phrasing: Phrasing, language: Language) -> None:
        self._world = world
        self._phrasing = phrasing
        self._language = language

    def judged(self, rule: Rule, *, applied: bool, doubt: bool) -> _Judged:
        """What a rule judged; `applied` when it decided."""
        world, phrasing = self._world, self._phrasing
        judged: dict[str, Fact] = {}
        unmet: list[Expr] = []
        for parts in _groups(rule):
            for path in _paths(parts):
                if not world.hides(path):
                    name = render(path)
                    judged.setdefault(name, Fact(name, phrasing.label(path), self._found(path)))
            known = [part for part in parts if not any(world.hides(path) for path in _paths((part,)))]
            lacking = [part for part in known if not _holds(world, part)]
            rest = [part for part in parts if part not in known]
            # A forbid that fired and a permit that did not apply have a condition that fails: if none is known, it is
            # here.
            if rest and not lacking and (applied != rule.permits) and not (doubt and rule.permits):
                told = reduce(lambda left, right: Binary("&&", left, right), rest)
                judged[render(told)] = Fact(render(told), phrasing.condition(told), phrasing.named(NO))
                lacking = [told]
            unmet += lacking
        said = rule.said(self._language)
        missing = tuple(phrasing.condition(part) for part in unmet)
        reason = Reason(
            rule.id, rule.permits, said.text, rule.source, said.needs, tuple(judged.values()), missing, said.caller
        )
        return _Judged(reason, any(_SIDE in walk(part) for part in unmet), any(_ROLES in walk(part) for part in unmet))

    def _found(self, path: Expr) -> str:
        try:
            return self._phrasing.value(self._world.value(path))
        except Unknown:
            return self._phrasing.named(ABSENT)


def _groups(rule: Rule) -> list[tuple[Expr, ...]]:
    """What would have to hold: of a permit all in one, of a forbid by condition, each of which would lift it."""
    wanted: list[tuple[Expr, ...]] = [
        _parts(condition.body) if rule.permits != condition.negated else (Not(condition.body),)
        for condition in rule.policy.conditions
    ]
    return [tuple(part for parts in wanted for part in parts)] if rule.permits else wanted


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


@lru_cache(4096)
def _paths(parts: tuple[Expr, ...]) -> list[Expr]:
    """The attribute paths of expressions, each as long as it is written; a path tested by has counts as read."""
    inside_all = [inside for part in parts for inside in walk(part)]
    reads = [Attr(e.of, e.name) if isinstance(e, Has) else e for e in inside_all if isinstance(e, Attr | Has)]
    inner = {inside for path in reads for inside in walk(path)[1:]}
    return [path for path in dict.fromkeys(reads) if path not in inner]


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


@lru_cache(4096)
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
