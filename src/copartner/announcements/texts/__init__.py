"""The words round an announcement, a file a language."""

from types import ModuleType

from copartner.announcements.texts import de, en
from copartner.kernel.languages import Language

_LANGUAGES = {Language.ENGLISH: en, Language.GERMAN: de}


def texts_in(language: Language) -> ModuleType:
    """The words of a language."""
    return _LANGUAGES[language]
