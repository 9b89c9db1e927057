"""Codes on their way to an application: for one use, ten minutes, and never beyond the sign-in they stand for."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from asyncpg.connection import Connection

from copartner.signin import grounds, refresh, revocation_store, rules, store
from copartner.signin.model import Application, AuthorizeRequest, Proven, Redemption, User

if TYPE_CHECKING:
    from copartner.signin.service import Authority

LIFETIME = timedelta(minutes=10)


async def add(authority: "Authority", db: Connection, request: AuthorizeRequest, proven: Proven) -> str | None:
    """A code for who has proved who they are; None where no application waits for one."""
    if request.client_id is None:
        return None
    code, now = secrets.token_urlsafe(32), authority.clock.now()
    kept = Redemption(
        tenant_id=proven.tenant_id,
        user_id=proven.user_id,
        application_id=request.client_id,
        redirect_uri=request.redirect_uri,
        code_challenge=request.code_challenge,
        audience=request.audience,
        methods=proven.methods,
        expires_at=now + LIFETIME,
        scopes=request.scopes,
        nonce=request.nonce,
        session_id=proven.session_id,
        signed_in_at=proven.at,
    )
    await store.add_code(db, sha256(code.encode()).digest(), kept, now=now)
    return code


async def redeem(authority: "Authority", code: str, application: Application) -> tuple[Redemption, User]:
    """What the code stands for and its user; spent by the first attempt. Raises GrantRefused."""
    now = authority.clock.now()
    async with store.acting(authority.pool) as db:
        spent = await store.spend_code(db, sha256(code.encode()).digest(), now=now)
        user = await store.user_by_id(db, spent.tenant_id, spent.user_id) if spent else None
        if spent is None:
            await refresh.revoke_code(db, code, now=now)
        elif spent.signed_in_at is not None and await revocation_store.ended(
            db,
            tenant_id=spent.tenant_id,
            ground_ids=grounds.of_user(
                tenant_id=spent.tenant_id,
                user_id=spent.user_id,
                application_id=spent.application_id,
                session_id=spent.session_id,
            ),
            since=spent.signed_in_at,
        ):
            user = None
    if spent is None or spent.application_id != application.id or now >= spent.expires_at:
        raise rules.GrantRefused("The code is unknown, used, expired, or of another application.")
    if user is None or not user.enabled:
        raise rules.GrantRefused("The account may not sign in any more.")
    return spent, user
