"""Templates made into answers, under a policy that lets a browser run, load and frame nothing foreign."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response
from markupsafe import Markup

from copartner.portal.assets import asset

SAFE_HEADERS = {
    "Cache-Control": "no-store",
    # Pages send their own forms, so their address may go to this origin and nowhere else.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_PAGE_HEADERS = SAFE_HEADERS | {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
}


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("copartner.portal", "templates"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Sentences are marked in the templates; until there are catalogues each is its own translation.
    made.policies["ext.i18n.trimmed"] = True
    translated: Any = made
    translated.install_null_translations(newstyle=True)
    made.globals["asset"] = asset
    made.filters["moment"] = _moment
    return made


def _moment(value: datetime) -> Markup:
    moment = value.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), moment.strftime("%Y-%m-%d %H:%M UTC"))


_templates = _environment()


def render(
    template: str, values: Mapping[str, Any], *, status: int = 200, decision_id: UUID | None = None
) -> Response[bytes]:
    """The page of a template; `decision_id` goes into the header that names it."""
    known = {"visitor": None, "language": "en", **values}
    headers = dict(_PAGE_HEADERS)
    if decision_id is not None:
        headers["Copartner-Decision-Id"] = str(decision_id)
    html = _templates.get_template(template).render(known)
    return Response(html.encode(), status_code=status, media_type="text/html", headers=headers)


def notice(kind: str, *, status: int, **values: Any) -> Response[bytes]:
    """A page that says why something did not happen; `kind` names a text of notice.html."""
    return render(
        "notice.html", {"kind": kind, "message": "", "back": None, "correlation_id": None, **values}, status=status
    )


def see_other(location: str) -> Response[bytes]:
    """Send the browser on, as after a form."""
    headers = SAFE_HEADERS | {"Location": location}
    return Response(b"", status_code=303, media_type="text/plain", headers=headers)
