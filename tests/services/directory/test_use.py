"""What counts as a use of whole-tenant privileges, which are removed when nobody uses them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from copartner.delegation.roles import GLOBAL_ADMINISTRATOR
from copartner.directory.service import licences, roles, users
from support.behalf import denied, granular, made
from support.delegated import READER, Delegated
from support.passing import let_pass
from support.programme import PRESENT

DAY = timedelta(days=1)
READINGS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "users": (users.list_users, {}),
    "deleted": (users.list_users, {"deleted": True}),
    "members": (roles.list_members, {"role_id": GLOBAL_ADMINISTRATOR}),
    "roles": (roles.list_roles, {}),
    "licences": (licences.list_licences, {}),
}
OF_USER = {"user": users.read_user, "user-roles": roles.list_user_roles, "user-licences": licences.list_user_licences}


async def used(pair: Delegated) -> datetime | None:
    """When the partner used its privileges last; nobody else used theirs."""
    rows = await pair.db.fetch("SELECT partner_tenant_id, privileges_used_at AS at FROM reseller_relationship")
    found = {row["partner_tenant_id"]: row["at"] for row in rows}
    at: datetime | None = found.pop(pair.pair[1])
    assert set(found.values()) == {None}
    return at


@pytest.mark.parametrize("reading", READINGS)
async def test_reading_a_directory_is_use(pair: Delegated, reading: str) -> None:
    service, named = READINGS[reading]
    await pair.privileges()
    await service(pair.agent, customer_id=pair.pair[0], **named)
    assert await used(pair) == PRESENT


@pytest.mark.parametrize("reading", OF_USER)
async def test_reading_of_one_user_is_use(pair: Delegated, reading: str) -> None:
    user = await made(pair)
    pair.here.clock.moment += 2 * DAY
    await OF_USER[reading](pair.agent, customer_id=pair.pair[0], user_id=user.id)
    assert await used(pair) == PRESENT + 2 * DAY


async def test_it_is_written_once_a_day_and_keeps_the_privileges(pair: Delegated) -> None:
    await pair.privileges()
    for hours, noted in ((0, 0), (23, 0), (48, 48), (60, 48)):
        pair.here.clock.moment = PRESENT + timedelta(hours=hours)
        await users.list_users(pair.agent, customer_id=pair.pair[0])
        assert await used(pair) == PRESENT + timedelta(hours=noted)
    assert await let_pass(pair.here, PRESENT + 92 * DAY - timedelta(seconds=1)) == []
    (removed,) = await let_pass(pair.here, PRESENT + 92 * DAY)
    assert removed.operation == "reseller_relationship.remove_idle_privileges"


async def test_who_has_no_role_by_them_does_not_use_them(pair: Delegated) -> None:
    await pair.privileges()
    seller = pair.here.context("sa@nordlicht")
    assert "behalf-delegated" not in await denied(users.list_users(seller, customer_id=pair.pair[0]))
    assert await used(pair) is None


async def test_a_granular_relationship_is_no_use_of_them(pair: Delegated) -> None:
    await pair.privileges()
    reader = await granular(pair, READER)
    assert await users.list_users(reader, customer_id=pair.pair[0])
    await denied(users.list_users(pair.agent, customer_id=pair.pair[0]))
    assert await used(pair) is None


async def test_privileges_taken_back_are_not_used(pair: Delegated) -> None:
    await pair.privileges()
    await pair.privileges(given=False)
    await denied(users.list_users(pair.agent, customer_id=pair.pair[0]))
    assert await used(pair) is None
