"""The languages of the authority's pages: templates in each, and what a refusal says in the reader's."""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from litestar import Request
from markupsafe import Markup

from copartner.kernel.errors import Refusal
from copartner.kernel.languages import Language, catalogue, preferred
from copartner.signin.agents import UNKNOWN

_TEMPLATES = {
    entry.name: entry.read_text(encoding="utf-8")
    for entry in (files("copartner.api.authority") / "templates").iterdir()
    if entry.name.endswith(".html")
}
_MOMENTS = {Language.ENGLISH: "%Y-%m-%d %H:%M UTC", Language.GERMAN: "%d.%m.%Y %H:%M UTC"}
# The portal's cookie, which both read.
CHOICE = "copartner-language"
# Where a sign-in leads when that is no tenant's application; those have names of their own.
_OWN_PLACES = "place"


def _said(language: Language) -> Mapping[tuple[str, str], str]:
    return {} if language is Language.ENGLISH else catalogue("copartner.api.authority", "pages", language)


def environment(language: Language) -> Environment:
    """Every template, what it says being in a language."""
    made = Environment(
        loader=DictLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
    )
    made.policies["ext.i18n.trimmed"] = True
    said = _said(language)

    def translated(text: str) -> str:
        return said.get(("", text), text)

    speaking: Any = made
    speaking.install_gettext_callables(
        translated, lambda one, many, number: one if number == 1 else many, newstyle=True
    )

    def family(text: str) -> str:
        """A browser's family, as sign-in calls it, at the beginning of a line."""
        name, _, system = text.partition(" on ")
        name = translated(UNKNOWN) if name == UNKNOWN else name
        line = translated("%(browser)s on %(system)s") % {"browser": name, "system": system} if system else name
        return line[:1].upper() + line[1:]

    def moment(value: datetime) -> Markup:
        there = value.astimezone(UTC)
        return Markup('<time datetime="{}">{}</time>').format(there.isoformat(), there.strftime(_MOMENTS[language]))

    made.globals["language"] = language
    made.filters |= {
        "moment": moment,
        "family": family,
        "named": lambda name: said.get((_OWN_PLACES, name), name),
    }
    return made


_environments = {language: environment(language) for language in Language}


def language_of(request: Request[Any, Any, Any]) -> Language:
    """The language that somebody chose in the portal, else the browser's, else English."""
    chosen = request.cookies.get(CHOICE, "")[:20]
    return preferred(chosen) or preferred(request.headers.get("accept-language", "")) or Language.ENGLISH


def rendered(language: Language, template: str, values: Mapping[str, object]) -> str:
    """The HTML of a template."""
    return _environments[language].get_template(template).render(values)


def told(text: str | Refusal, language: Language) -> str:
    """A sentence of these pages, or what a refusal says, in a language; what nobody translated is marked as English."""
    english, otherwise = (text.message, text.said(language)) if isinstance(text, Refusal) else (text, text)
    said = _said(language).get(("", english), otherwise)
    return said if language is Language.ENGLISH or said != english else Markup('<span lang="en">{}</span>').format(said)
