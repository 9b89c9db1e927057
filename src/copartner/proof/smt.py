"""The parsed rules as SMT: one kind of request at a time, every attribute free.

Entities are elements of uninterpreted sorts and attributes functions over them, so the solver looks at every possible
tenant, organisation and witness. Optional attributes have a second function that says whether they are there. An
attribute that is read is taken to be there: the engine refuses a request that lacks one, so nothing allowed is missed.
Numbers are unbounded here; the engine refuses one that overflows.
"""

from dataclasses import dataclass

from copartner.policy.evaluate import covers
from copartner.policy.rulebook import RuleSet
from copartner.policy.schema import Attribute, Schema, Type
from copartner.policy.tree import Attr, Binary, Entity, Expr, Has, If, Is, Literal, Members, Not, Policy, Var

BOOL = Type("Bool")
_OPS = {"&&": "and", "||": "or", "==": "=", "<": "<", "<=": "<=", "+": "+"}


@dataclass(frozen=True, slots=True)
class Term:
    """An SMT term with its Cedar type; a set is the name of a predicate and the element it belongs to."""

    text: str
    type: Type
    of: str = ""


def sort(kind: Type) -> str:
    """The SMT sort of a type."""
    return {"Bool": "Bool", "Long": "Int", "String": "Text"}.get(kind.name, kind.name)


def constant(value: bool | int | str | Entity) -> str:
    """A constant as an SMT term."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if value >= 0 else f"(- {-value})"
        case str():
            return f"|Text {value}|"
        case Entity(kind, name):
            return f"|{kind} {name}|"


class Encoding:
    """One resource type's vocabulary: declarations, and rules and conditions as terms."""

    def __init__(self, schema: Schema, kind: str, texts: tuple[str, ...]) -> None:
        self.schema = schema
        self.kind = kind
        self.texts = texts
        self._rules: dict[int, tuple[Policy, str]] = {}
        self._variables = {"principal": Type("Actor"), "resource": Type(kind), "context": schema.context}

    def declarations(self) -> str:
        """Every sort, function and constant."""
        lines = ["(declare-sort Text 0)"]
        lines += [f"(declare-const {constant(text)} Text)" for text in self.texts]
        if len(self.texts) > 1:
            lines.append(f"(assert (distinct {' '.join(constant(text) for text in self.texts)}))")
        for name, members in self.schema.enums.items():
            listed = " ".join(f"({constant(Entity(name, member))})" for member in members)
            lines.append(f"(declare-datatypes (({name} 0)) (({listed})))")
        lines += [f"(declare-sort {name} 0)" for name in self.schema.entities]
        for name, attributes in self.schema.entities.items():
            for key, attribute in attributes.items():
                lines += _declared(f"{name}.", key, attribute, name)
        lines += ["(declare-const principal Actor)", f"(declare-const resource {self.kind})"]
        lines += self._context("context.", self.schema.context)
        return "\n".join(lines)

    def _context(self, prefix: str, record: Type) -> list[str]:
        lines: list[str] = []
        for key, attribute in record.attributes.items():
            if attribute.type.name == "Record":
                lines += self._context(f"{prefix}{key}.", attribute.type)
                if attribute.optional:
                    lines.append(f"(declare-const {prefix}has.{key} Bool)")
            else:
                lines += _declared(prefix, key, attribute, "")
        return lines

    def rule(self, policy: Policy) -> str:
        """That all conditions of a rule hold; the same text each time for one policy."""
        if id(policy) not in self._rules:
            parts = [
                f"(not {self.term(condition.body).text})" if condition.negated else self.term(condition.body).text
                for condition in policy.conditions
            ]
            self._rules[id(policy)] = policy, f"(and true {' '.join(parts)})"
        return self._rules[id(policy)][1]

    def term(self, expr: Expr) -> Term:
        """An expression as a term; raises TypeError for what has no meaning here."""
        match expr:
            case Literal(value):
                return Term(constant(value), _type(value))
            case Var(name) if name in self._variables:
                return Term(name, self._variables[name])
            case Attr(of, name):
                return self._attribute(self.term(of), name)
            case Has(of, name):
                return self._has(self.term(of), name)
            case Is(of, kind):
                return Term("true" if self.term(of).type.name == kind else "false", BOOL)
            case Not(arg):
                return Term(f"(not {self.term(arg).text})", BOOL)
            case If(test, yes, no):
                chosen = self.term(yes)
                return Term(f"(ite {self.term(test).text} {chosen.text} {self.term(no).text})", chosen.type)
            case Binary("contains", left, right):
                return self._member(left, self.term(right).text)
            case Binary("containsAny", left, Members(items)):
                found = " ".join(self._member(left, constant(item.value)).text for item in items)
                return Term(f"(or false {found})", BOOL)
            case Binary(op, left, right) if op in _OPS:
                made = f"({_OPS[op]} {self.term(left).text} {self.term(right).text})"
                return Term(made, Type("Long") if op == "+" else BOOL)
        raise TypeError(f"no SMT for {expr}")

    def _member(self, held: Expr, item: str) -> Term:
        if isinstance(held, Members):
            return Term(f"(or false {' '.join(f'(= {constant(one.value)} {item})' for one in held.items)})", BOOL)
        made = self.term(held)
        if made.type.name != "Set":
            raise TypeError(f"no set: {held}")
        return Term(f"({made.text} {made.of} {item})", BOOL)

    def _attribute(self, of: Term, name: str) -> Term:
        attribute = self._found(of, name)
        if of.type.name == "Record":
            return Term(f"{of.text}.{name}", attribute.type)
        if attribute.type.name == "Set":
            return Term(f"{of.type.name}.{name}", attribute.type, of.text)
        return Term(f"({of.type.name}.{name} {of.text})", attribute.type)

    def _has(self, of: Term, name: str) -> Term:
        if not self._found(of, name, missing_is_fine=True).optional:
            present = name in self._attributes(of)
            return Term("true" if present else "false", BOOL)
        if of.type.name == "Record":
            return Term(f"{of.text}.has.{name}", BOOL)
        return Term(f"({of.type.name}.has.{name} {of.text})", BOOL)

    def _attributes(self, of: Term) -> dict[str, Attribute]:
        return dict(of.type.attributes if of.type.name == "Record" else self.schema.entities[of.type.name])

    def _found(self, of: Term, name: str, *, missing_is_fine: bool = False) -> Attribute:
        attributes = self._attributes(of)
        if name not in attributes and missing_is_fine:
            return Attribute(BOOL, optional=False)
        return attributes[name]


def forbids(rules: RuleSet, encoding: Encoding, action: str) -> dict[str, str]:
    """The forbids of a rule set that an action on this type of resource has to pass, as terms, by id."""
    return {
        rule.id: encoding.rule(rule.policy)
        for rule in rules.rules
        if not rule.permits and covers(rule.policy, rules.schema, action, encoding.kind)
    }


def permits(rules: RuleSet, encoding: Encoding, action: str) -> dict[str, str]:
    """The permits of a rule set for an action on this type of resource, as terms, by id."""
    return {
        rule.id: encoding.rule(rule.policy)
        for rule in rules.rules
        if rule.permits and covers(rule.policy, rules.schema, action, encoding.kind)
    }


def _type(value: bool | int | str | Entity) -> Type:
    if isinstance(value, Entity):
        return Type(value.type)
    return Type({bool: "Bool", int: "Long", str: "String"}[type(value)])


def _declared(prefix: str, key: str, attribute: Attribute, owner: str) -> list[str]:
    kind = attribute.type
    lines: list[str] = []
    if attribute.optional:
        lines.append(f"(declare-fun {prefix}has.{key} ({owner}) Bool)")
    if kind.name == "Set":
        assert kind.item is not None
        lines.append(f"(declare-fun {prefix}{key} ({owner} {sort(kind.item)}) Bool)")
    else:
        lines.append(f"(declare-fun {prefix}{key} ({owner}) {sort(kind)})")
    return lines
