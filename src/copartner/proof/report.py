"""What was proved, as Markdown: the page docs/proof.md and what `python -m copartner.proof` prints."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from copartner.policy.facts import Cloud, Facts
from copartner.proof.classes import CLASSES
from copartner.proof.couplings import COUPLINGS
from copartner.proof.invariants import GROUPS
from copartner.proof.questions import Broken, Result
from copartner.proof.report_beyond import told_beyond
from copartner.proof.rows import ROWS
from copartner.proof.vocabulary import Invariant

_HEAD = """# What is proved about the rules

Written by `python -m copartner.proof --write docs/proof.md`; `make proof` runs the same proof and fails when any
part of it does. The solver is z3, a process of its own with a time limit; an answer that is not certain is a
failure.

## How

1. The rules are parsed once. The engine decides by them, explanations evaluate them, and the proof turns the same
   parsed tree into SMT.
2. All permits are replaced by one that permits everything. What is proved below therefore holds by the forbids
   alone, and no permit that anybody adds later can break it.
3. A question is asked for each invariant, each kind of request (an action on a type of resource), each cloud and
   each span of days between two changes of the rules: can a request pass every forbid and yet break the invariant?
   Tenants, organisations, affiliations, markets, roles, witnesses and figures are free.
4. The invariants are written apart from the rules, from the programme's pages, in `copartner/proof/invariants.py`.
   A promise is kept by every version of the rules that operators make; a policy is the programme's to end.
5. Each forbid is then left out. An invariant has to break, and the engine itself is asked about the facts that the
   solver found: it allows them without the forbid and denies them, by that forbid alone, with it.
6. Each condition inside each forbid is left out in the same way; here too an invariant has to break.
7. Each row predicate of the tables with carts, orders, subscriptions, requests, audit and decisions is shown to be
   what the rule about reading says: a visible row is never refused for being another's, and a row that is not refused
   is visible.
8. With the permits as they are, every kind of request has to stay possible, and so have the stories below; the
   engine is asked about each example the solver finds. Each permit has to allow something that no other permit allows.
9. Requests drawn by chance are judged by the engine and by the solver, with every fact pinned there; both have to say
   the same. Deliberate faults in the translation of the rules are each noticed by that (`tests/policy/test_faults.py`).
10. Each fact that a rule reads is the actor's, the thing's or that of a party to the request, or it is another
    partner's; of these only the pairs of fact and rule listed below are allowed.
11. A partner, its customer and a rival of the partner act, one allowed act after another, until no new state is
    reached: relationships asked for, accepted, sold by, ended and asked for again, granular ones approved, assigned,
    lapsed and ended, the customer enrolled as a partner in between. In all states both partners try every kind of
    request with every witness that there is or was.
12. A changed rulebook is proved before it counts, by the same questions: `copartner/proof/promises.py`.
"""
_LIMITS = """## What is not covered

- **Facts.** The proof is about facts handed to the rules. That the database functions hand over true and complete
  facts, and that every service asks the rules before it acts, is tested and not proved.
- **Which action a change is.** A service that asked for `subscription.rename` and then changed the term would pass.
  Walls below the rules (row security, column grants) and tests stand against that.
- **The engine.** Cedar's own evaluation is trusted. Hypothesis compares it, rule by rule, with the parsed tree on
  random requests, and the tree with its SMT form.
- **Errors.** A missing entity or an overflowing number makes the engine skip a rule; the one entry point then
  denies. The proof relies on that, and tests hold it.
- **Renaming.** That decisions may be remembered by facts with ids renamed follows from the lint (no rule names a
  thing) and is tested with Hypothesis.
- **Row security and SQL.** The row predicates are compared with the rules here, and a test compares what is written
  here with the database. That PostgreSQL applies them, and the SQL between, is tested and not proved.
  Tables of which no rule speaks row by row are not compared; the tests list them.
- **What one partner can infer of another** is looked at fact by fact: which rule reads what. How much a seller learns
  from many answers (the moment at which a pooled maximum is reached, how long an answer takes) is not analysed. That
  services tell no more than the verdict is tested.
- **Sequences** are those of one partner, one customer and one rival, in the states listed; the acts' effects are
  written in the proof as the services have them, and are not read from the services. The state machine in the tests
  drives the services themselves. Of time only that granular relationships lapse is in it; the rules stay the same.
- **Obligations**, what the programme does by itself, are no requests and are not proved; the page lists them.
- **Chance.** That engine and solver agree on thousands of requests is evidence, no proof, that the translation is
  right.
- **The schema.** An action in a wrong group is found where an invariant, a permit or a story needs it, else not.
- **Time.** Rules change at midnight UTC; a request is judged by the rules of one moment.
"""


def page(result: Result) -> str:
    """The whole page, without anything that differs from run to run."""
    parts = (_invariants(result), _forbids(result), _rows(), _possible(result), told_beyond(result))
    return "\n".join([_HEAD, *(line for part in parts for line in part), _LIMITS])


def summary(result: Result) -> str:
    """A few lines for the end of a run."""
    forbids, times = len({broken.forbid for broken in result.broken}), len(result.broken)
    lines = [
        f"{len(result.proved)} questions answered: no request that passes the forbids breaks an invariant.",
        f"{forbids} forbids left out in turn: {times} times an invariant broke, and the engine agreed each time.",
        f"{result.weakened} conditions of forbids left out in turn: each time an invariant broke.",
        f"{result.rows} row predicates of the database say what the rules say.",
        f"{result.possible} kinds of request and {len(result.stories)} stories stay possible.",
        f"{len(result.live)} permits allow, each, what no other does.",
        f"{result.sampled} requests drawn by chance, {result.sampled_allowed} allowed: engine and solver agree.",
        f"{len(COUPLINGS)} couplings of partners are declared, and no rule has another.",
        f"{sum(life.states for life in result.lives)} states reached by allowed acts, "
        f"{sum(life.tried for life in result.lives)} acts tried in them: none by what is another's or has ended.",
    ]
    return "\n".join(lines if not result.failures else [f"FAILED: {failure}" for failure in result.failures])


def _invariants(result: Result) -> Iterator[str]:
    counted: dict[str, set[tuple[str, str]]] = defaultdict(set)
    spans: dict[str, set[str]] = defaultdict(set)
    for case in result.proved:
        counted[case.invariant.id].add((case.action, case.kind))
        spans[case.invariant.id].add(case.rules.digest)
    yield "## Invariants\n"
    for group, invariants in GROUPS.items():
        yield f"### {group.capitalize()}\n"
        yield "| invariant | holds | as | clouds | days | kinds of request | rule sets |"
        yield "|---|---|---|---|---|---|---|"
        for one in invariants:
            days, kinds, sets = _days(one), len(counted[one.id]), len(spans[one.id])
            way = "promise" if one.promise else "policy"
            yield f"| {one.id} | {one.text} | {way} | {clouds(one.clouds)} | {days} | {kinds} | {sets} |"
        yield ""
    yield "Every action belongs to one class of request; one that belongs to none fails the proof.\n"
    yield "| class | actions |"
    yield "|---|---|"
    for name, actions in CLASSES.items():
        yield f"| {name} | {', '.join(sorted(actions))} |"
    yield ""


def _forbids(result: Result) -> Iterator[str]:
    found: dict[str, list[Broken]] = defaultdict(list)
    for broken in result.broken:
        found[broken.forbid].append(broken)
    yield "## What each forbid holds\n"
    yield "Left out, this breaks. The example is the latest one found; its tenants are T1, T2 and so on.\n"
    yield "| forbid | rule sets | breaks | example |"
    yield "|---|---|---|---|"
    for rule in result.book.rules:
        if found[rule.id]:
            last = found[rule.id][-1]
            names = ", ".join(sorted({one.case.invariant.id for one in found[rule.id]}))
            told = f"{last.case.action} on {last.case.kind}, {last.case.rules.cloud}: {_told(last.facts)}"
            sets = len({one.case.rules.digest for one in found[rule.id]})
            yield f"| {rule.id} | {sets} | {names} | {told} |"
    yield ""


def _rows() -> Iterator[str]:
    yield "## Rows and rules\n"
    yield "| table | side | a row is seen when this is the actor's tenant | as | rule |"
    yield "|---|---|---|---|---|"
    for row in ROWS:
        yield f"| {row.table} | {row.side} | {row.column} | {row.action} on {row.kind} | {row.rule} |"
    yield ""


def _possible(result: Result) -> Iterator[str]:
    yield "## What stays possible\n"
    yield f"{result.possible} pairs of a kind of request and a rule set, each with an example the engine allows, and:\n"
    yield from (f"- {story}" for story in result.stories)
    yield ""
    yield "Not possible to anybody, in some cloud or span of days: " + ", ".join(sorted(result.impossible)) + ".\n"


def _told(facts: Facts) -> str:
    """The part of the facts that tells who is who."""
    names: dict[str, str] = {}

    def short(name: str | None) -> str:
        return "nobody" if name is None else names.setdefault(name, f"T{len(names) + 1}")

    parts = [f"actor of {short(facts.principal.tenant)}"]
    for field in ("tenant", "partner", "customer"):
        if hasattr(facts.resource, field):
            parts.append(f"{field} {short(getattr(facts.resource, field))}")
    witness = facts.context.relationship
    if witness is not None:
        state = "active" if witness.active else "ended"
        parts.append(f"relationship {short(witness.partner)} with {short(witness.customer)} {state}")
    return ", ".join(parts)


def clouds(clouds: Iterable[Cloud]) -> str:
    held = set(clouds)
    return "all" if held == set(Cloud) else ", ".join(cloud for cloud in Cloud if cloud in held)


def _days(invariant: Invariant) -> str:
    if invariant.begins == date.min and invariant.ends == date.max:
        return "always"
    until = "" if invariant.ends == date.max else f" to {invariant.ends}"
    return f"from {invariant.begins}{until}"
