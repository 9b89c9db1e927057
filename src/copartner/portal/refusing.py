"""What is refused to a form, in the words of a page: a person knows no names of an API."""

from typing import TypeVar

from copartner.kernel.errors import Invalid, Refusal
from copartner.kernel.languages import Language
from copartner.portal.speaking import text_in

R = TypeVar("R", bound=Refusal)


def invalid(text: str, field: str = "", **values: object) -> Invalid:
    """What is wrong with a field of a form; mark the text by `word`."""
    made = Invalid(text % values if values else text, *([field] if field else []))
    return _said(made, text, **values)


def reworded(refusal: Refusal, text: str | None) -> Refusal:
    """The refusal with what a page says of it, marked by `word`; as the service said it where there is no such text."""
    return refusal if text is None or refusal.translations else _said(refusal, text)


def _said(refusal: R, text: str, **values: object) -> R:
    refusal.translations = {language: text_in(language, text, **values) for language in Language}
    return refusal
