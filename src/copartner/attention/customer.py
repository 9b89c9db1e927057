"""What needs a customer's attention now, in one look, as far as the one who looks may see it."""

from datetime import datetime
from uuid import UUID

import msgspec

from copartner.attention import rules, store
from copartner.attention.model import AskedRelationship, AskedRoles, OwnAttention, Stopped, TermEnd
from copartner.attention.service import Found, part, with_items
from copartner.command.context import Context
from copartner.command.denial import objection
from copartner.delegation.rules import WAITS
from copartner.kernel.languages import Language
from copartner.policy.actions import Action
from copartner.policy.facts import Facts


class _Denied(msgspec.Struct):
    id: UUID
    at: datetime
    actor_name: str | None
    company_name: str | None
    action: str
    decision_id: UUID | None
    told: dict[Language, str] | None


class _Found(msgspec.Struct):
    home: Facts
    requests: Found[AskedRelationship]
    approvals: Found[AskedRoles]
    endings: Found[AskedRoles]
    renewals: Found[TermEnd]
    denials: Found[_Denied]
    selling: int
    administering: int


_FOUND = msgspec.json.Decoder(_Found)


async def read_customer_attention(ctx: Context, *, size: int = rules.FEW) -> OwnAttention:
    """What waits, ends, renews and was denied at the acting customer, at most `size` of each; hidden parts say why."""
    now = ctx.moment
    async with ctx.runtime.pool.acquire() as connection:
        row = await connection.fetchval(
            store.own_attention(), *ctx.who, now, rules.today(now), now - WAITS, now + rules.ENDING, size
        )
    found = _FOUND.decode(row)
    await ctx.runtime.rules.certain(ctx.rules_number)
    # The cap is read by those who answer partners, so that it stands for what waits for them.
    partners, answering, audit, bought = (
        objection(ctx, action, found.home)
        for action in (
            Action.OWN_RELATIONSHIP_LIST,
            Action.ADMIN_CAP_READ,
            Action.AUDIT_READ,
            Action.OWN_SUBSCRIPTION_LIST,
        )
    )
    denials = part(ctx, found.denials, audit, Action.AUDIT_READ)
    return OwnAttention(
        requests=part(ctx, found.requests, partners, Action.CONSENT_READ),
        approvals=part(ctx, found.approvals, answering, Action.ADMIN_CONSENT_READ),
        endings=part(ctx, found.endings, answering, Action.ADMIN_CONSENT_READ),
        renewals=part(ctx, found.renewals, bought, Action.OWN_SUBSCRIPTION_LIST),
        denials=with_items(denials, tuple(_told(ctx, one) for one in denials.items)),
        partners=partners,
        selling=0 if partners else found.selling,
        administering=0 if partners else found.administering,
    )


def _told(ctx: Context, one: _Denied) -> Stopped:
    told = one.told or {}
    return Stopped(
        id=one.id,
        at=one.at,
        actor_name=one.actor_name,
        company_name=one.company_name,
        action=one.action,
        decision_id=one.decision_id,
        told=told.get(ctx.language) or told.get(Language.ENGLISH, ""),
    )
