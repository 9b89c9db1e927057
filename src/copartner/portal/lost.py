"""What somebody with a browser reads at an address where there is nothing."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response
from litestar.types import HTTPScope

from copartner.portal.html import notice
from copartner.portal.speaking import language_of


def lost(scope: HTTPScope, headers: Mapping[bytes, bytes]) -> Response[bytes] | None:
    """The page, for whoever asks for pages; None for clients, which are answered in the words of their dialect."""
    if scope["method"] != "GET" or b"text/html" not in headers.get(b"accept", b""):
        return None
    request: Request[Any, Any, Any] = Request(scope)
    return notice("no_such_page", status=404, language=language_of(request))
