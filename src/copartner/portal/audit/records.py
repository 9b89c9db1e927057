"""What happened in one's own tenant and what was denied there: looked through, and one record with what it changed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response

from copartner.customers import service as customers
from copartner.kernel.errors import Invalid
from copartner.kernel.paging import Page as Part
from copartner.policy.facts import Side
from copartner.portal.audit import words
from copartner.portal.audit.differences import differences
from copartner.portal.days import beginning
from copartner.portal.page import Page, Visit
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table
from copartner.programme import rules, searching, service
from copartner.programme.model import AuditEntry, AuditSearch, AuditStatus, DecisionView

PART = 50
_DAY = timedelta(days=1)


def _table(visit: Visit) -> Table[AuditEntry]:
    return Table(
        "audit",
        word("What happened, the newest first"),
        (
            Column("when", word("When"), lambda one: one.at),
            Column("who", word("Who"), lambda one: one.actor_name),
            Column("what", word("What"), lambda one: words.operation(visit.language, one.operation_type)),
            Column("thing", word("Kind of thing"), lambda one: one.resource_type),
            Column("customer", word("Customer"), lambda one: one.customer_name),
            Column("partner", word("Partner"), lambda one: one.partner_name),
            Column("outcome", word("Outcome"), lambda one: one.status.value),
        ),
    )


async def show_audit(visit: Visit) -> Response[bytes]:
    """The acting tenant's audit, narrowed by the address."""
    return await _list(visit, None, "")


async def show_customer_audit(visit: Visit) -> Response[bytes]:
    """What a partner's own audit says of one customer."""
    customer_id = visit.ids["customer_id"]
    customer = await customers.read_customer(visit.ctx, customer_id=customer_id)
    return await _list(visit, customer_id, customer.company_name)


async def _list(visit: Visit, customer_id: UUID | None, customer: str) -> Response[bytes]:
    query = visit.query
    wanted = AuditSearch(
        operation=query.get("operation", ""),
        actor=query.get("actor", ""),
        about=query.get("about", ""),
        customer_tenant_id=customer_id,
        denied_only=query.get("denied") == "on",
    )
    values: dict[str, Any] = {
        "wanted": wanted,
        "first": query.get("from") or f"{visit.ctx.moment - rules.USUAL_SPAN:%Y-%m-%d}",
        "last": query.get("to") or f"{visit.ctx.moment:%Y-%m-%d}",
        "operations": _operations(visit, wanted.operation),
        "operation_of": lambda name: words.operation(visit.language, name),
        "customer": customer,
        "customer_id": customer_id,
        "narrowed": any(query.get(name) for name in ("from", "to", "operation", "actor", "about", "denied")),
        "own": visit.ctx.caller.tenant_id,
    }
    try:
        since, until = _span(query)

        async def load(after: UUID | None) -> Part[AuditEntry]:
            return await searching.search_audit(
                visit.ctx, start=since, end=until, wanted=wanted, after=after, size=PART
            )

        shown = await _table(visit).show(visit, load)
    except Invalid as refusal:
        return visit.page("audit/list.html", status=400, refusal=refusal, shown=None, **values)
    if isinstance(shown, Response):
        return shown
    return visit.page("audit/list.html", shown=shown, refusal=None, **values)


def _operations(visit: Visit, wanted: str) -> list[tuple[str, str]]:
    found = [("", visit.text("everything")), *words.things(visit.language)]
    if wanted and wanted not in dict(found):
        found.insert(1, (wanted, words.operation(visit.language, wanted)))
    return found


def _span(query: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
    """From the beginning of the first day to the end of the last one, in UTC; raises Invalid."""
    first, last = (beginning(query[name], name) if query.get(name) else None for name in ("from", "to"))
    return first, None if last is None else last + _DAY


async def show_record(visit: Visit) -> Response[bytes]:
    """One record: who did what about whom, what it changed, and why it was denied."""
    found = await searching.look_at_record(visit.ctx, record_id=visit.ids["record_id"])
    record, decision = found.record, None
    denied = record.status is AuditStatus.DENIED
    if denied and record.decision_id is not None:
        decision = await service.read_decision(visit.ctx, decision_id=record.decision_id)
    return visit.page(
        "audit/record.html",
        record=record,
        partner_name=found.partner_name,
        operation=words.operation(visit.language, record.operation_type),
        fields=() if denied else differences(record.old_value, record.new_value),
        denied=denied,
        decision=decision,
        door=door_of(decision),
        own=visit.ctx.caller.tenant_id,
    )


def door_of(decision: DecisionView | None) -> str:
    """Where what was decided came in, as far as the record says it; else nothing."""
    asked = decision.facts.get("principal") if decision else None
    return str(asked.get("door") or "") if isinstance(asked, dict) else ""


PAGES = (
    Page("/audit", "audit", None, show_audit),
    Page("/audit/{record_id}", "audit_record", None, show_record),
    Page("/partner/customers/{customer_id}/audit", "customer_audit", Side.PARTNER, show_customer_audit),
)
