"""What happened in the caller's tenant, whichever side it is on, in the shape of the contract's audit."""

from copartner.api.partner_center import audit, pages
from copartner.api.partner_center.audit import AuditRecordBody
from copartner.api.partner_center.wire import Collection
from copartner.api.programme.wire import ROOT, SIDE
from copartner.api.registry import Route

ROUTES = (
    Route(("GET",), f"{ROOT}/audit-records", audit.list_records, "audit_records.list",
          "List what happened in the caller's tenant.", Collection[AuditRecordBody], side=None,
          query=(SIDE, *audit.QUERY), headers=pages.HEADERS),
)  # fmt: skip
