"""A login role that could pass round row security stops the start."""

import asyncpg
import pytest

from copartner.kernel.database import connect
from copartner.kernel.login_store import UnsafeLogin, check_login
from support.postgres import Database


async def checked(url: str) -> None:
    connection = await connect(url)
    try:
        await check_login(connection)
    finally:
        await connection.close()


async def test_the_plain_login_role_is_accepted(database: Database) -> None:
    await checked(database.login_url)


@pytest.mark.parametrize(("role", "fault"), [("owner_url", "owns tables"), ("superuser_url", "superuser")])
async def test_owner_and_superuser_are_refused(database: Database, role: str, fault: str) -> None:
    with pytest.raises(UnsafeLogin, match=fault):
        await checked(getattr(database, role))


async def test_a_login_role_with_bypassrls_is_refused(database: Database) -> None:
    superuser = await asyncpg.connect(database.superuser_url)
    try:
        await superuser.execute("CREATE ROLE passing LOGIN BYPASSRLS")
        await superuser.execute(f'GRANT CONNECT ON DATABASE "{database.name}" TO passing')
        await superuser.execute("SET SESSION AUTHORIZATION passing")
        with pytest.raises(UnsafeLogin, match="BYPASSRLS"):
            await check_login(superuser)
        await superuser.execute("RESET SESSION AUTHORIZATION")
    finally:
        await superuser.execute(f'REVOKE ALL ON DATABASE "{database.name}" FROM passing')
        await superuser.execute("DROP ROLE passing")
        await superuser.close()
