"""The grant types that every deployment serves."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from copartner.signin import codes, device, refresh, rules
from copartner.signin.delivery import deliver
from copartner.signin.model import Asked, Issued, SignedIn, Subject, TokenRequest

if TYPE_CHECKING:
    from copartner.signin.service import Authority

# What the rules grant an application that acts by itself.
_APPLICATION_ROLES = ("Admin agent",)


async def client_credentials(authority: "Authority", request: TokenRequest) -> Issued:
    """A token for an application that acts by itself (RFC 6749, 4.4)."""
    audience = authority.audience(request.version, request.form)
    application = await authority.client(request.client, request.directory, secret_required=True)
    if application.tenant_id is None:
        raise rules.ClientRefused("This application acts for users only.")
    subject = Subject(
        application.tenant_id, application.id, application.id, None, _APPLICATION_ROLES, secret=application.proved_by
    )
    return authority.tokens.issue(subject, audience=audience or authority.root, version=request.version)


async def authorization_code(authority: "Authority", request: TokenRequest) -> Issued:
    """A token for the user who signed in, against the code and the verifier behind it (RFC 6749, 4.1; RFC 7636).

    OpenID's scopes are those of the sign-in: to what is only named here nobody consented.
    """
    form = request.form
    for name in ("code", "redirect_uri", "code_verifier"):
        if not form.get(name):
            raise rules.BadRequest(f"{name} is missing.")
    audience = authority.audience(request.version, request.form)
    application = await authority.client(request.client, request.directory)
    code, user = await codes.redeem(authority, form["code"], application)
    if code.redirect_uri != form["redirect_uri"]:
        raise rules.GrantRefused("redirect_uri is not the one the code was sent to.")
    if not rules.proves(form["code_verifier"], code.code_challenge):
        raise rules.GrantRefused("code_verifier does not fit the code_challenge.")
    if request.directory.tenant_id not in (None, user.tenant_id):
        raise rules.GrantRefused("The code is of a user in another tenant.")
    if audience and code.audience and audience != code.audience:
        raise rules.GrantRefused("The code was given for another resource.")
    signed_in = SignedIn(user, code.methods, code.signed_in_at or authority.clock.now(), code.session_id)
    asked = Asked(
        application_id=application.id,
        audience=audience or code.audience or authority.root,
        version=request.version,
        scopes=code.scopes if request.version == 1 else rules.narrowed(rules.scopes_of(form.get("scope")), code.scopes),
        nonce=code.nonce,
        client_info=wants_client_info(request),
    )
    return await deliver(authority, signed_in, asked, code=form["code"])


async def refresh_token(authority: "Authority", request: TokenRequest) -> Issued:
    """A new token for a sign-in that lasts, and the refresh token after the one given (RFC 6749, 6).

    Any resource of this deployment may be named; OpenID's scopes stay those of the sign-in.
    """
    form = request.form
    if not form.get("refresh_token"):
        raise rules.BadRequest("refresh_token is missing.")
    audience, scopes = authority.audience(request.version, form), rules.scopes_of(form.get("scope"))
    application = await authority.client(request.client, request.directory)
    token, family, signed_in = await refresh.renew(authority, form["refresh_token"], application, request.directory)
    asked = Asked(
        application_id=application.id,
        audience=audience or family.audience,
        version=request.version,
        scopes=rules.narrowed(scopes, family.scopes),
        client_info=wants_client_info(request),
    )
    return await deliver(authority, signed_in, asked, renewed=token)


async def device_code(authority: "Authority", request: TokenRequest) -> Issued:
    """A token for the user who typed the device's code elsewhere (RFC 8628, 3.4)."""
    # The v1 form calls it `code`; some clients send both.
    code = request.form.get("device_code") or request.form.get("code")
    if not code:
        raise rules.BadRequest("device_code is missing.")
    audience = authority.audience(request.version, request.form)
    application = await authority.client(request.client, request.directory)
    waited, signed_in = await device.redeem(authority, code, application, request.directory)
    asked = Asked(
        application_id=application.id,
        audience=audience or waited.audience or authority.root,
        version=request.version,
        scopes=waited.scopes,
        client_info=wants_client_info(request),
    )
    return await deliver(authority, signed_in, asked)


def wants_client_info(request: TokenRequest) -> bool:
    """Whether the client files its tokens by `client_info`."""
    return request.form.get("client_info") == "1"


STANDARD: Mapping[str, Callable[["Authority", TokenRequest], Awaitable[Issued]]] = {
    "client_credentials": client_credentials,
    "authorization_code": authorization_code,
    "refresh_token": refresh_token,
    "urn:ietf:params:oauth:grant-type:device_code": device_code,
    "device_code": device_code,
}
