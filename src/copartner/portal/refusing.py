"""What is refused to a form, in the words of a page: a person knows no names of an API."""

from copartner.kernel.errors import Invalid
from copartner.kernel.languages import Language
from copartner.portal.speaking import text_in


def invalid(text: str, field: str = "", **values: object) -> Invalid:
    """What is wrong with a field of a form; mark the text by `word`."""
    made = Invalid(text % values if values else text, *([field] if field else []))
    made.translations = {language: text_in(language, text, **values) for language in Language}
    return made
