"""A tenant's audit as people look through it: the newest first, narrowed, one record at a time."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from copartner.command.context import Context
from copartner.kernel.paging import Listed, Page
from copartner.policy.actions import Action
from copartner.programme import rules, store
from copartner.programme.model import AuditDetails, AuditEntry, AuditSearch
from copartner.programme.service import in_words

PAGE_LIMIT = 500
_EVERYTHING = AuditSearch()


class _Found(Listed[AuditEntry], kw_only=True):
    partners: dict[UUID, str | None]


async def search_audit(
    ctx: Context,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    wanted: AuditSearch = _EVERYTHING,
    after: UUID | None = None,
    size: int = PAGE_LIMIT,
) -> Page[AuditEntry]:
    """At most `size` (1 to 500) records of the acting tenant from `start` to before `end`, the one written last first.

    Without dates the last 30 days. Raises Denied, Invalid.
    """
    since, until = rules.audit_span(start, end, now=ctx.moment)
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.AUDIT_READ,
        store.searched(),
        *(since, until, wanted.operation or None, wanted.actor.strip() or None, wanted.about.strip() or None),
        *(wanted.customer_tenant_id, wanted.denied_only, after, size),
        body=_Found,
        each=Action.AUDIT_READ,
    )
    page = found.page(size, lambda one: one.id)
    return replace(page, items=tuple(_named(one, found.partners) for one in page.items))


async def look_at_record(ctx: Context, *, record_id: UUID) -> AuditDetails:
    """One record of the acting tenant, however old, with names; raises Denied, UnknownRecord."""
    found = await ctx.find(Action.AUDIT_READ, store.looked_at(), record_id, body=AuditDetails)
    if found is None:
        raise rules.UnknownRecord("There is no such record in your tenant's audit.", str(record_id))
    return replace(found, record=in_words(ctx, found.record))


def _named(entry: AuditEntry, partners: dict[UUID, str | None]) -> AuditEntry:
    return replace(entry, partner_name=partners.get(entry.partner_tenant_id)) if entry.partner_tenant_id else entry
