"""What is refused to a form, in the reader's language."""

from collections.abc import Mapping

from copartner.kernel.errors import Invalid, Refusal
from copartner.portal.page import Visit


def told(visit: Visit, refusal: Refusal, words: Mapping[type[Refusal], str]) -> Refusal:
    """The refusal as a page says it: by the texts of its room, marked by `word`, where there is one of its class."""
    text = next((words[kind] for kind in type(refusal).__mro__ if kind in words), None)
    if text is not None:
        refusal.translations = {**refusal.translations, visit.language: visit.text(text)}
    return refusal


def wrong(visit: Visit, text: str, field: str) -> Invalid:
    """That a field of a form holds something that it cannot; the text is marked by `word`."""
    refusal = Invalid(text, field)
    refusal.translations = {visit.language: visit.text(text)}
    return refusal
