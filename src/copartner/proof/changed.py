"""What a changed rulebook breaks, ends and makes impossible, of all that was proved of the one before it.

Only what the change can alter is asked: in the spans of days from its first day on, invariants of those kinds of
request that lost a forbid, and whether those that gained one or lost a permit are still possible.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from copartner.policy.actions import Action
from copartner.policy.decide import decide_cold
from copartner.policy.evaluate import Unknown, World
from copartner.policy.facts import Cloud, Facts, Role, Side
from copartner.policy.rulebook import Rulebook, RuleSet
from copartner.policy.tree import Attr, Binary, Entity, Expr, Literal, Members, Not
from copartner.proof.invariants import ALL
from copartner.proof.possible import STORIES
from copartner.proof.questions import Case, Prover
from copartner.proof.smt import permits
from copartner.proof.solver import Question, Unsolved, solve
from copartner.proof.specimens import sides
from copartner.proof.story import Found, lost, told
from copartner.proof.verdict import BrokenPromise, Lost, Names, Verdict
from copartner.proof.vocabulary import ACTOR, every, same

# Whom a story is told of, where it can be: those with the least to say first.
_ROLES = {
    Side.PARTNER: (
        Role.SALES_AGENT,
        Role.HELPDESK_AGENT,
        Role.BILLING_ADMIN,
        Role.USER_MANAGEMENT_ADMIN,
        Role.ADMIN_AGENT,
        Role.GLOBAL_ADMIN,
        Role.USER,
    ),
    Side.CUSTOMER: (Role.USER, Role.USER_MANAGEMENT_ADMIN, Role.DELEGATION_ADMIN, Role.GLOBAL_ADMIN),
    Side.OPERATOR: (Role.USER, Role.USER_MANAGEMENT_ADMIN, Role.GLOBAL_ADMIN),
}
_ORDINARY = every(Not(Attr(ACTOR, "appOnly")), Attr(ACTOR, "multiFactor"))


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of request over days on which one rule set counts before the change and another after it."""

    before: RuleSet
    after: RuleSet
    begins: date
    action: Action
    kind: str


class Comparison:
    """Both rulebooks in the vocabulary of the solver, and the parts in which they differ."""

    def __init__(self, before: Rulebook, after: Rulebook, cloud: Cloud, begins: date) -> None:
        self.before, self.after = Prover(before), Prover(after)
        self.questions = 0
        self.same_schema = before.schema.text == after.schema.text
        self.parts = [
            Part(old, new, max(begins, old.begins, new.begins), action, kind)
            for new in after.spans(cloud)
            for old in before.spans(cloud)
            if max(begins, old.begins, new.begins) <= min(old.ends, new.ends) and old.digest != new.digest
            for action, kind in self.after.kinds
        ]

    def fell(self, part: Part) -> set[str]:
        """The forbids, as terms, that a kind of request has to pass no more."""
        return self._forbids(self.before, part.before, part) - self._forbids(self.after, part.after, part)

    def grew(self, part: Part) -> bool:
        """Whether a kind of request has to pass more than before, or is permitted by less."""
        more = self._forbids(self.after, part.after, part) - self._forbids(self.before, part.before, part)
        return bool(more or self._permits(self.before, part.before, part) - self._permits(self.after, part.after, part))

    def cases(self) -> Iterator[tuple[Part, Case]]:
        """The invariants that the change could break."""
        for part in self.parts:
            if self.same_schema and not self.fell(part):
                continue
            for invariant in ALL:
                days = max(part.before.begins, part.after.begins), min(part.before.ends, part.after.ends)
                if part.action in invariant.actions and invariant.counts(part.after.cloud, *days):
                    yield part, Case(part.after, part.action, part.kind, invariant)

    def solve(self, questions: list[Question]) -> list[tuple[bool, dict[str, str]]]:
        self.questions += len(questions)
        return [(answer.possible, answer.values) for answer in solve(questions)]

    def _forbids(self, prover: Prover, rules: RuleSet, part: Part) -> set[str]:
        return set(prover.forbids(rules, part.action, part.kind).values())

    def _permits(self, prover: Prover, rules: RuleSet, part: Part) -> set[str]:
        return set(permits(rules, prover.encodings[part.kind], part.action).values())


def compare(
    before: Rulebook, after: Rulebook, cloud: Cloud, begins: date, names: Names, began: float | None = None
) -> Verdict:
    """The verdict on `after`; raises Unsolved when a question stays open."""
    began = time.perf_counter() if began is None else began
    comparison = Comparison(before, after, cloud, begins)
    broken = list(_broken(comparison, names))
    kept, ended = [one for promise, one in broken if promise], [one for promise, one in broken if not promise]
    gone = tuple(_lost(comparison))
    seconds = time.perf_counter() - began
    return Verdict(not kept, None, tuple(kept), tuple(ended), gone, comparison.questions, seconds)


def _broken(comparison: Comparison, names: Names) -> Iterator[tuple[bool, BrokenPromise]]:
    cases = list(comparison.cases())
    answers = comparison.solve([comparison.after.breaks(case) for _, case in cases])
    broken = [one for one, (possible, _) in zip(cases, answers, strict=True) if possible]
    # A policy that an earlier version ended is no news.
    already = comparison.solve([comparison.before.breaks(replace(case, rules=part.before)) for part, case in broken])
    by_invariant: dict[str, list[tuple[Part, Case]]] = defaultdict(list)
    for (part, case), (possible, _) in zip(broken, already, strict=True):
        if case.invariant.promise or not possible:
            by_invariant[case.invariant.id].append((part, case))
    for found in by_invariant.values():
        yield found[0][1].invariant.promise, _example(comparison, found, names)


def _example(comparison: Comparison, broken: list[tuple[Part, Case]], names: Names) -> BrokenPromise:
    """The plainest request that breaks an invariant and that the engine allows, as a story."""
    # Of several kinds of request the one about a subscription is the plainest, then the first.
    chosen = sorted(broken, key=lambda one: one[1].kind != "Subscription")[:3]
    tried = [(part, case, *how) for part, case in chosen for how in _ways(comparison.after, case)]
    tried.sort(key=lambda one: one[2])
    for (part, case, _, permitted, _), (possible, values) in zip(
        tried, comparison.solve([question for *_, question in tried]), strict=True
    ):
        if possible:
            facts = comparison.after.readings[case.kind].facts(values)
            found = Found(case, part.before, part.begins, facts, _allowed(comparison, part, case, facts, permitted))
            return told(found, tuple(dict.fromkeys(case.action for _, case in broken)), names)
    raise Unsolved(f"{broken[0][1].invariant.id} can be broken, but no example was found")


def _ways(prover: Prover, case: Case) -> Iterator[tuple[int, bool, Question]]:
    """Whom and what to look for, the plainest first by number, and whether by the permits as they are."""
    side = sides(case.action)[0]
    of_side = same(Attr(ACTOR, "side"), Literal(Entity("Side", side)))
    plain = every(of_side, _ORDINARY, same(Attr(ACTOR, "enrolled"), Literal(side is Side.PARTNER)))
    wanted: list[Expr] = [every(plain, _only(role)) for role in _ROLES[side]]
    wanted += [plain, of_side, Literal(True)]
    for place, also in enumerate(wanted):
        for permitted in (True, False):
            yield place + 100 * (not permitted), permitted, prover.breaks_if(case, also, permitted=permitted)
    yield 300, False, prover.breaks_if(case, Literal(True), permitted=False, named=False)


def _only(role: Role) -> Expr:
    others = tuple(Literal(Entity("Role", one)) for one in Role if one is not role)
    held = Attr(ACTOR, "roles")
    return every(
        Binary("contains", held, Literal(Entity("Role", role))), Not(Binary("containsAny", held, Members(others)))
    )


def _allowed(comparison: Comparison, part: Part, case: Case, facts: Facts, permitted: bool) -> tuple[str, ...]:
    """By which permits the engine allows what the solver found; none where nothing but a permit is missing.

    Raises Unsolved when the engine or the tree disagrees with the solver.
    """
    day, cloud = part.begins, case.rules.cloud
    after = part.after if permitted else comparison.after.open.at(cloud, day)
    decision = decide_cold(after, case.action, facts)
    try:
        kept = bool(World(case.action, facts).value(case.invariant.holds))
    except Unknown:
        kept = True
    if not decision.allowed or kept:
        raise Unsolved(f"engine and solver disagree about {case.invariant.id} and {case.action}: {decision}")
    return decision.rules if permitted else ()


def _lost(comparison: Comparison) -> Iterator[Lost]:
    """What was possible before and is not afterwards: kinds of request, and stories of the programme."""
    parts = [part for part in comparison.parts if comparison.grew(part)]
    yield from _impossible(comparison, [(part, None, "", "") for part in parts])
    yield from _impossible(
        comparison,
        [
            (part, story.when, story.text, story.german)
            for part in parts
            for story in STORIES
            if story.action == part.action and story.kind == part.kind and part.after.cloud in story.clouds
        ],
    )


def _impossible(comparison: Comparison, asked: list[tuple[Part, Expr | None, str, str]]) -> Iterator[Lost]:
    def may(prover: Prover, rules: RuleSet, part: Part, also: Expr | None) -> Question:
        return prover.may(rules, part.action, part.kind, also)

    after = comparison.solve([may(comparison.after, part.after, part, also) for part, also, *_ in asked])
    stopped = [one for one, (possible, _) in zip(asked, after, strict=True) if not possible]
    before = comparison.solve([may(comparison.before, part.before, part, also) for part, also, *_ in stopped])
    seen: set[tuple[str, str]] = set()
    for (part, _, text, german), (possible, _) in zip(stopped, before, strict=True):
        if possible and (part.action, text) not in seen:
            seen.add((part.action, text))
            yield lost(part.action, part.begins, text, german)
