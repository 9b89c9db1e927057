"""Passwords and client secrets: argon2id, checked beside the event loop, at the same cost for whom nobody knows."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# 19 MiB, two passes, one lane: about 30 ms of one core, so a burst of sign-ins needs little memory.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
LONGEST = 1024


def hash_password(password: str) -> str:
    """The argon2id hash in its encoded form; about 30 ms, so not for the event loop."""
    return _HASHER.hash(password)


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
    if len(password) > LONGEST:
        return None
    if not hashes:
        _matches(nobody, password)
        return None
    return next((place for place, encoded in enumerate(hashes) if _matches(encoded, password)), None)


def _matches(encoded: str, password: str) -> bool:
    try:
        return _HASHER.verify(encoded, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
