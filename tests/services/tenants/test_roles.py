"""The roles that decisions see: assigned, by groups however deep, of an enabled user, on a side of the tenant's own."""

from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.kernel.database import connect
from copartner.kernel.functions import call
from support.programme import Programme


async def _roles(here: Programme, name: str, side: str = "partner") -> list[str]:
    """What the facts say of `u@nordlicht`; each role once."""
    user, domain = name.split("@")
    tenant = here.tenant(domain)
    person = next(one for one in tenant.users if one.user_principal_name.split("@")[0] == user)
    connection = await connect(here.database.login_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT act_as($1, $2)", side, tenant.id)
            answer = await connection.fetchval(call("fn_principal", 4), side, tenant.id, person.id, False)
    finally:
        await connection.close()
    roles: list[str] = msgspec.json.decode(answer)["roles"]
    assert len(roles) == len(set(roles))
    return sorted(roles)


async def _put(owner: Connection, tenant: UUID, member: UUID, group: UUID) -> None:
    await owner.execute(
        "INSERT INTO group_member (tenant_id, group_id, member_id) VALUES ($1, $2, $3)", tenant, group, member
    )


async def _group(owner: Connection, here: Programme, name: str, role: str | None = None) -> UUID:
    made, tenant = here.runtime.ids.new(), here.id("nordlicht")
    await owner.execute(
        "INSERT INTO directory_group (tenant_id, id, name, role) VALUES ($1, $2, $3, $4)", tenant, made, name, role
    )
    return made


async def test_groups_within_groups_bring_their_roles_once(here: Programme) -> None:
    nordlicht = here.tenant("nordlicht")
    user = next(one for one in nordlicht.users if one.user_principal_name.startswith("sa@"))
    assert await _roles(here, "sa@nordlicht") == ["Sales agent", "User"]
    async with here.owner() as owner:
        team, house, agents = [
            await _group(owner, here, name, role)
            for name, role in (("team", None), ("house", "Helpdesk agent"), ("agents", "Admin agent"))
        ]
        twin = await _group(owner, here, "twin", "Admin agent")
        await _put(owner, nordlicht.id, user.id, team)
        await _put(owner, nordlicht.id, team, house)
        assert await _roles(here, "sa@nordlicht") == ["Helpdesk agent", "Sales agent", "User"]
        for member, group in ((house, agents), (team, twin), (user.id, twin), (agents, team)):
            await _put(owner, nordlicht.id, member, group)  # the last one closes a circle
        assert await _roles(here, "sa@nordlicht") == ["Admin agent", "Helpdesk agent", "Sales agent", "User"]
        await owner.execute("DELETE FROM group_member WHERE member_id = $1", user.id)
        assert await _roles(here, "sa@nordlicht") == ["Sales agent", "User"]


async def test_a_disabled_user_and_one_of_another_side_have_no_role(here: Programme) -> None:
    assert await _roles(here, "aa@nordlicht", "operator") == []
    assert await _roles(here, "ga@alpenblick") == []
    assert "Global admin" in await _roles(here, "ga@alpenblick", "customer")
    async with here.owner() as owner:
        await owner.execute("UPDATE user_account SET enabled = false")
    assert await _roles(here, "aa@nordlicht") == []
