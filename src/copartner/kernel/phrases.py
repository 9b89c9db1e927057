"""The sentences that one package says to people, by their English."""

from collections.abc import Mapping

from copartner.kernel.languages import Language, catalogue


class Phrases:
    """Sentences in every language; the catalogue is read when a package is, so that a broken one stops the start."""

    def __init__(self, package: str, name: str) -> None:
        others = (language for language in Language if language is not Language.ENGLISH)
        self._said: dict[Language, Mapping[tuple[str, str], str]] = {
            language: catalogue(package, name, language) for language in others
        }

    def say(self, language: Language, english: str, **values: object) -> str:
        """A sentence in a language, with its values put where their names stand in braces."""
        said = english if language not in self._said else self._said[language].get(("", english), english)
        return said.format(**values) if values else said
