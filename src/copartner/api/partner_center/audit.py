"""The caller's audit in the contract's shape."""

import re
from datetime import datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field

from copartner.api import queries
from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.partner_center import pages, wire
from copartner.api.partner_center.wire import Attributes, Collection
from copartner.api.registry import Query, Route
from copartner.kernel.ids import parse_id
from copartner.programme import service
from copartner.programme.model import AuditFilter, AuditRecord, AuditStatus

_FILTERS = {"CompanyName": ("substring",), "CustomerId": ("equals",), "ResourceType": ("equals",)}
# Published names; what the contract has no name for keeps its own.
_RESOURCES = {
    "Relationship": "partner_customer_relationship",
    "FoundedTenant": "customer",
    "PurgedTenant": "customer",
}
# One published name may stand for several kinds.
_BY_NAME = {name: ",".join(kind for kind, other in _RESOURCES.items() if other == name) for name in _RESOURCES.values()}
_OPERATIONS = {
    "subscription.change": "update_subscription",
    "customer.create": "add_customer",
    "customer.purge": "delete_customer",
    "billing_profile.edit": "update_customer_billing_profile",
    "customer.end_relationship": "remove_partner_customer_relationship",
    "order.place": "create_order",
    "agreement.attest": "create_agreement",
    "partner_profile.edit": "update_company_info",
    "customer.remove_privileges": "dap_admin_relationship_terminated",
    "own_relationship.remove_privileges": "dap_admin_relationship_terminated",
}


class Pair(Struct, frozen=True, rename="camel"):
    """One more fact about a record."""

    key: str
    value: str


class AuditRecordBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """One operation; old and new values are JSON in a string."""

    id: UUID
    resource_type: str
    operation_type: str
    operation_date: datetime
    operation_status: str
    customized_data: tuple[Pair, ...]
    partner_tenant: UUID | UnsetType = field(default=UNSET, name="partnerId")
    customer_id: UUID | UnsetType = UNSET
    customer_name: str | UnsetType = UNSET
    user_principal_name: str | UnsetType = UNSET
    application_id: UUID | UnsetType = UNSET
    resource_old_value: str | UnsetType = UNSET
    resource_new_value: str | UnsetType = UNSET
    attributes: Attributes = Attributes("AuditRecord")


def _present(found: AuditRecord) -> AuditRecordBody:
    """The record in the contract's shape; a denial is an operation that failed."""
    more = {
        "ResourceId": found.resource_id,
        "DecisionId": found.decision_id,
        "CorrelationId": found.correlation_id,
        "ActorTenantId": found.actor_tenant_id,
    }
    return AuditRecordBody(
        id=found.id,
        resource_type=_RESOURCES.get(found.resource_type) or _snake(found.resource_type),
        operation_type=_OPERATIONS.get(found.operation_type) or found.operation_type.replace(".", "_"),
        operation_date=found.at,
        operation_status="failed" if found.status is AuditStatus.DENIED else "succeeded",
        customized_data=tuple(Pair(key, str(value)) for key, value in more.items() if value is not None),
        partner_tenant=wire.given(found.partner_tenant_id),
        customer_id=wire.given(found.customer_tenant_id),
        customer_name=wire.given(found.customer_name),
        user_principal_name=wire.given(None if found.application_id else found.actor_name),
        application_id=wire.given(found.application_id),
        resource_old_value=UNSET if found.old_value is None else wire.text_of(found.old_value),
        resource_new_value=UNSET if found.new_value is None else wire.text_of(found.new_value),
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


async def list_records(call: Call) -> Collection[AuditRecordBody]:
    """The caller's records, with the dates and the filter of the query."""
    text = call.query("filter")
    start = queries.date(call.query("startDate"), "startDate")
    end = queries.end(call.query("endDate"), "endDate")
    asked = pages.wanted(call, f"audit/{text}/{start}/{end}", default=pages.LARGEST)
    found = await service.list_audit(
        call.ctx,
        start=start.moment if start else None,
        end=end,
        wanted=_filter(queries.filtered(text, _FILTERS)),
        after=asked.after,
        skip=asked.skip,
        size=asked.size,
    )
    query = {"startDate": call.query("startDate"), "endDate": call.query("endDate"), "side": call.query("side")}
    return pages.collection(found, _present, call, asked, filter=text, **query)


async def _read(call: Call) -> AuditRecordBody:
    """One record, where a notice of a change points to."""
    return _present(await service.read_audit_record(call.ctx, record_id=call.id("auditrecord")))


def _filter(wanted: queries.Filter | None) -> AuditFilter:
    if wanted is None:
        return AuditFilter()
    if wanted.field == "CompanyName":
        return AuditFilter(company_name=wanted.value)
    if wanted.field == "ResourceType":
        plain = wanted.value.strip().lower()
        kind = _BY_NAME.get(plain) or "".join(part.capitalize() for part in plain.split("_"))
        return AuditFilter(resource_type=kind)
    customer_id = parse_id(wanted.value)
    if customer_id is None:
        raise Malformed("filter: CustomerId has to be a GUID.", "filter")
    return AuditFilter(customer_tenant_id=customer_id)


QUERY = (
    Query("startDate", "From this day or moment; the last 90 days are open. Without it, 30 days are listed."),
    Query("endDate", "Up to and with this day, or before this moment."),
    Query("filter", "JSON with Field CompanyName (substring), CustomerId or ResourceType (equals), Value, Operator."),
    *pages.QUERY,
)
ROUTES = (
    Route(("GET",), "/v1/auditrecords", list_records, "audit.list", "List what happened.", Collection[AuditRecordBody],
          query=QUERY, headers=pages.HEADERS),
    Route(("GET",), "/auditactivity/v1/auditrecords/{auditrecord}", _read, "audit.read", "Read what happened once.",
          AuditRecordBody),
)  # fmt: skip
