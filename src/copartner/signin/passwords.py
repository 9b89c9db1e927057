"""Passwords and client secrets: argon2id, checked beside the event loop, at the same cost for whom nobody knows."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from argon2.exceptions import InvalidHashError, VerificationError

from copartner.kernel.hashing import HASHER
from copartner.kernel.hashing import hash_password as hash_password

LONGEST = 1024


class Passwords:
    """Checks secrets against hashes with at most `workers` threads, so the event loop answers others meanwhile."""

    def __init__(self, workers: int = 2) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="copartner-passwords")
        self._nobody = hash_password("nobody has this password")

    async def verify(self, password: str, hashes: Sequence[str]) -> bool:
        """Whether one of the hashes is of this password; without any, the same time passes and the answer is no."""
        return await self.which(password, hashes) is not None

    async def which(self, password: str, hashes: Sequence[str]) -> int | None:
        """The place of the hash that is of this password, None as `verify` says no."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, _which, password, tuple(hashes), self._nobody
        )

    def close(self) -> None:
        """End the threads after what they are at."""
        self._threads.shutdown(wait=True, cancel_futures=True)


def _which(password: str, hashes: tuple[str, ...], nobody: str) -> int | None:
    if len(password) > LONGEST or not hashes:
        _matches(nobody, password[:LONGEST])
        return None
    return next((place for place, encoded in enumerate(hashes) if _matches(encoded, password)), None)


def _matches(encoded: str, password: str) -> bool:
    try:
        return HASHER.verify(encoded, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
