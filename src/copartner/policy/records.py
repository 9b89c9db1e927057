"""What the rules see of tenants that the operator administers, and of records of decisions."""

from typing import Annotated

from msgspec import Struct

from copartner.policy.refs import ActorId, Ref, TenantId


class TenantRecord(Struct, frozen=True, rename="camel", tag_field="type", tag="TenantRecord"):
    """A tenant as the operator administers it."""

    id: Annotated[str, Ref("TenantRecord")]
    tenant: TenantId


class DecisionRecord(Struct, frozen=True, rename="camel", tag_field="type", tag="DecisionRecord"):
    """One tenant's record of a decision; `actor` is set on the record of the tenant that the actor belongs to."""

    id: Annotated[str, Ref("DecisionRecord")]
    tenant: TenantId
    actor: ActorId | None = None
