"""The languages in which people are spoken to, which of them somebody asks for, and the catalogues of what is said."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

from babel.messages.pofile import PoFileError, read_po

_RANGE = re.compile(r"([A-Za-z]{2,3}|\*)(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?")


class Language(StrEnum):
    """A language by its two letters; what is not translated into it is said in English."""

    ENGLISH = "en"
    GERMAN = "de"


class BrokenCatalogue(Exception):
    """A catalogue cannot be read, so nothing may start with it."""


@cache
def catalogue(package: str, name: str, language: Language) -> Mapping[tuple[str, str], str]:
    """The messages of a package's file, those that are done, by context and id; raises BrokenCatalogue."""
    file = f"{name}.{language}.po"
    try:
        with (files(package) / file).open("rb") as opened:
            read = read_po(opened, abort_invalid=True)
    except (OSError, UnicodeError, ValueError, PoFileError) as broken:
        raise BrokenCatalogue(f"{file} of {package} cannot be read: {broken}") from broken
    said: dict[tuple[str, str], str] = {}
    for message in read:
        if message.id and not message.fuzzy:
            # Of a plural both forms are kept, each by its own English.
            forms = zip(_forms(message.id), _forms(message.string), strict=True)
            said |= {(message.context or "", one): text for one, text in forms if text}
    return said


def _forms(text: object) -> list[str]:
    return [str(one or "") for one in (text if isinstance(text, list | tuple) else (text,))]


@lru_cache(256)  # a caller chooses the text
def preferred(accepted: str) -> Language | None:
    """The one liked best of a header Accept-Language or a single tag such as de-AT; None when none of them is named.

    Source: RFC 9110, 12.5.4; of equal weights the first counts.
    """
    best: tuple[float, Language] | None = None
    for part in accepted.split(","):
        found = _RANGE.fullmatch(part.strip())
        if found is None:
            continue
        tag, weight = found[1].lower(), float(found[2] or 1)
        language = Language.ENGLISH if tag == "*" else next((one for one in Language if one == tag), None)
        if language is not None and weight > (0 if best is None else best[0]):
            best = (weight, language)
    return None if best is None else best[1]
