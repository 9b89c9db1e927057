"""The second factor: codes of an authenticator app, and recovery codes for when the telephone is gone.

A seed is kept encrypted once its first code was typed; a code holds for its time step and a step to either side, once.
"""

import hmac
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from asyncpg.connection import Connection

from copartner.audit.entries import entries
from copartner.signin import guesses, rules, second_factor_store, session_store, store, totp
from copartner.signin.model import Browser, SecondFactor, User

if TYPE_CHECKING:
    from copartner.signin.service import Authority

# Source: RFC 8176, 2: a one-time password, and that there was more than one factor.
METHODS = ("mfa", "otp")
RECOVERED = ("mfa",)
RECOVERY_CODES = 10
# Without what is taken for one another: 12 of 31 letters and digits are 59 bits, guessed at five times a quarter hour.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_NO = "This is not the present code, or it was used before. After several attempts, wait a quarter of an hour."
_HAS_ONE = "There is an authenticator app already; remove it first."


@dataclass(frozen=True, slots=True)
class _Self:
    """A user who changes what is theirs."""

    tenant_id: UUID
    subject_id: UUID
    app_only: bool = False


async def of(authority: "Authority", user: User) -> SecondFactor | None:
    """The second factor of a user; None without one."""
    async with store.acting(authority.pool) as db:
        return _seen(user, await second_factor_store.find(db, user))


async def add(authority: "Authority", user: User, seed: bytes, typed: str, browser: Browser) -> tuple[str, ...]:
    """A second factor from now on, its recovery codes told here alone; raises SignInFailed for a wrong code."""
    now, codes = authority.clock.now(), _draw_codes()
    async with _guess(authority, user, browser):
        step = totp.matching_step(seed, _plain(typed), now=now)
        if step is None:
            raise rules.SignInFailed(_NO)
    async with store.acting(authority.pool, user.tenant_id) as db:
        if not await second_factor_store.add(db, user, authority.key_file.encrypt(seed), step, now=now):
            raise rules.SignInFailed(_HAS_ONE)
        await second_factor_store.replace_recovery_codes(db, user, [_hash(authority, code) for code in codes])
        await _record(authority, db, user, "user.add_second_factor", None)
    return codes


async def check(authority: "Authority", user: User, typed: str, browser: Browser) -> tuple[str, ...]:
    """By what methods the user showed the second factor; a code is used up. Raises SignInFailed."""
    async with _guess(authority, user, browser):
        methods = await _use(authority, user, _plain(typed))
        if methods is None:
            raise rules.SignInFailed(_NO)
    return methods


@asynccontextmanager
async def _guess(authority: "Authority", user: User, browser: Browser) -> AsyncIterator[None]:
    """Round a guess at a code; raises SignInFailed when there were too many."""
    try:
        async with guesses.counted(authority, guesses.limits("code", user.user_principal_name, user, browser)):
            yield
    except guesses.Slowed:
        raise rules.SignInFailed(_NO) from None


async def remove(authority: "Authority", user: User, typed: str, browser: Browser) -> None:
    """No second factor from now on, also in sessions that had shown it; raises SignInFailed for a wrong code."""
    await check(authority, user, typed, browser)
    async with store.acting(authority.pool, user.tenant_id) as db:
        before = _seen(user, await second_factor_store.find(db, user))
        await second_factor_store.remove(db, user)
        await session_store.forget_methods(db, user, METHODS)
        await _record(authority, db, user, "user.remove_second_factor", before)


async def renew_codes(authority: "Authority", user: User, typed: str, browser: Browser) -> tuple[str, ...]:
    """Other recovery codes, told here alone; those before hold no more. Raises SignInFailed for a wrong code."""
    await check(authority, user, typed, browser)
    codes = _draw_codes()
    async with store.acting(authority.pool, user.tenant_id) as db:
        before = _seen(user, await second_factor_store.find(db, user))
        await second_factor_store.replace_recovery_codes(db, user, [_hash(authority, code) for code in codes])
        await _record(authority, db, user, "user.renew_recovery_codes", before)
    return codes


async def _use(authority: "Authority", user: User, code: str) -> tuple[str, ...] | None:
    now = authority.clock.now()
    async with store.acting(authority.pool) as db:
        kept = await second_factor_store.find(db, user)
        if kept is None:
            return None
        seed = authority.key_file.decrypt(kept.seed)
        step = totp.matching_step(seed, code, now=now, after=kept.last_step)
        if step is not None and await second_factor_store.use_step(db, user, step):
            return METHODS
        if await second_factor_store.use_recovery_code(db, user, _hash(authority, code), now=now):
            return RECOVERED
    return None


async def _record(
    authority: "Authority", db: Connection, user: User, operation: str, before: SecondFactor | None
) -> None:
    """The change in the audit of the user's tenant."""
    rows = entries(
        caller=_Self(user.tenant_id, user.id),
        operation=operation,
        before=before,
        after=_seen(user, await second_factor_store.find(db, user)),
        at=authority.runtime.programme_clock.now(),
        ids=authority.ids,
        correlation_id=str(authority.ids.new()),
    )
    await second_factor_store.write_audit(db, rows)


def _seen(user: User, kept: second_factor_store.Kept | None) -> SecondFactor | None:
    return None if kept is None else SecondFactor(user.id, user.tenant_id, kept.added_at, kept.codes_left)


def _draw_codes() -> tuple[str, ...]:
    drawn = ("".join(secrets.choice(_LETTERS) for _ in range(12)) for _ in range(RECOVERY_CODES))
    return tuple(f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in drawn)


def _plain(typed: str) -> str:
    """A code however it was typed: in capitals, with or without what separates its groups."""
    return re.sub(r"[\s-]", "", typed[:100]).lower()


def _hash(authority: "Authority", code: str) -> bytes:
    return hmac.digest(authority.key_file.derive("recovery codes"), _plain(code).encode(), "sha256")
