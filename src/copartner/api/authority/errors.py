"""Refusals of sign-in as OAuth errors: class, code, status."""

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from copartner.api.authority.wire import NO_STORE
from copartner.kernel.errors import Refusal
from copartner.signin import rules
from copartner.signin.provider.errors import ProviderUnavailable

_CODES: dict[type[Refusal], tuple[str, int]] = {
    rules.BadRequest: ("invalid_request", 400),
    rules.UnknownTenant: ("invalid_request", 400),
    rules.ClientRefused: ("invalid_client", 401),
    rules.GrantRefused: ("invalid_grant", 400),
    rules.SignInFailed: ("invalid_grant", 400),
    rules.PasswordUnfit: ("invalid_grant", 400),
    rules.GrantUnsupported: ("unsupported_grant_type", 400),
    rules.ResourceUnknown: ("invalid_target", 400),
    rules.ResponseUnsupported: ("unsupported_response_type", 400),
    rules.LoginRequired: ("login_required", 400),
    rules.InteractionRequired: ("interaction_required", 400),
    rules.FormStale: ("invalid_request", 400),
    rules.ConsentDeclined: ("access_denied", 400),
    rules.UnknownConsent: ("invalid_request", 400),
    rules.ScopeMalformed: ("invalid_scope", 400),
    # Source: RFC 8628, 3.5, in the words that clients of the contract compare with (device code flow pages, 2023).
    rules.DeviceWaits: ("authorization_pending", 400),
    rules.DeviceTooFast: ("slow_down", 400),
    rules.DeviceDeclined: ("authorization_declined", 400),
    rules.DeviceExpired: ("expired_token", 400),
    rules.DeviceUnknown: ("bad_verification_code", 400),
}


class OAuthError(msgspec.Struct):
    """An error as RFC 6749, 5.2 has it."""

    error: str
    error_description: str


def code_of(refusal: Refusal) -> tuple[str, int]:
    """OAuth's code and the HTTP status of a refusal."""
    return _CODES[type(refusal)]


def page_status(refusal: Refusal) -> int:
    """The HTTP status of a page that tells a person of a refusal."""
    return 503 if isinstance(refusal, ProviderUnavailable) else 400


def refused(_request: Request[Any, Any, Any], refusal: Refusal) -> Response[OAuthError]:
    """The answer to a refused call of the token endpoint or of discovery."""
    code, status = code_of(refusal)
    return _answer(code, refusal.message, status)


def too_large(_request: Request[Any, Any, Any], error: HTTPException) -> Response[OAuthError]:
    """The answer to a body beyond the limit."""
    return _answer("invalid_request", "The body is too large.", error.status_code)


def _answer(code: str, description: str, status: int) -> Response[OAuthError]:
    headers = dict(NO_STORE)
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="copartner"'
    return Response(OAuthError(code, description), status_code=status, headers=headers)
