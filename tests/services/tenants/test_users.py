"""A tenant's users and their roles, called as services."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from copartner.command.denial import Denied
from copartner.customers.service import list_customers
from copartner.kernel.errors import Invalid, Refusal
from copartner.policy.facts import Role, Side
from copartner.programme.service import list_audit
from copartner.signin.passwords import Passwords
from copartner.tenants import rules
from copartner.tenants.service import groups, users
from support.programme import Programme


async def agents(here: Programme, tenant: str = "nordlicht") -> object:
    """The identifier of a tenant's group of Admin agents."""
    found = await groups.list_groups(here.context(f"ga@{tenant}"))
    return next(one.id for one in found.items if one.role is Role.ADMIN_AGENT)


async def test_a_user_is_made_with_a_password_told_once(here: Programme) -> None:
    context = here.context("um@nordlicht", request_id="one")
    made = await users.create_user(context, name="Neu.Er", display_name=" Neuer ", roles=[Role.SALES_AGENT])
    assert (made.user.user_principal_name, made.user.display_name) == ("neu.er@nordlicht.example", "Neuer")
    again = await users.create_user(context, name="Neu.Er", display_name=" Neuer ", roles=[Role.SALES_AGENT])
    assert (again.user, again.password) == (made.user, made.password)
    assert await users.read_user(here.context("ga@nordlicht"), user_id=made.user.id) == made.user
    async with here.owner() as owner:
        kept = await owner.fetchval("SELECT password_hash FROM user_account WHERE id = $1", made.user.id)
        written = await owner.fetchval(
            "SELECT string_agg(t::text, ' ') FROM (SELECT k::text FROM idempotency_key k UNION ALL "
            "SELECT a::text FROM audit_record a) AS rows(t)"
        )
    assert made.password not in written
    checking = Passwords()
    assert await checking.verify(made.password, [kept])
    checking.close()
    with pytest.raises(rules.NameTaken):
        await users.create_user(here.context("ga@nordlicht"), name="neu.er", display_name="x")
    for name in ("x@alpenblick.example", "", "a b", ".x", "x" * 65, "x@", "ü"):
        with pytest.raises(Invalid):
            await users.create_user(here.context("ga@nordlicht"), name=name, display_name="x")


async def test_each_side_administers_its_own(here: Programme) -> None:
    for who, side in (("ga@alpenblick", Side.CUSTOMER), ("ga@wolkenstadt", Side.OPERATOR)):
        made = await users.create_user(here.context(who, side), name="neu", display_name="Neu")
        listed = await users.list_users(here.context(who, side))
        assert made.user in listed.items
        assert {one.tenant_id for one in listed.items} == {made.user.tenant_id}
        for reach in (users.read_user, users.reset_password, users.change_user):
            with pytest.raises(Denied) as denied:
                await reach(here.context("ga@nordlicht"), user_id=made.user.id)
            assert denied.value.concealed
            with pytest.raises(Denied) as unknown:
                await reach(here.context("ga@nordlicht"), user_id=uuid4())
            assert unknown.value.message == denied.value.message


async def test_pages_of_users(here: Programme) -> None:
    context = here.context("ga@nordlicht")
    everybody = (await users.list_users(context)).items
    seen, after = [], None
    while True:
        part = await users.list_users(context, after=after, size=2)
        seen += part.items
        after = part.next_after
        if after is None:
            break
    assert tuple(seen) == everybody


async def test_only_the_admins_of_users_administer_them(here: Programme) -> None:
    someone = (await users.list_users(here.context("ga@nordlicht"))).items[0]
    for who in ("aa@nordlicht", "sa@nordlicht", "hd@nordlicht", "ba@nordlicht"):
        for attempt in (
            users.list_users(here.context(who)),
            users.read_user(here.context(who), user_id=someone.id),
            users.create_user(here.context(who), name="neu", display_name="Neu"),
            groups.create_group(here.context(who), name="neu"),
        ):
            with pytest.raises(Denied):
                await attempt
    with pytest.raises(Denied) as denied:
        await users.list_users(here.application("nordlicht"))
    assert denied.value.rules == ("user-only",)


async def test_a_user_management_admin_neither_rises_nor_takes_over(here: Programme) -> None:
    um, ga = here.context("um@nordlicht"), here.context("ga@nordlicht")
    own, admin = um.caller.subject_id, ga.caller.subject_id
    agent = here.context("aa@nordlicht").caller.subject_id
    agents_group = await agents(here)
    inner = await groups.create_group(um, name="Team")
    for attempt in (
        lambda: users.give_role(um, user_id=own, role=Role.GLOBAL_ADMIN),
        lambda: users.create_user(um, name="neu", display_name="Neu", roles=[Role.GLOBAL_ADMIN]),
        lambda: users.take_role(um, user_id=admin, role=Role.GLOBAL_ADMIN),
        lambda: users.reset_password(um, user_id=admin),
        lambda: users.change_user(um, user_id=admin, enabled=False),
        lambda: users.reset_password(um, user_id=agent),
        lambda: users.give_role(um, user_id=agent, role=Role.SALES_AGENT),
        lambda: groups.add_member(um, group_id=agents_group, member_id=own),
        lambda: groups.add_member(um, group_id=agents_group, member_id=inner.id),
        lambda: groups.remove_member(um, group_id=agents_group, member_id=agent),
    ):
        with pytest.raises(Denied) as denied:
            await attempt()
        assert set(denied.value.rules) <= {"dir-guarded", "dir-global-admin"}
        assert not denied.value.concealed
    # What is allowed: ordinary people, ordinary roles, ordinary groups.
    made = (await users.create_user(um, name="neu", display_name="Neu", roles=[Role.BILLING_ADMIN])).user
    await users.give_role(um, user_id=made.id, role=Role.USER_MANAGEMENT_ADMIN)
    await groups.add_member(um, group_id=inner.id, member_id=made.id)
    # A group within the agents' group makes agents too, and so does what is in it.
    await groups.add_member(ga, group_id=agents_group, member_id=inner.id)
    with pytest.raises(Denied):
        await groups.add_member(um, group_id=inner.id, member_id=own)
    with pytest.raises(Denied):
        await users.reset_password(um, user_id=made.id)


async def test_the_last_enabled_global_admin_stays(here: Programme) -> None:
    ga = here.context("ga@nordlicht")
    own = ga.caller.subject_id
    for attempt in (
        lambda: users.take_role(ga, user_id=own, role=Role.GLOBAL_ADMIN),
        lambda: users.change_user(ga, user_id=own, enabled=False),
    ):
        with pytest.raises(rules.LastGlobalAdmin):
            await attempt()
    second = (await users.create_user(ga, name="zwei", display_name="Zwei", roles=[Role.GLOBAL_ADMIN])).user
    await users.change_user(ga, user_id=second.id, enabled=False)
    with pytest.raises(rules.LastGlobalAdmin):
        await users.take_role(ga, user_id=own, role=Role.GLOBAL_ADMIN)
    await users.take_role(ga, user_id=second.id, role=Role.GLOBAL_ADMIN)
    await users.change_user(ga, user_id=second.id, enabled=True)
    await users.give_role(ga, user_id=second.id, role=Role.GLOBAL_ADMIN)
    # Both at once: one of them stays.
    ended = await asyncio.gather(
        users.change_user(ga, user_id=own, enabled=False),
        users.change_user(ga, user_id=second.id, enabled=False),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Refusal) for one in ended) == 1
    async with here.owner() as owner:
        left = await owner.fetchval(
            """SELECT count(*) FROM role_assignment r JOIN user_account u ON u.id = r.user_id
            WHERE r.role = 'Global admin' AND u.enabled AND u.tenant_id = $1""",
            here.id("nordlicht"),
        )
    assert left == 1


async def test_roles_are_settled_together_or_not_at_all(here: Programme) -> None:
    ga, um = here.context("ga@nordlicht"), here.context("um@nordlicht")
    own, seller = ga.caller.subject_id, here.context("sa@nordlicht").caller.subject_id
    with pytest.raises(rules.LastGlobalAdmin):
        await users.settle_roles(ga, user_id=own, give={Role.SALES_AGENT}, take={Role.GLOBAL_ADMIN})
    assert (await users.read_user(ga, user_id=own)).roles == (Role.GLOBAL_ADMIN,)
    with pytest.raises(Denied):
        await users.settle_roles(um, user_id=seller, give={Role.BILLING_ADMIN, Role.GLOBAL_ADMIN}, take=set())
    for nobody in (here.context("aa@nordlicht"), here.context("ga@wolkenwerk")):
        with pytest.raises(Denied):
            await users.settle_roles(nobody, user_id=seller, give=set(), take=set())
    assert (await users.read_user(ga, user_id=seller)).roles == (Role.SALES_AGENT,)
    for _ in range(2):
        after = await users.settle_roles(um, user_id=seller, give={Role.BILLING_ADMIN}, take={Role.SALES_AGENT})
        assert after.roles == (Role.BILLING_ADMIN,)
    assert await users.read_user(ga, user_id=seller) == after
    written = [one.operation_type for one in (await list_audit(ga)).items]
    assert written.count("user.settle_roles") == 1


async def test_a_role_acts_with_the_next_request(here: Programme) -> None:
    ga = here.context("ga@nordlicht")
    made = (await users.create_user(ga, name="neu", display_name="Neu")).user
    seller = here.bearing(replace(ga.caller, side=Side.PARTNER, tenant_id=made.tenant_id, subject_id=made.id))
    with pytest.raises(Denied):
        await list_customers(seller)
    await users.give_role(ga, user_id=made.id, role=Role.SALES_AGENT)
    await list_customers(seller)
    await users.take_role(ga, user_id=made.id, role=Role.SALES_AGENT)
    with pytest.raises(Denied):
        await list_customers(seller)
    await groups.add_member(ga, group_id=await agents(here), member_id=made.id)
    await list_customers(seller)
    await users.change_user(ga, user_id=made.id, enabled=False)
    with pytest.raises(Denied):
        await list_customers(seller)


async def test_changes_stand_in_the_tenants_audit(here: Programme) -> None:
    ga = here.context("ga@nordlicht")
    made = (await users.create_user(ga, name="neu", display_name="Neu")).user
    await users.give_role(ga, user_id=made.id, role=Role.BILLING_ADMIN)
    await users.give_role(ga, user_id=made.id, role=Role.BILLING_ADMIN)
    await users.reset_password(ga, user_id=made.id)
    await users.change_user(ga, user_id=made.id, enabled=False)
    records = (await list_audit(ga)).items
    told = [one.operation_type for one in records if one.resource_id == str(made.id)]
    assert told == ["user.create", "user.give_role", "user.reset_password", "user.change"]
    assert (await list_audit(here.context("ga@wolkenwerk"))).items == ()
