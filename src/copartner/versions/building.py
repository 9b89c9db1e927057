"""From versions to rulebooks: what one changes, what all that were approved make, and which of them lean on another."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import cedarpy

from copartner.command.in_force import BrokenVersions
from copartner.kernel.languages import Language
from copartner.policy.amending import Amendment
from copartner.policy.rule import BrokenRules, Rule, made
from copartner.policy.rulebook import Rulebook, Source
from copartner.policy.tree import parse
from copartner.versions.model import Difference, Restated, RuleText, RuleVersion
from copartner.versions.rules import BuiltUpon, Misfit

_WIDTH, _INDENT = 100, 2
_LONGEST_SAID = 1_800


@dataclass(frozen=True, slots=True)
class Approved:
    """A version that was approved, as far as the rulebook is made of it."""

    number: int
    title: str
    text: str
    ends: tuple[str, ...]
    begins: date
    until: date | None


def amendment(version: Approved | RuleVersion) -> Amendment:
    """What a version amends."""
    return Amendment(f"version {version.number}", version.text, version.ends, version.begins, version.until)


def fitted(book: Rulebook, change: Amendment) -> Difference:
    """What a change would do to a rulebook; raises Misfit, which says everything that is wrong with it."""
    try:
        book.tried(change)
    except BrokenRules as broken:
        raise Misfit(_shortened(str(broken)), "text") from broken
    return difference(book, change)


def difference(book: Rulebook, change: Amendment) -> Difference:
    """The rules that are new by a change, stated anew and ended, beside those that count on its first day or later."""
    counting: dict[str, Rule] = {}
    for rule in book.rules:
        if rule.ends >= change.begins and rule.id not in counting:
            counting[rule.id] = rule
    new, restated = [], []
    for policy, form in parse(change.text):
        after = _of(made(policy, form, change.name))
        if policy.id in counting:
            restated.append(Restated(_of(counting[policy.id]), after))
        else:
            new.append(after)
    return Difference(tuple(new), tuple(restated), tuple(_of(counting[name]) for name in change.ends))


def assembled(shipped: Source, versions: Sequence[Approved], former: Rulebook | None = None) -> Rulebook:
    """The rulebook of a release and every approved version; raises BrokenVersions."""
    try:
        return Rulebook.of(source(shipped, versions), former)
    except BrokenRules as broken:
        raise BrokenVersions(_told(shipped, versions, broken)) from broken


def source(shipped: Source, versions: Iterable[Approved]) -> Source:
    """What that rulebook is made of; a version that was taken back before its first day never counted."""
    stated = (amendment(one) for one in versions)
    return replace(shipped, amendments=tuple(one for one in stated if one.begins <= one.last))


def without(book: Rulebook, taken: RuleVersion, until: date) -> Rulebook:
    """The rulebook when a version counts no more from a day on; raises BuiltUpon, which names what leans on it.

    Every version was proved with those before it. Of what remains the promises hold as well where the one that is taken
    forbade nothing, or no later one lifts anything; where both is so, the later one may have been allowed by it.
    """
    assert book.source is not None
    name = f"version {taken.number}"
    kept: list[Amendment] = []
    former, after = replace(book.source, amendments=()), False
    for one in book.source.amendments:
        if one.name == name:
            after = True
            if one.begins < until:
                kept.append(replace(one, until=until))
            continue
        if after and one.until is None and (leaning := _leans(former, kept, one, taken)):
            raise BuiltUpon(
                f"{one.name.capitalize()} builds on {name}: {leaning} Take {one.name} back first.", str(taken.id)
            )
        kept.append(one)
    return Rulebook.of(replace(former, amendments=tuple(kept)), book)


def _leans(shipped: Source, kept: Sequence[Amendment], one: Amendment, taken: RuleVersion) -> str | None:
    """Why a version could not stand without one before it, None when it can."""
    try:
        book = Rulebook.of(replace(shipped, amendments=tuple(kept)))
        book.tried(one)
    except BrokenRules as broken:
        return f"{broken}."
    if taken.difference.forbids and difference(book, one).lifts:
        return "it lifts what the other's rules stood beside when the promises were proved."
    return None


def _shortened(problems: str) -> str:
    """The problems as an answer carries them; of very many the first."""
    if len(problems) <= _LONGEST_SAID:
        return f"{problems.rstrip('.')}."
    return f"{problems[:_LONGEST_SAID]}… There is more; mend these first."


def _told(shipped: Source, versions: Sequence[Approved], broken: BrokenRules) -> str:
    """Which version does not fit, and what to do."""
    for upto in range(1, len(versions) + 1):
        try:
            Rulebook.of(source(shipped, versions[:upto]))
        except BrokenRules as first:
            wrong = versions[upto - 1]
            return (
                f"version {wrong.number} of the rules, {wrong.title!r}, does not fit those of this release: {first}. "
                f"Start the release before this one, take version {wrong.number} back there "
                f"(copartner rules take-back {wrong.number}), and propose what is still wanted of it with this one."
            )
    return str(broken)


def _of(rule: Rule) -> RuleText:
    document = {"templates": {}, "staticPolicies": {rule.id: dict(rule.form)}, "templateLinks": []}
    cedar = cedarpy.format_policies(cedarpy.policies_from_json_str(json.dumps(document)), _WIDTH, _INDENT)
    german = rule.said(Language.GERMAN)
    return RuleText(
        id=rule.id,
        permits=rule.permits,
        text=rule.text,
        text_german=german.text,
        needs=rule.needs,
        needs_german=german.needs,
        source=rule.source,
        clouds=tuple(sorted(rule.clouds)),
        cedar=cedar.strip(),
    )
