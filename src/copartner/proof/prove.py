"""The proof: every invariant over every kind of request, every forbid needed, and what must stay possible."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from copartner.policy.decide import decide_cold
from copartner.policy.evaluate import World, covers
from copartner.policy.facts import Facts
from copartner.policy.rulebook import Rulebook, RuleSet
from copartner.proof.classes import unclassified
from copartner.proof.couplings import look_for_couplings
from copartner.proof.invariants import ALL, STRICT
from copartner.proof.live import stay_live
from copartner.proof.lives import walk_lives
from copartner.proof.mutants import weaken
from copartner.proof.possible import stay_possible
from copartner.proof.questions import Broken, Case, Prover, Result
from copartner.proof.rows import compare_rows
from copartner.proof.sampling import sample
from copartner.proof.solver import solve
from copartner.proof.vocabulary import Invariant


def prove(book: Rulebook, invariants: tuple[Invariant, ...] = ALL) -> Result:
    """Run every part; raises Unsolved when the solver leaves anything open."""
    result = Result(book)
    result.failures += [f"{action} belongs to no class of request, or to several" for action in unclassified()]
    prover = Prover(book)
    cases = list(prover.cases(invariants))
    hold(prover, cases, result)
    _are_needed(prover, cases, result)
    weaken(prover, cases, result)
    compare_rows(prover, result)
    stay_possible(prover, result)
    stay_live(prover, result)
    sample(prover, result)
    look_for_couplings(book, result)
    walk_lives(book, result)
    return result


def hold(prover: Prover, cases: list[Case], result: Result) -> None:
    """Every invariant holds by the forbids alone, whatever is permitted."""
    for case, answer in zip(cases, solve([prover.breaks(case) for case in cases]), strict=True):
        if answer.possible:
            where = f"{case.rules.cloud} from {case.rules.begins}"
            result.failures.append(f"{case.invariant.id} can be broken by {case.action} on {case.kind}, {where}")
        else:
            result.proved.append(case)


def _are_needed(prover: Prover, cases: list[Case], result: Result) -> None:
    """Without each forbid an invariant breaks, and the engine allows the request that the solver found."""
    tried = [(forbid, case) for case in cases for forbid in prover.forbids(case.rules, case.action, case.kind)]
    possible = solve([prover.breaks_without(case, forbid) for forbid, case in tried])
    chosen: dict[tuple[str, str, str], tuple[str, Case]] = {}
    for (forbid, case), answer in zip(tried, possible, strict=True):
        if answer.possible:
            chosen.setdefault((forbid, case.rules.digest, case.invariant.id), (forbid, case))
    told = solve([prover.example(case, forbid, named=True) for forbid, case in chosen.values()])
    bare = solve([prover.example(case, forbid) for forbid, case in chosen.values()])
    needed: dict[str, set[str]] = defaultdict(set)
    for (forbid, case), one, other in zip(chosen.values(), told, bare, strict=True):
        facts = prover.facts(case.kind, one if one.possible else other)
        complaint = _replay(prover, forbid, case, facts)
        if complaint:
            result.failures.append(complaint)
        else:
            needed[forbid].add(case.rules.digest)
            result.broken.append(Broken(forbid, case, facts))
    result.failures += _not_needed(prover, needed)


def _not_needed(prover: Prover, needed: dict[str, set[str]]) -> Iterator[str]:
    """Forbids that no proof needs: of the strict kinds in any span of days, of the others in all of them."""
    for rule in (rule for rule in prover.book.rules if not rule.permits):
        spans = [span for span in prover.spans if rule.id in span.by_id]
        lacking = [span for span in spans if span.digest not in needed[rule.id]]
        if rule.id.startswith(STRICT):
            yield from (f"no proof needs {rule.id} in {span.cloud} from {span.begins}" for span in lacking)
        elif len(lacking) == len(spans):
            yield f"no proof needs {rule.id}"


def _replay(prover: Prover, forbid: str, case: Case, facts: Facts) -> str | None:
    """Ask the engine about facts that the solver found: with the forbid it denies by it, without it allows."""
    day: date = case.rules.begins
    opened = prover.open.at(case.rules.cloud, day)
    without = decide_cold(_left_out(opened, forbid, case), case.action, facts)
    with_it = decide_cold(opened, case.action, facts)
    story = f"{forbid} left out, {case.action} on {case.kind}, {case.rules.cloud} {day}"
    if not without.allowed:
        return f"the engine does not allow what the solver found: {story}: {without.rules} {without.doubt}"
    if with_it.allowed or with_it.rules != (forbid,):
        return f"the engine does not deny by that forbid: {story}: {with_it.rules} {with_it.doubt}"
    if World(case.action, facts).value(case.invariant.holds):
        return f"the facts found do not break {case.invariant.id}: {story}"
    return None


def _left_out(opened: RuleSet, forbid: str, case: Case) -> RuleSet:
    """The rules that a kind of request has to do with, one of them left out; compiled anew each time, so no more."""
    kept = (
        rule
        for rule in opened.rules
        if rule.id != forbid and covers(rule.policy, opened.schema, case.action, case.kind)
    )
    return RuleSet(opened.cloud, opened.begins, opened.ends, tuple(kept), opened.schema)
