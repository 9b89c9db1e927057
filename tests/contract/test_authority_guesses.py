"""Guesses at passwords: slowed for who guesses, never for the owner's own browser, and answered all alike."""

import asyncio
import re
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from copartner.kernel.forwarded import Forwarded, networks
from copartner.kernel.secrets import KeyFile
from copartner.signin import guesses, passwords
from support.authority import PASSWORD, Office, elsewhere, hashed, office
from support.postgres import Database
from support.programme import programme
from support.web import as_any

NAME = "aa@nordlicht.example"
ANOTHER_KEY = b"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    """An authority over a world that the test changes."""
    async with programme(database, tmp_path) as made, office(made) as served:
        yield served


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often argon2 was computed, by whose hash it was."""
    done: Counter[str] = Counter()
    genuine = passwords._matches

    def matches(encoded: str, password: str) -> bool:
        done["own" if encoded == hashed(PASSWORD) else "nobody"] += 1
        return genuine(encoded, password)

    monkeypatch.setattr(passwords, "_matches", matches)
    return done


async def guess(desk: Office, name: str = NAME, *, rightly: bool = False) -> int:
    """The status of an attempt to sign in."""
    return (await desk.send(await desk.show(), name, PASSWORD if rightly else "wrong")).status_code


async def guess_often(desk: Office, times: int, name: str = NAME) -> None:
    """Guess wrongly."""
    page = await desk.show()
    for _ in range(times):
        assert (await desk.send(page, name, "wrong")).status_code == 400


async def test_many_wrong_guesses_slow_the_next_and_do_not_stop_it(desk: Office) -> None:
    await guess_often(desk, 10)
    assert await guess(desk, rightly=True) == 400
    desk.pass_time(seconds=30)
    assert await guess(desk) == 400
    desk.pass_time(seconds=59)
    assert await guess(desk, rightly=True) == 400
    desk.pass_time(seconds=1)
    assert await guess(desk, rightly=True) == 303
    # And it never takes longer than a quarter of an hour.
    assert guesses.wait_after(1_000_000, 10) == guesses.LONGEST_WAIT
    assert [guesses.wait_after(n, 10).total_seconds() for n in (9, 10, 11, 14, 15)] == [0, 30, 60, 480, 900]


async def test_nobody_locks_the_owner_out_of_a_known_browser(desk: Office) -> None:
    assert await guess(desk, rightly=True) == 303
    async with elsewhere(desk) as attacker:
        for _ in range(4):
            await guess_often(attacker, 12)
            desk.pass_time(minutes=15)
        await guess_often(attacker, 1)
        assert await guess(attacker, rightly=True) == 400
    assert await guess(desk, rightly=True) == 303
    # The owner's own mistakes count for this browser alone, and a right password makes up for them.
    for _ in range(3):
        await guess_often(desk, 9)
        assert await guess(desk, rightly=True) == 303
    await guess_often(desk, 10)
    assert await guess(desk, rightly=True) == 400


async def test_a_browser_is_known_to_its_accounts_alone(desk: Office) -> None:
    async with elsewhere(desk) as attacker:
        assert await guess(attacker, "sa@nordlicht.example", rightly=True) == 303
        await guess_often(attacker, 10)
        assert await guess(attacker, rightly=True) == 400
    assert await guess(desk, rightly=True) == 400


@pytest.mark.parametrize("value", ["x", "gAAAAA", "stolen", "old"])
async def test_a_made_up_or_old_mark_of_a_browser_is_not_believed(desk: Office, value: str) -> None:
    await guess(desk, rightly=True)
    known = desk.http.cookies["copartner-known"]
    assert b"aa@nordlicht" not in urlsafe_b64decode(known)
    if value == "stolen":
        value = KeyFile(ANOTHER_KEY).encrypt(desk.key_file.decrypt(known.encode())).decode()
    elif value == "old":
        desk.pass_time(days=366)
        value = known
    async with elsewhere(desk) as attacker:
        await guess_often(attacker, 10)
        attacker.http.cookies.set("copartner-known", value)
        assert await guess(attacker, rightly=True) == 400


async def test_one_address_guesses_at_many_accounts_only_so_often(desk: Office) -> None:
    assert await guess(desk, rightly=True) == 303
    async with elsewhere(desk, "2001:db8:1:2::3") as attacker, elsewhere(desk, "2001:db8:1:2:ffff::9") as neighbour:
        page = await attacker.show()
        for number in range(50):
            await attacker.send(page, f"nobody{number}@nordlicht.example", "wrong")
        assert await guess(attacker, "sa@nordlicht.example", rightly=True) == 400
        assert await guess(neighbour, "sa@nordlicht.example", rightly=True) == 400
        neighbour.http.cookies.update(desk.http.cookies)
        assert await guess(neighbour, rightly=True) == 303
    async with elsewhere(desk, "2001:db8:1:3::3") as other:
        assert await guess(other, "sa@nordlicht.example", rightly=True) == 303


async def test_behind_a_proxy_the_client_counts_and_nobody_else_says_who_it_is(desk: Office) -> None:
    inner: Any = desk.http._transport
    app = Forwarded(inner.app, networks("10.0.0.1"))

    async def at(peer: str, client: str, name: str, *, rightly: bool = False) -> int:
        there = httpx.ASGITransport(as_any(app), client=(peer, 1))
        headers = {"X-Forwarded-For": client}
        async with httpx.AsyncClient(transport=there, base_url=desk.http.base_url, headers=headers) as http:
            return await guess(replace(desk, http=http), name, rightly=rightly)

    for number in range(50):
        await at("10.0.0.1", "192.0.2.1", f"nobody{number}@nordlicht.example")
    assert await at("10.0.0.1", "192.0.2.1", NAME, rightly=True) == 400
    assert await at("10.0.0.1", "192.0.2.1, 192.0.2.2", NAME, rightly=True) == 303
    # Whoever is no proxy is counted by the address it speaks from, whatever it says.
    assert await at("192.0.2.1", "192.0.2.3", "sa@nordlicht.example", rightly=True) == 400


async def test_guesses_at_once_are_counted_before_they_are_looked_at(desk: Office, work: Counter[str]) -> None:
    page = await desk.show()
    answers = await asyncio.gather(*(desk.send(page, NAME, f"wrong {n}") for n in range(25)))
    assert {answer.status_code for answer in answers} == {400}
    assert (work["own"], work["nobody"]) == (10, 15)


async def test_whatever_is_wrong_costs_and_says_the_same(desk: Office, work: Counter[str]) -> None:
    await desk.execute("UPDATE user_account SET enabled = false WHERE user_principal_name = 'ba@alpenblick.example'")
    await guess_often(desk, 10, "ga@nordlicht.example")
    texts, work_done = set(), []
    for name, password in (
        ("aa@nordlicht.example", "wrong"),
        ("nobody@nordlicht.example", "wrong"),
        ("ba@alpenblick.example", PASSWORD),
        ("aa@suedwind.example", PASSWORD),
        ("ga@nordlicht.example", PASSWORD),
        ("x" * 5000, "wrong"),
        ("aa@nordlicht.example", "y" * 2000),
        ("", ""),
    ):
        page = await desk.show()
        work.clear()
        answer = await desk.send(page, name, password)
        assert answer.status_code == 400
        found = re.search(r'<p class="failed"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
        assert found
        texts.add(found.group(1))
        work_done.append(work.total())
    assert len(texts) == 1
    assert work_done == [1] * 8


async def test_counts_are_hashed_and_forgotten_after_a_day(desk: Office) -> None:
    await guess_often(desk, 10)
    async with desk.here.owner() as connection:
        rows: list[Any] = await connection.fetch("SELECT * FROM guess_count")
    assert rows
    assert not any(b"nordlicht" in row["guess_hash"] for row in rows)
    desk.pass_time(hours=24, seconds=1)
    await guess_often(desk, 10)
    async with desk.here.owner() as connection:
        assert await connection.fetchval("SELECT max(failures) FROM guess_count") == 10
