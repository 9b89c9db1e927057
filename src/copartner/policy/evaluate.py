"""Evaluate the parsed rules over facts, for explanations and checks; verdicts come from the engine alone."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from copartner.policy.actions import Action
from copartner.policy.facts import Facts
from copartner.policy.plan import PLANS, Field
from copartner.policy.schema import Schema
from copartner.policy.tree import Attr, Binary, Entity, Expr, Has, If, Is, Literal, Members, Not, Policy, Var

Value = bool | int | str | Entity | frozenset[Any] | Mapping[str, Any]


class Unknown(Exception):
    """An attribute or an entity that the facts do not have."""


class World:
    """Facts as the rules see them: entities by reference, the context as a record."""

    def __init__(self, action: Action, facts: Facts, withheld: frozenset[str] = frozenset()) -> None:
        self._withheld = withheld
        described: list[Any] = [facts.principal, facts.resource, *facts.tenants, *facts.organisations]
        described += [held for held in facts.context.witnesses if held is not None]
        self._entities = {_reference(struct): _attributes(struct) for struct in described}
        self._variables: dict[str, Value] = {
            "principal": _reference(facts.principal),
            "resource": _reference(facts.resource),
            "action": Entity("Action", action),
            "context": _attributes(facts.context),
        }

    def value(self, expr: Expr) -> Value:
        """The value of an expression; raises Unknown as the engine raises an error."""
        match expr:
            case Literal(value):
                return value
            case Members(items):
                return frozenset(item.value for item in items)
            case Var(name):
                return self._variables[name]
            case Attr(of, name):
                return self._attribute(self.value(of), name)
            case Has(of, name):
                return self._has(self.value(of), name)
            case Is(of, kind):
                held = self.value(of)
                return isinstance(held, Entity) and held.type == kind
            case Not(arg):
                return not self.value(arg)
            case If(test, yes, no):
                return self.value(yes) if self.value(test) else self.value(no)
            case Binary():
                return self._binary(expr)

    def satisfied(self, policy: Policy) -> bool:
        """Whether the conditions of a rule hold; raises Unknown as the engine raises an error."""
        return all(bool(self.value(condition.body)) != condition.negated for condition in policy.conditions)

    def hides(self, path: Expr) -> bool:
        """Whether a path leads to what was withheld: a name of the context, or a tenant or business not described."""
        if not isinstance(path, Attr):
            return False
        if self.hides(path.of) or (path.of == Var("context") and path.name in self._withheld):
            return True
        try:
            of = self.value(path.of)
        except Unknown:
            return False
        return isinstance(of, Entity) and of.type in ("Tenant", "Organisation") and of not in self._entities

    def _binary(self, expr: Binary) -> Value:
        left = self.value(expr.left)
        if expr.op == "&&":
            return bool(left and self.value(expr.right))
        if expr.op == "||":
            return bool(left or self.value(expr.right))
        right: Any = self.value(expr.right)
        first: Any = left
        match expr.op:
            case "==":
                return bool(first == right)
            case "<":
                return bool(first < right)
            case "<=":
                return bool(first <= right)
            case "+":
                return int(first + right)
            case "contains":
                return right in first
            case "containsAny":
                return not first.isdisjoint(right)
        raise AssertionError(expr.op)

    def _attribute(self, of: Value, name: str) -> Value:
        held = self._entities.get(of) if isinstance(of, Entity) else of
        if not isinstance(held, Mapping):
            raise Unknown(f"nothing is known of {_shown(of)}")
        if name not in held:
            raise Unknown(f"{_shown(of)} has no {name}")
        found: Value = held[name]
        return found

    def _has(self, of: Value, name: str) -> bool:
        held = self._entities.get(of, {}) if isinstance(of, Entity) else of
        return isinstance(held, Mapping) and name in held


def covers(policy: Policy, schema: Schema, action: str, resource_type: str) -> bool:
    """Whether the head of a rule takes in an action on a type of resource."""
    applies = schema.actions[action]
    named = not policy.actions or any(name == action or name in applies.groups for name in policy.actions)
    return named and resource_type in applies.resources and policy.resource_type in (None, resource_type)


def _shown(value: Value) -> str:
    return f"{value.type} {value.id}" if isinstance(value, Entity) else "the context"


def _reference(struct: Any) -> Entity:
    return Entity(PLANS[type(struct)].entity or "", struct.id)


def _attributes(struct: Struct) -> dict[str, Value]:
    return {
        field.key: frozenset(_part(field, one) for one in held) if field.many else _part(field, held)
        for field in PLANS[type(struct)].fields
        if (held := getattr(struct, field.name)) is not None
    }


def _part(field: Field, held: Any) -> Any:
    match field.kind:
        case "ref" | "enum":
            return Entity(field.type, str(held))
        case "entity":
            return _reference(held)
        case "record":
            return _attributes(held)
        case _:
            return held
