"""A draft says in both languages what a version of the rules changes."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from copartner.announcements.drafting import draft_of
from copartner.announcements.rules import LONGEST_TEXT
from copartner.kernel.languages import Language
from copartner.policy.facts import Cloud
from copartner.versions.model import Difference, Restated, RuleText, RuleVersion


def rule(name: str, text: str, german: str, *clouds: Cloud) -> RuleText:
    return RuleText(
        id=name,
        permits=False,
        text=text,
        text_german=german,
        needs="A customer elsewhere.",
        needs_german="Ein Kunde anderswo.",
        source="a test",
        clouds=clouds or tuple(Cloud),
        cedar="forbid (principal, action, resource);",
    )


HELP = "help@wolkenstadt.example"
BAN = rule("no-sale-to-x", "Nothing is sold into X.", "Nach X wird nichts verkauft.")
DAYS = rule("days", "Ten days.", "Zehn Tage.")
OLD = rule("old", "An old rule.", "Eine alte Regel.")
VERSION = RuleVersion(
    id=UUID(int=1),
    tenant_id=UUID(int=2),
    number=12,
    title="X",
    reason="A sanction.",
    text="",
    ends=("old",),
    begins=date(2027, 2, 1),
    difference=Difference(
        new=(BAN, rule("china", "In China alone.", "Nur in China.", Cloud.CHINA)),
        restated=(Restated(DAYS, replace(DAYS, text="Seven days.", text_german="Sieben Tage.")),),
        ended=(OLD,),
    ),
    proposed_at=datetime(2026, 11, 26, tzinfo=UTC),
    proposed_by=UUID(int=3),
)


def test_each_rule_of_the_cloud_has_its_sentence() -> None:
    made = draft_of(VERSION, cloud=Cloud.COMMERCIAL, contact=HELP)
    assert (made.begins_on, made.rule_version, made.reminders) == (date(2027, 2, 1), 12, (30, 7))
    english, german = made.texts[Language.ENGLISH], made.texts[Language.GERMAN]
    assert english.title == "Rules of the programme change from 2027-02-01"
    assert english.changes.split("\n\n") == [
        "New: Nothing is sold into X. What is needed: A customer elsewhere.",
        "Changed: Seven days. Until then: Ten days.",
        "No longer: An old rule.",
    ]
    assert german.title == "Regeln des Programms ändern sich ab 01.02.2027"
    assert german.changes.split("\n\n") == [
        "Neu: Nach X wird nichts verkauft. Was nötig ist: Ein Kunde anderswo.",
        "Geändert: Sieben Tage. Bis dahin: Zehn Tage.",
        "Nicht mehr: Eine alte Regel.",
    ]
    assert "In China alone." in draft_of(VERSION, cloud=Cloud.CHINA, contact=HELP).texts[Language.ENGLISH].changes


def test_a_large_change_fits() -> None:
    many = tuple(rule(str(number), f"{number}: {'x' * 500}", f"{number}: {'x' * 500}") for number in range(40))
    made = draft_of(replace(VERSION, difference=Difference(many, (), ())), cloud=Cloud.COMMERCIAL, contact=HELP)
    assert len(made.texts[Language.ENGLISH].changes) <= LONGEST_TEXT
