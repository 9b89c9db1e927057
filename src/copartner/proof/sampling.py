"""Requests drawn by chance, judged by the engine and by the solver: what both say has to be the same.

A request starts from an ordinary one, so that many are allowed, and has a few of its facts changed. Every fact is
pinned in the solver, which then has to say that the verdict of the engine is possible and that no other one is.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from copartner.policy.actions import Action
from copartner.policy.behalf import AdminRole
from copartner.policy.decide import decide_cold
from copartner.policy.facts import Agreement, Cloud, Door, Ending, Facts, Organisation, Pool, Role, Side, Tenant
from copartner.policy.plan import PLANS, Field
from copartner.policy.rulebook import RuleSet
from copartner.policy.schema import Schema
from copartner.policy.tree import Entity
from copartner.proof.questions import Prover, Result
from copartner.proof.smt import constant, permits
from copartner.proof.solver import Question, solve
from copartner.proof.specimens import (
    BUSINESS,
    BUYER,
    CUSTOMER,
    OPERATOR,
    OTHER,
    OTHER_BUSINESS,
    PARTNER,
    sides,
    specimen,
    with_context,
)

SAMPLES = 2_000
SEED = 20201129
_TEXTS = ("DE", "US")
_NAMES = {
    "Tenant": (PARTNER, CUSTOMER, OPERATOR, OTHER),
    "Organisation": (BUSINESS, BUYER, OTHER_BUSINESS),
    "Actor": ("u-actor", "u-another"),
}
_NUMBERS = (0, 1, 10, 100, 200, 290, 300)
_ENUMS: dict[str, type[StrEnum]] = {kind.__name__: kind for kind in (AdminRole, Cloud, Door, Role, Side)}
_FIGURES = {
    "pool": Pool(maximum=300, held=200, requested=100),
    "ending": Ending(active=0, running=0, reservations=0),
    "shared": False,
    "azure_elsewhere": False,
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One request drawn by chance, and what the engine said."""

    rules: RuleSet
    action: Action
    kind: str
    facts: Facts
    allowed: bool


def sample(prover: Prover, result: Result, count: int = SAMPLES, seed: int = SEED) -> None:
    """Compare engine and solver on as many requests; the seed makes them the same on every run."""
    drawn = list(draw(prover, count, seed))
    differ = differing(prover, [*drawn, *edges(prover)])
    result.failures += [f"engine and solver differ about {one.action} on {one.kind}: {one.facts}" for one in differ]
    result.sampled = len(drawn)
    result.sampled_allowed = sum(one.allowed for one in drawn)


def differing(prover: Prover, drawn: list[Sample]) -> list[Sample]:
    """The requests of which the solver does not say what the engine says, or says more than that."""
    kinds = {one.kind for one in drawn}
    declared = {kind: _declared(prover, kind, [one for one in drawn if one.kind == kind]) for kind in kinds}
    answers = solve([asked for one in drawn for asked in _asked(prover, one, declared[one.kind])])
    return [
        one
        for one, same, other in zip(drawn, answers[::2], answers[1::2], strict=True)
        if not same.possible or other.possible
    ]


def draw(prover: Prover, count: int, seed: int) -> Iterator[Sample]:
    """Requests of every kind, each under a rule set of some cloud and days."""
    chance = random.Random(seed)
    for place in range(count):
        action, kind = prover.kinds[place % len(prover.kinds)]
        rules = chance.choice(prover.spans)
        roles = tuple(chance.sample(list(Role), chance.choice((1, 1, 2, 8))))
        facts = specimen(action, kind, rules.cloud, chance.choice(sides(action)), roles)
        facts = msgspec.structs.replace(
            with_context(facts, **_FIGURES), tenants=_all_tenants(facts), organisations=_all_organisations(facts)
        )
        for _ in range(chance.choice((0, 1, 1, 2, 3, 6))):
            facts = _changed(facts, chance)
        decision = decide_cold(rules, action, facts)
        if not decision.doubt:
            yield Sample(rules, action, kind, facts, decision.allowed)


def edges(prover: Prover) -> Iterator[Sample]:
    """Requests that chance seldom comes to: one licence too many, an agreement that somebody else confirmed."""
    rules = prover.book.spans(Cloud.COMMERCIAL)[-1]
    for action, kind, changes in (
        (Action.SEATS_TAKE, "Cart", {"pool": Pool(maximum=300, held=290, requested=100)}),
        (Action.CART_CHECKOUT, "Cart", {"agreement": Agreement("a-1", CUSTOMER, OTHER)}),
    ):
        ordinary = specimen(action, kind, rules.cloud, Side.PARTNER, tuple(Role))
        facts = msgspec.structs.replace(
            with_context(ordinary, **changes),
            tenants=_all_tenants(ordinary),
            organisations=_all_organisations(ordinary),
        )
        yield Sample(rules, action, kind, facts, decide_cold(rules, action, facts).allowed)


def _all_tenants(facts: Facts) -> tuple[Tenant, ...]:
    known = {tenant.id: tenant for tenant in facts.tenants}
    return tuple(
        known.get(name) or msgspec.structs.replace(facts.tenants[0], id=name, organisation=OTHER_BUSINESS)
        for name in _NAMES["Tenant"]
    )


def _all_organisations(facts: Facts) -> tuple[Organisation, ...]:
    known = {one.id: one for one in facts.organisations}
    return tuple(known.get(name) or Organisation(name, (), enrolled=False) for name in _NAMES["Organisation"])


def _changed(facts: Facts, chance: random.Random) -> Facts:
    """The facts with one field of one thing drawn anew."""
    place = chance.choice(("principal", "resource", "context", "context", "tenants", "organisations"))
    held = getattr(facts, place)
    if isinstance(held, tuple):
        at = chance.randrange(len(held))
        anew: Any = (*held[:at], _redrawn(held[at], chance), *held[at + 1 :])
    else:
        anew = _redrawn(held, chance)
    return msgspec.structs.replace(facts, **{place: anew})


def _redrawn(struct: Any, chance: random.Random) -> Any:
    fields = PLANS[type(struct)].fields
    if not fields:
        return struct
    field = chance.choice(fields)
    held = getattr(struct, field.name)
    if field.optional and chance.choice((True, False)):
        return msgspec.structs.replace(struct, **{field.name: None})
    return msgspec.structs.replace(struct, **{field.name: _value(field, held, chance)})


def _value(field: Field, held: Any, chance: random.Random) -> Any:
    if field.kind in ("entity", "record"):
        return None if held is None else _redrawn(held, chance)
    if field.many:
        members = _possible(field)
        return tuple(chance.sample(members, chance.randrange(len(members) + 1)))
    return chance.choice(_possible(field))


def _possible(field: Field) -> list[Any]:
    if field.kind == "ref":
        return list(_NAMES[field.type])
    if field.kind == "enum":
        return list(_ENUMS[field.type])
    return list({"Bool": (False, True), "Long": _NUMBERS, "String": _TEXTS}[field.type])


def _asked(prover: Prover, one: Sample, declarations: str) -> tuple[Question, Question]:
    """Whether what the engine said is possible, and whether the opposite is."""
    encoding = prover.encodings[one.kind]
    passed = " ".join(f"(not {term})" for term in prover.forbids(one.rules, one.action, one.kind).values())
    granted = " ".join(permits(one.rules, encoding, one.action).values())
    verdict = f"(and (or false {granted}) {passed})"
    pinned = f"(and {' '.join(_pins(prover.book.schema, one))})"
    yes, no = (verdict, f"(not {verdict})") if one.allowed else (f"(not {verdict})", verdict)
    return Question(declarations, (pinned, yes)), Question(declarations, (pinned, no))


def _declared(prover: Prover, kind: str, drawn: list[Sample]) -> str:
    """The vocabulary of a kind with the names of all things that its samples speak of, each another one."""
    names = {type_: set(held) for type_, held in _NAMES.items()}
    for one in drawn:
        for struct in _described(one.facts):
            names.setdefault(type(struct).__name__, set()).add(struct.id)
    texts = sorted({*_TEXTS, *prover.encodings[kind].texts})
    lines = [f"(declare-const {constant(text)} Text)" for text in texts if text not in prover.encodings[kind].texts]
    lines.append(f"(assert (distinct {' '.join(constant(text) for text in texts)}))")
    for type_, held in sorted(names.items()):
        lines += [f"(declare-const {_name(type_, one)} {type_})" for one in sorted(held)]
        if len(held) > 1:
            lines.append(f"(assert (distinct {' '.join(_name(type_, one) for one in sorted(held))}))")
    return "\n".join((prover.declarations[kind], *lines))


def _described(facts: Facts) -> list[Any]:
    witnesses = (held for held in facts.context.witnesses if held is not None)
    return [facts.principal, facts.resource, *facts.tenants, *facts.organisations, *witnesses]


def _pins(schema: Schema, one: Sample) -> Iterator[str]:
    """Assertions that leave nothing open about the facts of a sample."""
    facts = one.facts
    yield f"(= principal {_name('Actor', facts.principal.id)})"
    yield f"(= resource {_name(one.kind, facts.resource.id)})"
    yield from _of(schema, facts.context, "context.", "")
    for struct in _described(facts):
        kind = type(struct).__name__
        yield from _of(schema, struct, f"{kind}.", _name(kind, struct.id))


def _of(schema: Schema, struct: Any, prefix: str, of: str) -> Iterator[str]:
    for field in PLANS[type(struct)].fields:
        held = getattr(struct, field.name)
        term = f"({prefix}{field.key} {of})" if of else f"{prefix}{field.key}"
        if field.optional:
            has = f"({prefix}has.{field.key} {of})" if of else f"{prefix}has.{field.key}"
            yield has if held is not None else f"(not {has})"
        if held is None:
            continue
        if field.many:
            for member in schema.enums.get(field.type) or _possible(field):
                inside = f"({prefix}{field.key} {of} {_term(schema, field.type, member)})"
                yield inside if member in held else f"(not {inside})"
        elif field.kind == "record":
            yield from _of(schema, held, f"{prefix}{field.key}.", "")
        else:
            named = held.id if field.kind == "entity" else held
            yield f"(= {term} {_term(schema, field.type, named)})"


def _term(schema: Schema, kind: str, held: Any) -> str:
    if kind in schema.entities:
        return _name(kind, held)
    return constant(Entity(kind, str(held)) if kind in schema.enums else held)


def _name(kind: str, held: str) -> str:
    return f"|{kind} id {held}|"
