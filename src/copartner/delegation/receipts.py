"""Consent receipts: signed when a customer's approval takes effect, read by it and by the partner."""

from datetime import datetime
from uuid import UUID

import msgspec
from joserfc import jws

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.delegation import consent_store as store
from copartner.delegation import terms
from copartner.delegation.consent_model import Approver, KeptReceipt, Receipt, ReceiptPartner, ReceiptRole
from copartner.delegation.model import AdminRelationship, AutoExtend
from copartner.delegation.roles import described
from copartner.delegation.rules import UnknownReceipt, end_of
from copartner.kernel.languages import Language
from copartner.kernel.paging import Listed, Page
from copartner.partners.model import Partner
from copartner.policy.actions import Action

PAGE_LIMIT = 500
# The type in the header of the signature: no token has it.
TYPE = "copartner-receipt+json"
_CONTENT = msgspec.json.Decoder(Receipt)


async def list_receipts(ctx: Context, *, after: UUID | None = None, size: int = PAGE_LIMIT) -> Page[KeptReceipt]:
    """At most `size` (1 to 500) receipts of the acting tenant, oldest first; raises Denied."""
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.ADMIN_RECEIPT_READ,
        store.receipts(),
        *(after, size),
        body=Listed[KeptReceipt],
        each=Action.ADMIN_RECEIPT_READ,
    )
    return found.page(size, lambda one: one.id)


async def read_receipt(ctx: Context, *, receipt_id: UUID) -> KeptReceipt:
    """One receipt of the acting tenant; raises Denied, UnknownReceipt."""
    found = await ctx.find(Action.ADMIN_RECEIPT_READ, store.receipt(), receipt_id, body=KeptReceipt)
    if found is None:
        raise UnknownReceipt("There is no such consent receipt of your tenant.", str(receipt_id))
    return found


def content(kept: KeptReceipt) -> Receipt:
    """What a receipt says; whether it is genuine is for its reader to check."""
    return _CONTENT.decode(jws.extract_compact(kept.jws.encode()).payload)


async def issue(
    ctx: Context,
    cmd: Command,
    made: AdminRelationship,
    *,
    approver: Approver,
    partner: Partner,
    reason: str,
    approved_at: datetime | None = None,
    language: Language = Language.ENGLISH,
) -> None:
    """Sign and keep a receipt in the transaction of an approval; `approved_at` is earlier where it was in advance.
    `language` is the one in which the text was shown.

    Call `signing` before the transaction begins.
    """
    receipt = Receipt(
        id=made.id,
        issuer=ctx.runtime.public_url.rstrip("/"),
        approved_by=approver,
        approved_at=approved_at or cmd.now,
        taken_at=cmd.now if approved_at else None,
        partner=ReceiptPartner(partner.tenant_id, partner.company_name, partner.domain, partner.mpn_id),
        relationship_id=f"{made.id}-{made.partner_tenant_id}",
        display_name=made.display_name,
        roles=tuple(ReceiptRole(one.id, one.name, one.risk) for one in described(made.roles)),
        duration=made.duration,
        auto_extend=made.auto_extend is AutoExtend.HALF_A_YEAR,
        until=made.ends_at or end_of(made.duration, cmd.now),
        reason=reason,
        shown=terms.shown(made, partner, language),
    )
    signed = ctx.runtime.signer.sign(msgspec.json.encode(receipt), TYPE)
    await store.keep_receipt(cmd.db, KeptReceipt(made.id, made.partner_tenant_id, approver.tenant_id, cmd.now, signed))


async def signing(ctx: Context) -> None:
    """Have the key at hand that signs now; no transaction may be open, since this may ask the database."""
    await ctx.runtime.signer.look()
