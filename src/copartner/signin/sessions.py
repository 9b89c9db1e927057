"""Browser sessions: who signed in here once is known to the next application, until idle, too old, or ended.

A session is a row; the browser has a token of which the row keeps the hash. Whoever signs in gets a new token, and
what is given on a session (codes, refresh tokens, access tokens) names it and ends with it when somebody ends it.
"""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from asyncpg.connection import Connection

from copartner.signin import refresh_store, revocation_store, rules, session_store, store
from copartner.signin.model import Browser, Held, Proven, Session, User

if TYPE_CHECKING:
    from copartner.signin.service import Authority

IDLE = timedelta(hours=8)
LONGEST = timedelta(hours=24)
_ENDED = "Your session ended meanwhile. Go back to the application and sign in again."


async def find(authority: "Authority", token: str) -> Held | None:
    """The session of a token with its user; None when it is unknown, idle, too old or ended."""
    if not token:
        return None
    async with store.acting(authority.pool) as db:
        return await session_store.find(db, _hash(token), _alive(authority))


async def begin(
    authority: "Authority", db: Connection, user: User, proven: Proven, browser: Browser
) -> tuple[Proven, str]:
    """Who has just proved who they are, now grounded on a session, and the session's new token.

    A session of the same user at this browser goes on under the new token. That of another one loses its browser and
    stays in its user's list until it is ended there or grows old. Raises FormStale when it was ended meanwhile.
    """
    now, token, held = authority.clock.now(), secrets.token_urlsafe(32), browser.held
    if held is not None and held.user.id == user.id:
        session = replace(
            held.session, methods=proven.methods, signed_in_at=proven.at, used_at=now, ends_at=proven.at + LONGEST
        )
        if not await session_store.rotate(db, session, _hash(token)):
            raise rules.FormStale(_ENDED)
    else:
        session = Session(
            id=authority.ids.new(),
            methods=proven.methods,
            browser=browser.family,
            begun_at=now,
            signed_in_at=proven.at,
            used_at=now,
            ends_at=proven.at + LONGEST,
        )
        await session_store.add(db, session, user, _hash(token))
    return replace(proven, session_id=session.id), token


async def list_sessions(authority: "Authority", user: User) -> list[Session]:
    """The sessions of a user that hold, the one used last first."""
    async with store.acting(authority.pool) as db:
        return await session_store.of_user(db, user, _alive(authority))


async def end(authority: "Authority", *, tenant_id: UUID, user_id: UUID, session_id: UUID) -> bool:
    """End a session of a user with all that was given on it, everywhere within a second; False when there is none."""
    now = authority.clock.now()
    async with store.acting(authority.pool) as db:
        found = await session_store.end(db, tenant_id=tenant_id, user_id=user_id, session_id=session_id, now=now)
        if found:
            await revocation_store.revoke(db, tenant_id=tenant_id, ground_id=session_id, now=now)
            await refresh_store.revoke(db, now=now, tenant_id=tenant_id, session_id=session_id)
    return found


async def end_all(authority: "Authority", user: User) -> None:
    """Sign a user out everywhere: every session, and every token that was ever given to them, within a second."""
    async with store.acting(authority.pool) as db:
        await end_everything(db, user, now=authority.clock.now())


async def end_everything(db: Connection, user: User, *, now: datetime, but: UUID | None = None) -> None:
    """All that was given to a user ends, and every session but the one named, which has to prove itself anew."""
    await session_store.end_all(db, tenant_id=user.tenant_id, user_id=user.id, now=now, but=but)
    await revocation_store.revoke(db, tenant_id=user.tenant_id, ground_id=user.id, now=now)
    await refresh_store.revoke(db, now=now, tenant_id=user.tenant_id, user_id=user.id)


def _alive(authority: "Authority") -> session_store.Alive:
    now = authority.clock.now()
    return session_store.Alive(used_after=now - IDLE, ends_after=now)


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
