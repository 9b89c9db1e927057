"""What the portal says, in the language of whoever reads it."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from copartner.kernel.languages import Language, catalogue, preferred

_PACKAGE = "copartner.portal"
# The choice outlives the session and is no secret; scripts and servers alike read it as a language or not at all.
COOKIE = "copartner-language"
_YEAR = 365 * 24 * 3600


def word(text: str) -> str:
    """The same text, marked as one that a page says in the reader's language."""
    return text


@cache
def said_in(language: Language) -> Mapping[str, str]:
    """The portal's texts in a language by their English, from the catalogues of all rooms."""
    if language is Language.ENGLISH:
        return {}
    names = sorted(_catalogues(files(_PACKAGE), "", f".{language}.po"))
    return {english: text for name in names for (_, english), text in catalogue(_PACKAGE, name, language).items()}


def _catalogues(folder: Traversable, above: str, ending: str) -> list[str]:
    found = [above + one.name.removesuffix(ending) for one in folder.iterdir() if one.name.endswith(ending)]
    for one in folder.iterdir():
        if one.is_dir() and one.name not in ("templates", "static", "__pycache__"):
            found += _catalogues(one, f"{above}{one.name}/", ending)
    return found


def text_in(language: Language, text: str, **values: object) -> str:
    """A text in a language, with its values put in."""
    said = said_in(language).get(text, text)
    return said % values if values else said


def language_of(request: Request[Any, Any, Any]) -> Language:
    """The language named in the address, else the one chosen before, else the browser's, else English."""
    for asked in (request.query_params.get("language"), request.cookies.get(COOKIE)):
        if asked and (found := preferred(asked[:20])):
            return found
    return preferred(request.headers.get("accept-language", "")) or Language.ENGLISH


def choice(language: Language, *, secure: bool) -> Cookie:
    """The cookie by which a browser keeps to a language."""
    return Cookie(key=COOKIE, value=language, path="/", max_age=_YEAR, httponly=True, secure=secure, samesite="lax")
