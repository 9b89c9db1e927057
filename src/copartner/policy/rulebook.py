"""The rulebook: the rules parsed once, and one compiled set for each cloud and each span of days."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import cedarpy

from copartner.policy import schema as schemas
from copartner.policy.facts import Cloud
from copartner.policy.lint import lint
from copartner.policy.schema import Schema
from copartner.policy.tree import Attr, Policy, Var, parse, walk

# The order in which rules that fire together are named: the first one is what the caller is told.
_FILES = (
    "second_factor",
    "relationships",
    "multi_partner",
    "programme",
    "agreements",
    "catalogue",
    "roles",
    "customer_roles",
)


class BrokenRules(Exception):
    """The rules cannot be trusted, so nothing may start with them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with its dates, its clouds and Cedar's JSON form of it; dates are inclusive days in UTC."""

    policy: Policy
    form: Mapping[str, Any]
    file: str
    begins: date
    ends: date
    clouds: frozenset[Cloud]

    @property
    def id(self) -> str:
        return self.policy.id

    @property
    def permits(self) -> bool:
        return self.policy.permits

    @property
    def text(self) -> str:
        return self.policy.annotations["text"]

    @property
    def source(self) -> str:
        return self.policy.annotations["source"]

    @property
    def needs(self) -> str:
        return self.policy.annotations["needs"]

    @property
    def caller(self) -> str | None:
        """What a caller reads instead of the rule, where it may not learn that the thing exists."""
        return self.policy.annotations.get("caller")

    @property
    def of_bearer(self) -> bool:
        """Whether it judges who asks and by what, whatever the thing is."""
        return "judges" in self.policy.annotations

    def holds(self, cloud: Cloud, day: date) -> bool:
        """Whether the rule is in force in a cloud on a day."""
        return cloud in self.clouds and self.begins <= day <= self.ends


class RuleSet:
    """The rules in force in one cloud over a span of days, compiled."""

    __slots__ = ("_read", "begins", "by_id", "cloud", "compiled", "digest", "ends", "order", "rules", "schema")

    def __init__(self, cloud: Cloud, begins: date, ends: date, rules: tuple[Rule, ...], schema: Schema) -> None:
        self.cloud = cloud
        self.begins = begins
        self.ends = ends
        self.rules = rules
        self.schema = schema
        self.by_id = {rule.id: rule for rule in rules}
        self.order = {rule.id: place for place, rule in enumerate(rules)}
        document = json.dumps(
            {"templates": {}, "staticPolicies": {rule.id: rule.form for rule in rules}, "templateLinks": []},
            sort_keys=True,
        )
        self.compiled = cedarpy.PolicySet.from_json_str(document)
        self.digest = hashlib.sha256(f"{cloud}\n{schema.text}\n{document}".encode()).hexdigest()
        self._read: dict[tuple[str, str], bool] = {}

    def rule(self, name: str) -> Rule:
        """A rule by its id; raises KeyError when it is not in force here."""
        return self.by_id[name]

    def reads(self, action: str, name: str) -> bool:
        """Whether a rule about an action asks for this of the context, so that it has to be found out."""
        if (action, name) not in self._read:
            groups, wanted = self.schema.actions[action].groups, Attr(Var("context"), name)
            self._read[action, name] = any(
                wanted in walk(condition.body)
                for rule in self.rules
                if not rule.policy.actions or {action, *groups} & {*rule.policy.actions}
                for condition in rule.policy.conditions
            )
        return self._read[action, name]

    def __repr__(self) -> str:
        return f"RuleSet({self.cloud}, {self.begins} to {self.ends}, {len(self.rules)} rules, {self.digest[:12]})"


class Rulebook:
    """All rules of all clouds and dates."""

    def __init__(self, rules: tuple[Rule, ...], schema: Schema) -> None:
        _refuse_broken(rules, schema)
        self.rules = rules
        self.schema = schema
        self._spans: dict[Cloud, tuple[RuleSet, ...]] = {}
        self._found: dict[tuple[Cloud, date], RuleSet] = {}

    @classmethod
    def load(cls, directory: Path | None = None) -> "Rulebook":
        """Read the rules of a directory, the shipped ones by default; raises BrokenRules when they fail any check."""
        if directory is None:
            with as_file(files("copartner.rules")) as shipped:
                return cls.load(shipped)
        names = sorted(
            (path.stem for path in directory.glob("*.cedar")),
            key=lambda name: (_FILES.index(name) if name in _FILES else len(_FILES), name),
        )
        try:
            schema = schemas.load(directory)
            read = [
                (policy, form, name)
                for name in names
                for policy, form in parse((directory / f"{name}.cedar").read_text(encoding="utf-8"))
            ]
        except Exception as broken:
            raise BrokenRules(f"the rules in {directory} cannot be read: {broken}") from broken
        _refuse(lint((policy for policy, _, _ in read), schema))
        book = cls(tuple(_rule(*one) for one in read), schema)
        for cloud in Cloud:
            book.spans(cloud)
        return book

    def spans(self, cloud: Cloud) -> tuple[RuleSet, ...]:
        """The rule sets of a cloud in the order of their dates; together they cover every day."""
        if cloud not in self._spans:
            changes = {date.min}
            for rule in self.rules:
                if cloud in rule.clouds:
                    changes.add(rule.begins)
                    if rule.ends < date.max:
                        changes.add(rule.ends + timedelta(days=1))
            starts = sorted(changes)
            ends = [start - timedelta(days=1) for start in starts[1:]] + [date.max]
            self._spans[cloud] = tuple(
                RuleSet(cloud, start, end, tuple(r for r in self.rules if r.holds(cloud, start)), self.schema)
                for start, end in zip(starts, ends, strict=True)
            )
        return self._spans[cloud]

    def at(self, cloud: Cloud, moment: datetime | date) -> RuleSet:
        """The rules in force in a cloud at a moment, by its day in UTC; a moment without zone is refused."""
        if isinstance(moment, datetime):
            if moment.tzinfo is None:
                raise ValueError("a moment needs a time zone to fall on a day")
            day = moment.astimezone(UTC).date()
        else:
            day = moment
        found = self._found.get((cloud, day))
        if found is None:
            found = next(span for span in self.spans(cloud) if span.begins <= day <= span.ends)
            if len(self._found) > 10_000:
                self._found.clear()
            self._found[cloud, day] = found
        return found

    def with_digest(self, digest: str) -> RuleSet | None:
        """The rule set that a kept decision was made by, or None when these rules have no such set (any more)."""
        return next((span for cloud in Cloud for span in self.spans(cloud) if span.digest == digest), None)

    def variant(
        self,
        *,
        drop: Collection[str] = (),
        drop_forbids: bool = False,
        permit_all: bool = False,
        add: str = "",
    ) -> "Rulebook":
        """Another rulebook with rules left out, all permits replaced by one for everything, or Cedar text added.

        For proofs and tests, which show what each rule holds; nothing that serves anybody calls it.
        """
        unknown = set(drop) - {rule.id for rule in self.rules}
        if unknown:
            raise ValueError(f"there is no rule {', '.join(sorted(unknown))}")
        kept = [
            rule
            for rule in self.rules
            if rule.id not in drop and not (permit_all and rule.permits) and not (drop_forbids and not rule.permits)
        ]
        if permit_all:
            kept += [_rule(policy, form, "variant") for policy, form in parse(_permit_all(self.schema))]
        if add:
            kept += [_rule(policy, form, "variant") for policy, form in parse(add)]
        return Rulebook(tuple(kept), self.schema)


def _permit_all(schema: Schema) -> str:
    listed = ", ".join(f'Action::"{name}"' for name in schema.actions)
    return (
        '@id("permit-all") @text("Everything is permitted.") @source("none") @needs("Nothing.")\n'
        f"permit (principal, action in [{listed}], resource);"
    )


def _rule(policy: Policy, form: dict[str, Any], file: str) -> Rule:
    given = policy.annotations
    return Rule(
        policy=policy,
        form=form,
        file=file,
        begins=date.fromisoformat(given["from"]) if "from" in given else date.min,
        ends=date.fromisoformat(given["to"]) if "to" in given else date.max,
        clouds=frozenset(Cloud(name) for name in given["cloud"].split()) if "cloud" in given else frozenset(Cloud),
    )


def _refuse(problems: list[str]) -> None:
    if problems:
        raise BrokenRules("; ".join(problems))


def _refuse_broken(rules: tuple[Rule, ...], schema: Schema) -> None:
    """Raise BrokenRules unless every rule passes the lint and the engine's strict validation."""
    _refuse(lint((rule.policy for rule in rules), schema))
    if not any(rule.permits for rule in rules):
        raise BrokenRules("there is no permit at all")
    document = {"templates": {}, "staticPolicies": {r.id: r.form for r in rules}, "templateLinks": []}
    text = cedarpy.policies_from_json_str(json.dumps(document))
    result = cedarpy.validate_policies(text, schema.engine)
    if not result.validation_passed:
        raise BrokenRules("; ".join(str(error) for error in result.errors) or "the rules fail validation")
