"""One rule: its text, its dates and clouds, and what it is in Cedar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from copartner.kernel.languages import Language
from copartner.policy.facts import Cloud
from copartner.policy.tree import Policy
from copartner.policy.wording import translated


class BrokenRules(Exception):
    """The rules cannot be trusted, so nothing may start with them."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """What a rule says to people in one language; see the properties of Rule."""

    text: str
    needs: str
    caller: str | None


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

    def said(self, language: Language) -> Sentences:
        """Its sentences in a language: those that it brings along, else the catalogue's, else the English ones."""
        caller = None if self.caller is None else self._said("caller", self.caller, language)
        return Sentences(self._said("text", self.text, language), self._said("needs", self.needs, language), caller)

    def _said(self, sentence: str, english: str, language: Language) -> str:
        brought = self.policy.annotations.get(f"{sentence}_{language}")
        return brought or translated(self.id, sentence, english, language)

    @property
    def of_bearer(self) -> bool:
        """Whether it judges who asks and by what, whatever the thing is."""
        return "judges" in self.policy.annotations

    @property
    def disputed(self) -> str | None:
        """Which page says otherwise and which one is followed, where documents disagree."""
        return self.policy.annotations.get("disputed")

    @property
    def followed(self) -> bool:
        """Whether it is in force at all; a disputed rule may be kept beside the one that is followed."""
        return "followed" not in self.policy.annotations

    def holds(self, cloud: Cloud, day: date) -> bool:
        """Whether the rule is in force in a cloud on a day."""
        return cloud in self.clouds and self.begins <= day <= self.ends


def made(policy: Policy, form: dict[str, Any], file: str) -> Rule:
    """The rule that a parsed policy of a file is."""
    given = policy.annotations
    return Rule(
        policy=policy,
        form=form,
        file=file,
        begins=date.fromisoformat(given["from"]) if "from" in given else date.min,
        ends=date.fromisoformat(given["to"]) if "to" in given else date.max,
        clouds=frozenset(Cloud(name) for name in given["cloud"].split()) if "cloud" in given else frozenset(Cloud),
    )


def refuse(problems: list[str]) -> None:
    """Raise BrokenRules when there are problems."""
    if problems:
        raise BrokenRules("; ".join(problems))
