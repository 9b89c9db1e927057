"""What a customer is written about a request, a file for each language; each has the same names."""

from types import ModuleType

from copartner.kernel.languages import Language
from copartner.relationships.texts import de, en

_LANGUAGES = {Language.ENGLISH: en, Language.GERMAN: de}


def texts_in(language: Language) -> ModuleType:
    """The texts of a language."""
    return _LANGUAGES[language]
