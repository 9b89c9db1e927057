"""Signing keys: made once, kept encrypted, found again after a restart and by other processes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from cryptography.fernet import Fernet
from joserfc.jwk import RSAKey

from copartner.kernel.clock import FixedClock
from copartner.kernel.database import Pool
from copartner.kernel.secrets import KeyFile, KeyFileError
from copartner.signin import store
from copartner.signin.keys import LEAD, SigningKeys
from copartner.signin.model import SigningKeyRow, Subject
from copartner.signin.revocation import Revocations
from copartner.signin.rules import Audiences
from copartner.signin.tokens import TokenForged, Tokens
from support.authority import KEY, ROOT
from support.postgres import Database
from support.programme import PRESENT


@pytest.fixture
def subject() -> Subject:
    return Subject(UUID(int=1), UUID(int=2), None, "aa@nordlicht.example", ())


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    made = Pool(database.login_url)
    yield made
    await made.close()


async def rotate(pool: Pool, key_file: KeyFile, clock: FixedClock) -> str:
    """Put a newer key into the database, as another process would."""
    made = RSAKey.generate_key(2048)
    row = SigningKeyRow(made.thumbprint(), key_file.encrypt(made.as_pem(private=True)), clock.now())
    async with store.acting(pool) as db:
        await store.add_signing_key(db, row, now=clock.now())
    return row.kid


async def test_the_first_start_makes_one_key_however_many_start(pool: Pool) -> None:
    opened = await asyncio.gather(*(SigningKeys.open(pool, KeyFile(KEY), FixedClock(PRESENT)) for _ in range(4)))
    assert len({keys.current.kid for keys in opened}) == 1
    assert len(opened[0].published()["keys"]) == 1


async def test_a_restart_keeps_the_key_and_its_tokens(pool: Pool, subject: Subject) -> None:
    clock = FixedClock(PRESENT)
    before = Tokens(await SigningKeys.open(pool, KeyFile(KEY), clock), clock, Audiences(ROOT), Revocations(pool, clock))
    token = before.issue(subject, audience=ROOT, version=1).access_token
    after = Tokens(await SigningKeys.open(pool, KeyFile(KEY), clock), clock, Audiences(ROOT), Revocations(pool, clock))
    assert (await after.verify(token)).subject_id == subject.subject_id


async def test_the_private_part_is_encrypted(pool: Pool, database: Database) -> None:
    keys = await SigningKeys.open(pool, KeyFile(KEY), FixedClock(PRESENT))
    connection = await asyncpg.connect(database.superuser_url)
    stored = await connection.fetchval("SELECT private_key FROM copartner.signing_key")
    await connection.close()
    assert b"PRIVATE" not in stored
    assert b"PRIVATE" in KeyFile(KEY).decrypt(stored)
    published = keys.published()["keys"][0]
    assert published.keys() == {"kty", "use", "alg", "kid", "n", "e"}


async def test_another_key_file_is_an_error(pool: Pool) -> None:
    await SigningKeys.open(pool, KeyFile(KEY), FixedClock(PRESENT))
    with pytest.raises(KeyFileError):
        await SigningKeys.open(pool, KeyFile(Fernet.generate_key()), FixedClock(PRESENT))


async def test_a_key_under_anothers_name_is_an_error(pool: Pool) -> None:
    stranger = RSAKey.generate_key(2048)
    row = SigningKeyRow("x" * 43, KeyFile(KEY).encrypt(stranger.as_pem(private=True)), PRESENT)
    async with store.acting(pool) as db:
        await store.add_signing_key(db, row, now=PRESENT)
    with pytest.raises(KeyFileError):
        await SigningKeys.open(pool, KeyFile(KEY), FixedClock(PRESENT))


async def test_a_key_made_elsewhere_is_found_by_its_first_token(pool: Pool, subject: Subject) -> None:
    clock, key_file = FixedClock(PRESENT), KeyFile(KEY)
    old = Tokens(await SigningKeys.open(pool, key_file, clock), clock, Audiences(ROOT), Revocations(pool, clock))
    before = old.issue(subject, audience=ROOT, version=1).access_token
    clock.moment = PRESENT.replace(second=30)
    await rotate(pool, key_file, clock)
    new = Tokens(await SigningKeys.open(pool, key_file, clock), clock, Audiences(ROOT), Revocations(pool, clock))
    after = new.issue(subject, audience=ROOT, version=1).access_token
    for tokens in (old, new):
        for token in (before, after):
            assert (await tokens.verify(token)).subject_id == subject.subject_id


async def test_made_up_key_names_are_no_queries(pool: Pool, subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FixedClock(PRESENT)
    keys = await SigningKeys.open(pool, KeyFile(KEY), clock)
    loads = []
    genuine = keys._load
    monkeypatch.setattr(keys, "_load", lambda: loads.append(1) or genuine())
    for _ in range(50):
        assert await keys.find("x" * 43) is None
    assert not loads
    clock.moment = PRESENT.replace(second=5)
    await asyncio.gather(*(keys.find("x" * 43) for _ in range(50)))
    assert len(loads) == 1


async def test_forged_tokens_stay_forged_after_a_look(pool: Pool, subject: Subject) -> None:
    clock = FixedClock(PRESENT)
    tokens = Tokens(await SigningKeys.open(pool, KeyFile(KEY), clock), clock, Audiences(ROOT), Revocations(pool, clock))
    clock.moment = PRESENT.replace(minute=1)
    with pytest.raises(TokenForged):
        await tokens.verify("eyJhbGciOiJSUzI1NiIsImtpZCI6Im5vYm9keSJ9.e30.e30")


@pytest.mark.parametrize("side", ["partner", "customer", "operator", "worker"])
@pytest.mark.parametrize("table", ["signing_key", "authorization_code"])
async def test_no_other_side_reads_what_sign_in_keeps(pool: Pool, side: str, table: str) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT act_as($1, NULL)", side)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"SELECT FROM {table}")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE signing_key SET private_key = ''", "DELETE FROM signing_key",
     "UPDATE authorization_code SET tenant_id = NULL",
     "UPDATE user_account SET password_hash = ''", "INSERT INTO application_secret DEFAULT VALUES",
     "SELECT FROM subscription", "SELECT FROM role_assignment"],
)  # fmt: skip
async def test_sign_in_does_no_more_than_it_must(pool: Pool, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with store.acting(pool) as db:
            await db.execute(statement)


async def test_a_new_key_is_published_before_it_signs_and_the_old_one_stays(pool: Pool, subject: Subject) -> None:
    clock = FixedClock(PRESENT)
    keys, other = [await SigningKeys.open(pool, KeyFile(KEY), clock) for _ in range(2)]
    tokens, elsewhere = (Tokens(each, clock, Audiences(ROOT), Revocations(pool, clock)) for each in (keys, other))
    old = keys.current.kid
    made = await keys.rotate()
    before = tokens.issue(subject, audience=ROOT, version=1).access_token
    assert keys.current.kid == old
    assert {key["kid"] for key in keys.published()["keys"]} == {old, made.kid}
    clock.moment = PRESENT + LEAD
    await other.look()
    assert (keys.current.kid, other.current.kid) == (made.kid, made.kid)
    after = tokens.issue(subject, audience=ROOT, version=1).access_token
    clock.moment += timedelta(minutes=49)
    for token in (before, after):
        assert (await elsewhere.verify(token)).subject_id == subject.subject_id
    clock.moment += timedelta(hours=2)
    assert [key["kid"] for key in keys.published()["keys"]] == [made.kid]
    assert await keys.find(old) is None


async def test_a_stolen_key_is_withdrawn_with_what_it_signed(pool: Pool, subject: Subject) -> None:
    clock = FixedClock(PRESENT)
    keys, other = [await SigningKeys.open(pool, KeyFile(KEY), clock) for _ in range(2)]
    tokens, elsewhere = (Tokens(each, clock, Audiences(ROOT), Revocations(pool, clock)) for each in (keys, other))
    token = tokens.issue(subject, audience=ROOT, version=1).access_token
    clock.moment += timedelta(seconds=1)
    made = await keys.rotate(at_once=True)
    assert keys.current.kid == made.kid
    assert [key["kid"] for key in keys.published()["keys"]] == [made.kid]
    with pytest.raises(TokenForged):
        await tokens.verify(token)
    clock.moment += timedelta(minutes=1)
    with pytest.raises(TokenForged):
        await elsewhere.verify(token)
