"""Who and what is in a tenant: users with their roles, groups, applications with their secrets."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from copartner.kernel.paging import Page
from copartner.policy.facts import Role

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
class OwnEnrolment:
    """How the acting tenant is enrolled in the programme; `markets` are countries, `state` and `model` as kept."""

    mpn_id: str
    markets: tuple[str, ...]
    state: str
    model: str
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class TenantOverview:
    """The acting tenant; `organisation` is the name of the business behind it."""

    id: UUID
    company_name: str
    domain: str
    country: str
    cloud: str
    organisation: str
    created_at: datetime
    enrolment: OwnEnrolment | None = None


@dataclass(frozen=True, slots=True)
class UserEntry:
    """A user as a list shows it; `roles` are those held now, by whichever way."""

    id: UUID
    user_principal_name: str
    display_name: str
    enabled: bool
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A group as a list shows it; `members` is how many are in it itself."""

    id: UUID
    name: str
    role: Role | None
    members: int


@dataclass(frozen=True, slots=True)
class GroupHeld:
    """A group that something is in, itself when `direct`, else by another group."""

    id: UUID
    name: str
    role: Role | None
    direct: bool


@dataclass(frozen=True, slots=True)
class SignInMethods:
    """By what a user signs in; times are machine time, `provider` is the issuer of the identity provider."""

    must_change_password: bool
    second_factor_since: datetime | None
    provider: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """A user with groups and sign-in methods; `other_admins` counts the tenant's other enabled Global admins."""

    user: User
    groups: tuple[GroupHeld, ...]
    methods: SignInMethods
    other_admins: int

    @property
    def is_last_admin(self) -> bool:
        """Whether nobody could administer the tenant without this user."""
        held = (*self.user.roles, *self.user.provider_roles)
        return self.user.enabled and Role.GLOBAL_ADMIN in held and self.other_admins == 0


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group, the groups it is in, and a page of what is in it."""

    group: Group
    above: tuple[GroupHeld, ...]
    members: Page[MemberEntry]
