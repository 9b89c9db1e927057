"""The rulebook: the rules parsed once, and one compiled set for each cloud and each span of days."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from types import MappingProxyType

import cedarpy
import msgspec

from copartner.policy import schema as schemas
from copartner.policy.amending import Amendment, amended
from copartner.policy.facts import Cloud
from copartner.policy.lint import lint, used_twice
from copartner.policy.rule import BrokenRules, Rule, made, refuse
from copartner.policy.schema import Schema
from copartner.policy.tree import Attr, Var, parse, walk

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


class RuleSet:
    """The rules in force in one cloud over a span of days, compiled."""

    __slots__ = ("_read", "begins", "by_id", "cloud", "compiled", "digest", "ends", "order", "rules", "schema")

    def __init__(
        self,
        cloud: Cloud,
        begins: date,
        ends: date,
        rules: tuple[Rule, ...],
        schema: Schema,
        known: Mapping[str, cedarpy.PolicySet] = MappingProxyType({}),
    ) -> None:
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
        self.digest = hashlib.sha256(f"{cloud}\n{schema.text}\n{document}".encode()).hexdigest()
        # Compiling is most of the work, and a change leaves most sets as they were.
        self.compiled = known.get(self.digest) or cedarpy.PolicySet.from_json_str(document)
        self._read: dict[tuple[str, str], bool] = {}

    def counts(self, moment: datetime) -> bool:
        """Whether these are the rules of a moment's day in UTC."""
        return self.begins <= moment.astimezone(UTC).date() <= self.ends

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


@dataclass(frozen=True, slots=True)
class Source:
    """What a rulebook is made of, so that it can be made again: texts by file name, the schema's text, amendments."""

    files: Mapping[str, str]
    schema: str
    amendments: tuple[Amendment, ...] = ()

    @classmethod
    def shipped(cls) -> "Source":
        """The rules that come with the release; raises BrokenRules when they cannot be read."""
        with as_file(files("copartner.rules")) as directory:
            return cls.of(directory)

    @classmethod
    def of(cls, directory: Path) -> "Source":
        """The rules of a directory; raises BrokenRules when they cannot be read."""
        try:
            texts = {path.stem: path.read_text(encoding="utf-8") for path in directory.glob("*.cedar")}
            return cls(texts, (directory / "schema.cedarschema").read_text(encoding="utf-8"))
        except OSError as broken:
            raise BrokenRules(f"the rules in {directory} cannot be read: {broken}") from broken

    @property
    def digest(self) -> str:
        """Tells rulebooks apart."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


class Rulebook:
    """All rules of all clouds and dates; `source` is None for a variant, which nobody is served by.

    A rule has an entry for each span of days in which one text of it counts, so an id may be there several times.
    `set_aside` are rules that documents dispute and that are not followed: checked like the others, in force never.
    """

    def __init__(
        self,
        rules: tuple[Rule, ...],
        schema: Schema,
        source: Source | None = None,
        set_aside: tuple[Rule, ...] = (),
        former: "Rulebook | None" = None,
    ) -> None:
        _refuse_broken((*rules, *set_aside), schema)
        self.rules = rules
        self.set_aside = set_aside
        self.schema = schema
        self.source = source
        self._spans: dict[Cloud, tuple[RuleSet, ...]] = {}
        self._found: dict[tuple[Cloud, date], RuleSet] = {}
        self._known = {one.digest: one.compiled for spans in former._spans.values() for one in spans} if former else {}

    @classmethod
    def load(cls, directory: Path | None = None) -> "Rulebook":
        """Read the rules of a directory, the shipped ones by default; raises BrokenRules when they fail any check."""
        return cls.of(Source.shipped() if directory is None else Source.of(directory))

    @classmethod
    def of(cls, source: Source, former: "Rulebook | None" = None) -> "Rulebook":
        """The rulebook of these texts and amendments, all of it checked and compiled; raises BrokenRules.

        What it has in common with a former one is not compiled again.
        """
        names = sorted(source.files, key=lambda name: (_FILES.index(name) if name in _FILES else len(_FILES), name))
        try:
            schema = schemas.parse(source.schema)
            read = [(policy, form, name) for name in names for policy, form in parse(source.files[name])]
        except Exception as broken:
            raise BrokenRules(f"the rules cannot be read: {broken}") from broken
        refuse([*lint((policy for policy, _, _ in read), schema), *used_twice(policy for policy, _, _ in read)])
        stated = [made(*one) for one in read]
        rules = tuple(rule for rule in stated if rule.followed)
        for amendment in source.amendments:
            rules = amended(rules, amendment, schema)
        known = {rule.id for rule in rules}
        aside = tuple(rule for rule in stated if not (rule.followed or rule.id in known))
        book = cls(rules, schema, source, aside, former)
        for cloud in Cloud:
            book.spans(cloud)
        book._known = {}
        return book

    def amended(self, amendment: Amendment) -> "Rulebook":
        """This rulebook with one more amendment; raises BrokenRules when that fails any check."""
        book = self.tried(amendment)
        for cloud in Cloud:
            book.spans(cloud)
        book._known = {}
        return book

    def tried(self, amendment: Amendment) -> "Rulebook":
        """The same with nothing compiled yet, for whoever only wants to know whether the amendment fits."""
        if self.source is None:
            raise ValueError("a variant is not amended: amend the rulebook it came from")
        source = replace(self.source, amendments=(*self.source.amendments, amendment))
        return Rulebook(amended(self.rules, amendment, self.schema), self.schema, source, former=self)

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
                RuleSet(
                    cloud, start, end, tuple(r for r in self.rules if r.holds(cloud, start)), self.schema, self._known
                )
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
            kept += [made(policy, form, "variant") for policy, form in parse(_permit_all(self.schema))]
        if add:
            kept += [made(policy, form, "variant") for policy, form in parse(add)]
        return Rulebook(tuple(kept), self.schema)


def _permit_all(schema: Schema) -> str:
    listed = ", ".join(f'Action::"{name}"' for name in schema.actions)
    return (
        '@id("permit-all") @text("Everything is permitted.") @source("none") @needs("Nothing.")\n'
        f"permit (principal, action in [{listed}], resource);"
    )


def _refuse_broken(rules: tuple[Rule, ...], schema: Schema) -> None:
    """Raise BrokenRules unless every rule passes the lint and the engine's strict validation, one text of it a day."""
    texts = {id(rule.policy): rule for rule in rules}
    refuse([*lint((rule.policy for rule in texts.values()), schema), *_overlapping(rules)])
    if not any(rule.permits for rule in rules):
        raise BrokenRules("there is no permit at all")
    document = {
        "templates": {},
        "staticPolicies": {f"policy{place}": rule.form for place, rule in enumerate(texts.values())},
        "templateLinks": [],
    }
    text = cedarpy.policies_from_json_str(json.dumps(document))
    result = cedarpy.validate_policies(text, schema.engine)
    if not result.validation_passed:
        raise BrokenRules("; ".join(str(error) for error in result.errors) or "the rules fail validation")


def _overlapping(rules: tuple[Rule, ...]) -> Iterator[str]:
    """Ids under which two texts would count on one day in one cloud."""
    by_id: dict[str, list[Rule]] = {}
    for rule in rules:
        for other in by_id.setdefault(rule.id, []):
            if rule.clouds & other.clouds and rule.begins <= other.ends and other.begins <= rule.ends:
                yield f"{rule.id}: the id is used twice on one day"
        by_id[rule.id].append(rule)
