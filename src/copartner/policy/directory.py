"""What the rules see of a tenant's own directory; part of the facts."""

from typing import Annotated

from msgspec import Struct

from copartner.policy.refs import ActorId, Ref, TenantId


class UserRecord(Struct, frozen=True, rename="camel", tag_field="type", tag="UserRecord"):
    """A user of the tenant, if it has such a one; `guarded` when it is a Global admin or an agent by its groups."""

    id: Annotated[str, Ref("UserRecord")]
    tenant: TenantId | None = None
    guarded: bool | None = None


class GroupRecord(Struct, frozen=True, rename="camel", tag_field="type", tag="GroupRecord"):
    """A group of the tenant, if it has such a one; `guarded` when its members are agents by it or one above it."""

    id: Annotated[str, Ref("GroupRecord")]
    tenant: TenantId | None = None
    guarded: bool | None = None


class ApplicationRecord(Struct, frozen=True, rename="camel", tag_field="type", tag="ApplicationRecord"):
    """An application as its tenant administers it; without `tenant` the actor's tenant has no such application.

    `admin_consent` when a Global admin has to consent to it for the tenant.
    """

    id: Annotated[str, Ref("ApplicationRecord")]
    tenant: TenantId | None = None
    admin_consent: bool | None = None


class ConsentRecord(Struct, frozen=True, rename="camel", tag_field="type", tag="ConsentRecord"):
    """A consent to an application, of `user` or else of the whole tenant; without `tenant` there is none such."""

    id: Annotated[str, Ref("ConsentRecord")]
    tenant: TenantId | None = None
    user: ActorId | None = None
