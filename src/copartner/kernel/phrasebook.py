"""What is said of a request to its reader, found by the English of the source, with the values in it.

A catalogue names a message as its source writes it: where that puts a value in, `{1}`, `{2}` and so on stand in their
order. The translation says where they go; `{1:word}` says a value by its own translation, of the context "word", and
`{1:subscription}` by that of the context "subscription", else of "word".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from copartner.kernel.languages import Language, catalogue

WORD = "word"
_VALUE = re.compile(r"\{([1-9])(?::([a-z]+))?\}")


@dataclass(frozen=True, slots=True)
class _Pattern:
    """The texts before, between and after the values, and what is said: texts with values between them."""

    texts: tuple[str, ...]
    said: tuple[str, ...]

    def values(self, message: str) -> list[str] | None:
        """What stands where the values do; None when the message is another. No way is tried twice."""
        first, *between, last = self.texts
        begin, end = len(first), len(message) - len(last)
        if begin > end or not message.startswith(first) or not message.endswith(last):
            return None
        values = []
        for text in between:
            found = message.find(text, begin, end)
            if found < 0:
                return None
            values.append(message[begin:found])
            begin = found + len(text)
        return [*values, message[begin:end]]


class Phrasebook:
    """Messages and words by context and English, as a catalogue has them."""

    def __init__(self, known: Mapping[tuple[str, str], str]) -> None:
        messages = {english: said for (context, english), said in known.items() if not context}
        self._words = {(context, english): said for (context, english), said in known.items() if context}
        self._whole = {english: said for english, said in messages.items() if not _VALUE.search(english)}
        made = [
            _Pattern(tuple(_VALUE.split(english)[::3]), tuple(_VALUE.split(said)))
            for english, said in messages.items()
            if english not in self._whole
        ]
        # Of several that fit, the one that says most by itself.
        self._patterns = sorted(made, key=lambda pattern: -sum(map(len, pattern.texts)))

    def said(self, message: str) -> str:
        """The message in the book's language, or as it is when the book does not know it."""
        if message in self._whole:
            return self._whole[message]
        for pattern in self._patterns:
            values = pattern.values(message)
            if values is not None:
                return self._filled(pattern.said, values)
        return message

    def _filled(self, said: Sequence[str], values: Sequence[str]) -> str:
        filled = [said[0]]
        for number, context, text in zip(said[1::3], said[2::3], said[3::3], strict=True):
            value = values[int(number) - 1]
            filled += (self._word(value, context) if context else value, text)
        return "".join(filled)

    def _word(self, value: str, context: str) -> str:
        """A value by its word, or by those of its parts."""
        for kind in (context, WORD):
            if (kind, value) in self._words:
                return self._words[kind, value]
        for between in (", ", " "):
            if between in value:
                return between.join(self._word(part, context) for part in value.split(between))
        return value


@cache
def phrasebook(language: Language) -> Phrasebook:
    """What refusals say to people in a language; raises BrokenCatalogue."""
    return Phrasebook(catalogue("copartner", "refusals", language))
