"""What a person changes of their own account: the password."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from copartner.command.context import Caller, Context
from copartner.kernel.errors import Invalid
from copartner.kernel.hashing import hash_password
from copartner.signin import guesses, rules, sessions, store
from copartner.signin.model import Browser, Held, Proven, User
from copartner.tenants.service import users
from copartner.tenants.service.tenants import side_of

if TYPE_CHECKING:
    from copartner.signin.service import Authority

_WRONG = "The present password is wrong. After several attempts, wait a quarter of an hour."


async def change_password(
    authority: "Authority", held: Held, *, old: str, new: str, again: str, browser: Browser
) -> str:
    """A new password for who knows the old one; what was given before ends everywhere, this session goes on.

    Answers the session's new token; raises SignInFailed for a wrong old one, PasswordUnfit.
    """
    user, session = held.user, held.session
    anywhere = await authority.directory("common")
    try:
        await guesses.password(authority, user.user_principal_name, old, anywhere, None, browser)
    except rules.SignInFailed:
        raise rules.SignInFailed(_WRONG) from None
    at = await replace_password(authority, user, new, again, session_id=session.id)
    async with store.acting(authority.pool) as db:
        proven = Proven(user.tenant_id, user.id, session.methods, at, session.id)
        _, token = await sessions.begin(authority, db, user, proven, browser)
    return token


async def replace_password(
    authority: "Authority", user: User, new: str, again: str, *, session_id: UUID | None
) -> datetime:
    """Another password for a user who has shown who they are; from when on what they show counts.

    All that was given before ends, and every session but the one named. Raises PasswordUnfit.
    """
    if new != again:
        raise rules.PasswordUnfit("The two new passwords differ; type the same one twice.")
    if await authority.passwords.verify(new, (user.password_hash,)):
        raise rules.PasswordUnfit("The new password is the old one; choose another.")
    runtime = authority.runtime
    caller = Caller(await side_of(runtime, user.tenant_id), user.tenant_id, user.id, False)
    ctx = Context(runtime, caller, str(authority.ids.new()))
    try:
        users.check_own_password(new, user.user_principal_name)
        await users.replace_own_password(ctx, password_hash=await asyncio.to_thread(hash_password, new))
    except Invalid as wrong:
        raise rules.PasswordUnfit(wrong.message) from None
    now = authority.clock.now()
    async with store.acting(authority.pool) as db:
        await sessions.end_everything(db, user, now=now, but=session_id)
    return now
