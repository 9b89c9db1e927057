"""Every rule and everything it can judge has its words in each language, and no word is left over."""

import re
from collections.abc import Iterator
from datetime import date
from importlib.resources import files

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from copartner.kernel.languages import Language, preferred
from copartner.policy.amending import Amendment
from copartner.policy.evaluate import covers
from copartner.policy.facts import Cloud
from copartner.policy.obligations import obligations
from copartner.policy.phrasing import Phrasing
from copartner.policy.rule import BrokenRules, Sentences
from copartner.policy.rulebook import Rulebook
from copartner.policy.schema import Attribute
from copartner.policy.tree import Attr, Has, Not, Var
from copartner.policy.wording import RULES, SENTENCES, WORDS, phrase

BOOK = Rulebook.load()
SCHEMA = BOOK.schema
GERMAN = Language.GERMAN
# What policy/explain.py and policy/phrasing.py ask for by name, with the values that go into it.
OWN_SENTENCES = {
    "nobody": set(), "no permit": {"needed"}, "one of": {"choices"}, "unsure": set(), "unknown action": {"action"},
    "expired": set(), "ask for the role": set(), "ask a person": set(), "ask the operator": set(), "try again": set(),
}  # fmt: skip
PAIR = {"left", "right"}
PATTERNS = {
    "is": PAIR, "is not": PAIR, "less": PAIR, "at most": PAIR, "plus": PAIR, "contains": PAIR, "not contains": PAIR,
    "contains one": PAIR, "not contains one": PAIR, "there": {"it"}, "not there": {"it"}, "known": {"it"},
    "not known": {"it"}, "and": PAIR, "or": PAIR, "not": {"it"}, "if": {"test", "yes", "no"},
}  # fmt: skip


def read(name: str, language: Language) -> Catalog:
    with (files("copartner.rules") / f"{name}.{language}.po").open("rb") as opened:
        return read_po(opened, abort_invalid=True)


def wanted() -> set[tuple[str, str]]:
    """Context and English of every sentence of the shipped rules and obligations."""
    said = {
        (f"{rule.id} {name}", rule.policy.annotations[name])
        for rule in BOOK.rules
        for name in SENTENCES
        if name in rule.policy.annotations
    }
    return said | {(f"{one.id} text", one.text) for one in obligations().values()}


def test_every_sentence_of_the_rules_is_translated_and_nothing_else() -> None:
    given = {(str(message.context), str(message.id)) for message in read(RULES, GERMAN) if message.id}
    assert not wanted() - given, "write these into rules/rules.de.po: msgctxt, msgid"
    assert not given - wanted(), "no rule says this (any more): mend or drop it in rules/rules.de.po"


@pytest.mark.parametrize(("name", "language"), [(RULES, GERMAN), *((WORDS, language) for language in Language)])
def test_no_message_is_empty_doubtful_or_there_twice(name: str, language: Language) -> None:
    catalogue = read(name, language)
    assert str(catalogue.locale) == language
    messages = [message for message in catalogue if message.id]
    for message in messages:
        assert str(message.string).strip(), f"{message.context}: {message.id} is empty"
        assert not message.fuzzy, f"{message.context}: {message.id} is fuzzy: read it over and drop the mark"
    text = (files("copartner.rules") / f"{name}.{language}.po").read_text(encoding="utf-8")
    assert len(re.findall("^msgctxt", text, re.MULTILINE)) == len(messages)
    assert not catalogue.obsolete


def test_a_german_sentence_is_a_sentence_of_its_own() -> None:
    for message in read(RULES, GERMAN):
        if message.id:
            german = str(message.string)
            assert german != message.id
            assert re.fullmatch(r"[A-ZÄÖÜ].*\.", german)
            assert "  " not in german


@pytest.mark.parametrize("language", Language)
def test_what_the_code_asks_for_by_name_is_there(language: Language) -> None:
    said = {(str(one.context), str(one.id)): str(one.string) for one in read(WORDS, language) if one.id}
    for context, names in (("sentence", OWN_SENTENCES), ("pattern", PATTERNS)):
        assert {name for kind, name in said if kind == context} == names.keys()
        for name, values in names.items():
            assert set(re.findall(r"{(\w+)}", said[context, name])) == values, name


def attributes() -> Iterator[tuple[str, str, Attribute]]:
    """Every attribute of the schema: what its word is filed under, its name, what it is."""
    for kind, held in SCHEMA.entities.items():
        yield from ((kind, name, one) for name, one in held.items())
    for name, one in SCHEMA.context.attributes.items():
        yield "context", name, one
        yield from ((name, inner, held) for inner, held in one.type.attributes.items())


@pytest.mark.parametrize("language", Language)
def test_every_attribute_of_the_schema_has_words_and_no_words_are_left_over(language: Language) -> None:
    said = {(str(one.context), str(one.id)) for one in read(WORDS, language) if one.id}
    used: set[tuple[str, str]] = set()
    for owner, name, one in attributes():
        for form in ("yes", "no") if one.type.name == "Bool" else ("noun", "of"):
            found = next((key for key in ((form, f"{owner}.{name}"), (form, name)) if key in said), None)
            assert found, f"rules/words.{language}.po has no {form} for {owner}.{name}"
            used.add(found)
    # What is judged itself: who acts, and every kind of thing that can be asked for.
    kinds = {kind for applies in SCHEMA.actions.values() for kind in applies.resources}
    used |= {(form, kind) for kind in (*kinds, "Actor") for form in ("noun", "of")} | {("kind", kind) for kind in kinds}
    assert used <= said
    filed = {key for key in said if key[0] in ("noun", "of", "yes", "no", "kind")}
    assert not filed - used, f"the schema has none of this (any more): drop it from rules/words.{language}.po"


def test_every_member_of_an_enumeration_has_a_german_word() -> None:
    said = {str(one.id) for one in read(WORDS, GERMAN) if one.context == "value"}
    members = {f"{kind}.{member}" for kind, held in SCHEMA.enums.items() for member in held}
    assert said == members | {"yes", "no", "none", "absent"}


@pytest.mark.parametrize("language", Language)
def test_every_condition_of_every_rule_can_be_said(language: Language) -> None:
    for rule in {rule.id: rule for rule in BOOK.rules}.values():
        kinds = {
            kind
            for action, applies in SCHEMA.actions.items()
            for kind in applies.resources
            if covers(rule.policy, SCHEMA, action, kind)
        }
        for kind in kinds:
            phrasing = Phrasing(SCHEMA, kind, language)
            for condition in rule.policy.conditions:
                for expr in (condition.body, Not(condition.body)):
                    said = phrasing.condition(expr)
                    assert not re.search(r"[{}]|principal|resource\.|context", said), said


def test_conditions_read_like_sentences() -> None:
    english, german = (Phrasing(SCHEMA, "Subscription", language) for language in Language)
    customer = Attr(Var("resource"), "customer")
    enrolled, affiliates = Attr(customer, "enrolled"), Attr(Attr(customer, "organisation"), "affiliates")
    assert english.condition(Not(enrolled)) == "the customer is not enrolled in the programme"
    assert german.condition(Not(enrolled)) == "der Kunde ist nicht ins Programm aufgenommen"
    assert english.label(affiliates) == "the affiliates of the organisation of the customer"
    assert german.label(affiliates) == "die verbundenen Unternehmen des Unternehmens des Kunden"
    assert german.condition(Not(Has(Var("resource"), "partner"))) == (
        "der Verkäufer des Abonnements ist nicht vorhanden"
    )


AMENDED = """@id("mp-terms") @text("Nobody changes terms.") @source("s") @needs("Ask.") {more}
forbid (principal, action in Action::"change_terms", resource);"""
DAY = date(2026, 11, 22)


def amended(more: str) -> Sentences:
    book = BOOK.amended(Amendment("later", AMENDED.format(more=more), (), DAY))
    return book.at(Cloud.COMMERCIAL, DAY).rule("mp-terms").said(GERMAN)


def test_a_rule_stated_anew_brings_its_german_along_or_is_said_in_english() -> None:
    assert BOOK.at(Cloud.COMMERCIAL, DAY).rule("mp-terms").said(GERMAN).text.startswith("Ein hinzukommender Partner")
    assert amended("") == Sentences("Nobody changes terms.", "Ask.", None)
    assert amended('@text_de("Niemand.") @needs_de("Fragen Sie.")') == Sentences("Niemand.", "Fragen Sie.", None)
    with_caller = '@text_de("Niemand.") @caller("Not yours.") @caller_de("Nicht Ihres.")'
    assert amended(with_caller) == Sentences("Niemand.", "Ask.", "Nicht Ihres.")


@pytest.mark.parametrize("more", ['@caller_de("Nicht Ihres.")', '@text_de("")', '@text_fr("Personne.")'])
def test_a_translation_of_nothing_is_refused(more: str) -> None:
    with pytest.raises(BrokenRules, match=more.partition("(")[0]):
        amended(more)


def test_obligations_and_doubts_are_said_in_german() -> None:
    assert obligations()["dap-idle"].said(GERMAN).startswith("Delegierte Administratorrechte, die 90 Tage")
    assert phrase("unknown action", GERMAN, action="x.y") == (
        "Die geltenden Regeln kennen den Vorgang x.y nicht; die Antwort ist deshalb Nein."
    )


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("de", GERMAN), ("DE-at", GERMAN), ("de-DE,de;q=0.9,en;q=0.8", GERMAN), ("fr, en;q=0.1, de;q=0.2", GERMAN),
        ("en-US,de;q=0.5", Language.ENGLISH), ("*", Language.ENGLISH), ("fr;q=1, *;q=0.5", Language.ENGLISH),
        ("de;q=0", None), ("", None), ("fr", None), ("de_DE", None), ("den", None), ("de;q=7", None), ("," * 999, None),
    ],
)  # fmt: skip
def test_the_language_liked_best_is_taken(asked: str, language: Language | None) -> None:
    assert preferred(asked) is language
