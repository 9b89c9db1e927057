"""Consent receipts, as the customer that gave them and the partner that got them read them."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from copartner.api.call import Call
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT, SIDE, Page
from copartner.api.registry import Route
from copartner.delegation import receipts
from copartner.delegation.consent_model import KeptReceipt, Receipt


class ReceiptLineBody(Struct, frozen=True, rename="camel"):
    """One receipt of the list."""

    id: UUID
    partner_tenant_id: UUID
    customer_tenant_id: UUID
    issued_at: datetime


class ReceiptBody(Struct, frozen=True):
    """A receipt: what it says, and the same signed, as a compact JSON Web Signature."""

    receipt: Receipt
    jws: str


def _whole(kept: KeptReceipt) -> ReceiptBody:
    return ReceiptBody(receipts.content(kept), kept.jws)


async def _list(call: Call) -> Page[ReceiptLineBody]:
    part = wire.wanted(call, "side")
    found = await receipts.list_receipts(call.ctx, after=part.after, size=part.size)
    return wire.page(call, part, [wire.shaped(one, ReceiptLineBody) for one in found], found.next_after, "side")


async def _read(call: Call) -> ReceiptBody:
    return _whole(await receipts.read_receipt(call.ctx, receipt_id=call.id("receipt")))


_ALL = f"{ROOT}/consent/receipts"
ROUTES = (
    Route(("GET",), _ALL, _list, "receipts.list", "List the consent receipts of the caller's tenant.",
          Page[ReceiptLineBody], side=None, query=(SIDE, *wire.QUERY)),
    Route(("GET",), f"{_ALL}/{{receipt}}", _read, "receipts.read", "Read a consent receipt, signed.", ReceiptBody,
          side=None, query=(SIDE,)),
)  # fmt: skip
