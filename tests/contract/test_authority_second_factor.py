"""The second factor on the way to an application and on the account's page: added, asked for, used up, removed."""

import base64
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from copartner.signin import totp
from support.authority import Office, elsewhere, office, query_of
from support.postgres import Database
from support.programme import programme

PAGE = "/account/second-factor"
WISH = {"scope": "openid", "acr_values": "mfa"}


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    """An authority over a world that the test changes."""
    async with programme(database, tmp_path) as made, office(made) as served:
        yield served


def seed_of(page: httpx.Response) -> bytes:
    """The seed as a person reads it off the page."""
    found = re.search(r'class="key">([A-Z2-7 ]+)<', page.text)
    assert found, page.text
    return base64.b32decode(found.group(1).replace(" ", ""))


def codes_of(page: httpx.Response) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"<li><code>([a-z0-9-]+)</code>", page.text)


def now_of(desk: Office, seed: bytes, later: int = 0) -> str:
    """What an app shows at present, or so many steps later."""
    return totp.code_at(seed, totp.step_of(desk.clock.now()) + later)


async def enrol(desk: Office, **wish: str) -> tuple[bytes, list[str], httpx.Response]:
    """Add an app on the way to the application; the seed, the recovery codes, and the last answer."""
    page = await desk.send(await desk.show(**{**WISH, **wish}))
    seed = seed_of(page)
    told = await desk.press(page, code=now_of(desk, seed))
    assert told.status_code == 200, told.text
    desk.pass_time(seconds=60)
    return seed, codes_of(told), await desk.press(told)


async def claims(desk: Office, answer: httpx.Response) -> dict[str, Any]:
    """What the id token says that the answer's code leads to."""
    token = (await desk.redeem(query_of(answer)["code"])).json()["id_token"]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return found


async def test_who_is_asked_for_a_second_factor_adds_one_on_the_way(desk: Office) -> None:
    page = await desk.send(await desk.show(**WISH))
    seed = seed_of(page)
    assert "otpauth://totp/" in page.text
    assert "<svg" in page.text
    assert "script" not in page.headers["content-security-policy"]
    wrong = await desk.press(page, code="000000" if now_of(desk, seed) != "000000" else "000001")
    assert wrong.status_code == 400
    assert seed_of(wrong) == seed
    told = await desk.press(wrong, code=now_of(desk, seed))
    assert len(codes_of(told)) == 10
    answer = await desk.press(told)
    assert (await claims(desk, answer))["amr"] == ["pwd", "mfa", "otp"]


async def test_the_seed_and_the_codes_are_kept_closed(desk: Office) -> None:
    seed, codes, _ = await enrol(desk)
    async with desk.here.owner() as connection:
        kept = await connection.fetchrow("SELECT * FROM second_factor")
        hashes = await connection.fetch("SELECT code_hash FROM recovery_code")
    assert seed not in kept["seed"]
    assert desk.key_file.decrypt(kept["seed"]) == seed
    assert len(hashes) == len(codes) == 10
    assert not any(code.encode() in row["code_hash"] for code in codes for row in hashes)


async def test_who_has_an_app_is_always_asked(desk: Office) -> None:
    seed, _, _ = await enrol(desk)
    page = await desk.send(await desk.show(scope="openid"))
    assert 'name="code"' in page.text
    assert 'type="password"' not in page.text
    answer = await desk.press(page, code=f" {now_of(desk, seed)[:3]} {now_of(desk, seed)[3:]} ")
    assert (await claims(desk, answer))["amr"] == ["pwd", "mfa", "otp"]
    silent = await desk.show(**WISH, prompt="none")
    assert (await claims(desk, silent))["amr"] == ["pwd", "mfa", "otp"]


async def test_the_password_alone_begins_no_session(desk: Office) -> None:
    await enrol(desk)
    async with elsewhere(desk) as other:
        page = await other.send(await other.show())
        assert 'name="code"' in page.text
        assert query_of(await other.show(prompt="none"))["error"] == "login_required"
        assert 'type="password"' in (await other.http.get("/account/sessions")).text


async def test_a_code_holds_once_and_for_a_step_to_either_side(desk: Office) -> None:
    seed, _, _ = await enrol(desk)

    async def try_code(code: str) -> int:
        return (await desk.press(await desk.send(await desk.show()), code=code)).status_code

    assert await try_code(now_of(desk, seed, -2)) == 400
    assert await try_code(now_of(desk, seed, 2)) == 400
    assert await try_code(now_of(desk, seed, -1)) == 303
    assert await try_code(now_of(desk, seed, -1)) == 400
    assert await try_code(now_of(desk, seed, 1)) == 303
    # Of an earlier step than the last one used, though never typed itself.
    assert await try_code(now_of(desk, seed)) == 400


async def test_a_recovery_code_holds_once_however_it_is_typed(desk: Office) -> None:
    _, codes, _ = await enrol(desk)
    page = await desk.send(await desk.show(scope="openid"))
    answer = await desk.press(page, code=codes[0].upper().replace("-", " "))
    assert (await claims(desk, answer))["amr"] == ["pwd", "mfa"]
    again = await desk.press(await desk.send(await desk.show()), code=codes[0])
    assert again.status_code == 400
    assert "<strong>9</strong>" in (await desk.http.get(PAGE)).text


async def test_a_session_is_stepped_up(desk: Office) -> None:
    first = await claims(desk, await desk.send(await desk.show(scope="openid")))
    assert query_of(await desk.show(**WISH, prompt="none"))["error"] == "interaction_required"
    wish = {"scope": "openid", "claims": json.dumps({"id_token": {"amr": {"essential": True, "values": ["mfa"]}}})}
    desk.pass_time(minutes=5)
    page = await desk.show(**wish, prompt="-")
    told = await desk.press(page, code=now_of(desk, seed_of(page)))
    after = await claims(desk, await desk.press(told))
    assert after["amr"] == ["pwd", "mfa", "otp"]
    assert (after["sid"], after["auth_time"]) == (first["sid"], first["auth_time"])
    assert "code" in query_of(await desk.show(**wish, prompt="none"))


async def test_wrong_codes_are_slowed_for_strangers_and_not_for_the_owner(desk: Office) -> None:
    seed, _, _ = await enrol(desk)
    async with elsewhere(desk) as thief:
        page = await thief.send(await thief.show())
        for _ in range(6):
            assert (await thief.press(page, code="x")).status_code == 400
        slowed = await thief.press(page, code=now_of(desk, seed))
        assert slowed.status_code == 400
        assert "wait a quarter of an hour" in slowed.text
        page = await desk.send(await desk.show())
        assert (await desk.press(page, code=now_of(desk, seed))).status_code == 303
        desk.pass_time(seconds=60)
        assert (await thief.press(page, code="x")).status_code == 400


async def test_a_form_of_the_second_step_is_of_one_browser_and_one_moment(desk: Office) -> None:
    seed, _, _ = await enrol(desk)
    page = await desk.send(await desk.show())
    async with elsewhere(desk) as other:
        assert (await other.press(page, code=now_of(desk, seed))).status_code == 400
        await other.show()
        assert (await other.press(page, code=now_of(desk, seed))).status_code == 400
    await desk.execute("UPDATE user_account SET enabled = false WHERE user_principal_name LIKE 'aa@nord%'")
    assert (await desk.press(page, code=now_of(desk, seed))).status_code == 400
    await desk.execute("UPDATE user_account SET enabled = true")
    desk.pass_time(minutes=10)
    assert (await desk.press(page, code=now_of(desk, seed))).status_code == 400


async def test_the_account_page_adds_renews_and_removes(desk: Office) -> None:
    await desk.code()
    page = await desk.press(await desk.http.get(PAGE), answer="add")
    seed = seed_of(page)
    told = await desk.press(page, code=now_of(desk, seed))
    back = await desk.press(told)
    assert back.headers["location"] == PAGE
    desk.pass_time(seconds=60)
    renewed = await desk.press(await desk.http.get(PAGE), answer="codes", code=now_of(desk, seed))
    assert len(codes_of(renewed)) == 10
    assert not set(codes_of(renewed)) & set(codes_of(told))
    used = await desk.press(await desk.http.get(PAGE), answer="remove", code=codes_of(told)[0])
    assert used.status_code == 400
    desk.pass_time(seconds=60)
    removed = await desk.press(await desk.http.get(PAGE), answer="remove", code=now_of(desk, seed))
    assert "is removed" in removed.text
    silent = await desk.show(prompt="none", scope="openid")
    assert (await claims(desk, silent))["amr"] == ["pwd"]
    # Another telephone: the present session has shown no second factor any more, so it is asked to add one.
    again = await desk.press(await desk.http.get(PAGE), answer="add")
    assert seed_of(again) != seed
    async with desk.here.owner() as connection:
        written = await connection.fetch(
            """SELECT operation_type, actor_name, old_value, new_value FROM audit_record
            WHERE resource_type = 'SecondFactor' ORDER BY id"""
        )
    assert [row["operation_type"] for row in written] == [
        "user.add_second_factor", "user.renew_recovery_codes", "user.remove_second_factor",
    ]  # fmt: skip
    assert {row["actor_name"] for row in written} == {"aa@nordlicht.example"}
    assert written[2]["new_value"] is None
    assert "seed" not in str([dict(row) for row in written])


async def test_nothing_is_removed_without_it(desk: Office) -> None:
    await enrol(desk)
    page = await desk.http.get(PAGE)
    for code in ("", "000000", "abcd-efgh-jkmn"):
        assert (await desk.press(page, answer="remove", code=code)).status_code == 400
    assert (await desk.press(page, answer="remove", code="x", key="x")).status_code == 400
    async with desk.here.owner() as connection:
        assert await connection.fetchval("SELECT count(*) FROM second_factor") == 1


async def test_only_one_app_is_added_by_two_pages(desk: Office) -> None:
    await desk.code()
    first, second = [await desk.press(await desk.http.get(PAGE), answer="add") for _ in range(2)]
    assert (await desk.press(first, code=now_of(desk, seed_of(first)))).status_code == 200
    late = await desk.press(second, code=now_of(desk, seed_of(second)))
    assert late.status_code == 400
    assert "already" in late.text
