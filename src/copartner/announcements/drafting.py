"""A draft of what a version of the rules means, made from its difference. Pure."""

from collections.abc import Iterable, Iterator

from copartner.announcements.model import Content, Text, Workspace
from copartner.announcements.rules import LONGEST_TEXT, checked
from copartner.announcements.texts import texts_in
from copartner.kernel.languages import Language
from copartner.policy.facts import Cloud, Side
from copartner.versions.model import RuleText, RuleVersion

_REMINDERS = (30, 7)


def draft_of(version: RuleVersion, *, cloud: Cloud, contact: str) -> Content:
    """The content of a draft for partners: one paragraph a rule, as far as it concerns the cloud; raises Invalid.

    Where a rule has no German its English sentence stands in the German text, for the operator to put right.
    """
    return checked(
        Content(
            workspace=Workspace.GENERAL,
            audience=(Side.PARTNER,),
            begins_on=version.begins,
            texts={language: _text(version, cloud, language) for language in Language},
            contact=contact,
            reminders=_REMINDERS,
            rule_version=version.number,
        )
    )


def _text(version: RuleVersion, cloud: Cloud, language: Language) -> Text:
    words = texts_in(language)
    day = words.DAY.format(version.begins)
    return Text(words.DRAFT["title"].format(day=day), _joined(_changes(version, cloud, language)))


def _changes(version: RuleVersion, cloud: Cloud, language: Language) -> Iterator[str]:
    words, difference = texts_in(language).DRAFT, version.difference
    for rule in difference.new:
        if cloud in rule.clouds:
            yield (
                words["new"].format(text=_said(rule, language))
                + " "
                + words["needs"].format(text=_needs(rule, language))
            )
    for one in difference.restated:
        if cloud in one.after.clouds:
            yield words["stated_anew"].format(new=_said(one.after, language), old=_said(one.before, language))
    for rule in difference.ended:
        if cloud in rule.clouds:
            yield words["ended"].format(text=_said(rule, language))


def _said(rule: RuleText, language: Language) -> str:
    return rule.text_german if language is Language.GERMAN else rule.text


def _needs(rule: RuleText, language: Language) -> str:
    return rule.needs_german if language is Language.GERMAN else rule.needs


def _joined(paragraphs: Iterable[str]) -> str:
    """As many whole paragraphs as a text may have."""
    said = ""
    for paragraph in paragraphs:
        if len(said) + len(paragraph) + 2 > LONGEST_TEXT:
            return said
        said = f"{said}\n\n{paragraph}" if said else paragraph
    return said
