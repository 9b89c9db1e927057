"""A counterexample told as a story, in English and German: who could do what to whom, and why now."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from types import MappingProxyType

from copartner.kernel.languages import Language
from copartner.policy import wording
from copartner.policy.actions import Action
from copartner.policy.evaluate import World, covers
from copartner.policy.facts import Facts, Role, Side
from copartner.policy.rule import Rule
from copartner.policy.rulebook import RuleSet
from copartner.proof.circumstances import circumstances
from copartner.proof.classes import ANSWERING, AT_CUSTOMER, CLASSES, GRANULAR_ANSWERING, NEW_CUSTOMER, ON_BEHALF
from copartner.proof.questions import Case
from copartner.proof.verdict import BrokenPromise, Lost, Names

ENGLISH, GERMAN = 0, 1
_S = "'s"
Pair = tuple[str, str]
_CUSTOMERS = CLASSES[ANSWERING] | CLASSES[GRANULAR_ANSWERING]
_IN_A_NAME = CLASSES[AT_CUSTOMER] | CLASSES[NEW_CUSTOMER] | CLASSES[ON_BEHALF]


def _table() -> Mapping[str, Pair]:
    lines = files("copartner.proof").joinpath("verbs.csv").read_text(encoding="utf-8").splitlines()
    return MappingProxyType({row["action"]: (row["english"], row["german"]) for row in csv.DictReader(lines)})


VERBS = _table()


@dataclass(frozen=True, slots=True)
class Found:
    """A request that breaks an invariant; `permits` by which it is allowed, none when no permit grants it today."""

    case: Case
    before: RuleSet
    day: date
    facts: Facts
    permits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """One party's name: as whose something is, English with 's, German as a genitive."""

    english: str
    german: str


def told(found: Found, actions: tuple[str, ...], names: Names) -> BrokenPromise:
    """The story of a request that would be allowed."""
    case = found.case
    stopped = _stopped(found)
    return BrokenPromise(
        case.invariant.id,
        case.invariant.text,
        case.action,
        _sentence(found, stopped, names, ENGLISH),
        _sentence(found, stopped, names, GERMAN),
        actions,
        tuple(rule.id for rule in stopped),
    )


def lost(action: str, day: date, text: str, german: str) -> Lost:
    """That nobody could do something any more; of a story of the programme, its text."""
    if text:
        return Lost(
            action, f"No more possible from {day} on: {text}", f"Ab {day:%d.%m.%Y} nicht mehr möglich: {german}"
        )
    english, verb = VERBS[action]
    somebody = english.replace("{whose}", "any party's"), verb.replace("{von}", "irgendeiner Partei")
    return Lost(
        action,
        f"Nobody could {somebody[ENGLISH]} any more from {day} on.",
        f"Niemand könnte ab {day:%d.%m.%Y} mehr {somebody[GERMAN]}.",
    )


def _stopped(found: Found) -> tuple[Rule, ...]:
    """The forbids that stopped the request before."""
    world, case = World(found.case.action, found.facts), found.case
    return tuple(
        rule
        for rule in found.before.rules
        if not rule.permits
        and covers(rule.policy, found.before.schema, case.action, case.kind)
        and world.satisfied(rule.policy)
    )


def _sentence(found: Found, stopped: tuple[Rule, ...], names: Names, language: int) -> str:
    facts, action = found.facts, found.case.action
    who = _who(facts, names)[language]
    whose = _whose(facts, action, names)
    verb = VERBS[action][language].replace("{whose}", whose.english).replace("{von}", whose.german)
    how = " ".join(one[language] for one in (*_in_whose_name(facts, action), *circumstances(action, facts, found.case)))
    joined = " and " if language == ENGLISH else " und "
    why = joined.join(_why(found, rule)[language] for rule in stopped) or _NO_FORBID[language]
    granted = _granted(found)[language]
    if language == GERMAN:
        return f"{who} könnte {f'{how} ' if how else ''}{verb}, weil {why}. {granted}"
    return f"{who} could {verb}{f' {how}' if how else ''}, because {why}. {granted}"


_NO_FORBID = ("no rule stands against it", "keine Regel dem entgegensteht")


def _why(found: Found, rule: Rule) -> Pair:
    """What the rule said that no longer stands against it."""
    german, day = _in_german(rule), f"{found.day:%d.%m.%Y}"
    anew = found.case.rules.by_id.get(rule.id)
    if anew is None:
        return (
            f"{rule.id}, which stops it now (“{rule.text}”), ends on {found.day}",
            f"{rule.id}, was es jetzt verhindert („{german}“), am {day} endet",
        )
    return (
        f"{rule.id}, which stops it now (“{rule.text}”), is stated anew from {found.day} on (“{anew.text}”)",
        f"{rule.id}, was es jetzt verhindert („{german}“), ab {day} neu gefasst ist („{_in_german(anew)}“)",
    )


def _in_german(rule: Rule) -> str:
    """What a rule says in German, in English where nobody said it."""
    given = rule.policy.annotations.get("text_de")
    return given or wording.translated(rule.id, "text", rule.text, Language.GERMAN)


def _granted(found: Found) -> Pair:
    if found.permits:
        listed = ", ".join(found.permits)
        return f"It is permitted by {listed}.", f"Erlaubt wird es durch {listed}."
    return (
        "No rule permits it today, but none would stand against one that did.",
        "Heute erlaubt es keine Regel, aber keine stünde einer entgegen, die es erlaubt.",
    )


def _who(facts: Facts, names: Names) -> Pair:
    actor = facts.principal
    party = _actor(facts, names)
    if actor.app_only:
        return f"An application of {party.english.removesuffix(_S)}", f"Eine Anwendung {party.german}"
    roles = [role for role in Role if role in actor.roles]
    if not roles or roles == [Role.USER]:
        kind: Pair = ("user without a role", "Ein Benutzer ohne Rolle")
    elif len(roles) == 1:
        kind = (roles[0], f"Ein {_role(roles[0])}")
    else:
        kind = (
            f"user with the roles {_and(roles, 'and')}",
            f"Ein Benutzer mit den Rollen {_and([_role(one) for one in roles], 'und')}",
        )
    subject = party.english[:1].upper() + party.english[1:] if names.actor is None else party.english
    return f"{subject} {kind[ENGLISH]}", f"{kind[GERMAN]} {party.german}"


def _role(role: Role) -> str:
    return wording.word("value", f"Role.{role}", Language.GERMAN) or role


def _and(roles: Sequence[str], word: str) -> str:
    return f"{', '.join(roles[:-1])} {word} {roles[-1]}"


def _actor(facts: Facts, names: Names) -> Party:
    match facts.principal.side:
        case Side.PARTNER:
            return _named(names.actor, "one partner's", "eines Partners")
        case Side.CUSTOMER:
            return _named(names.customer or names.actor, "a customer's", "eines Kunden")
        case _:
            return Party("the operator's", "des Betreibers")


def _named(name: str | None, english: str, german: str) -> Party:
    return Party(english, german) if name is None else Party(f"{name}'s", f"von {name}")


def _whose(facts: Facts, action: Action, names: Names) -> Party:
    """Whose thing it is, seen from the actor."""
    partner = getattr(facts.resource, "partner", None)
    customer = getattr(facts.resource, "customer", None)
    at_customer = type(facts.resource).__name__ in ("Customer", "CustomerUser", "Access") or action in _CUSTOMERS
    owner = customer if at_customer else getattr(facts.resource, "tenant", partner)
    if owner is None:
        return Party("nobody's", "von niemandem")
    if owner == facts.principal.tenant:
        return Party("its own", "des eigenen Mandanten")
    if at_customer:
        if facts.principal.side is Side.CUSTOMER:
            return _named(names.other, "another customer's", "eines anderen Kunden")
        return _named(names.customer, "a customer's", "eines Kunden")
    if hasattr(facts.resource, "partner"):
        return _named(names.other, "another partner's", "eines anderen Partners")
    return _named(names.other, "another tenant's", "eines anderen Mandanten")


def _in_whose_name(facts: Facts, action: Action) -> tuple[Pair, ...]:
    partner = getattr(facts.resource, "partner", None)
    if action not in _IN_A_NAME or partner == facts.principal.tenant:
        return ()
    if partner is None:
        return (("in nobody's name", "in niemandes Namen"),)
    return (("in another partner's name", "im Namen eines anderen Partners"),)
