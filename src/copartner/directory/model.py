"""A customer's users as a partner administers them, the built-in roles they have, and their licences."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CustomerUser:
    """A user of a customer; `deleted_at` when it can still be restored. `partner_tenant_id` is who acts on it."""

    audience: ClassVar[tuple[str, ...]] = ("customer_tenant_id",)

    id: UUID
    customer_tenant_id: UUID
    partner_tenant_id: UUID
    user_principal_name: str
    display_name: str
    first_name: str = ""
    last_name: str = ""
    usage_location: str = ""
    immutable_id: str = ""
    enabled: bool = True
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Password:
    """A password that a partner gives a user, who has to choose another one at the next sign-in if `must_change`."""

    text: str = field(repr=False)
    must_change: bool = True


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to be made."""

    user_principal_name: str
    display_name: str
    password: Password
    first_name: str = ""
    last_name: str = ""
    usage_location: str = ""
    immutable_id: str = ""


@dataclass(frozen=True, slots=True)
class UserChange:
    """What is to become of a user; None leaves as it is. `restore` a deleted one; without `enabled` nobody signs in."""

    user_principal_name: str | None = None
    display_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    usage_location: str | None = None
    immutable_id: str | None = None
    password: Password | None = None
    restore: bool = False
    enabled: bool | None = None

    @property
    def details(self) -> dict[str, Any]:
        """The details of the user that it changes."""
        names = ("user_principal_name", "display_name", "first_name", "last_name", "usage_location", "immutable_id")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


@dataclass(frozen=True, slots=True)
class RoleMember:
    """That a user has a built-in role; `id` is the user's."""

    audience: ClassVar[tuple[str, ...]] = ("customer_tenant_id",)

    id: UUID
    customer_tenant_id: UUID
    partner_tenant_id: UUID
    role_id: UUID
    user_principal_name: str
    display_name: str


@dataclass(frozen=True, slots=True, order=True)
class Sku:
    """What a licence is of, by its place in the catalogue."""

    product_id: str
    sku_id: str
    title: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """`product:sku`."""
        return f"{self.product_id}:{self.sku_id}"


@dataclass(frozen=True, slots=True)
class Units:
    """The units of one SKU that a customer has of all its sellers together, by state, and those given to users."""

    sku: Sku
    active: int
    warning: int
    suspended: int
    consumed: int

    @property
    def total(self) -> int:
        """Units that work: active ones, and those whose term is over and grace runs."""
        return self.active + self.warning

    @property
    def available(self) -> int:
        """Units left to be given."""
        return max(self.total - self.consumed, 0)


@dataclass(frozen=True, slots=True)
class Licences:
    """The licences of one user, by the names of their SKUs; `id` is the user's."""

    audience: ClassVar[tuple[str, ...]] = ("customer_tenant_id",)

    id: UUID
    customer_tenant_id: UUID
    partner_tenant_id: UUID
    skus: tuple[str, ...]
