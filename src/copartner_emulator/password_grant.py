"""The password grant, which the emulator alone has: a script signs a person in without a browser."""

from copartner.signin import rules
from copartner.signin.delivery import deliver
from copartner.signin.grants import wants_client_info
from copartner.signin.model import MULTI_FACTOR, Asked, Issued, SignedIn, TokenRequest
from copartner.signin.service import Authority

GRANT_TYPE = "password"


async def password(authority: Authority, request: TokenRequest) -> Issued:
    """A token for name and password (RFC 6749, 4.3).

    `client_id` may be left out, or name no application registered here, as ready-made scripts do. A sign-in counts as
    multi-factor unless the form says `mfa=false`.
    """
    form = request.form
    for name in ("username", "password"):
        if not form.get(name):
            raise rules.BadRequest(f"{name} is missing.")
    audience = authority.audience(request.version, form)
    application = await authority.registered(request.client, request.directory)
    user = await authority.user(form["username"], form["password"], request.directory, application)
    asked = Asked(
        application_id=application.id if application else None,
        audience=audience or authority.root,
        version=request.version,
        scopes=rules.lasting(request.version, rules.scopes_of(form.get("scope"))),
        client_info=wants_client_info(request),
    )
    methods = ("pwd",) if form.get("mfa", "").lower() == "false" else ("pwd", MULTI_FACTOR)
    return await deliver(authority, SignedIn(user, methods, authority.clock.now()), asked)
