"""What an operator says of the identity provider, and what the provider says of a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from copartner.policy.facts import Role
from copartner.signin.model import AuthorizeRequest, User


@dataclass(frozen=True, slots=True)
class Trust:
    """An identity provider and what its claims mean here.

    `tenant` is the one tenant of everybody; without it the values of `tenant_claim` name tenants, by `tenants` when
    there is such a table, else by themselves. Tenants are identifiers or domains. `audiences` are those of access
    tokens that the provider issues for this deployment's interfaces; without any, none is accepted.
    """

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    audiences: tuple[str, ...] = ()
    tenant: str | None = None
    tenant_claim: str | None = None
    tenants: Mapping[str, str] = field(default_factory=dict)
    role_claim: str | None = None
    roles: Mapping[str, tuple[Role, ...]] = field(default_factory=dict)
    name_claim: str = "preferred_username"
    amr: tuple[str, ...] = ("mfa",)
    acr: tuple[str, ...] = ()
    lasts: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Person:
    """A person as one token of the provider has them. `roles` None: the token does not speak of roles."""

    subject: str
    tenant: str
    name: str
    display_name: str
    roles: tuple[Role, ...] | None
    methods: tuple[str, ...]
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """Which user a subject of the provider is, and when it was last said which roles the user has there."""

    tenant_id: UUID
    user_id: UUID
    said_at: datetime
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class ProviderUser:
    """A user as the audit keeps what the provider says: which subject it is, and its roles by the provider's word."""

    audience: ClassVar[tuple[str, ...]] = ("tenant_id",)

    id: UUID
    tenant_id: UUID
    user_principal_name: str
    issuer: str
    subject: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Back:
    """Somebody back from the provider: for which request, who it is, and by what they proved it there."""

    request: AuthorizeRequest
    user: User
    methods: tuple[str, ...]
