"""What a browser is shown at an address of the portal at which there is no page."""

from typing import Any

from litestar import Request, Response
from litestar.types import HTTPScope

from copartner.portal.html import notice
from copartner.portal.speaking import language_of

# Everything below these is the portal's.
_PLACES = ("announcements", "audit", "customer", "decisions", "operator", "partner", "partners", "portal", "settings")


def lost(scope: HTTPScope) -> Response[bytes] | None:
    """The page that says so in the reader's language; None where it was no browser, or elsewhere."""
    request = Request[Any, Any, Any](scope)
    place = scope["path"].strip("/").partition("/")[0]
    if place not in _PLACES or "text/html" not in request.headers.get("accept", ""):
        return None
    return notice("no_such_page", status=404, language=language_of(request))
