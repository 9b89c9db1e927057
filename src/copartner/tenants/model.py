"""Who and what is in a tenant: users with their roles, groups, applications with their secrets."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from copartner.policy.facts import Role

T = TypeVar("T")

# Roles a user is given by name; those of agents come from groups.
ASSIGNABLE = (
    Role.GLOBAL_ADMIN,
    Role.USER_MANAGEMENT_ADMIN,
    Role.SALES_AGENT,
    Role.BILLING_ADMIN,
    Role.DELEGATION_ADMIN,
)


@dataclass(frozen=True, slots=True)
class User:
    """A user of a tenant; `roles` are those given by name, `provider_roles` those by the identity provider's word."""

    audience: ClassVar[tuple[str, ...]] = ("tenant_id",)

    id: UUID
    tenant_id: UUID
    user_principal_name: str
    display_name: str
    enabled: bool
    roles: tuple[Role, ...] = ()
    provider_roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class IssuedPassword:
    """A user and the password that is told here alone."""

    user: User
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a tenant; members of one with a `role` hold it, by groups in it as well."""

    audience: ClassVar[tuple[str, ...]] = ("tenant_id",)

    id: UUID
    tenant_id: UUID
    name: str
    role: Role | None = None


class MemberKind(StrEnum):
    """What can be in a group."""

    USER = "user"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Member:
    """A user or group in a group; `id` is its own."""

    audience: ClassVar[tuple[str, ...]] = ("tenant_id",)

    id: UUID
    tenant_id: UUID
    group_id: UUID
    kind: MemberKind
    name: str


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """A user or group in a group, as a list shows it; `name` is what it signs in by, or a group's name."""

    id: UUID
    kind: MemberKind
    name: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of an application without the secret; times are machine time, the last use to the minute."""

    audience: ClassVar[tuple[str, ...]] = ("tenant_id",)

    id: UUID
    tenant_id: UUID
    application_id: UUID
    description: str
    created_at: datetime | None
    expires_at: datetime | None
    last_used_at: datetime | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IssuedSecret:
    """A secret of an application, told here alone."""

    secret: Secret
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Application:
    """An application of a tenant; by itself it acts as an Admin agent.

    With `admin_consent` a Global admin has to consent before it acts for users.
    """

    audience: ClassVar[tuple[str, ...]] = ("tenant_id",)

    id: UUID
    tenant_id: UUID
    name: str
    redirect_uris: tuple[str, ...]
    enabled: bool
    secrets: tuple[Secret, ...] = ()
    admin_consent: bool = False


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A part of a list by id; `next_after` continues it, None at its end."""

    items: tuple[T, ...]
    next_after: UUID | None
