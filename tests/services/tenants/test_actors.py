"""The kept roles are at every moment those that the directory gives, whoever changes it at the same time."""

import asyncio
from uuid import UUID

from asyncpg.connection import Connection

from support.chance import chance
from support.programme import Programme

_JOIN = "INSERT INTO group_member (tenant_id, group_id, member_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_LEAVE = "DELETE FROM group_member WHERE tenant_id = $1 AND group_id = $2 AND member_id = $3"


async def _kept(owner: Connection, tenant: UUID) -> dict[UUID, list[str]]:
    rows = await owner.fetch("SELECT subject_id, roles FROM actor WHERE tenant_id = $1 AND NOT app_only", tenant)
    return {row["subject_id"]: row["roles"] for row in rows}


async def _given(owner: Connection, tenant: UUID) -> dict[UUID, list[str]]:
    """The same from the directory itself, by walking upwards from every user."""
    above: dict[UUID, set[UUID]] = {}
    for row in await owner.fetch("SELECT group_id, member_id FROM group_member WHERE tenant_id = $1", tenant):
        above.setdefault(row["member_id"], set()).add(row["group_id"])
    carried = dict(await owner.fetch("SELECT id, role FROM directory_group WHERE tenant_id = $1", tenant))
    assigned = await owner.fetch("SELECT user_id, role FROM role_assignment WHERE tenant_id = $1", tenant)
    given = {}
    for user, enabled in await owner.fetch("SELECT id, enabled FROM user_account WHERE tenant_id = $1", tenant):
        groups, reached = list(above.get(user, ())), set()
        while groups:
            group = groups.pop()
            if group not in reached:
                reached.add(group)
                groups += above.get(group, ())
        roles = {"User", *(row["role"] for row in assigned if row["user_id"] == user)}
        roles |= {carried[group] for group in reached if carried[group]}
        given[user] = sorted(roles) if enabled else []
    return given


async def _group(owner: Connection, here: Programme, name: str) -> UUID:
    made = here.runtime.ids.new()
    await owner.execute(
        "INSERT INTO directory_group (tenant_id, id, name) VALUES ($1, $2, $3)", here.id("nordlicht"), made, name
    )
    return made


async def test_whatever_changes_in_a_directory_the_kept_roles_follow(here: Programme) -> None:
    tenant, random = here.id("nordlicht"), chance()
    async with here.owner() as owner:
        plain = [await _group(owner, here, f"g{number}") for number in range(5)]
        agents = [
            row["id"]
            for row in await owner.fetch(
                "SELECT id FROM directory_group WHERE tenant_id = $1 AND role IS NOT NULL", tenant
            )
        ]
        groups = [*plain, *agents]
        users = [one.id for one in here.tenant("nordlicht").users]
        for _ in range(150):
            group, member = random.choice(groups), random.choice([*users, *users, *groups])
            role, user = random.choice(["Global admin", "Sales agent", "Billing admin"]), random.choice(users)
            match random.randrange(5):
                case 0 | 1 if group != member:
                    await owner.execute(_JOIN, tenant, group, member)
                case 2:
                    await owner.execute(
                        "DELETE FROM group_member WHERE tenant_id = $1 AND group_id = $2", tenant, group
                    )
                case 3:
                    await owner.execute(
                        "INSERT INTO role_assignment VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", tenant, user, role
                    )
                case 4:
                    await owner.execute("DELETE FROM role_assignment WHERE user_id = $1 AND role = $2", user, role)
                    await owner.execute("UPDATE user_account SET enabled = NOT enabled WHERE id = $1", member)
            assert await _kept(owner, tenant) == await _given(owner, tenant)


async def test_a_group_that_loses_its_role_while_somebody_enters_it(here: Programme) -> None:
    tenant, user = (
        here.id("nordlicht"),
        next(u for u in here.tenant("nordlicht").users if u.user_principal_name[:3] == "sa@"),
    )
    async with here.owner() as owner, here.owner() as other:
        team = await _group(owner, here, "team")
        agents = await owner.fetchval(
            "SELECT id FROM directory_group WHERE tenant_id = $1 AND role = 'Admin agent'", tenant
        )
        await owner.execute(_JOIN, tenant, agents, team)
        entering = other.transaction()
        await entering.start()
        await other.execute(_JOIN, tenant, team, user.id)
        # The one that takes the role away waits for the one that entered, and then sees it.
        leaving = asyncio.create_task(owner.execute(_LEAVE, tenant, agents, team))
        await asyncio.sleep(0.2)
        assert not leaving.done()
        await entering.commit()
        await leaving
        assert "Admin agent" not in (await _kept(owner, tenant))[user.id]
        assert await _kept(owner, tenant) == await _given(owner, tenant)


async def test_who_is_gone_acts_no_more_and_applications_follow_their_switch(here: Programme) -> None:
    tenant = here.id("nordlicht")
    async with here.owner() as owner:
        application = await owner.fetchval("SELECT id FROM application WHERE tenant_id = $1", tenant)

        async def roles() -> list[str] | None:
            found: list[str] | None = await owner.fetchval("SELECT roles FROM actor WHERE subject_id = $1", application)
            return found

        assert await roles() == ["Admin agent"]
        await owner.execute("UPDATE application SET enabled = false WHERE id = $1", application)
        assert await roles() == []
        await owner.execute("DELETE FROM application_consent WHERE application_id = $1", application)
        await owner.execute("DELETE FROM application_secret WHERE application_id = $1", application)
        await owner.execute("DELETE FROM application WHERE id = $1", application)
        assert await roles() is None
