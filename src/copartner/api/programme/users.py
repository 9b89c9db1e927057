"""A tenant's users and their roles."""

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.decoding import or_none
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT, SIDE, Page
from copartner.api.registry import Route
from copartner.policy.facts import Role
from copartner.tenants import rules
from copartner.tenants.model import IssuedPassword
from copartner.tenants.service import users


class UserBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A user; `roles` are those given by name, those of agents come by groups.

    `providerRoles` come with each sign-in at the deployment's identity provider.
    """

    id: UUID
    user_principal_name: str
    display_name: str
    enabled: bool
    roles: tuple[Role, ...]
    provider_roles: tuple[Role, ...]


class NewUser(Struct, frozen=True, kw_only=True, rename="camel"):
    """A user to be made; the sign-in name is in the tenant's own domain."""

    user_principal_name: str
    display_name: str
    roles: tuple[str, ...] = ()


class UserChange(Struct, frozen=True, kw_only=True, rename="camel"):
    """What changes; what is not sent stays."""

    display_name: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class PasswordBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A user and the password that is told in this answer alone."""

    user: UserBody
    password: str


def _told(made: IssuedPassword) -> PasswordBody:
    return PasswordBody(user=wire.shaped(made.user, UserBody), password=made.password)


async def _list(call: Call) -> Page[UserBody]:
    part = wire.wanted(call, "side")
    found = await users.list_users(call.ctx, after=part.after, size=part.size)
    return wire.page(call, part, [wire.shaped(one, UserBody) for one in found.items], found.next_after, "side")


async def _create(call: Call) -> PasswordBody:
    asked = call.decode(NewUser)
    roles = [rules.role_of(role) for role in asked.roles]
    return _told(
        await users.create_user(call.ctx, name=asked.user_principal_name, display_name=asked.display_name, roles=roles)
    )


async def _read(call: Call) -> UserBody:
    return wire.shaped(await users.read_user(call.ctx, user_id=call.id("user")), UserBody)


async def _change(call: Call) -> UserBody:
    user_id, asked = call.id("user"), call.decode(UserChange)
    after = await users.change_user(
        call.ctx, user_id=user_id, display_name=or_none(asked.display_name), enabled=or_none(asked.enabled)
    )
    return wire.shaped(after, UserBody)


async def _reset(call: Call) -> PasswordBody:
    return _told(await users.reset_password(call.ctx, user_id=call.id("user")))


async def _give(call: Call) -> UserBody:
    role = rules.role_of(call.text("role"))
    return wire.shaped(await users.give_role(call.ctx, user_id=call.id("user"), role=role), UserBody)


async def _take(call: Call) -> UserBody:
    role = rules.role_of(call.text("role"))
    return wire.shaped(await users.take_role(call.ctx, user_id=call.id("user"), role=role), UserBody)


_ALL = f"{ROOT}/users"
_ONE = f"{_ALL}/{{user}}"
ROUTES = (
    Route(("GET",), _ALL, _list, "users.list", "List the tenant's users.", Page[UserBody],
          user_only=True, side=None, query=(SIDE, *wire.QUERY)),
    Route(("POST",), _ALL, _create, "users.create", "Make a user; the password is told once.", PasswordBody, NewUser,
          201, user_only=True, side=None, query=(SIDE,)),
    Route(("GET",), _ONE, _read, "users.read", "Read a user.", UserBody, user_only=True, side=None, query=(SIDE,)),
    Route(("PATCH",), _ONE, _change, "users.change", "Rename, enable or disable a user.", UserBody, UserChange,
          user_only=True, side=None, query=(SIDE,)),
    Route(("POST",), f"{_ONE}/reset-password", _reset, "users.reset_password",
          "Give a user a new password, told once.", PasswordBody, user_only=True, side=None, query=(SIDE,)),
    Route(("PUT",), f"{_ONE}/roles/{{role}}", _give, "users.give_role", "Give a user a role.", UserBody,
          user_only=True, side=None, query=(SIDE,)),
    Route(("DELETE",), f"{_ONE}/roles/{{role}}", _take, "users.take_role", "Take a role from a user.", UserBody,
          user_only=True, side=None, query=(SIDE,)),
)  # fmt: skip
