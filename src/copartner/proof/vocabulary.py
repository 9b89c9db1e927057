"""The words invariants are written in: the request, its parties, and what may be said of them."""

from dataclasses import dataclass, field
from datetime import date

from copartner.policy.actions import Action
from copartner.policy.facts import Cloud
from copartner.policy.tree import Attr, Binary, Expr, Literal, Var

ACTOR, THING, CONTEXT = Var("principal"), Var("resource"), Var("context")


def at(of: Expr, *names: str) -> Expr:
    """What stands at these names below a term."""
    for name in names:
        of = Attr(of, name)
    return of


def same(left: Expr, right: Expr) -> Expr:
    """Whether both are equal."""
    return Binary("==", left, right)


def every(first: Expr, *others: Expr) -> Expr:
    """Whether all of them hold."""
    for other in others:
        first = Binary("&&", first, other)
    return first


def either(first: Expr, second: Expr) -> Expr:
    """Whether one of them holds."""
    return Binary("||", first, second)


def zero(*path: str) -> Expr:
    """Whether a figure of the context is none."""
    return same(at(CONTEXT, *path), Literal(0))


@dataclass(frozen=True, slots=True)
class Invariant:
    """Of each allowed request among `actions`, in these clouds and on these days, `holds` is true.

    A `promise` is kept by every version of the rules; what is none is the programme's own policy, which it may end.
    """

    id: str
    text: str
    actions: frozenset[Action]
    holds: Expr
    clouds: frozenset[Cloud] = field(default_factory=lambda: frozenset(Cloud))
    begins: date = date.min
    ends: date = date.max
    promise: bool = True

    def counts(self, cloud: Cloud, begins: date, ends: date) -> bool:
        """Whether it has to hold on any day of a span, and so under the span's rules."""
        return cloud in self.clouds and self.begins <= ends and begins <= self.ends
