"""Loading a world: what is in the database afterwards, and who signs in with what."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from asyncpg.connection import Connection

from copartner.kernel.database import connect
from copartner.policy.facts import Cloud, Role
from copartner_emulator.world import World, WorldError, load, read_world
from support.postgres import Database

NOW = datetime(2020, 11, 29, 9, tzinfo=UTC)
CLOUDS = [Cloud.COMMERCIAL, Cloud.US_GOVERNMENT]
# A partner has nobody who answers for a customer.
ROLES = set(Role) - {Role.USER, Role.DELEGATION_ADMIN}


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.fixture
def world() -> World:
    return read_world("multi-partner", Cloud.COMMERCIAL)


@pytest.fixture
async def owner(database: Database) -> AsyncIterator[Connection]:
    connection = await connect(database.owner_url)
    yield connection
    await connection.close()


async def counts(owner: Connection) -> dict[str, int]:
    tables = await owner.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'copartner'")
    return {row["name"]: len(await owner.fetch(f'TABLE "{row["name"]}"')) for row in tables}


@pytest.mark.parametrize("cloud", CLOUDS)
async def test_loading_fills_an_empty_database_once(
    database: Database, owner: Connection, tmp_path: Path, cloud: Cloud
) -> None:
    world = read_world("multi-partner", cloud)
    keep = tmp_path / "passwords.json"
    cast = await load(world, database.owner_url, keep=keep, now=NOW, hash_secret=hashed)
    assert keep.stat().st_mode & 0o777 == 0o600
    before = await counts(owner)
    assert before["tenant"] == 9
    assert before["user_account"] == 27
    assert before["enrolment"] == 3
    assert before["directory_group"] == 6
    assert before["group_member"] == 6
    assert before["application_secret"] == 3
    assert before["affiliation"] == 2
    assert before["reseller_relationship"] == before["billing_profile"] == 1
    assert before["customer_agreement"] == (1 if cloud is Cloud.COMMERCIAL else 0)
    assert before["subscription"] == 1
    assert before["catalogue_availability"] == len(world.catalogue)
    again = await load(world, database.owner_url, keep=keep, now=datetime(2024, 1, 1, tzinfo=UTC), hash_secret=hashed)
    assert again == cast
    assert await counts(owner) == before


async def test_who_signs_in_can(database: Database, owner: Connection, tmp_path: Path, world: World) -> None:
    cast = await load(world, database.owner_url, keep=tmp_path / "kept", now=NOW, hash_secret=hashed)
    hashes = {
        row["user_principal_name"]: row["password_hash"]
        for row in await owner.fetch("SELECT user_principal_name, password_hash FROM user_account")
    }
    assert {user.user_principal_name: hashed(user.password) for tenant in cast for user in tenant.users} == hashes
    secrets = {str(row["application_id"]): row["secret_hash"] for row in await owner.fetch("TABLE application_secret")}
    assert {it.client_id: hashed(it.client_secret) for tenant in cast for it in tenant.applications} == secrets
    assert len({tenant.users[0].password for tenant in cast}) == len(cast)
    assert {user.roles for tenant in cast if tenant.name == "nordlicht" for user in tenant.users} == {
        (role,) for role in ROLES
    }


async def test_the_default_hash_is_argon2(database: Database, owner: Connection, tmp_path: Path, world: World) -> None:
    await load(world, database.owner_url, keep=tmp_path / "kept", now=NOW)
    assert await owner.fetchval("SELECT bool_and(password_hash LIKE '$argon2id$%') FROM user_account")
    assert await owner.fetchval("SELECT bool_and(secret_hash LIKE '$argon2id$%') FROM application_secret")


async def test_lost_passwords_are_replaced(database: Database, owner: Connection, tmp_path: Path, world: World) -> None:
    keep = tmp_path / "kept"
    first = await load(world, database.owner_url, keep=keep, now=NOW, hash_secret=hashed)
    keep.unlink()
    second = await load(world, database.owner_url, keep=keep, now=NOW, hash_secret=hashed)
    assert first != second
    hashes = {row["h"] for row in await owner.fetch("SELECT DISTINCT password_hash AS h FROM user_account")}
    assert hashes == {hashed(user.password) for tenant in second for user in tenant.users}
    secrets = {row["h"] for row in await owner.fetch("SELECT secret_hash AS h FROM application_secret")}
    assert secrets == {hashed(it.client_secret) for tenant in second for it in tenant.applications}


async def test_another_world_in_the_database_is_refused(
    database: Database, owner: Connection, tmp_path: Path, world: World
) -> None:
    await load(world, database.owner_url, keep=tmp_path / "kept", now=NOW, hash_secret=hashed)
    before = await counts(owner)
    other = read_world("multi-partner", Cloud.US_GOVERNMENT)
    with pytest.raises(WorldError, match="does not hold multi-partner"):
        await load(other, database.owner_url, keep=tmp_path / "other", now=NOW, hash_secret=hashed)
    with pytest.raises(WorldError, match="is of another world"):
        await load(other, database.owner_url, keep=tmp_path / "kept", now=NOW, hash_secret=hashed)
    (tmp_path / "kept").write_text("{")
    with pytest.raises(WorldError, match="remove it"):
        await load(world, database.owner_url, keep=tmp_path / "kept", now=NOW, hash_secret=hashed)
    assert await counts(owner) == before
    assert not (tmp_path / "other").exists()


async def test_what_was_bought_directly_names_the_vendor_and_runs_a_year(
    database: Database, owner: Connection, tmp_path: Path, world: World
) -> None:
    await load(world, database.owner_url, keep=tmp_path / "kept", now=NOW, hash_secret=hashed)
    row = await owner.fetchrow(
        """SELECT s.*, o.relationship_id, o.lines FROM subscription s
        JOIN purchase_order o ON (o.customer_tenant_id, o.id) = (s.customer_tenant_id, s.order_id)"""
    )
    assert row["partner_tenant_id"] == world.tenant("operator").id
    assert row["customer_tenant_id"] == world.tenant("alpenblick").id
    assert row["relationship_id"] is None
    assert row["unit_price"] == Decimal("440.64")
    assert row["starts_at"] == datetime(2020, 8, 31, 9, tzinfo=UTC)
    assert row["commitment_ends_at"] == datetime(2021, 8, 31, 9, tzinfo=UTC)
    assert json.loads(row["lines"])
