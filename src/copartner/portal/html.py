"""Templates made into answers, under a policy that lets a browser run, load and frame nothing foreign."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response

from copartner.kernel.languages import Language
from copartner.kernel.phrasebook import phrasebook
from copartner.portal import writing
from copartner.portal.assets import asset
from copartner.portal.speaking import said_in, text_in

# Of every answer: what is no page, such as a sheet or a feed, loads and runs nothing, wherever it is looked at.
SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    # Pages send their own forms, so their address may go to this origin and nowhere else.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_PAGE_HEADERS = SAFE_HEADERS | {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
}


def environment(language: Language) -> Environment:
    """Every template, what it says being in a language."""
    made = Environment(
        loader=PackageLoader("copartner.portal", "templates"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        # A line's end stays: a sentence and a link on the next line have a blank between them.
        lstrip_blocks=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    # Read now, so that nothing starts with a broken catalogue of what may be refused.
    phrasebook(language)
    said = said_in(language)
    translated: Any = made
    translated.install_gettext_callables(
        lambda text: said.get(text, text),
        lambda one, many, number: said.get(one, one) if number == 1 else said.get(many, many),
        newstyle=True,
    )
    made.globals["language"] = language
    made.globals["languages"] = {one: name for one, name in writing.NAMES.items() if one is not language}
    made.globals["asset"] = asset
    made.globals["curl"] = writing.curl
    # A text that Python marked with `word`.
    made.filters["said"] = partial(text_in, language)
    for name, write in writing.FILTERS.items():
        made.filters[name] = partial(write, language)
    return made


_templates = {language: environment(language) for language in Language}
_NOBODY = {"visitor": None, "here": None, "note": "", "sections": ()}


def render(
    template: str,
    values: Mapping[str, Any],
    *,
    status: int = 200,
    decision_id: UUID | None = None,
    language: Language = Language.ENGLISH,
) -> Response[bytes]:
    """The page of a template in a language; `decision_id` goes into the header that names it."""
    headers = dict(_PAGE_HEADERS)
    if decision_id is not None:
        headers["Copartner-Decision-Id"] = str(decision_id)
    html = _templates[language].get_template(template).render(_NOBODY | dict(values))
    return Response(html.encode(), status_code=status, media_type="text/html", headers=headers)


def notice(kind: str, *, status: int, language: Language = Language.ENGLISH, **values: Any) -> Response[bytes]:
    """A page that says why something did not happen; `kind` names a text of notice.html."""
    known = {
        "kind": kind,
        "message": "",
        "refusal": None,
        "back": None,
        "correlation_id": None,
        "written": (),
        **values,
    }
    return render("notice.html", known, status=status, language=language)


def see_other(location: str) -> Response[bytes]:
    """Send the browser on, as after a form."""
    headers = SAFE_HEADERS | {"Location": location}
    return Response(b"", status_code=303, media_type="text/plain", headers=headers)
