"""A change of the rules from a day on, beside the rules that come with the release."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from copartner.policy.facts import Cloud
from copartner.policy.lint import lint, used_twice
from copartner.policy.rule import BrokenRules, Rule, made, refuse
from copartner.policy.schema import Schema
from copartner.policy.tree import Policy, parse


@dataclass(frozen=True, slots=True)
class Amendment:
    """Cedar text of rules and the ids of rules that end, from `begins` on (a day in UTC).

    A rule under an id that counts already takes that rule's place in its clouds. `until` is the first day on which
    nothing of it counts any more: somebody took it back, and what it ended or stated anew goes on as before. A rule
    of its text has no @from. `name` is what problems call it.
    """

    name: str
    text: str
    ends: tuple[str, ...]
    begins: date
    until: date | None = None

    @property
    def last(self) -> date:
        """The last day on which it counts."""
        return date.max if self.until is None else self.until - timedelta(days=1)


def amended(rules: tuple[Rule, ...], amendment: Amendment, schema: Schema) -> tuple[Rule, ...]:
    """The rules with an amendment, the same ones where it was taken back before it began.

    Raises BrokenRules when it cannot be read, fails a check or does not fit them.
    """
    try:
        read = parse(amendment.text)
    except Exception as broken:
        raise BrokenRules(f"{amendment.name} cannot be read: {broken}") from broken
    policies = [policy for policy, _ in read]
    refuse([*lint(policies, schema), *used_twice(policies), *_misfits(rules, amendment, policies)])
    if amendment.last < amendment.begins:
        return rules
    fresh = [
        replace(rule, begins=amendment.begins, ends=min(rule.ends, amendment.last))
        for rule in (made(policy, form, amendment.name) for policy, form in read)
    ]
    stopped = {**dict.fromkeys(amendment.ends, frozenset(Cloud)), **{rule.id: rule.clouds for rule in fresh}}
    kept = [
        part
        for rule in rules
        for part in _outside(rule, stopped.get(rule.id, frozenset()), amendment.begins, amendment.last)
    ]
    # A rule stated anew is named where the one before it was.
    place = {rule.id: at for at, rule in reversed([*enumerate(rules)])}
    valid = [rule for rule in (*kept, *fresh) if rule.begins <= rule.ends]
    return tuple(sorted(valid, key=lambda rule: place.get(rule.id, len(rules))))


def _misfits(rules: tuple[Rule, ...], amendment: Amendment, policies: list[Policy]) -> Iterator[str]:
    """What is wrong with an amendment for just these rules."""
    if not policies and not amendment.ends:
        yield f"{amendment.name} changes nothing: it has no rule and ends none"
    running = {rule.id for rule in rules if rule.ends >= amendment.begins}
    for name in amendment.ends:
        if name not in running:
            yield f"there is no rule {name} to end from {amendment.begins}"
    for policy in policies:
        if "from" in policy.annotations:
            yield f"{policy.id}: leave @from out; the amendment says from which day its rules count"
        if "followed" in policy.annotations:
            yield f"{policy.id}: leave @followed out; an amendment states the rules that count"
        if policy.id in amendment.ends:
            yield f"{policy.id} is ended and stated anew at once; stating it anew is enough"
        if policy.annotations.get("to", "9999") < amendment.begins.isoformat():
            yield f"{policy.id}: @to is before the amendment begins"


def _outside(rule: Rule, clouds: frozenset[Cloud], first: date, last: date) -> Iterator[Rule]:
    """What is left of a rule when it does not count in some clouds from the first to the last day."""
    if rest := rule.clouds - clouds:
        yield replace(rule, clouds=rest)
    if hit := rule.clouds & clouds:
        if rule.begins < first:
            yield replace(rule, clouds=hit, ends=min(rule.ends, first - timedelta(days=1)))
        if last < rule.ends:
            yield replace(rule, clouds=hit, begins=max(rule.begins, last + timedelta(days=1)))
