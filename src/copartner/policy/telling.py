"""The rulebook as its readers see it: each rule and obligation with its clouds, dates and actions in words."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from copartner.policy.facts import Cloud
from copartner.policy.obligations import obligations
from copartner.policy.rule import Rule
from copartner.policy.rulebook import Rulebook, RuleSet
from copartner.policy.schema import Schema

FORBID, PERMIT, OBLIGATION = "forbid", "permit", "obligation"
EVERY_ACTION = "everything"


@dataclass(frozen=True, slots=True)
class Told:
    """One rule or obligation, in the clouds and on the days (inclusive, UTC) on which this text of it counts.

    Obligations are what the programme itself does: nobody asks for it, so they have no actions and no Cedar. `followed`
    is False for a rule that documents dispute and that is in force nowhere.
    """

    id: str
    kind: str
    text: str
    source: str
    clouds: tuple[Cloud, ...]
    begins: date | None
    ends: date | None
    needs: str = ""
    caller: str | None = None
    disputed: str | None = None
    followed: bool = True
    actions: tuple[str, ...] = ()
    cedar: str = ""
    file: str = ""

    def holds(self, *, cloud: Cloud | None, day: date | None) -> bool:
        """Whether it counts in a cloud on a day, each where it is given."""
        begun = day is None or self.begins is None or self.begins <= day
        lasting = day is None or self.ends is None or day <= self.ends
        return self.followed and begun and lasting and (cloud is None or cloud in self.clouds)


@dataclass(frozen=True, slots=True)
class Turn:
    """What is another rule set's beginning: the ids that count from then on and those that count no more."""

    begun: tuple[str, ...]
    ended: tuple[str, ...]


def told(book: Rulebook) -> tuple[Told, ...]:
    """Every rule in the order in which denials name them, those set aside, and the obligations.

    Raises ValueError for a variant, which was written by nobody.
    """
    texts = _texts_of(book)
    rules = [_rule(rule, book.schema, texts[rule.file]) for rule in (*book.rules, *book.set_aside)]
    return (*rules, *_obligations())


def turn(book: Rulebook, rules: RuleSet) -> Turn | None:
    """What changed when a rule set began; None for the first of its cloud."""
    spans = book.spans(rules.cloud)
    place = spans.index(rules)
    if place == 0:
        return None
    before, now = _texts(spans[place - 1]), _texts(rules)
    return Turn(
        tuple(name for name, text in now.items() if before.get(name) != text),
        tuple(name for name in before if name not in now),
    )


def dates(one: Told) -> str:
    """From when to when it counts, in words."""
    match one.begins, one.ends:
        case None, None:
            return "always"
        case begins, None:
            return f"from {begins}"
        case None, ends:
            return f"to {ends}"
        case begins, ends:
            return f"{begins} to {ends}"


def span(rules: RuleSet) -> str:
    """The days of a rule set, in words."""
    begins = None if rules.begins == date.min else rules.begins
    ends = None if rules.ends == date.max else rules.ends
    return dates(Told("", "", "", "", (), begins, ends))


def clouds(some: Iterable[Cloud]) -> str:
    """Clouds in words."""
    named = tuple(some)
    return "all" if len(named) == len(Cloud) else ", ".join(named)


def in_words(action: str) -> str:
    """An action as somebody says it."""
    thing, _, does = action.replace("_", " ").partition(".")
    return f"{thing}: {does}"


def _rule(rule: Rule, schema: Schema, text: str) -> Told:
    named = {*rule.policy.actions}
    covered = tuple(name for name, applies in schema.actions.items() if {name, *applies.groups} & named)
    return Told(
        id=rule.id,
        kind=PERMIT if rule.permits else FORBID,
        text=rule.text,
        source=rule.source,
        clouds=tuple(cloud for cloud in Cloud if cloud in rule.clouds),
        begins=None if rule.begins == date.min else rule.begins,
        ends=None if rule.ends == date.max else rule.ends,
        needs=rule.needs,
        caller=rule.caller,
        disputed=rule.disputed,
        followed=rule.followed,
        actions=covered if named else (EVERY_ACTION,),
        cedar=_cedar(rule.id, text),
        file=rule.file,
    )


def _texts_of(book: Rulebook) -> dict[str, str]:
    """What was written, by file and by amendment."""
    if book.source is None:
        raise ValueError("a variant has no text to tell")
    return {**book.source.files, **{one.name: one.text for one in book.source.amendments}}


def _cedar(name: str, text: str) -> str:
    """The rule as it was written, without its annotations, which are told beside it."""
    written = re.search(r"^(?:permit|forbid)\b.*?;", text.partition(f'@id("{name}")')[2], re.DOTALL | re.MULTILINE)
    return written[0] if written else ""


def _obligations() -> list[Told]:
    return [
        Told(
            id=one.id,
            kind=OBLIGATION,
            text=one.text,
            source=one.source,
            clouds=tuple(cloud for cloud in Cloud if cloud in one.clouds),
            begins=None if one.begins.date() == date.min else one.begins.date(),
            ends=None if one.ends.date() == date.max else one.ends.date() - timedelta(days=1),
            file="obligations",
        )
        for one in obligations().values()
    ]


def _texts(rules: RuleSet) -> dict[str, str]:
    return {rule.id: json.dumps(rule.form, sort_keys=True) for rule in rules.rules}
