"""What happened in the caller's tenant, whichever side it is on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from copartner.api import queries
from copartner.api.call import Call
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT, Page
from copartner.api.registry import Query, Route
from copartner.programme import service
from copartner.programme.model import AuditFilter, AuditStatus

_KEPT = ("startDate", "endDate", "customerTenantId", "resourceType", "side")


class RecordBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """One operation with old and new values; without an actor the reader may not learn who it was."""

    id: UUID
    at: datetime
    status: AuditStatus
    operation_type: str
    resource_type: str
    resource_id: str | None
    partner_tenant_id: UUID | None
    customer_tenant_id: UUID | None
    customer_name: str | None
    actor_tenant_id: UUID | None
    actor_name: str | None
    application_id: UUID | None
    old_value: Any
    new_value: Any
    decision_id: UUID | None
    correlation_id: str | None


async def _list(call: Call) -> Page[RecordBody]:
    part = wire.wanted(call, *_KEPT)
    start = queries.date(call.query("startDate"), "startDate")
    found = await service.list_audit(
        call.ctx,
        start=start.moment if start else None,
        end=queries.end(call.query("endDate"), "endDate"),
        wanted=AuditFilter(
            customer_tenant_id=call.query_id("customerTenantId"), resource_type=call.query("resourceType")
        ),
        after=part.after,
        size=part.size,
    )
    return wire.page(call, part, [wire.shaped(one, RecordBody) for one in found.items], found.next_after, *_KEPT)


_QUERY = (
    Query("startDate", "From this day or moment; the last 90 days are open. Without it, 30 days are listed."),
    Query("endDate", "Up to and with this day, or before this moment."),
    Query("customerTenantId", "Only what concerns this customer."),
    Query("resourceType", "Only this kind of thing, such as Subscription."),
    wire.SIDE,
    *wire.QUERY,
)
ROUTES = (
    Route(("GET",), f"{ROOT}/audit-records", _list, "audit_records.list", "List what happened in the caller's tenant.",
          Page[RecordBody], side=None, query=_QUERY),
)  # fmt: skip
