"""The built-in roles of a customer's directory in the contract's shapes, and who has them."""

from uuid import UUID

from msgspec import Struct

from copartner.api.call import Call, Reply
from copartner.api.partner_center import pages, wire
from copartner.api.partner_center.wire import Attributes, Collection
from copartner.api.registry import Route
from copartner.delegation.model import AdminRole
from copartner.directory.model import CustomerUser
from copartner.directory.service import roles


class DirectoryRoleBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A built-in role (get-user-roles-for-a-customer, 2023-07-28); `id` is its template's."""

    name: str
    id: UUID
    attributes: Attributes = Attributes("DirectoryRole")


class UserMemberRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """Who gets a role; names that come along are not looked at."""

    id: UUID


class UserMemberBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A user with a role (set-user-roles-for-a-customer, 2023-07-28)."""

    display_name: str
    user_principal_name: str
    role_id: UUID
    id: UUID
    attributes: Attributes = Attributes("UserMember")


def _present(role: AdminRole) -> DirectoryRoleBody:
    return DirectoryRoleBody(name=role.name, id=role.id)


async def _list(call: Call) -> Collection[DirectoryRoleBody]:
    return wire.collection(map(_present, await roles.list_roles(call.ctx, customer_id=call.id("customer"))), call)


async def _list_of_user(call: Call) -> Collection[DirectoryRoleBody]:
    held = await roles.list_user_roles(call.ctx, customer_id=call.id("customer"), user_id=call.id("user"))
    return wire.collection(map(_present, held), call)


async def _members(call: Call) -> Collection[UserMemberBody]:
    customer_id, role_id = call.id("customer"), call.id("directoryrole")
    asked = pages.wanted(call, f"customers/{customer_id}/directoryroles/{role_id}")
    found = await roles.list_members(
        call.ctx,
        customer_id=customer_id,
        role_id=role_id,
        after=asked.after,
        skip=asked.skip,
        size=asked.size,
    )

    def present(user: CustomerUser) -> UserMemberBody:
        return UserMemberBody(
            display_name=user.display_name,
            user_principal_name=user.user_principal_name,
            role_id=role_id,
            id=user.id,
        )

    return pages.collection(found, present, call, asked)


async def _give(call: Call) -> UserMemberBody:
    member = await roles.give_role(
        call.ctx,
        customer_id=call.id("customer"),
        role_id=call.id("directoryrole"),
        user_id=call.decode(UserMemberRequest).id,
    )
    return UserMemberBody(
        display_name=member.display_name,
        user_principal_name=member.user_principal_name,
        role_id=member.role_id,
        id=member.id,
    )


async def _take(call: Call) -> Reply:
    await roles.take_role(
        call.ctx,
        customer_id=call.id("customer"),
        role_id=call.id("directoryrole"),
        user_id=call.id("usermember"),
    )
    return Reply(204)


_ALL = "/v1/customers/{customer}/directoryroles"
_MEMBERS = f"{_ALL}/{{directoryrole}}/usermembers"
ROUTES = (
    Route(("GET",), _ALL, _list, "customer_roles.list", "List the built-in roles of a customer's directory.",
          Collection[DirectoryRoleBody], user_only=True),
    Route(("GET",), "/v1/customers/{customer}/users/{user}/directoryroles", _list_of_user,
          "customer_roles.list_of_user", "List the built-in roles of a customer's user.",
          Collection[DirectoryRoleBody], user_only=True),
    Route(("GET",), _MEMBERS, _members, "customer_roles.list_members", "List who has a built-in role at a customer.",
          Collection[UserMemberBody], user_only=True, query=pages.QUERY, headers=pages.HEADERS),
    Route(("POST",), _MEMBERS, _give, "customer_roles.give", "Give a customer's user a built-in role.",
          UserMemberBody, UserMemberRequest, 201, user_only=True),
    Route(("DELETE",), f"{_MEMBERS}/{{usermember}}", _take, "customer_roles.take",
          "Take a built-in role from a customer's user.", status=204, user_only=True),
)  # fmt: skip
