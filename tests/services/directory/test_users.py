"""A customer's users, administered by partners on its behalf."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from copartner.command.denial import Denied
from copartner.directory import rules
from copartner.directory.model import CustomerUser, Password, UserChange
from copartner.directory.service import users
from copartner.kernel.errors import Invalid, Refusal
from copartner.policy.facts import Side
from copartner.signin.passwords import Passwords
from copartner.tenants.service import users as own
from support.behalf import PASSWORD, denied, granular, made, new
from support.delegated import HELPDESK, LICENCES, READER, USERS, Delegated


async def test_agents_act_as_the_privileges_make_them(pair: Delegated) -> None:
    customer, partner = pair.pair
    assert await denied(users.list_users(pair.agent, customer_id=customer)) == ("behalf-delegated",)
    user = await made(pair)
    assert (user.user_principal_name, user.enabled) == ("neu.er@alpenblick.example", True)
    listed = await users.list_users(pair.agent, customer_id=customer)
    assert user in listed
    assert {one.customer_tenant_id for one in listed} == {customer}
    assert await users.read_user(pair.agent, customer_id=customer, user_id=user.id) == user
    helpdesk = pair.here.context("hd@nordlicht")
    reset = users.reset_password(helpdesk, customer_id=customer, user_id=user.id, password=Password("Xyz-98765"))
    assert await reset == user
    renamed = users.change_user(helpdesk, customer_id=customer, user_id=user.id, change=UserChange(display_name="X"))
    assert await denied(renamed) == ()
    for name in ("ga", "um", "sa", "ba"):
        context = pair.here.context(f"{name}@nordlicht")
        assert await denied(users.list_users(context, customer_id=customer)) == ()
    other = pair.here.context("aa@suedwind")
    assert await denied(users.read_user(other, customer_id=customer, user_id=user.id)) == ("behalf-delegated",)
    rows = await pair.db.fetch(
        """SELECT tenant_id, actor_tenant_id, actor_name, new_value::text AS new FROM audit_record
        WHERE resource_id = $1 AND status = 'succeeded'""",
        str(user.id),
    )
    assert {row["tenant_id"] for row in rows} == {customer, partner}
    assert {(row["actor_tenant_id"], row["actor_name"]) for row in rows} == {
        (partner, "aa@nordlicht.example"), (partner, "hd@nordlicht.example"),
    }  # fmt: skip
    assert not any("Abc" in row["new"] or "Xyz" in row["new"] for row in rows)


async def test_an_assigned_group_has_its_roles_and_decides_over_privileges(pair: Delegated) -> None:
    customer, _ = pair.pair
    user = await made(pair)
    seller = await granular(pair, HELPDESK, READER)
    assert await denied(users.list_users(pair.agent, customer_id=customer)) == ("gdap-over-dap",)
    assert user in await users.list_users(seller, customer_id=customer)
    given = Password("Xyz-98765", must_change=False)
    await users.reset_password(seller, customer_id=customer, user_id=user.id, password=given)
    assert await denied(users.delete_user(seller, customer_id=customer, user_id=user.id)) == ()
    # Another way to other roles is taken where it leads further.
    await granular(pair, USERS)
    await users.delete_user(seller, customer_id=customer, user_id=user.id)
    checking = Passwords()
    kept = await pair.db.fetchrow("SELECT password_hash, must_change_password FROM user_account WHERE id = $1", user.id)
    assert await checking.verify(given.text, [kept["password_hash"]])
    assert not kept["must_change_password"]
    checking.close()


async def test_an_approval_holds_until_it_ends(pair: Delegated) -> None:
    customer, _ = pair.pair
    seller = await granular(pair, READER)
    await users.list_users(seller, customer_id=customer)
    pair.here.clock.moment += timedelta(days=364)
    await users.list_users(seller, customer_id=customer)
    pair.here.clock.moment += timedelta(days=1)
    later = pair.here.context("sa@nordlicht")
    assert await denied(users.list_users(later, customer_id=customer)) == ("behalf-delegated",)
    pair.here.clock.moment -= timedelta(days=2)
    now = pair.here.context("sa@nordlicht")
    await users.list_users(now, customer_id=customer)
    await pair.db.execute("UPDATE admin_relationship SET status = 'terminated'")
    assert await denied(users.list_users(now, customer_id=customer)) == ("behalf-delegated",)


async def test_administrators_are_changed_by_global_administrators_alone(pair: Delegated) -> None:
    customer, _ = pair.pair
    chief = pair.here.context("ga@alpenblick", Side.CUSTOMER).caller.subject_id
    seller = await granular(pair, USERS)
    for asked in (
        users.reset_password(seller, customer_id=customer, user_id=chief, password=PASSWORD),
        users.change_user(seller, customer_id=customer, user_id=chief, change=UserChange(last_name="X")),
        users.delete_user(seller, customer_id=customer, user_id=chief),
    ):
        assert await denied(asked) == ("behalf-guarded",)
    await pair.db.execute("UPDATE admin_relationship SET status = 'terminated'")
    await pair.privileges()
    await users.reset_password(pair.agent, customer_id=customer, user_id=chief, password=PASSWORD)
    with pytest.raises(rules.LastGlobalAdmin):
        await users.delete_user(pair.agent, customer_id=customer, user_id=chief)


async def test_a_deleted_user_is_restored_within_thirty_days(pair: Delegated) -> None:
    customer, _ = pair.pair
    user, asked = await made(pair), {"customer_id": pair.pair[0]}
    await users.delete_user(pair.agent, **asked, user_id=user.id)
    gone = await users.read_user(pair.agent, **asked, user_id=user.id)
    assert (gone.enabled, gone.deleted_at) == (False, pair.here.clock.now())
    assert user.id not in {one.id for one in await users.list_users(pair.agent, **asked)}
    assert list(await users.list_users(pair.agent, **asked, deleted=True)) == [gone]
    for change in (UserChange(display_name="X"), UserChange(password=PASSWORD)):
        with pytest.raises(rules.IsDeleted):
            await users.change_user(pair.agent, **asked, user_id=user.id, change=change)
    with pytest.raises(rules.IsDeleted):
        await users.delete_user(pair.agent, **asked, user_id=user.id)
    restored = await users.change_user(pair.agent, **asked, user_id=user.id, change=UserChange(restore=True))
    assert restored == user
    await users.delete_user(pair.agent, **asked, user_id=user.id)
    pair.here.clock.moment += timedelta(days=30)
    later = pair.here.context("aa@nordlicht")
    assert list(await users.list_users(later, **asked, deleted=True)) == []
    with pytest.raises(rules.UnknownCustomerUser):
        await users.change_user(later, **asked, user_id=user.id, change=UserChange(restore=True))
    # Its own admins have it as a disabled one, whom they enable again.
    chief = pair.here.context("ga@alpenblick", Side.CUSTOMER)
    assert (await own.change_user(chief, user_id=user.id, enabled=True)).enabled
    assert await pair.db.fetchval("SELECT deleted_at FROM user_account WHERE id = $1", user.id) is None
    assert customer == restored.customer_tenant_id


async def test_a_change_is_decided_by_what_it_changes(pair: Delegated) -> None:
    customer, _ = pair.pair
    user = await made(pair)
    await granular(pair, HELPDESK, name="hd")
    helpdesk = pair.here.context("hd@nordlicht")
    whole = UserChange(display_name=user.display_name, user_principal_name=user.user_principal_name, restore=True)
    asked = {"customer_id": customer, "user_id": user.id}
    assert await users.change_user(helpdesk, **asked, change=whole) == user
    await users.change_user(helpdesk, **asked, change=replace(whole, password=PASSWORD))
    assert await denied(users.change_user(helpdesk, **asked, change=replace(whole, last_name="X"))) == ()


async def test_what_a_user_can_be(pair: Delegated) -> None:
    customer, _ = pair.pair
    await made(pair)
    for name in ("neu.er@alpenblick.example", "NEU.ER@alpenblick.example"):
        with pytest.raises(rules.NameTaken):
            await users.create_user(pair.agent, customer_id=customer, new=new(name))
    wrong = [new("x@nordlicht.example"), new("x"), new("@alpenblick.example"), new("a b@alpenblick.example")]
    wrong += [new("x@alpenblick.example", **more) for more in (
        {"display_name": " "}, {"usage_location": "Germany"}, {"first_name": "x" * 201},
        {"password": Password("short1A")}, {"password": Password("onlylowercase")}, {"password": Password("Aa1" * 90)},
    )]  # fmt: skip
    for one in wrong:
        with pytest.raises(Invalid):
            await users.create_user(pair.agent, customer_id=customer, new=one)
    full = new("voll@alpenblick.example", first_name="Eva", last_name="Berg", usage_location="de", immutable_id="7")
    user = await users.create_user(pair.agent, customer_id=customer, new=full)
    assert (user.first_name, user.last_name, user.usage_location, user.immutable_id) == ("Eva", "Berg", "DE", "7")
    renamed = UserChange(user_principal_name="eva@alpenblick.example", usage_location="US")
    after = await users.change_user(pair.agent, customer_id=customer, user_id=user.id, change=renamed)
    assert (after.user_principal_name, after.usage_location) == ("eva@alpenblick.example", "US")


async def test_foreign_and_unknown_users_and_customers_are_alike(pair: Delegated) -> None:
    await pair.privileges()
    stranger = pair.here.context("ga@suedwind").caller.subject_id
    for user_id in (stranger, uuid4()):
        with pytest.raises(rules.UnknownCustomerUser):
            await users.read_user(pair.agent, customer_id=pair.pair[0], user_id=user_id)
        with pytest.raises(rules.UnknownCustomerUser):
            await users.delete_user(pair.agent, customer_id=pair.pair[0], user_id=user_id)
    for customer_id in (pair.here.id("fjord"), uuid4()):
        with pytest.raises(Denied) as refusal:
            await users.list_users(pair.agent, customer_id=customer_id)
        assert "rel-required" in refusal.value.rules


async def test_a_repeated_request_makes_one_user(pair: Delegated) -> None:
    await pair.privileges()
    twice = [pair.here.context("aa@nordlicht", request_id="one") for _ in range(2)]
    first, second = [await users.create_user(one, customer_id=pair.pair[0], new=new()) for one in twice]
    assert first == second
    kept = await pair.db.fetchval("SELECT string_agg(k::text, ' ') FROM idempotency_key k")
    assert PASSWORD.text not in kept


async def test_a_new_password_ends_tokens(pair: Delegated) -> None:
    user = await made(pair)
    await users.reset_password(pair.agent, customer_id=pair.pair[0], user_id=user.id, password=PASSWORD)
    assert await pair.db.fetchval("SELECT count(*) FROM revocation WHERE ground_id = $1", user.id) == 1


async def test_an_application_acts_for_nobody(pair: Delegated) -> None:
    await pair.privileges()
    application = pair.here.application("nordlicht")
    assert await denied(users.list_users(application, customer_id=pair.pair[0])) == ("user-only",)


async def test_pages_hold_every_user_once(pair: Delegated) -> None:
    customer, _ = pair.pair
    await pair.privileges()
    names = [f"u{number}@alpenblick.example" for number in range(5)]
    await asyncio.gather(*(users.create_user(pair.agent, customer_id=customer, new=new(name)) for name in names))
    whole = await users.list_users(pair.agent, customer_id=customer)
    seen: list[CustomerUser] = []
    after = None
    while True:
        page = await users.list_users(pair.agent, customer_id=customer, after=after, size=2)
        seen += page
        assert page.total == len(whole)
        if (after := page.next_after) is None:
            break
    assert seen == list(whole)
    assert [*await users.list_users(pair.agent, customer_id=customer, skip=1, size=2)] == seen[1:3]


async def test_who_assigns_licences_makes_no_users(pair: Delegated) -> None:
    seller = await granular(pair, LICENCES)
    with pytest.raises(Refusal):
        await users.create_user(seller, customer_id=pair.pair[0], new=new())
