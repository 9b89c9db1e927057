"""Hashes of passwords and secrets: argon2id."""

from argon2 import PasswordHasher

# 19 MiB, two passes, one lane: about 30 ms of one core, so a burst of sign-ins needs little memory.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    """The argon2id hash in its encoded form; about 30 ms, so not for the event loop."""
    return HASHER.hash(password)
