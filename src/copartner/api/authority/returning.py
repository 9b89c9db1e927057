"""The way back to an application: in its address's query, or in a form that the browser sends there."""

from litestar import Response

from copartner.api.authority import wire
from copartner.api.authority.pages import sent_back_page
from copartner.kernel.languages import Language
from copartner.signin.rules import FORM_POST


def sent_back(
    language: Language, redirect_uri: str, mode: str | None, status: int, **parameters: str | None
) -> Response[bytes]:
    """Sends a browser back with these parameters; `status` is of a redirect, 302 or 303.

    `mode` is the `response_mode` asked for: `form_post` is a page with a form (OAuth 2.0 Form Post Response Mode, 2),
    anything else the query.
    """
    if mode == FORM_POST:
        fields = {name: value for name, value in parameters.items() if value is not None}
        return sent_back_page(language, redirect_uri, fields)
    return wire.redirect(wire.returning(redirect_uri, **parameters), status)
