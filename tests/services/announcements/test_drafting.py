"""A draft says in both languages what a version of the rules changes."""

from datetime import date

from copartner.announcements import service
from copartner.announcements.drafting import Difference, EndedRule, NewRule, RestatedRule, draft_from
from copartner.announcements.model import Language
from copartner.announcements.rules import LONGEST_TEXT
from copartner.policy.facts import Cloud
from support.announcing import desk
from support.programme import Programme

NEW = NewRule(
    id="no-sale-to-x",
    text="Nothing is sold into X.",
    needs="A customer elsewhere.",
    text_de="Nach X wird nichts verkauft.",
    needs_de="Ein Kunde anderswo.",
)
DIFFERENCE = Difference(
    begins=date(2027, 2, 1),
    new=(NEW, NewRule(id="china", text="In China alone.", clouds=(Cloud.CHINA,))),
    stated_anew=(RestatedRule(id="b", old_text="Ten days.", new_text="Seven days.", new_text_de="Sieben Tage."),),
    ended=(EndedRule(id="c", text="An old rule."),),
    number=12,
)


def test_each_rule_of_the_cloud_has_its_sentence() -> None:
    made = draft_from(DIFFERENCE, cloud=Cloud.COMMERCIAL)
    assert (made.begins_on, made.rule_version, made.reminders) == (date(2027, 2, 1), 12, (30, 7))
    assert made.texts[Language.EN].title == "Rules of the programme change from 2027-02-01"
    assert made.texts[Language.EN].changes.split("\n\n") == [
        "New: Nothing is sold into X. What is needed: A customer elsewhere.",
        "Changed: Seven days. Until then: Ten days.",
        "No longer: An old rule.",
    ]
    assert made.texts[Language.DE].title == "Regeln des Programms ändern sich ab 01.02.2027"
    assert made.texts[Language.DE].changes.split("\n\n") == [
        "Neu: Nach X wird nichts verkauft. Was nötig ist: Ein Kunde anderswo.",
        "Geändert: Sieben Tage. Bis dahin: Ten days.",
        "Nicht mehr: An old rule.",
    ]
    assert "In China alone." in draft_from(DIFFERENCE, cloud=Cloud.CHINA).texts[Language.EN].changes


def test_a_large_change_fits() -> None:
    many = tuple(NewRule(id=str(number), text=f"{number}: {'x' * 500}") for number in range(40))
    made = draft_from(Difference(begins=date(2027, 2, 1), new=many), cloud=Cloud.COMMERCIAL)
    assert len(made.texts[Language.EN].changes) <= LONGEST_TEXT


async def test_it_is_drafted_as_it_is(here: Programme) -> None:
    made = draft_from(DIFFERENCE, cloud=Cloud.COMMERCIAL)
    assert (await service.draft_announcement(desk(here), content=made)).content == made
