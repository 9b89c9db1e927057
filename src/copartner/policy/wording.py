"""What is said to people of the rules, in their language: the catalogues beside the rules, each read once.

A sentence of a rule is found by the rule's id, which sentence it is, and its English: a rule stated anew with other
words is said in English until somebody translates those.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel.messages.pofile import PoFileError, read_po

from copartner.kernel.languages import Language

RULES, WORDS = "rules", "words"
# The sentences of a rule, by the annotation that holds each; an obligation has the first alone.
SENTENCES = ("text", "needs", "caller")


class BrokenCatalogue(Exception):
    """A catalogue cannot be read, so nothing may start with it."""


@cache
def catalogue(name: str, language: Language) -> Mapping[tuple[str, str], str]:
    """The messages of a catalogue by context and id, those that are done; raises BrokenCatalogue."""
    file = f"{name}.{language}.po"
    try:
        with (files("copartner.rules") / file).open("rb") as opened:
            read = read_po(opened, abort_invalid=True)
    except (OSError, UnicodeError, ValueError, PoFileError) as broken:
        raise BrokenCatalogue(f"{file} cannot be read: {broken}") from broken
    return {
        (message.context or "", str(message.id)): str(message.string)
        for message in read
        if message.id and message.string and not message.fuzzy
    }


def load() -> None:
    """Read every catalogue now, so that a broken one is found at the start."""
    for language in Language:
        catalogue(WORDS, language)
        if language is not Language.ENGLISH:
            catalogue(RULES, language)


def translated(rule: str, sentence: str, english: str, language: Language) -> str:
    """A sentence of a rule or an obligation; in English where there is no translation of just this sentence."""
    if language is Language.ENGLISH:
        return english
    return catalogue(RULES, language).get((f"{rule} {sentence}", english), english)


def word(context: str, name: str, language: Language) -> str | None:
    """A word or a sentence of our own by its name; None where nobody wrote it down."""
    return catalogue(WORDS, language).get((context, name))


def phrase(name: str, language: Language, **values: object) -> str:
    """A sentence of our own with its values."""
    return catalogue(WORDS, language)["sentence", name].format(**values)
