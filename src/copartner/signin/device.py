"""Sign-in of a device without a browser: it asks again and again while a person types its code elsewhere (RFC 8628)."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from asyncpg.connection import Connection

from copartner.kernel.errors import Refusal
from copartner.kernel.languages import Language
from copartner.signin import consenting, device_store, grounds, revocation_store, rules, store
from copartner.signin.consents import Question
from copartner.signin.model import Application, Directory, SignedIn

if TYPE_CHECKING:
    from copartner.signin.service import Authority

LIFETIME = timedelta(minutes=15)
INTERVAL = timedelta(seconds=5)
# A device's clock and the way here differ a little from one asking to the next.
_EARLY = timedelta(seconds=1)
# RFC 8628, 6.1: consonants that spell no word and look like no digit. 20^8 in fifteen minutes is beyond guessing.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_LENGTH = 8
_LONGEST = 200
_UNKNOWN = "No device waits with this code. Codes hold for 15 minutes and for one use; look at the device again."


@dataclass(frozen=True, slots=True)
class Begun:
    """What a device is told at the start; the code for the person is in two groups."""

    device_code: str = field(repr=False)
    user_code: str
    expires_at: datetime


async def begin(
    authority: "Authority",
    application: Application,
    directory: Directory,
    *,
    audience: str | None,
    scopes: tuple[str, ...],
) -> Begun:
    """Two codes: one for the device to ask with, one for the person to type."""
    now = authority.clock.now()
    device_code = secrets.token_urlsafe(48)
    typed = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    waiting = device_store.Waiting(
        device_hash=_hash(device_code),
        application_id=application.id,
        directory_tenant_id=directory.tenant_id,
        audience=audience,
        scopes=scopes,
        state="pending",
        tenant_id=None,
        user_id=None,
        methods=(),
        session_id=None,
        signed_in_at=None,
        polled_at=None,
        expires_at=now + LIFETIME,
    )
    async with store.acting(authority.pool) as db:
        await device_store.add(db, waiting, typed, now=now)
    return Begun(device_code, f"{typed[:4]}-{typed[4:]}", waiting.expires_at)


async def asking(authority: "Authority", user_code: str) -> Application:
    """The application whose device waits with that code, to be shown before a person agrees; raises DeviceUnknown."""
    async with store.acting(authority.pool) as db:
        waiting = await device_store.lock(db, user_code=_plain(user_code))
    return await _application(authority, _open(waiting, authority.clock.now()))


async def lacking(authority: "Authority", user_code: str, signed_in: SignedIn, language: Language) -> Question | None:
    """What the person consents to by signing the device in; None when they did before. Raises DeviceUnknown."""
    async with store.acting(authority.pool) as db:
        waiting = _open(await device_store.lock(db, user_code=_plain(user_code)), authority.clock.now())
    return await consenting.lacking(authority, waiting.application_id, waiting.scopes, signed_in, language)


async def consent(authority: "Authority", user_code: str, signed_in: SignedIn, *, for_all: bool) -> None:
    """Keep that the person consented; raises DeviceUnknown, SignInFailed where it is not theirs to consent."""
    async with store.acting(authority.pool) as db:
        waiting = _open(await device_store.lock(db, user_code=_plain(user_code)), authority.clock.now())
    ctx = await consenting.context(authority, signed_in.user.tenant_id, signed_in.user.id, signed_in.methods)
    await consenting.agree(ctx, waiting.application_id, waiting.scopes, for_all=for_all)


async def approve(authority: "Authority", user_code: str, signed_in: SignedIn) -> Application:
    """The device signs in as this user, who consented; the application that gets the token.

    Raises DeviceUnknown; SignInFailed when the user is of another tenant than the device or its application asks for.
    """
    async with store.acting(authority.pool) as db:
        waiting = _open(await device_store.lock(db, user_code=_plain(user_code)), authority.clock.now())
        application = await _application(authority, waiting)
        user = signed_in.user
        homes = {waiting.directory_tenant_id, application.tenant_id} - {None}
        if not user.enabled or not homes <= {user.tenant_id}:
            raise rules.SignInFailed("The device asks for an account of another tenant.")
        if application.tenant_id is not None and not await consenting.covers(
            db, application.id, user.tenant_id, user.id, waiting.scopes
        ):
            raise rules.SignInFailed("The application has not got your consent.")
        if await _gone(db, waiting, user.tenant_id, user.id, signed_in.session_id, signed_in.at):
            raise rules.SignInFailed("What the application was given has ended since you signed in. Sign in again.")
        await device_store.answer(
            db,
            waiting.device_hash,
            state="approved",
            tenant_id=user.tenant_id,
            user_id=user.id,
            methods=signed_in.methods,
            session_id=signed_in.session_id,
            signed_in_at=signed_in.at,
        )
    return application


async def decline(authority: "Authority", user_code: str) -> None:
    """The device is told no; raises DeviceUnknown."""
    async with store.acting(authority.pool) as db:
        waiting = _open(await device_store.lock(db, user_code=_plain(user_code)), authority.clock.now())
        await device_store.answer(db, waiting.device_hash, state="declined")


async def redeem(
    authority: "Authority", device_code: str, application: Application, directory: Directory
) -> tuple[device_store.Waiting, SignedIn]:
    """What the person agreed to, once; raises DeviceWaits and its kin, or GrantRefused."""
    now, refusal = authority.clock.now(), None
    async with store.acting(authority.pool) as db:
        waiting = await device_store.lock(db, device_hash=_hash(device_code[:_LONGEST]))
        if waiting is None or waiting.application_id != application.id or waiting.state == "spent":
            raise rules.DeviceUnknown("No device of this application waits with this code.")
        refusal = _not_yet(waiting, now)
        if refusal is None:
            tenant_id, user_id = waiting.tenant_id, waiting.user_id
            user = await store.user_by_id(db, tenant_id, user_id) if tenant_id and user_id else None
            await device_store.spend(db, waiting.device_hash)
            if (
                user is None
                or not user.enabled
                or await _ended(db, waiting)
                or directory.tenant_id not in (None, user.tenant_id)
            ):
                refusal = rules.GrantRefused("The account may not sign in any more, or is of another tenant.")
            else:
                return waiting, SignedIn(user, waiting.methods, waiting.signed_in_at or now, waiting.session_id)
        else:
            await device_store.polled(db, waiting.device_hash, now=now)
    raise refusal


def _not_yet(waiting: device_store.Waiting, now: datetime) -> Refusal | None:
    if now >= waiting.expires_at:
        return rules.DeviceExpired("The code is too old; begin again.")
    if waiting.state == "declined":
        return rules.DeviceDeclined("The sign-in was declined.")
    if waiting.state == "approved":
        return None
    if waiting.polled_at is not None and now < waiting.polled_at + INTERVAL - _EARLY:
        return rules.DeviceTooFast(f"Ask every {int(INTERVAL.total_seconds())} seconds.")
    return rules.DeviceWaits("Nobody has typed the code yet.")


async def _ended(db: Connection, waiting: device_store.Waiting) -> bool:
    """Whether user, application or session ended after the person who agreed had signed in."""
    if waiting.tenant_id is None or waiting.signed_in_at is None:
        return True
    return waiting.user_id is None or await _gone(
        db, waiting, waiting.tenant_id, waiting.user_id, waiting.session_id, waiting.signed_in_at
    )


async def _gone(
    db: Connection,
    waiting: device_store.Waiting,
    tenant_id: UUID,
    user_id: UUID,
    session_id: UUID | None,
    since: datetime,
) -> bool:
    held = grounds.of_user(
        tenant_id=tenant_id, user_id=user_id, application_id=waiting.application_id, session_id=session_id
    )
    return await revocation_store.ended(db, tenant_id=tenant_id, ground_ids=held, since=since)


def _open(waiting: device_store.Waiting | None, now: datetime) -> device_store.Waiting:
    if waiting is None or waiting.state != "pending" or now >= waiting.expires_at:
        raise rules.DeviceUnknown(_UNKNOWN)
    return waiting


async def _application(authority: "Authority", waiting: device_store.Waiting) -> Application:
    found = await authority.application(waiting.application_id)
    if found is None or not found.enabled:
        raise rules.DeviceUnknown(_UNKNOWN)
    return found


def _plain(user_code: str) -> str:
    """The code however it was typed: in small letters, with or without what separates its groups."""
    return "".join(letter for letter in user_code.upper()[:_LONGEST] if letter not in " -\t")


def _hash(device_code: str) -> bytes:
    return sha256(device_code.encode()).digest()
