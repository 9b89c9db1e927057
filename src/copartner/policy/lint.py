"""What the rules must look like, beyond what the engine's own validation asks."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

from copartner.kernel.languages import Language
from copartner.policy.facts import Cloud
from copartner.policy.schema import Schema
from copartner.policy.tree import Entity, Is, Literal, Policy, Var, walk
from copartner.policy.wording import SENTENCES

REQUIRED = ("id", "text", "source", "needs")
# What a rule says in another language, such as @text_de; the shipped rules have that in the catalogue.
TRANSLATED = {
    f"{name}_{language}": name for name in SENTENCES for language in Language if language is not Language.ENGLISH
}
KNOWN = frozenset({*REQUIRED, *TRANSLATED, "from", "to", "cloud", "caller", "judges", "disputed", "followed"})
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def lint(policies: Iterable[Policy], schema: Schema) -> list[str]:
    """What is wrong with the rules, one sentence each; nothing when they are as they should be."""
    found: list[str] = []
    for policy in policies:
        name = policy.id or "a rule without @id"
        found += [f"{name}: {problem}" for problem in (*_annotations(policy), *_scope(policy, schema))]
        found += [f"{name}: {problem}" for problem in _expressions(policy, schema)]
    return found


def used_twice(policies: Iterable[Policy]) -> list[str]:
    """The ids that several rules of one document have."""
    times = Counter(policy.id for policy in policies)
    return [f"{name}: the id is used twice" for name, used in times.items() if name and used > 1]


def _annotations(policy: Policy) -> list[str]:
    given = policy.annotations
    found = [f"@{name} is missing" for name in REQUIRED if not given.get(name)]
    found += [f"@{name} is unknown" for name in given if name not in KNOWN]
    if policy.id and not _ID.fullmatch(policy.id):
        found.append("the id has to be words in lower case joined by hyphens")
    dates: dict[str, date] = {}
    for name in ("from", "to"):
        if name in given:
            try:
                dates[name] = date.fromisoformat(given[name])
            except ValueError:
                found.append(f"@{name} is no date of the form 2020-11-29")
    if len(dates) == 2 and dates["from"] > dates["to"]:
        found.append("@from is after @to")
    if "cloud" in given:
        clouds = given["cloud"].split()
        if not clouds or not set(clouds) <= set(Cloud):
            found.append(f"@cloud takes names out of {', '.join(Cloud)}")
    for name, english in TRANSLATED.items():
        if name in given and not (given[name] and english in given):
            found.append(f"@{name} says what @{english} says: give both, or leave it out")
    if policy.permits and "caller" in given:
        found.append("@caller belongs to forbids")
    if "judges" in given:
        found += _of_bearer(policy)
    if "disputed" in given and not given["disputed"]:
        found.append("@disputed says which page says otherwise and which one is followed")
    if "followed" in given and not (given["followed"] == "no" and "disputed" in given):
        found.append("@followed takes no, beside @disputed: a rule that documents dispute and that is not in force")
    return found


def _of_bearer(policy: Policy) -> list[str]:
    """A denial by such a rule is told before all others and must say nothing of the thing."""
    found = [] if policy.annotations["judges"] == "bearer" else ["@judges takes bearer"]
    if policy.permits or "caller" in policy.annotations:
        found.append("@judges belongs to forbids without @caller")
    if any(expr in (Var("resource"), Var("context")) for one in policy.conditions for expr in walk(one.body)):
        found.append("a rule that judges the bearer reads the principal alone")
    return found


def _scope(policy: Policy, schema: Schema) -> list[str]:
    known = schema.groups | schema.actions.keys()
    found = [f"there is no action or group {name}" for name in policy.actions if name not in known]
    if policy.permits and not policy.actions:
        found.append("a permit names its actions")
    if policy.resource_type is not None and policy.resource_type not in schema.entities:
        found.append(f"there is no entity type {policy.resource_type}")
    return found


def _expressions(policy: Policy, schema: Schema) -> list[str]:
    found: list[str] = []
    for condition in policy.conditions:
        for expr in walk(condition.body):
            match expr:
                case Literal(Entity(kind, name)):
                    if kind not in schema.enums:
                        found.append(f"the literal {kind} is not of an enumerated type: no rule names a thing")
                    elif name not in schema.enums[kind]:
                        found.append(f"there is no {kind} {name}")
                case Is(_, kind) if kind not in schema.entities:
                    found.append(f"there is no entity type {kind}")
                case Var("action"):
                    found.append("the action belongs into the head of a rule")
                case _:
                    pass
    return found
