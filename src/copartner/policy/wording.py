"""What is said to people of the rules, in their language: the catalogues beside the rules, each read once.

A sentence of a rule is found by the rule's id, which sentence it is, and its English: a rule stated anew with other
words is said in English until somebody translates those.
"""

from copartner.kernel.languages import Language, catalogue

RULES, WORDS = "rules", "words"
# The sentences of a rule, by the annotation that holds each; an obligation has the first alone.
SENTENCES = ("text", "needs", "caller")
_PLACE = "copartner.rules"
# Read here, so that a broken one stops the start and no denial waits for it.
_words = {language: catalogue(_PLACE, WORDS, language) for language in Language}
_rules = {language: catalogue(_PLACE, RULES, language) for language in Language if language is not Language.ENGLISH}


def translated(rule: str, sentence: str, english: str, language: Language) -> str:
    """A sentence of a rule or an obligation; in English where there is no translation of just this sentence."""
    return _rules[language].get((f"{rule} {sentence}", english), english) if language in _rules else english


def word(context: str, name: str, language: Language) -> str | None:
    """A word or a sentence of our own by its name; None where nobody wrote it down."""
    return _words[language].get((context, name))


def phrase(name: str, language: Language, **values: object) -> str:
    """A sentence of our own with its values."""
    return _words[language]["sentence", name].format(**values)
