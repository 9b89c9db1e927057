"""A customer's licences, of all its sellers together, given to its users by partners."""

import asyncio
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from copartner.command.denial import Denied
from copartner.directory import rules
from copartner.directory.model import CustomerUser, Units
from copartner.directory.service import licences, users
from copartner.kernel.errors import Refusal
from support.behalf import BASIC, granular, made, sell, sku
from support.delegated import LICENCES, READER, Delegated


async def units(pair: Delegated, name: str) -> Units:
    """The units of a SKU that the customer has."""
    listed = await licences.list_licences(pair.agent, customer_id=pair.pair[0])
    return next(one for one in listed if one.sku.name == name)


async def give(pair: Delegated, user: CustomerUser, *names: str, take: tuple[str, ...] = ()) -> Any:
    """Give a user licences and take others."""
    return await licences.update_licences(pair.agent, customer_id=pair.pair[0], user_id=user.id, give=names, take=take)


async def test_units_are_those_of_all_sellers_and_tell_nothing_else(pair: Delegated) -> None:
    await pair.privileges()
    name = await sku(pair)
    sold = [await sell(pair, "nordlicht", BASIC, 3), await sell(pair, "suedwind", BASIC, 4)]
    await sell(pair, "suedwind", BASIC, 5, status="suspended")
    await sell(pair, "suedwind", BASIC, 6, status="expired")
    await sell(pair, "suedwind", BASIC, 7, status="deleted")
    found = await units(pair, name)
    assert (found.active, found.warning, found.suspended, found.consumed) == (7, 6, 5, 0)
    assert (found.total, found.available) == (13, 13)
    told = msgspec.json.encode(await licences.list_licences(pair.agent, customer_id=pair.pair[0])).decode()
    for hidden in (*map(str, sold), str(pair.here.id("suedwind")), "4321", "P1Y", "EUR"):
        assert hidden not in told
    with pytest.raises(Denied):
        await licences.list_licences(pair.here.context("aa@suedwind"), customer_id=pair.pair[0])


async def test_licences_others_sold_are_given_and_taken(pair: Delegated) -> None:
    user, name = await made(pair), await sku(pair)
    await sell(pair, "suedwind", BASIC, 1)
    given = await give(pair, user, name)
    assert given.skus == (name,)
    held = await licences.list_user_licences(pair.agent, customer_id=pair.pair[0], user_id=user.id)
    assert [(one.name, one.title) for one in held] == [(name, BASIC)]
    assert (await units(pair, name)).available == 0
    # By the part number too, and given again it is as it was.
    assert (await give(pair, user, name.replace(":", "/"))).skus == (name,)
    other = await made(pair, "zwei@alpenblick.example")
    with pytest.raises(rules.OutOfLicences):
        await give(pair, other, name)
    assert (await give(pair, user, take=(name,))).skus == ()
    assert (await give(pair, other, name)).skus == (name,)
    with pytest.raises(rules.NoSuchLicence):
        await give(pair, user, take=(name,))
    for unknown in ("X", await sku(pair, "Device Management")):
        with pytest.raises(rules.NoSuchLicence):
            await give(pair, user, unknown)
    rows = await pair.db.fetch("SELECT tenant_id, old_value::text AS old, new_value::text AS new FROM audit_record "
                               "WHERE operation_type = 'customer_licence.update' AND resource_id = $1 ORDER BY id",
                               str(user.id))  # fmt: skip
    assert {row["tenant_id"] for row in rows} == set(pair.pair)
    assert [(name in row["old"], name in row["new"]) for row in rows] == [(False, True)] * 2 + [(True, False)] * 2


async def test_no_unit_is_given_twice_at_once(pair: Delegated) -> None:
    name = await sku(pair)
    await sell(pair, "suedwind", BASIC, 3)
    people = [await made(pair, f"u{number}@alpenblick.example") for number in range(6)]
    done = await asyncio.gather(*(give(pair, user, name) for user in people), return_exceptions=True)
    refused = [one for one in done if isinstance(one, BaseException)]
    assert len(refused) == 3
    assert all(isinstance(one, rules.OutOfLicences) for one in refused)
    assert (await units(pair, name)).consumed == 3


async def test_fewer_units_take_nothing_from_anybody_and_leave_none_to_give(pair: Delegated) -> None:
    first, second, name = await made(pair), await made(pair, "zwei@alpenblick.example"), await sku(pair)
    sold = await sell(pair, "suedwind", BASIC, 2)
    await give(pair, first, name)
    await give(pair, second, name)
    await pair.db.execute("UPDATE subscription SET quantity = 1 WHERE id = $1", sold)
    found = await units(pair, name)
    assert (found.consumed, found.total, found.available) == (2, 1, 0)
    await pair.db.execute("UPDATE subscription SET status = 'deleted' WHERE id = $1", sold)
    held = await licences.list_user_licences(pair.agent, customer_id=pair.pair[0], user_id=first.id)
    assert [one.name for one in held] == [name]
    await give(pair, first, take=(name,))


async def test_a_deleted_user_has_no_licences(pair: Delegated) -> None:
    user, name = await made(pair), await sku(pair)
    await sell(pair, "suedwind", BASIC, 1)
    await give(pair, user, name)
    await users.delete_user(pair.agent, customer_id=pair.pair[0], user_id=user.id)
    assert (await units(pair, name)).consumed == 0
    with pytest.raises(rules.IsDeleted):
        await give(pair, user, name)


async def test_who_may_give_licences(pair: Delegated) -> None:
    user, name = await made(pair), await sku(pair)
    await sell(pair, "suedwind", BASIC, 2)
    reader = await granular(pair, READER, name="ba")
    assert await licences.list_licences(reader, customer_id=pair.pair[0])
    asked = {"customer_id": pair.pair[0], "user_id": user.id}
    with pytest.raises(Denied):
        await licences.update_licences(reader, **asked, give=(name,))
    seller = await granular(pair, LICENCES)
    assert (await licences.update_licences(seller, **asked, give=(name,))).skus == (name,)
    for unknown in (uuid4(), pair.here.context("ga@suedwind").caller.subject_id):
        with pytest.raises(rules.UnknownCustomerUser):
            await licences.list_user_licences(seller, customer_id=pair.pair[0], user_id=unknown)
        with pytest.raises(Refusal):
            await licences.update_licences(seller, customer_id=pair.pair[0], user_id=unknown, give=(name,))


async def test_a_repeated_request_gives_once(pair: Delegated) -> None:
    user, name = await made(pair), await sku(pair)
    await sell(pair, "suedwind", BASIC, 1)
    asked = {"customer_id": pair.pair[0], "user_id": user.id, "give": (name,)}
    twice = [pair.here.context("aa@nordlicht", request_id="one") for _ in range(2)]
    assert len({(await licences.update_licences(one, **asked)) for one in twice}) == 1
