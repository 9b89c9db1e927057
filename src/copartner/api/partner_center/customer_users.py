"""A customer's users in the contract's shapes; a password is told back to whoever sent it, and kept nowhere."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.api import queries
from copartner.api.call import Call, Reply
from copartner.api.decoding import Malformed, or_none
from copartner.api.partner_center import pages, wire
from copartner.api.partner_center.wire import Attributes, Collection, Links
from copartner.api.registry import Query, Route
from copartner.directory.model import CustomerUser, NewUser, Password, UserChange
from copartner.directory.service import users

# The page about deleted users has the one name in its text, the other in its example.
_FILTERS = {"UserState": ("equals",), "UserStatus": ("equals",)}


class UserState(StrEnum):
    """Whether a user is there or deleted."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class PasswordProfile(Struct, frozen=True, kw_only=True, rename="camel"):
    """A password, and whether its user has to choose another one at the next sign-in."""

    password: str
    force_change_password: bool = True


class NewUserRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """A user to be made."""

    user_principal_name: str
    display_name: str
    password_profile: PasswordProfile
    first_name: str = ""
    last_name: str = ""
    usage_location: str = ""
    immutable_id: str = ""


class UserChangeRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """What is to become of a user; `active` restores a deleted one."""

    user_principal_name: str | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    password_profile: PasswordProfile | UnsetType = UNSET
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    usage_location: str | UnsetType = UNSET
    immutable_id: str | UnsetType = UNSET
    state: UserState | UnsetType = UNSET


class ResetRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """A new password for a user."""

    password_profile: PasswordProfile


class CustomerUserBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A customer's user (user-resources, 2022-06-17); of a directory elsewhere nothing is synchronised."""

    usage_location: str | UnsetType = UNSET
    id: UUID
    user_principal_name: str
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    display_name: str
    immutable_id: str | UnsetType = UNSET
    password_profile: PasswordProfile | UnsetType = UNSET
    user_domain_type: str = "none"
    state: UserState
    soft_deletion_time: datetime | UnsetType = UNSET
    links: Links
    attributes: Attributes = Attributes("CustomerUser")


def _present(user: CustomerUser, password: PasswordProfile | UnsetType = UNSET) -> CustomerUserBody:
    return CustomerUserBody(
        usage_location=user.usage_location or UNSET,
        id=user.id,
        user_principal_name=user.user_principal_name,
        first_name=user.first_name or UNSET,
        last_name=user.last_name or UNSET,
        display_name=user.display_name,
        immutable_id=user.immutable_id or UNSET,
        password_profile=password,
        state=UserState.ACTIVE if user.deleted_at is None else UserState.INACTIVE,
        soft_deletion_time=wire.given(user.deleted_at),
        links=wire.self_link("customers", user.customer_tenant_id, "users", user.id),
    )


def _password(profile: PasswordProfile) -> Password:
    return Password(profile.password, profile.force_change_password)


async def _list(call: Call) -> Collection[CustomerUserBody]:
    customer_id, text = call.id("customer"), call.query("filter")
    wanted = queries.filtered(text, _FILTERS)
    value = wanted.value.lower() if wanted else UserState.ACTIVE
    if value not in tuple(UserState):
        raise Malformed("filter: Value has to be Active or Inactive.", "filter")
    asked = pages.wanted(call, f"customers/{customer_id}/users/{value}")
    found = await users.list_users(
        call.ctx,
        customer_id=customer_id,
        deleted=value == UserState.INACTIVE,
        after=asked.after,
        skip=asked.skip,
        size=asked.size,
    )
    return pages.collection(found, _present, call, asked, filter=text)


async def _read(call: Call) -> CustomerUserBody:
    return _present(await users.read_user(call.ctx, customer_id=call.id("customer"), user_id=call.id("user")))


async def _create(call: Call) -> CustomerUserBody:
    asked = call.decode(NewUserRequest)
    made = await users.create_user(
        call.ctx,
        customer_id=call.id("customer"),
        new=NewUser(
            user_principal_name=asked.user_principal_name,
            display_name=asked.display_name,
            password=_password(asked.password_profile),
            first_name=asked.first_name,
            last_name=asked.last_name,
            usage_location=asked.usage_location,
            immutable_id=asked.immutable_id,
        ),
    )
    return _present(made, asked.password_profile)


async def _change(call: Call) -> CustomerUserBody:
    asked = call.decode(UserChangeRequest)
    if asked.state is UserState.INACTIVE:
        raise Malformed("state: send active, or DELETE to delete the user.", "state")
    changed = await users.change_user(
        call.ctx,
        customer_id=call.id("customer"),
        user_id=call.id("user"),
        change=UserChange(
            user_principal_name=or_none(asked.user_principal_name),
            display_name=or_none(asked.display_name),
            first_name=or_none(asked.first_name),
            last_name=or_none(asked.last_name),
            usage_location=or_none(asked.usage_location),
            immutable_id=or_none(asked.immutable_id),
            password=_password(asked.password_profile) if asked.password_profile else None,
            restore=asked.state is UserState.ACTIVE,
        ),
    )
    return _present(changed, asked.password_profile)


async def _delete(call: Call) -> Reply:
    await users.delete_user(call.ctx, customer_id=call.id("customer"), user_id=call.id("user"))
    return Reply(204)


async def _reset(call: Call) -> CustomerUserBody:
    asked = call.decode(ResetRequest)
    user = await users.reset_password(
        call.ctx,
        customer_id=call.id("customer"),
        user_id=call.id("user"),
        password=_password(asked.password_profile),
    )
    return _present(user, asked.password_profile)


_ALL = "/v1/customers/{customer}/users"
ROUTES = (
    Route(("GET",), _ALL, _list, "customer_users.list", "List a customer's users, or those deleted.",
          Collection[CustomerUserBody], user_only=True, headers=pages.HEADERS,
          query=(*pages.QUERY, Query("filter", "JSON with Field UserState, Value Inactive, Operator equals."))),
    Route(("POST",), _ALL, _create, "customer_users.create", "Make a user of a customer.", CustomerUserBody,
          NewUserRequest, user_only=True),
    Route(("GET",), f"{_ALL}/{{user}}", _read, "customer_users.read", "Read a customer's user.", CustomerUserBody,
          user_only=True),
    Route(("PATCH",), f"{_ALL}/{{user}}", _change, "customer_users.change",
          "Change or restore a customer's user, or give it a password.", CustomerUserBody, UserChangeRequest,
          user_only=True),
    Route(("PATCH",), f"{_ALL}/{{user}}/resetpassword", _reset, "customer_users.reset_password",
          "Give a customer's user a new password.", CustomerUserBody, ResetRequest, user_only=True),
    Route(("DELETE",), f"{_ALL}/{{user}}", _delete, "customer_users.delete",
          "Delete a customer's user, who can be restored for 30 days.", status=204, user_only=True),
)  # fmt: skip
