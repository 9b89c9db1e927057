"""What a rule judges, in plain words of one language: its conditions, the facts they read, and their values.

A word belongs to an attribute of the schema, so whatever a rule can speak of can be said, also by a rule of tomorrow.
"""

from copartner.kernel.languages import Language
from copartner.policy.evaluate import Value
from copartner.policy.schema import Schema, Type
from copartner.policy.tree import Attr, Binary, Entity, Expr, Has, If, Is, Literal, Members, Not, Var, walk
from copartner.policy.wording import word

ABSENT, NO = "absent", "no"
_PATTERNS = {
    "==": "is", "<": "less", "<=": "at most", "+": "plus", "contains": "contains", "containsAny": "contains one",
}  # fmt: skip
_OPPOSITES = {"==": "is not", "contains": "not contains", "containsAny": "not contains one"}


class Wordless(Exception):
    """There is no word for something that a rule judges; a test finds every such thing of the schema."""


class Phrasing:
    """Says things in a language; `kind` is the entity type of the resource."""

    def __init__(self, schema: Schema, kind: str, language: Language) -> None:
        self._schema = schema
        self._kind = kind
        self._language = language

    def condition(self, expr: Expr) -> str:
        """A condition as a sentence without a full stop."""
        match expr:
            case Not(arg):
                return self._negation(arg)
            case Has(of, name):
                return self._presence(Attr(of, name), "there", "known")
            case Is(of, kind):
                return self._pattern("is", left=self.thing(of), right=self._word("kind", kind))
            case If(test, yes, no):
                parts = {"test": self.condition(test), "yes": self.condition(yes), "no": self.condition(no)}
                return self._pattern("if", **parts)
            case Binary("&&", Has(of, name), right) if Attr(of, name) in walk(right):
                # That it is there is said by what is said of it.
                return self.condition(right)
            case Binary("&&", left, right):
                return self._pattern("and", left=self.condition(left), right=self.condition(right))
            case Binary("||", left, right):
                return self._pattern("or", left=self._inner(left), right=self._inner(right))
            case Binary(op, left, right):
                return self._pattern(_PATTERNS[op], left=self.thing(left), right=self.thing(right))
            case Attr():
                return self.label(expr)
            case _:
                return self.thing(expr)

    def label(self, path: Expr) -> str:
        """What a fact is called: a noun, or the sentence that is true or false."""
        return self._attribute(path, "yes") if isinstance(path, Attr) and self._is_truth(path) else self.thing(path)

    def thing(self, expr: Expr, form: str = "noun") -> str:
        """What an expression stands for, as a noun; with the form `of` in the genitive."""
        match expr:
            case Literal(value):
                return self.value(value)
            case Members(items):
                return ", ".join(self.value(item.value) for item in items)
            case Var():
                return self._word(form, self._owner(expr))
            case Attr() if not self._is_truth(expr):
                return self._attribute(expr, form)
            case Binary("+", left, right):
                return self._pattern("plus", left=self.thing(left), right=self.thing(right))
            case _:
                return self.condition(expr)

    def value(self, value: Value) -> str:
        """A value; what is of no enumeration stands as it is."""
        match value:
            case bool():
                return self._word("value", "yes" if value else NO)
            case int() | str():
                return str(value)
            case Entity(kind, name) if kind in self._schema.enums:
                return word("value", f"{kind}.{name}", self._language) or name
            case Entity(_, name):
                return name
            case frozenset():
                return ", ".join(sorted(self.value(one) for one in value)) or self._word("value", "none")
            case _:
                return ", ".join(f"{name} {self.value(held)}" for name, held in sorted(value.items()))

    def named(self, name: str) -> str:
        """A value that is none, such as ABSENT."""
        return self._word("value", name)

    def _negation(self, arg: Expr) -> str:
        match arg:
            case Attr() if self._is_truth(arg):
                return self._attribute(arg, NO)
            case Has(of, name):
                return self._presence(Attr(of, name), "not there", "not known")
            case Binary(op, left, right) if op in _OPPOSITES:
                return self._pattern(_OPPOSITES[op], left=self.thing(left), right=self.thing(right))
            case _:
                return self._pattern("not", it=self._inner(arg))

    def _inner(self, expr: Expr) -> str:
        """A condition inside another one, set apart where it is several."""
        said = self.condition(expr)
        return f"({said})" if isinstance(expr, Binary) and expr.op == "&&" else said

    def _presence(self, path: Attr, of_thing: str, of_truth: str) -> str:
        return self._pattern(of_truth if self._is_truth(path) else of_thing, it=self.label(path))

    def _attribute(self, path: Attr, form: str) -> str:
        owner = self._owner(path.of)
        said = word(form, f"{owner}.{path.name}", self._language) or self._word(form, path.name, f"{owner}.{path.name}")
        if "{of}" in said:
            said = said.replace("{of}", self.thing(path.of, "of"))
        return said.replace("{it}", self.thing(path.of)) if "{it}" in said else said

    def _owner(self, expr: Expr) -> str:
        """What attributes of an expression are filed under: an entity type, `context`, or a record's own name."""
        found = self._type(expr)
        if found.name != "Record":
            return found.name
        return expr.name if isinstance(expr, Attr | Var) else found.name

    def _type(self, expr: Expr) -> Type:
        match expr:
            case Var("principal"):
                return Type("Actor")
            case Var("resource"):
                return Type(self._kind)
            case Var("context"):
                return self._schema.context
            case Attr(of, name):
                owner = self._type(of)
                known = owner.attributes if owner.name == "Record" else self._schema.entities.get(owner.name, {})
                if name in known:
                    return known[name].type
        raise Wordless(f"{expr} is not of the schema")

    def _is_truth(self, path: Attr) -> bool:
        return self._type(path).name == "Bool"

    def _pattern(self, name: str, **parts: str) -> str:
        return self._word("pattern", name).format(**parts)

    def _word(self, context: str, name: str, meant: str = "") -> str:
        found = word(context, name, self._language)
        if found is None:
            raise Wordless(f"nobody wrote down {context} {meant or name} in the language {self._language}")
        return found
