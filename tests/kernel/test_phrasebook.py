"""What a refusal says in another language: messages with values, words, and what nobody translated."""

from time import process_time

import pytest

from copartner.kernel.errors import Invalid
from copartner.kernel.languages import Language
from copartner.kernel.phrasebook import WORD, Phrasebook, phrasebook

BOOK = Phrasebook(
    {
        ("", "Nothing is there."): "Es ist nichts da.",
        ("", "{1} is missing."): "{1:word} fehlt.",
        ("", "name is missing."): "Der Name fehlt.",
        ("", "{1} of {2} is missing."): "Von {2} fehlt {1}.",
        ("", "The map {x: 1} holds {1}."): "In {x: 1} steht {1}.",
        ("", "100 % of {1}"): "100 % von %s {1}",
        (WORD, "active"): "aktiv",
        (WORD, "Global admin"): "Globaler Administrator",
        ("noun", "active"): "das Aktive",
        ("", "{1} is what it is."): "Es ist {1:noun}.",
    }
)


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("Nothing is there.", "Es ist nichts da."),
        ("name is missing.", "Der Name fehlt."),
        ("key is missing.", "key fehlt."),
        (" is missing.", " fehlt."),
        ("half of it is missing.", "Von it fehlt half."),
        ("active is missing.", "aktiv fehlt."),
        ("Global admin, active, other is missing.", "Globaler Administrator, aktiv, other fehlt."),
        ("now active is missing.", "now aktiv fehlt."),
        ("active, Global admin, other is what it is.", "Es ist das Aktive, Globaler Administrator, other."),
        ("a\nb\r\n is missing.", "a\nb\r\n fehlt."),
        ("{2} {1:word} %s <b>&amp; is missing.", "{2} {1:word} %s <b>&amp; fehlt."),
        ("The map {x: 1} holds {1}.", "In {x: 1} steht {1}."),
        ("100 % of 5 %", "100 % von %s 5 %"),
        ("100 % of ", "100 % von %s "),
    ],
)
def test_a_message_is_said_with_its_values(english: str, german: str) -> None:
    assert BOOK.said(english) == german


@pytest.mark.parametrize(
    "english", ["", "Nothing is there", "nothing is there.", "x is missing. ", "100 % of", "active"]
)
def test_what_is_not_in_the_book_stays_as_it_is(english: str) -> None:
    assert BOOK.said(english) == english


def test_of_two_that_fit_the_one_that_says_more_counts() -> None:
    known = {("", "{1} goes."): "A {1}", ("", "The {1} goes."): "B {1}", ("", "The {1} goes{2}"): "C {1} {2}"}
    for order in (known, dict(reversed(known.items()))):
        assert Phrasebook(order).said("The cart goes.") == "B cart"
        assert Phrasebook(order).said("A cart goes.") == "A A cart"


def test_the_ends_of_a_pattern_do_not_share_letters() -> None:
    assert Phrasebook({("", "ab{1}ba"): "{1}"}).said("aba") == "aba"


def test_a_refusal_is_said_in_the_readers_language() -> None:
    refused = Invalid("The cart was changed meanwhile; read it again.")
    assert refused.said(Language.ENGLISH) == "Somebody changed the cart meanwhile; open the page again and look."
    assert "(Warenkorb)" in refused.said(Language.GERMAN)
    assert all(Invalid("Whatever.").said(language) == "Whatever." for language in Language)
    refused.translations = {Language.GERMAN: "Anders."}
    assert (refused.said(Language.GERMAN), refused.said(Language.ENGLISH)[:8]) == ("Anders.", "Somebody")


@pytest.mark.parametrize("text", ["is" * 100_000, " is missing. " * 20_000, "a, b " * 40_000, "{1}" * 60_000])
def test_a_long_value_is_read_once(text: str) -> None:
    """A second would be a thousand times what it takes; a pattern that is tried again and again takes minutes."""
    book, begun = phrasebook(Language.GERMAN), process_time()
    for message in (f"{text} is missing.", f"{text} goes below {text}", f"This version is {text} any more."):
        book.said(message)
    assert process_time() - begun < 1
