"""The words round an announcement, a file a language."""

from types import ModuleType

from copartner.announcements.model import Language
from copartner.announcements.texts import de, en

_LANGUAGES = {Language.EN: en, Language.DE: de}


def texts_in(language: Language) -> ModuleType:
    """The words of a language."""
    return _LANGUAGES[language]
