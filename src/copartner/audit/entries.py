"""Audit rows: one for each tenant concerned, with old and new values as that tenant may read them."""

from dataclasses import fields
from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

import msgspec

from copartner.kernel.ids import Ids


class Audited(Protocol):
    """A domain object whose changes are audited: a frozen dataclass that names its parties.

    `audience` lists the attributes whose tenants get a row beside the actor's. A field with metadata `seller_only` is
    left out of every row but the partner's; of a thing without a partner, but that of the actor's own tenant.
    """

    audience: ClassVar[tuple[str, ...]]
    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def id(self) -> UUID:
        """Identifier of the object."""
        ...


class Actor(Protocol):
    """Who acted, as far as the audit needs it; without a tenant nobody did, but time passed."""

    @property
    def tenant_id(self) -> UUID | None:
        """Tenant of the actor."""
        ...

    @property
    def subject_id(self) -> UUID | None:
        """User or application."""
        ...

    @property
    def app_only(self) -> bool:
        """Whether an application acted without a user."""
        ...


def entries(
    *,
    caller: Actor,
    operation: str,
    before: Audited | None,
    after: Audited | None,
    at: datetime,
    ids: Ids,
    correlation_id: str,
) -> list[dict[str, Any]]:
    """The rows that the change from `before` to `after` leaves; `at` is programme time."""
    thing = after or before
    if thing is None:
        raise ValueError("an audit entry needs the thing before or after its change")
    partner, customer = (getattr(thing, name, None) for name in ("partner_tenant_id", "customer_tenant_id"))
    trusted = partner or caller.tenant_id
    named = (caller.tenant_id, *(getattr(thing, name) for name in thing.audience))
    concerned = {tenant for tenant in named if tenant is not None}
    return [
        {
            "tenant_id": tenant,
            "at": at,
            "id": ids.new(),
            "partner_tenant_id": partner,
            "customer_tenant_id": customer,
            "actor_tenant_id": caller.tenant_id,
            "actor_id": caller.subject_id,
            "app_only": caller.app_only,
            "names_actor": caller.tenant_id is not None,
            "operation_type": operation,
            "resource_type": type(thing).__name__,
            "resource_id": str(thing.id),
            "status": "succeeded",
            "old_value": _values(before, whole=tenant == trusted),
            "new_value": _values(after, whole=tenant == trusted),
            "decision_id": None,
            "correlation_id": correlation_id,
        }
        for tenant in sorted(concerned)
    ]


def _values(thing: Audited | None, *, whole: bool) -> Any:
    if thing is None:
        return None
    values = msgspec.to_builtins(thing)
    if not whole:
        for described in fields(thing):
            if described.metadata.get("seller_only"):
                values.pop(described.name, None)
    return values
