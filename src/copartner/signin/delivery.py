"""What an application gets for a user who signed in: an access token, and what it asked for beside it."""

from typing import TYPE_CHECKING

from copartner.signin import refresh, store
from copartner.signin.claims import client_info
from copartner.signin.model import Asked, Issued, SignedIn, Subject

if TYPE_CHECKING:
    from copartner.signin.service import Authority


async def deliver(
    authority: "Authority", signed_in: SignedIn, asked: Asked, *, code: str | None = None, renewed: str | None = None
) -> Issued:
    """The tokens of one answer, with the roles held now. `renewed` is the refresh token that follows another."""
    user, now = signed_in.user, authority.clock.now()
    async with store.acting(authority.pool) as db:
        roles = await store.roles(db, user)
        token = renewed or await refresh.begin(db, authority.ids.new(), signed_in, asked, code=code, now=now)
    subject = Subject(
        tenant_id=user.tenant_id,
        subject_id=user.id,
        application_id=asked.application_id,
        user_principal_name=user.user_principal_name,
        roles=roles,
        methods=signed_in.methods,
        display_name=user.display_name,
        session_id=signed_in.session_id,
    )
    issued = authority.tokens.issue(subject, audience=asked.audience, version=asked.version)
    identity = None
    if asked.application_id is not None and (asked.version == 1 or "openid" in asked.scopes):
        identity = authority.tokens.identify(
            subject,
            application_id=asked.application_id,
            nonce=asked.nonce,
            signed_in_at=signed_in.at,
            version=asked.version,
        )
    return Issued(
        access_token=issued.access_token,
        audience=issued.audience,
        app_only=False,
        not_before=issued.not_before,
        expires_at=issued.expires_at,
        scopes=asked.scopes,
        refresh_token=token,
        id_token=identity,
        client_info=client_info(subject) if asked.client_info else None,
    )
