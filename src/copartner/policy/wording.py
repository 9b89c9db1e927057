"""What is said to people of the rules, in their language: the catalogues beside the rules, each read once.

A sentence of a rule is found by the rule's id, which sentence it is, and its English: a rule stated anew with other
words is said in English until somebody translates those.
"""

from copartner.kernel.languages import Language, catalogue

_PLACE = "copartner.rules"
RULES, WORDS = "rules", "words"
# The sentences of a rule, by the annotation that holds each; an obligation has the first alone.
SENTENCES = ("text", "needs", "caller")


def load() -> None:
    """Read every catalogue now, so that a broken one is found at the start."""
    for language in Language:
        catalogue(_PLACE, WORDS, language)
        if language is not Language.ENGLISH:
            catalogue(_PLACE, RULES, language)


def translated(rule: str, sentence: str, english: str, language: Language) -> str:
    """A sentence of a rule or an obligation; in English where there is no translation of just this sentence."""
    if language is Language.ENGLISH:
        return english
    return catalogue(_PLACE, RULES, language).get((f"{rule} {sentence}", english), english)


def word(context: str, name: str, language: Language) -> str | None:
    """A word or a sentence of our own by its name; None where nobody wrote it down."""
    return catalogue(_PLACE, WORDS, language).get((context, name))


def phrase(name: str, language: Language, **values: object) -> str:
    """A sentence of our own with its values."""
    return catalogue(_PLACE, WORDS, language)["sentence", name].format(**values)
