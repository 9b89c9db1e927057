"""Passwords: checked beside the event loop, and for a stranger as long as for a member."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from copartner.signin.passwords import Passwords, hash_password
from support.authority import PASSWORD, hashed


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords()
    yield made
    made.close()


async def test_a_password_fits_its_own_hash(passwords: Passwords) -> None:
    assert await passwords.verify(PASSWORD, [hashed(PASSWORD)])
    assert await passwords.verify(PASSWORD, [hashed("another"), hashed(PASSWORD)])
    assert not await passwords.verify("another", [hashed(PASSWORD)])
    assert not await passwords.verify(PASSWORD, [])
    assert not await passwords.verify("nobody has this password", [])
    assert not await passwords.verify(PASSWORD, ["no hash at all"])
    assert not await passwords.verify("\ud800", [hashed(PASSWORD)])


async def test_hashes_are_argon2id_and_salted() -> None:
    first, second = hash_password(PASSWORD), hash_password(PASSWORD)
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


async def test_a_stranger_takes_as_long_as_a_member(passwords: Passwords) -> None:
    async def best(hashes: list[str]) -> float:
        taken = []
        for _ in range(5):
            begin = time.perf_counter()
            await passwords.verify("wrong", hashes)
            taken.append(time.perf_counter() - begin)
        return min(taken)

    member, stranger = await best([hashed(PASSWORD)]), await best([])
    assert 0.3 < stranger / member < 3


async def test_the_event_loop_answers_meanwhile(passwords: Passwords) -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    await passwords.verify("wrong", [hashed(PASSWORD)])
    beside.cancel()
    assert turns > 50
