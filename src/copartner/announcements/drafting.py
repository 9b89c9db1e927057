"""A draft of what a change of the rules means, made from its difference. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from copartner.announcements.model import Content, Text, Workspace
from copartner.announcements.rules import LONGEST_TEXT, checked
from copartner.announcements.texts import texts_in
from copartner.kernel.languages import Language
from copartner.policy.facts import Cloud, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRule:
    """A rule that comes: its sentence and what it needs, in German where there is one, and the clouds it holds in."""

    id: str
    text: str
    needs: str = ""
    clouds: tuple[Cloud, ...] = tuple(Cloud)
    text_de: str | None = None
    needs_de: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestatedRule:
    """A rule that says something else from then on."""

    id: str
    old_text: str
    new_text: str
    old_text_de: str | None = None
    new_text_de: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedRule:
    """A rule that counts no more."""

    id: str
    text: str
    text_de: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a version of the rules changes, from its first day on; `number` is the version's."""

    begins: date
    new: tuple[NewRule, ...] = ()
    stated_anew: tuple[RestatedRule, ...] = ()
    ended: tuple[EndedRule, ...] = ()
    number: int | None = None


def draft_from(
    difference: Difference,
    *,
    cloud: Cloud,
    workspace: Workspace = Workspace.GENERAL,
    audience: tuple[Side, ...] = (Side.PARTNER,),
    contact: str = "",
    reminders: tuple[int, ...] = (30, 7),
) -> Content:
    """The content of a draft: one paragraph a rule, as far as it concerns the cloud; raises Invalid.

    Where a rule has no German its English sentence stands in the German text, for the operator to put right.
    """
    return checked(
        Content(
            workspace=workspace,
            audience=audience,
            begins_on=difference.begins,
            texts={language: _text(difference, cloud, language) for language in Language},
            contact=contact,
            reminders=reminders,
            rule_version=difference.number,
        )
    )


def _text(difference: Difference, cloud: Cloud, language: Language) -> Text:
    words = texts_in(language)
    day = words.DAY.format(difference.begins)
    return Text(words.DRAFT["title"].format(day=day), _joined(_changes(difference, cloud, language)))


def _changes(difference: Difference, cloud: Cloud, language: Language) -> Iterator[str]:
    words = texts_in(language).DRAFT
    for rule in difference.new:
        if cloud in rule.clouds:
            said = words["new"].format(text=_said(language, rule.text, rule.text_de))
            needs = _said(language, rule.needs, rule.needs_de)
            yield said + (" " + words["needs"].format(text=needs) if needs else "")
    for changed in difference.stated_anew:
        yield words["stated_anew"].format(
            new=_said(language, changed.new_text, changed.new_text_de),
            old=_said(language, changed.old_text, changed.old_text_de),
        )
    for ended in difference.ended:
        yield words["ended"].format(text=_said(language, ended.text, ended.text_de))


def _said(language: Language, english: str, german: str | None) -> str:
    return german if language is Language.GERMAN and german else english


def _joined(paragraphs: Iterable[str]) -> str:
    """As many whole paragraphs as a text may have."""
    said = ""
    for paragraph in paragraphs:
        if len(said) + len(paragraph) + 2 > LONGEST_TEXT:
            return said
        said = f"{said}\n\n{paragraph}" if said else paragraph
    return said
