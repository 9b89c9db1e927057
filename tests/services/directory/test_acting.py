"""The database role as which a partner acts on a customer's behalf."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from asyncpg.connection import Connection

from copartner.command.command import NotDecided, NotDelegated
from copartner.directory import store
from copartner.directory.service import users
from copartner.kernel.database import connect
from copartner.kernel.functions import call
from copartner.policy.actions import Action
from support.delegated import READER, Delegated


@pytest.fixture
async def login(pair: Delegated) -> AsyncIterator[Connection]:
    """A connection as requests have it."""
    connection = await connect(pair.here.database.login_url)
    try:
        yield connection
    finally:
        await connection.close()


async def act(db: Connection, pair: Delegated, partner: str = "nordlicht", customer: str = "alpenblick") -> bool:
    """Become the customer's delegate, as a partner."""
    await db.execute("SELECT act_as('partner', $1)", pair.here.id(partner))
    done: bool = await db.fetchval(call("fn_act_on_behalf", 2), pair.here.id(customer), pair.here.clock.now())
    return done


async def test_a_delegate_reaches_one_customers_directory_and_nothing_else(login: Connection, pair: Delegated) -> None:
    await pair.privileges()
    async with login.transaction():
        assert await act(login, pair)
        assert await login.fetchval("SELECT current_user::text") == "copartner_delegate"
        tenants = {row["tenant_id"] for row in await login.fetch("SELECT tenant_id FROM user_account")}
        assert tenants == {pair.pair[0]}
        for table in ("subscription", "cart", "purchase_order", "reseller_relationship", "audit_record", "tenant",
                      "application_secret", "second_factor"):  # fmt: skip
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with login.transaction():
                    await login.fetch(f"SELECT 1 FROM {table}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with login.transaction():
                await login.fetch("SELECT password_hash FROM user_account")
        await login.execute(call("fn_act_in_own_name", 0))
        assert await login.fetchval("SELECT current_user::text") == "copartner_partner"
        assert await login.fetchval("SELECT actor_tenant()") == pair.pair[1]
        # Once in a transaction.
        with pytest.raises(asyncpg.RaiseError):
            async with login.transaction():
                await login.fetchval(call("fn_act_on_behalf", 2), *(pair.pair[0], pair.here.clock.now()))
    assert await login.fetchval("SELECT actor_tenant()") is None


async def test_nobody_is_a_delegate_of_whoever_did_not_delegate(login: Connection, pair: Delegated) -> None:
    for grant, partner, customer in (
        (False, "nordlicht", "alpenblick"),
        (True, "suedwind", "alpenblick"),
        (True, "nordlicht", "lavande"),
    ):
        if grant:
            await pair.privileges()
        async with login.transaction():
            assert not await act(login, pair, partner, customer)
            assert await login.fetchval("SELECT current_user::text") == "copartner_partner"
    for side in ("customer", "operator"):
        async with login.transaction():
            await login.execute("SELECT act_as($1, $2)", side, pair.pair[0])
            with pytest.raises(asyncpg.PostgresError):
                async with login.transaction():
                    await login.fetchval(call("fn_act_on_behalf", 2), *(pair.pair[0], pair.here.clock.now()))
    with pytest.raises(asyncpg.PostgresError):
        async with login.transaction():
            await login.fetchval(call("fn_act_on_behalf", 2), *(pair.pair[0], pair.here.clock.now()))


async def attempt(pair: Delegated, customer_id: UUID, *, decided: bool = True, withdrawn: bool = False) -> None:
    """A command that decides about the customer and then acts on behalf of one."""
    async with pair.agent.command("test") as cmd:
        if decided:
            cmd.require(Action.CUSTOMER_USER_LIST, await store.facts(cmd.db, pair.agent, pair.pair[0]))
        if withdrawn:
            await pair.privileges(given=False)
        async with cmd.on_behalf(customer_id):
            cmd.unchanged()


async def test_a_command_acts_on_behalf_of_whom_it_decided_about(pair: Delegated) -> None:
    await pair.privileges()
    await attempt(pair, pair.pair[0])
    with pytest.raises(NotDecided):
        await attempt(pair, pair.pair[0], decided=False)
    with pytest.raises(NotDecided):
        await attempt(pair, pair.here.id("lavande"))
    # The rules allowed it, and the approval went before it was done.
    with pytest.raises(NotDelegated):
        await attempt(pair, pair.pair[0], withdrawn=True)


async def test_each_way_to_a_role_is_a_witness_of_its_own(pair: Delegated) -> None:
    relationship = await pair.relationship(READER)
    group = await pair.group("readers", pair.user("aa"))
    assignment = await pair.assign(relationship, group, READER)
    async with pair.agent.command("test") as cmd:
        ways = await store.facts(cmd.db, pair.agent, pair.pair[0])
        cmd.unchanged()
    held = [way.context.delegation for way in ways]
    related = ways[0].context.relationship
    assert related is not None
    assert [(one.id, one.whole_tenant, one.active, one.superseded, one.roles) for one in held if one] == [
        (str(assignment), False, True, False, ("Global Reader",)),
        (related.id, True, False, True, ()),
    ]


async def test_nothing_outlives_the_clock(pair: Delegated) -> None:
    relationship = await pair.relationship(READER)
    await pair.assign(relationship, await pair.group("readers", pair.user("sa")), READER)
    seller = pair.here.context("sa@nordlicht")
    assert await users.list_users(seller, customer_id=pair.pair[0])
    pair.here.clock.moment += timedelta(days=366)
    async with pair.agent.command("test") as cmd:
        assert not await cmd.db.fetchval(call("fn_act_on_behalf", 2), pair.pair[0], cmd.now)
        cmd.unchanged()
