"""Guesses at passwords and codes are slowed, and never so that one person can keep another one out.

Wrong guesses are counted apart for every browser that an account has been signed in at (a sealed cookie of a year
tells), and together for all other browsers; those also by where they speak from. After some free ones each further one
has to wait, twice as long as the one before, a quarter of an hour at most. So whoever guesses at somebody's account
from elsewhere slows every stranger and not the browser its owner uses.
"""

import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from copartner.signin import guess_store, rules, store
from copartner.signin.guess_store import Count
from copartner.signin.model import Application, Browser, Directory, User

if TYPE_CHECKING:
    from copartner.signin.service import Authority

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)
# Whether the name, the password, or the account is at fault, or there were too many guesses: nobody is told.
_NO = (
    "Name and password do not belong to an account that may sign in here. After several attempts, "
    "wait a quarter of an hour."
)


@dataclass(frozen=True, slots=True)
class Limit:
    """What is counted together, how many wrong guesses are free, and whether a right one makes up for them all."""

    key: str
    free: int
    forgives: bool = False


class Slowed(Exception):
    """Too many guesses lately; this one is not looked at."""


def wait_after(failures: int, free: int) -> timedelta:
    """How long nobody may guess after so many wrong guesses."""
    if failures < free:
        return timedelta()
    return min(FIRST_WAIT * (1 << min(failures - free, 10)), LONGEST_WAIT)


def may_guess(count: Count, free: int, *, now: datetime) -> bool:
    """Whether the wait is over."""
    return now >= count.last_at + wait_after(count.failures, free)


def limits(kind: str, account: str, user: User | None, browser: Browser) -> tuple[Limit, ...]:
    """What a guess at an account counts for; `kind` is what is guessed."""
    known = user is not None and browser.device is not None and user.id in browser.accounts
    free = {"password": 10, "code": 5}[kind]
    if known:
        return (Limit(f"{kind} of {account} at {browser.device}", free, forgives=True),)
    return (Limit(f"{kind} of {account}", free), Limit(f"from {_network(browser.address)}", 50))


@asynccontextmanager
async def counted(authority: "Authority", counts: tuple[Limit, ...]) -> AsyncIterator[None]:
    """Round a guess: counted as wrong before it is looked at, and taken back when the block ends without SignInFailed.

    Many guesses at once are each counted in time. Raises Slowed.
    """
    now, before = authority.clock.now(), []
    async with store.acting(authority.pool) as db:
        await guess_store.drop_old(db, now=now, age=FORGOTTEN_AFTER)
        for limit in sorted(counts, key=lambda each: each.key):
            count = await guess_store.lock(db, sha256(limit.key.encode()).digest(), now=now)
            if not may_guess(count, limit.free, now=now):
                raise Slowed
            before.append((limit, count))
            await guess_store.save(db, replace(count, failures=count.failures + 1, last_at=now))
    yield
    async with store.acting(authority.pool) as db:
        for limit, count in before:
            present = await guess_store.lock(db, count.guess_hash, now=now)
            alone = present.last_at == now and present.failures == count.failures + 1
            after = count if alone else replace(present, failures=max(present.failures - 1, 0))
            await guess_store.save(db, replace(after, failures=0) if limit.forgives else after)


async def password(
    authority: "Authority",
    name: str,
    typed: str,
    directory: Directory,
    application: Application | None,
    browser: Browser,
) -> User:
    """The user of name and password; raises SignInFailed, in the same words and at the same cost whatever is wrong."""
    found = await authority.account(name, directory, application)
    try:
        async with counted(authority, limits("password", name.strip().lower(), found, browser)):
            if not await authority.passwords.verify(typed, (found.password_hash,) if found else ()) or not found:
                raise rules.SignInFailed(_NO)
            return found
    except Slowed:
        await authority.passwords.verify(typed, ())
        raise rules.SignInFailed(_NO) from None


def _network(address: str) -> str:
    """What one subscriber has: an IPv4 address, or the first half of an IPv6 one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
