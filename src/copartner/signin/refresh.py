"""Refresh tokens: each is used once and followed by the next; a second use ends the sign-in they all come from."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from asyncpg.connection import Connection

from copartner.kernel.database import Pool
from copartner.signin import consent_store, grounds, refresh_store, revocation_store, rules, store
from copartner.signin.model import Application, Asked, Directory, Family, SignedIn

if TYPE_CHECKING:
    from copartner.signin.service import Authority

# Source: "Refresh tokens in the Microsoft identity platform", token lifetime (2023): 90 days, anew with each.
LIFETIME = timedelta(days=90)
_LONGEST = 200
_REFUSED = "The refresh token is unknown, used, expired, withdrawn, or of another application; sign in again."


async def begin(
    db: Connection, family_id: UUID, signed_in: SignedIn, asked: Asked, *, code: str | None, now: datetime
) -> str | None:
    """The first refresh token of a sign-in; None when the application is not known or did not ask for one."""
    if asked.application_id is None or rules.OFFLINE not in asked.scopes:
        return None
    family = Family(
        id=family_id,
        tenant_id=signed_in.user.tenant_id,
        user_id=signed_in.user.id,
        application_id=asked.application_id,
        audience=asked.audience,
        scopes=asked.scopes,
        methods=signed_in.methods,
        session_id=signed_in.session_id,
        signed_in_at=signed_in.at,
    )
    await refresh_store.drop_ended(db, now=now)
    await refresh_store.add_family(db, family, code_hash=_hash(code) if code else None, expires_at=now + LIFETIME)
    return await _next(db, family_id, now=now)


async def renew(
    authority: "Authority", token: str, application: Application, directory: Directory
) -> tuple[str, Family, SignedIn]:
    """The token after this one, and whose sign-in it is; raises GrantRefused.

    A token that was used before, or is shown by another application, has been in two hands: its family ends.
    """
    now, hashed, renewed = authority.clock.now(), _hash(token[:_LONGEST]), None
    async with store.acting(authority.pool) as db:
        held = await refresh_store.lock(db, hashed)
        if held is not None and not held.revoked:
            family = held.family
            if held.used or family.application_id != application.id:
                await refresh_store.revoke_family(db, family.id, now=now)
            elif now < held.expires_at and directory.tenant_id in (None, family.tenant_id):
                user = await store.user_by_id(db, family.tenant_id, family.user_id)
                if (
                    user is not None
                    and user.enabled
                    and not _outlived(authority, family)
                    and not await _ended(db, family)
                    and not await consent_store.waits_for_admin(
                        db, tenant_id=family.tenant_id, application_id=family.application_id
                    )
                ):
                    await refresh_store.spend(db, hashed, now=now)
                    signed_in = SignedIn(user, family.methods, family.signed_in_at, family.session_id)
                    renewed = await _next(db, family.id, now=now), family, signed_in
    if renewed is None:
        raise rules.GrantRefused(_REFUSED)
    return renewed


async def revoke(
    pool: Pool,
    *,
    now: datetime,
    tenant_id: UUID | None = None,
    user_id: UUID | None = None,
    application_id: UUID | None = None,
    session_id: UUID | None = None,
) -> int:
    """End the sign-ins that fit every given identifier, of which there has to be one; how many ended."""
    if tenant_id is user_id is application_id is session_id is None:
        raise ValueError("name whose sign-ins end")
    async with store.acting(pool) as db:
        return await refresh_store.revoke(
            db, now=now, tenant_id=tenant_id, user_id=user_id, application_id=application_id, session_id=session_id
        )


async def revoke_code(db: Connection, code: str, *, now: datetime) -> None:
    """A code came a second time: what began with it ends."""
    await refresh_store.revoke_code(db, _hash(code), now=now)


async def _next(db: Connection, family_id: UUID, *, now: datetime) -> str:
    token = secrets.token_urlsafe(48)
    await refresh_store.add_token(db, _hash(token), family_id, expires_at=now + LIFETIME)
    return token


async def _ended(db: Connection, family: Family) -> bool:
    held = grounds.of_user(
        tenant_id=family.tenant_id,
        user_id=family.user_id,
        application_id=family.application_id,
        session_id=family.session_id,
    )
    return await revocation_store.ended(db, tenant_id=family.tenant_id, ground_ids=held, since=family.signed_in_at)


def _outlived(authority: "Authority", family: Family) -> bool:
    """Whether the identity provider has to be asked again: only a sign-in there hears of what changed there."""
    provider = authority.provider
    return provider is not None and authority.clock.now() >= family.signed_in_at + provider.lasts


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
