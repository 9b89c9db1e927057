"""What needs a customer's attention now, in one look, as far as the one who looks may see it."""

import msgspec

from copartner.attention import rules, store
from copartner.attention.model import AskedRelationship, AskedRoles, OwnAttention, TermEnd
from copartner.attention.service import Found, FoundDenied, denied, part
from copartner.command.context import Context
from copartner.command.denial import objection
from copartner.delegation.rules import WAITS
from copartner.policy.actions import Action
from copartner.policy.facts import Facts


class _Found(msgspec.Struct):
    home: Facts
    requests: Found[AskedRelationship]
    approvals: Found[AskedRoles]
    endings: Found[AskedRoles]
    renewals: Found[TermEnd]
    denials: Found[FoundDenied]
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
    return OwnAttention(
        requests=part(ctx, found.requests, partners, Action.CONSENT_READ),
        approvals=part(ctx, found.approvals, answering, Action.ADMIN_CONSENT_READ),
        endings=part(ctx, found.endings, answering, Action.ADMIN_CONSENT_READ),
        renewals=part(ctx, found.renewals, bought, Action.OWN_SUBSCRIPTION_LIST),
        denials=denied(ctx, found.denials, audit),
        partners=partners,
        selling=0 if partners else found.selling,
        administering=0 if partners else found.administering,
    )
