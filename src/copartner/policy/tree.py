"""The parsed rules: a typed tree of the part of Cedar that the rules use, and nothing else of it."""

import json
from dataclasses import dataclass
from typing import Any

import cedarpy


class Unsupported(Exception):
    """The rules use something outside the subset that explanations and proofs understand."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A reference to one entity."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: a boolean, a number, a string or an entity."""

    value: bool | int | str | Entity


@dataclass(frozen=True, slots=True)
class Members:
    """A set of constants."""

    items: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Var:
    """principal, action, resource or context."""

    name: str


@dataclass(frozen=True, slots=True)
class Attr:
    """An attribute of an entity or of a record."""

    of: "Expr"
    name: str


@dataclass(frozen=True, slots=True)
class Has:
    """Whether an attribute is there."""

    of: "Expr"
    name: str


@dataclass(frozen=True, slots=True)
class Is:
    """Whether an entity has a type."""

    of: "Expr"
    type: str


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    arg: "Expr"


@dataclass(frozen=True, slots=True)
class Binary:
    """An operation of two operands: && || == < <= + contains containsAny (other comparisons are rewritten)."""

    op: str
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class If:
    """if test then yes else no."""

    test: "Expr"
    yes: "Expr"
    no: "Expr"


Expr = Literal | Members | Var | Attr | Has | Is | Not | Binary | If


@dataclass(frozen=True, slots=True)
class Condition:
    """A when clause, or with `negated` an unless clause."""

    body: Expr
    negated: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """One permit or forbid; no `actions` means every action; `actions` may name groups."""

    id: str
    permits: bool
    actions: tuple[str, ...]
    resource_type: str | None
    conditions: tuple[Condition, ...]
    annotations: dict[str, str]


_BINARY = {"&&", "||", "==", "<", "<=", "+", "contains", "containsAny"}
_MIRRORED = {">": "<", ">=": "<="}


def parse(text: str) -> tuple[tuple[Policy, dict[str, Any]], ...]:
    """Parse Cedar text into policies in their order, each with Cedar's own JSON form of it.

    Raises Unsupported for anything outside the subset, ValueError for text that is not Cedar.
    """
    document = json.loads(cedarpy.policies_to_json_str(text))
    if document.get("templates") or document.get("templateLinks"):
        raise Unsupported("templates are not used here: write the policy out")
    numbered = sorted(document["staticPolicies"].items(), key=lambda item: int(item[0].removeprefix("policy")))
    return tuple((_policy(form), form) for _, form in numbered)


def _policy(form: dict[str, Any]) -> Policy:
    annotations = {name: value or "" for name, value in form.get("annotations", {}).items()}
    name = annotations.get("id", "")
    if form["principal"] != {"op": "All"}:
        raise Unsupported(f"{name}: say in the conditions who the principal is, not in the head")
    return Policy(
        id=name,
        permits=form["effect"] == "permit",
        actions=_actions(name, form["action"]),
        resource_type=_resource_type(name, form["resource"]),
        conditions=tuple(Condition(_expr(c["body"]), c["kind"] == "unless") for c in form["conditions"]),
        annotations=annotations,
    )


def _actions(name: str, scope: dict[str, Any]) -> tuple[str, ...]:
    match scope:
        case {"op": "All"}:
            return ()
        case {"op": "==" | "in", "entity": {"type": "Action", "id": str(action)}}:
            return (action,)
        case {"op": "in", "entities": list(entities)} if all(e.get("type") == "Action" for e in entities):
            return tuple(e["id"] for e in entities)
    raise Unsupported(f"{name}: action scope {scope}")


def _resource_type(name: str, scope: dict[str, Any]) -> str | None:
    match scope:
        case {"op": "All"}:
            return None
        case {"op": "is", "entity_type": str(kind), **rest} if not rest:
            return kind
    raise Unsupported(f"{name}: resource scope {scope}")


def _expr(form: dict[str, Any]) -> Expr:
    if len(form) != 1:
        raise Unsupported(f"an expression of several keys: {sorted(form)}")
    ((key, body),) = form.items()
    match key:
        case "Value":
            return _literal(body)
        case "Var" if body in ("principal", "action", "resource", "context"):
            return Var(body)
        case "Set":
            items = tuple(_expr(item) for item in body)
            return Members(tuple(_constant(item) for item in items))
        case "." | "has":
            made = Attr if key == "." else Has
            return made(_expr(body["left"]), body["attr"])
        case "is" if "in" not in body:
            return Is(_expr(body["left"]), body["entity_type"])
        case "!":
            return Not(_expr(body["arg"]))
        case "!=":
            return Not(Binary("==", _expr(body["left"]), _expr(body["right"])))
        case "if-then-else":
            return If(_expr(body["if"]), _expr(body["then"]), _expr(body["else"]))
        case _ if key in _BINARY:
            return Binary(key, _expr(body["left"]), _expr(body["right"]))
        case _ if key in _MIRRORED:
            return Binary(_MIRRORED[key], _expr(body["right"]), _expr(body["left"]))
    raise Unsupported(f"the operator {key}")


def _constant(item: Expr) -> Literal:
    if not isinstance(item, Literal):
        raise Unsupported("a set of anything but constants")
    return item


def _literal(value: object) -> Literal:
    match value:
        case bool() | int() | str():
            return Literal(value)
        case {"__entity": {"type": str(kind), "id": str(name)}}:
            return Literal(Entity(kind, name))
    raise Unsupported(f"the constant {value!r}")


def walk(expr: Expr) -> tuple[Expr, ...]:
    """The expression and everything inside it, outermost first."""
    inner: tuple[Expr, ...] = ()
    match expr:
        case Members(items):
            inner = items
        case Attr(of, _) | Has(of, _) | Is(of, _):
            inner = (of,)
        case Not(arg):
            inner = (arg,)
        case Binary(_, left, right):
            inner = (left, right)
        case If(test, yes, no):
            inner = (test, yes, no)
        case _:
            pass
    return (expr, *(found for part in inner for found in walk(part)))
