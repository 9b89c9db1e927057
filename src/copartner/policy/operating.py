"""What the rules see of tenants, decisions and rules themselves; part of the facts."""

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


class RuleVersion(Struct, frozen=True, rename="camel", tag_field="type", tag="RuleVersion"):
    """A version of the rules; without `tenant`, the operator's, there is none such.

    `proved`: the promises hold by it and the rules as they stand now. `notice`: days from the present one to its first.
    """

    id: Annotated[str, Ref("RuleVersion")]
    tenant: TenantId | None = None
    proposer: ActorId | None = None
    proved: bool | None = None
    notice: int | None = None
