"""The Cedar schema as data: types, enumerations, and which action applies to what.

It reads the form in which the engine prints a schema, so the text the engine judges by and the one read here are one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cedarpy import Schema as Engine


@dataclass(frozen=True, slots=True)
class Type:
    """A type: `name` is Bool, Long, String, Set, Record or an entity type."""

    name: str
    item: "Type | None" = None
    attributes: Mapping[str, "Attribute"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of an entity type or a record."""

    type: Type
    optional: bool


@dataclass(frozen=True, slots=True)
class Applies:
    """What an action may be asked about: the groups it belongs to and the resource types."""

    groups: frozenset[str]
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema: entity types with their attributes, enumerations with their members, actions, the context's type."""

    text: str
    engine: Engine
    entities: Mapping[str, Mapping[str, Attribute]]
    enums: Mapping[str, tuple[str, ...]]
    actions: Mapping[str, Applies]
    groups: frozenset[str]
    context: Type


_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[A-Za-z_][A-Za-z0-9_]*|::|[{}<>\[\],;:?=])')


def parse(text: str) -> Schema:
    """Read a schema from its text; raises ValueError when it is no schema or not of the expected form."""
    engine = Engine.from_str(text)
    return _Reader(text, engine).read()


class _Reader:
    """Reads the printed form of a schema, statement by statement."""

    def __init__(self, text: str, engine: Engine) -> None:
        self._text = text
        self._engine = engine
        printed = str(engine)
        self._tokens = [found.group(1) for found in _TOKEN.finditer(printed)]
        if "".join(self._tokens) != re.sub(r'("(?:[^"\\]|\\.)*")|\s+', r"\1", printed):
            raise ValueError("the schema has something that is not understood here")
        self._at = 0
        self._types: dict[str, Type] = {}
        self._entities: dict[str, dict[str, Attribute]] = {}
        self._enums: dict[str, tuple[str, ...]] = {}
        self._actions: dict[str, Applies] = {}
        self._groups: set[str] = set()
        self._context: Type | None = None

    def read(self) -> Schema:
        while self._at < len(self._tokens):
            statement = self._take()
            match statement:
                case "type":
                    name = self._take()
                    self._expect("=")
                    self._types[name] = self._type()
                case "entity":
                    self._entity(self._take())
                case "action":
                    self._action(self._take().strip('"'))
                case _:
                    raise ValueError(f"unexpected {statement!r} in the schema")
            self._expect(";")
        if self._context is None:
            raise ValueError("no action of the schema has a context")
        groups = frozenset(self._groups)
        return Schema(self._text, self._engine, self._entities, self._enums, self._actions, groups, self._context)

    def _entity(self, name: str) -> None:
        if self._peek() == "enum":
            self._take()
            self._enums[name] = tuple(member.strip('"') for member in self._listed())
            return
        if self._peek() == "=":
            self._take()
        self._entities[name] = self._record() if self._peek() == "{" else {}

    def _action(self, name: str) -> None:
        groups: tuple[str, ...] = ()
        if self._peek() == "in":
            self._take()
            groups = tuple(word.strip('"') for word in self._listed() if word not in ("Action", "::"))
        if self._peek() != "appliesTo":
            self._groups.add(name)
            if groups:
                raise ValueError(f"the group {name} is inside another group: groups are flat here")
            return
        self._take()
        self._expect("{")
        parts: dict[str, tuple[str, ...]] = {}
        while self._peek() != "}":
            part = self._take()
            self._expect(":")
            if part == "context":
                self._see_context(self._type())
            else:
                parts[part] = self._listed()
            if self._peek() == ",":
                self._take()
        self._expect("}")
        if parts["principal"] != ("Actor",):
            raise ValueError(f"{name}: the principal is always an Actor")
        self._actions[name] = Applies(frozenset(groups), parts["resource"])

    def _see_context(self, seen: Type) -> None:
        if self._context is not None and self._context != seen:
            raise ValueError("every action has the same context type")
        self._context = seen

    def _type(self) -> Type:
        if self._peek() == "{":
            return Type("Record", attributes=self._record())
        name = self._take()
        if name == "Set":
            self._expect("<")
            item = self._type()
            self._expect(">")
            return Type("Set", item=item)
        return self._types.get(name, Type(name))

    def _record(self) -> dict[str, Attribute]:
        self._expect("{")
        attributes: dict[str, Attribute] = {}
        while self._peek() != "}":
            name = self._take()
            optional = self._peek() == "?"
            if optional:
                self._take()
            self._expect(":")
            attributes[name] = Attribute(self._type(), optional)
            if self._peek() == ",":
                self._take()
        self._expect("}")
        return attributes

    def _listed(self) -> tuple[str, ...]:
        self._expect("[")
        words: list[str] = []
        while self._peek() != "]":
            word = self._take()
            if word != ",":
                words.append(word)
        self._expect("]")
        return tuple(words)

    def _peek(self) -> str:
        return self._tokens[self._at]

    def _take(self) -> str:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _expect(self, token: str) -> None:
        found = self._take()
        if found != token:
            raise ValueError(f"expected {token!r} in the schema, found {found!r}")
