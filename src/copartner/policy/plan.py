"""How each struct of the facts is laid out: worked out once from its type hints, used wherever facts are walked."""

import types
import typing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

import msgspec

from copartner.policy import facts
from copartner.policy.refs import Ref

Kind = Literal["plain", "ref", "enum", "record", "entity"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `key` is its camelCase name, `type` the Cedar type of a ref, enum or entity, `many` for a tuple."""

    name: str
    key: str
    kind: Kind
    type: str
    many: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """One struct: its fields, and the entity type it stands for (None for a record)."""

    entity: str | None
    fields: tuple[Field, ...]


def _plan(struct: type[msgspec.Struct]) -> Plan:
    hints = typing.get_type_hints(struct, include_extras=True)
    keys = dict(zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True))
    fields = tuple(_field(name, keys[name], hint) for name, hint in hints.items() if name in keys)
    own = next((f.type for f in fields if f.name == "id" and f.kind == "ref"), None)
    return Plan(own, tuple(f for f in fields if f.name != "id") if own else fields)


def _field(name: str, key: str, hint: Any) -> Field:
    optional = False
    many = False
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        inside = [part for part in typing.get_args(hint) if part is not type(None)]
        optional = len(inside) < len(typing.get_args(hint))
        if len(inside) > 1:
            return Field(name, key, "entity", "", many, optional)
        hint = inside[0]
    if typing.get_origin(hint) is tuple:
        hint = typing.get_args(hint)[0]
        many = True
    if typing.get_origin(hint) is typing.Annotated:
        ref = next(mark for mark in hint.__metadata__ if isinstance(mark, Ref))
        return Field(name, key, "ref", ref.type, many, optional)
    if issubclass(hint, StrEnum):
        return Field(name, key, "enum", hint.__name__, many, optional)
    if issubclass(hint, msgspec.Struct):
        entity = "id" in hint.__struct_fields__
        return Field(name, key, "entity" if entity else "record", hint.__name__, many, optional)
    return Field(name, key, "plain", {str: "String", int: "Long", bool: "Bool"}[hint], many, optional)


PLANS: dict[type[msgspec.Struct], Plan] = {
    found: _plan(found)
    for found in vars(facts).values()
    if isinstance(found, type) and issubclass(found, msgspec.Struct) and found is not msgspec.Struct
}
