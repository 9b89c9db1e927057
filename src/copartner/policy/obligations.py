"""What the programme itself does by rule: obligations with their clouds and dates, as data beside the rules."""

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files

from copartner.kernel.languages import Language
from copartner.policy.facts import Cloud
from copartner.policy.wording import translated


@dataclass(frozen=True, slots=True)
class Obligation:
    """One obligation in the clouds where it holds, from the first moment to the one after its last."""

    id: str
    text: str
    source: str
    clouds: frozenset[Cloud]
    begins: datetime
    ends: datetime

    def said(self, language: Language) -> str:
        """Its text in a language, in English where nobody translated it."""
        return translated(self.id, "text", self.text, language)

    def first(self, cloud: Cloud, moment: datetime) -> datetime | None:
        """The first moment, not before the given one, at which it holds in a cloud; None when it never does."""
        at = max(moment, self.begins)
        return at if cloud in self.clouds and at < self.ends else None

    def holds(self, cloud: Cloud, moment: datetime) -> bool:
        """Whether it is in force in a cloud at a moment."""
        return cloud in self.clouds and self.begins <= moment < self.ends


@cache
def obligations() -> dict[str, Obligation]:
    """Every obligation by its id."""
    text = (files("copartner.rules") / "obligations.csv").read_text(encoding="utf-8")
    return {row["id"]: _obligation(row) for row in csv.DictReader(text.splitlines())}


def _obligation(row: dict[str, str]) -> Obligation:
    return Obligation(
        id=row["id"],
        text=row["text"],
        source=row["source"],
        clouds=frozenset(Cloud(name) for name in row["cloud"].split()) or frozenset(Cloud),
        begins=_midnight(date.fromisoformat(row["from"])) if row["from"] else datetime.min.replace(tzinfo=UTC),
        # Dates are inclusive days.
        ends=_midnight(date.fromisoformat(row["to"]) + timedelta(days=1))
        if row["to"]
        else datetime.max.replace(tzinfo=UTC),
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
