"""The questions of the proof, in the vocabulary of the solver, and what was found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from copartner.policy.actions import Action
from copartner.policy.facts import Cloud, Facts
from copartner.policy.rulebook import Rulebook, RuleSet
from copartner.policy.tree import Expr, Literal, Policy, walk
from copartner.proof.invariants import ALL
from copartner.proof.smt import Encoding, forbids, permits
from copartner.proof.solver import Answer, Question
from copartner.proof.specimens import kinds
from copartner.proof.vocabulary import Invariant
from copartner.proof.witness import Reading


@dataclass(frozen=True, slots=True)
class Case:
    """One invariant over one kind of request under one rule set."""

    rules: RuleSet
    action: Action
    kind: str
    invariant: Invariant


@dataclass(frozen=True, slots=True)
class Broken:
    """A forbid was left out and facts were found that break an invariant; the engine agreed."""

    forbid: str
    case: Case
    facts: Facts


@dataclass(frozen=True, slots=True)
class Life:
    """Under one rule set: the states reached, in how many acts at most, how much was tried in them, what is wrong."""

    cloud: Cloud
    day: date
    states: int
    depth: int
    tried: int
    wrong: tuple[str, ...]


@dataclass(slots=True)
class Result:
    """What was found; `failures` is empty when everything holds."""

    book: Rulebook
    proved: list[Case] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    weakened: int = 0
    rows: int = 0
    live: set[str] = field(default_factory=set)
    sampled: int = 0
    sampled_allowed: int = 0
    lives: list[Life] = field(default_factory=list)
    possible: int = 0
    impossible: set[Action] = field(default_factory=set)
    stories: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class Prover:
    """A rulebook in the vocabulary of the solver."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.kinds = list(kinds(book.schema))
        self.spans = [span for cloud in Cloud for span in book.spans(cloud)]
        self._forbids: dict[tuple[str, Action, str], dict[str, str]] = {}
        self._broken: dict[tuple[int, str], tuple[Invariant, str]] = {}
        self._negated: dict[str, str] = {}
        self._facts: dict[int, tuple[Answer, Facts]] = {}
        self.open = book.variant(permit_all=True)
        texts = {
            expr.value
            for held in (
                *(condition.body for rule in book.rules for condition in rule.policy.conditions),
                *(invariant.holds for invariant in ALL),
            )
            for expr in walk(held)
            if isinstance(expr, Literal) and isinstance(expr.value, str)
        }
        texts_in_order = tuple(sorted(texts))
        types = {kind for _, kind in self.kinds}
        self.encodings = {kind: Encoding(book.schema, kind, texts_in_order) for kind in types}
        self.readings = {kind: Reading(book.schema, kind, texts_in_order) for kind in types}
        self.declarations = {kind: encoding.declarations() for kind, encoding in self.encodings.items()}
        self.terms = {kind: reading.terms() for kind, reading in self.readings.items()}

    def cases(self, invariants: tuple[Invariant, ...]) -> Iterator[Case]:
        for span in self.spans:
            for action, kind in self.kinds:
                for invariant in invariants:
                    if action in invariant.actions and invariant.counts(span.cloud, span.begins, span.ends):
                        yield Case(span, action, kind, invariant)

    def forbids(self, rules: RuleSet, action: Action, kind: str) -> dict[str, str]:
        """The forbids that a kind of request has to pass under a rule set, as terms, by id."""
        key = (rules.digest, action, kind)
        if key not in self._forbids:
            self._forbids[key] = forbids(rules, self.encodings[kind], action)
        return dict(self._forbids[key])

    def breaks(self, case: Case) -> Question:
        """Whether a request can pass all forbids and break the invariant."""
        held = self.forbids(case.rules, case.action, case.kind)
        return Question(self.declarations[case.kind], self._against(case, held))

    def breaks_without(self, case: Case, forbid: str) -> Question:
        """Whether a request can pass all forbids but one, which is left out, and break the invariant."""
        held = self.forbids(case.rules, case.action, case.kind)
        del held[forbid]
        return Question(self.declarations[case.kind], self._against(case, held))

    def example(self, case: Case, forbid: str, *, named: bool = False) -> Question:
        """The same with the facts of such a request.

        With `named`, only among requests about things that exist, so that an example tells of somebody's thing.
        """
        asked = self.breaks_without(case, forbid)
        existing = tuple(self._named(case.kind)) if named else ()
        return Question(asked.declarations, (*asked.assertions, *existing), self.terms[case.kind])

    def facts(self, kind: str, answer: Answer) -> Facts:
        """The facts that an answer tells of; the same ones for an answer that is told again."""
        if id(answer) not in self._facts:
            self._facts[id(answer)] = answer, self.readings[kind].facts(answer.values)
        return self._facts[id(answer)][1]

    def breaks_if(self, case: Case, also: Expr, *, permitted: bool, named: bool = True) -> Question:
        """Whether a request for which a further condition holds can break the invariant, `permitted` as it is now."""
        encoding = self.encodings[case.kind]
        granted = f"(or false {' '.join(permits(case.rules, encoding, case.action).values())})" if permitted else "true"
        held = self._against(case, self.forbids(case.rules, case.action, case.kind))
        existing = tuple(self._named(case.kind)) if named else ()
        assertions = (*held, encoding.term(also).text, granted, *existing)
        return Question(self.declarations[case.kind], assertions, self.terms[case.kind])

    def breaks_when(self, case: Case, forbid: str, weaker: Policy) -> Question:
        """Whether a request can break the invariant when a forbid is replaced by a weaker one."""
        held = self.forbids(case.rules, case.action, case.kind)
        held[forbid] = self.encodings[case.kind].rule(weaker)
        return Question(self.declarations[case.kind], self._against(case, held))

    def _against(self, case: Case, held: dict[str, str]) -> tuple[str, ...]:
        key = (id(case.invariant), case.kind)
        if key not in self._broken:
            self._broken[key] = case.invariant, f"(not {self.encodings[case.kind].term(case.invariant.holds).text})"
        return (*self._refused(held.values()), self._broken[key][1])

    def _refused(self, terms: Iterable[str]) -> Iterator[str]:
        """That none of these holds; one text for each, so that equal questions are found without comparing letters."""
        for term in terms:
            if term not in self._negated:
                self._negated[term] = f"(not {term})"
            yield self._negated[term]

    def _named(self, kind: str) -> Iterator[str]:
        for key, attribute in self.book.schema.entities[kind].items():
            if attribute.optional and attribute.type.name == "Tenant":
                yield f"({kind}.has.{key} resource)"
        if {"partner", "customer"} <= self.book.schema.entities[kind].keys():
            yield f"(not (= ({kind}.partner resource) ({kind}.customer resource)))"

    def may(self, rules: RuleSet, action: Action, kind: str, also: Expr | None = None) -> Question:
        """Whether a request of this kind, for which a further condition holds, can be allowed."""
        encoding = self.encodings[kind]
        passed = tuple(self._refused(self.forbids(rules, action, kind).values()))
        granted = f"(or false {' '.join(permits(rules, encoding, action).values())})"
        wanted = (encoding.term(also).text,) if also is not None else ()
        return Question(self.declarations[kind], (*passed, granted, *wanted), self.terms[kind])
