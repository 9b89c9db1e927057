"""The built-in roles of a customer's users, given and taken by partners."""

from uuid import UUID, uuid4

import pytest

from copartner.delegation import roles as built_in
from copartner.directory import rules
from copartner.directory.service import roles, users
from copartner.kernel.functions import call
from copartner.policy.behalf import AdminRole
from copartner.policy.facts import Role, Side
from copartner.programme.service import list_audit
from copartner.tenants.service import users as own
from support.behalf import denied, granular, made
from support.delegated import GLOBAL_ADMINISTRATOR, HELPDESK, READER, USERS, Delegated

PRIVILEGED_ROLE = UUID("e8611ab8-c189-46e8-94e1-60213ab1f814")


async def test_roles_are_given_seen_and_taken(pair: Delegated) -> None:
    customer, _ = pair.pair
    user = await made(pair)
    asked = {"customer_id": customer}
    known = await roles.list_roles(pair.agent, **asked)
    assert {one.id for one in known} == built_in.known().keys()
    for role in (HELPDESK, USERS):
        member = await roles.give_role(pair.agent, **asked, role_id=role, user_id=user.id)
        assert (member.role_id, member.user_principal_name) == (role, user.user_principal_name)
        await roles.give_role(pair.agent, **asked, role_id=role, user_id=user.id)
        assert [*await roles.list_members(pair.agent, **asked, role_id=role)][-1].id == user.id
    held = await roles.list_user_roles(pair.agent, **asked, user_id=user.id)
    assert {one.name for one in held} == {"Helpdesk Administrator", "User Administrator"}
    # What this programme knows as a role of its own, its own people act by.
    chief = pair.here.context("ga@alpenblick", Side.CUSTOMER)
    assert (await own.read_user(chief, user_id=user.id)).roles == (Role.USER_MANAGEMENT_ADMIN,)
    for role in (HELPDESK, USERS):
        await roles.take_role(pair.agent, **asked, role_id=role, user_id=user.id)
        with pytest.raises(rules.NotAMember):
            await roles.take_role(pair.agent, **asked, role_id=role, user_id=user.id)
    assert await roles.list_user_roles(pair.agent, **asked, user_id=user.id) == ()
    records = await list_audit(chief)
    assert {"customer_role.give", "customer_role.take"} <= {one.operation_type for one in records}


async def test_who_may_set_roles(pair: Delegated) -> None:
    customer, _ = pair.pair
    user = await made(pair)
    asked = {"customer_id": customer, "user_id": user.id}
    administrator = await granular(pair, USERS, READER)
    give = roles.give_role(administrator, **asked, role_id=HELPDESK)
    assert await denied(give) == ()
    assert await roles.list_roles(administrator, customer_id=customer)
    privileged = await granular(pair, PRIVILEGED_ROLE, name="ba")
    await roles.give_role(privileged, **asked, role_id=GLOBAL_ADMINISTRATOR)
    # From then on a User Administrator leaves it alone.
    assert await denied(users.delete_user(administrator, **asked)) == ("behalf-guarded",)


async def test_the_last_global_admin_stays(pair: Delegated) -> None:
    customer, _ = pair.pair
    user = await made(pair)
    chief = pair.here.context("ga@alpenblick", Side.CUSTOMER).caller.subject_id
    take = {"customer_id": customer, "role_id": GLOBAL_ADMINISTRATOR}
    with pytest.raises(rules.LastGlobalAdmin):
        await roles.take_role(pair.agent, **take, user_id=chief)
    with pytest.raises(rules.NotAMember):
        await roles.take_role(pair.agent, **take, user_id=user.id)
    await roles.give_role(pair.agent, **take, user_id=user.id)
    await roles.take_role(pair.agent, **take, user_id=chief)
    assert [one.id for one in await roles.list_members(pair.agent, **take)] == [user.id]


async def test_unknown_roles_and_people(pair: Delegated) -> None:
    customer, _ = pair.pair
    user = await made(pair)
    with pytest.raises(rules.UnknownRole):
        await roles.list_members(pair.agent, customer_id=customer, role_id=uuid4())
    with pytest.raises(rules.UnknownRole):
        await roles.give_role(pair.agent, customer_id=customer, role_id=uuid4(), user_id=user.id)
    for unknown in (uuid4(), pair.here.context("ga@suedwind").caller.subject_id):
        with pytest.raises(rules.UnknownCustomerUser):
            await roles.list_user_roles(pair.agent, customer_id=customer, user_id=unknown)
        with pytest.raises(rules.UnknownCustomerUser):
            await roles.give_role(pair.agent, customer_id=customer, role_id=HELPDESK, user_id=unknown)
    await users.delete_user(pair.agent, customer_id=customer, user_id=user.id)
    with pytest.raises(rules.IsDeleted):
        await roles.give_role(pair.agent, customer_id=customer, role_id=HELPDESK, user_id=user.id)


async def test_the_names_the_rules_know_are_those_of_the_table(pair: Delegated) -> None:
    ids = {role.name: role.id for role in built_in.known().values()}
    names = await pair.db.fetchval(f"SELECT ({call('fn_admin_role_names', 1)})", list(ids.values()))
    assert sorted(names) == sorted(AdminRole)
    for name in names:
        assert await pair.db.fetchval(f"SELECT ({call('fn_admin_role_names', 1)})", [ids[name]]) == [name]
