"""What needs a partner's attention now, in one look, as far as the one who looks may see it."""

from datetime import datetime
from itertools import pairwise
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from copartner.attention import rules, store
from copartner.attention.model import Attention, DeniedAct, Due, Part, Week
from copartner.command.context import Context, HiddenRowError
from copartner.command.denial import objection
from copartner.delegation.model import AdminRelationship
from copartner.delegation.rules import WAITS
from copartner.kernel.languages import Language
from copartner.policy.actions import Action
from copartner.policy.explain import Explanation
from copartner.policy.facts import Facts
from copartner.relationships.model import RelationshipRequest
from copartner.subscriptions.rules import WINDOW

T = TypeVar("T")


class Found(msgspec.Struct, Generic[T]):
    """A part as the database answers it: the first few, how many, and the facts of reading each kind of them."""

    total: int | None
    items: tuple[T, ...]
    shapes: tuple[Facts, ...]


class FoundDenied(msgspec.Struct):
    """Something that the rules denied as the database answers it: told in every language, if at all."""

    id: UUID
    at: datetime
    actor_name: str | None
    company_name: str | None
    action: str
    customer_tenant_id: UUID | None
    customer_name: str | None
    decision_id: UUID | None
    told: dict[Language, str] | None


class _Found(msgspec.Struct):
    home: Facts
    selling: Facts | None
    requests: Found[RelationshipRequest]
    approvals: Found[AdminRelationship]
    endings: Found[AdminRelationship]
    weeks: tuple[Found[Due], ...]
    windows: Found[Due]
    denials: Found[FoundDenied]


_FOUND = msgspec.json.Decoder(_Found)
# By which actions of its own tenant a partner's parts are decided, in the order of the page.
_AT_HOME = (Action.RELATIONSHIP_REQUEST_LIST, Action.ADMIN_RELATIONSHIP_LIST, Action.CUSTOMER_LIST, Action.AUDIT_READ)


async def read_attention(ctx: Context) -> Attention:
    """What waits, ends, renews and was denied at the acting partner; a part that is denied says so instead.

    Raises Denied where nothing of it may be seen.
    """
    now = ctx.moment
    async with ctx.runtime.pool.acquire() as connection:
        row = await connection.fetchval(
            store.attention(),
            *ctx.who,
            now,
            rules.today(now),
            rules.weeks(now),
            now - WAITS,
            now + rules.ENDING,
            now + rules.CLOSING,
            WINDOW,
            rules.FEW,
        )
    found = _FOUND.decode(row)
    await ctx.runtime.rules.certain(ctx.rules_number)
    asked = [(action, found.home) for action in _AT_HOME]
    if found.selling is not None:
        asked.append((Action.SUBSCRIPTION_LIST, found.selling))
    hidden = {action: objection(ctx, action, facts) for action, facts in asked}
    if all(hidden.values()):
        # Nothing is left to look at, so this is a denial like any other.
        await ctx.require(*asked[0])
    return _attention(ctx, found, hidden)


def _attention(ctx: Context, found: _Found, hidden: dict[Action, Explanation | None]) -> Attention:
    selling, granular = hidden.get(Action.SUBSCRIPTION_LIST), hidden[Action.ADMIN_RELATIONSHIP_LIST]
    sold = Action.SUBSCRIPTION_READ
    endings = part(ctx, found.endings, granular, Action.ADMIN_RELATIONSHIP_READ)
    return Attention(
        requests=part(ctx, found.requests, hidden[Action.RELATIONSHIP_REQUEST_LIST], Action.RELATIONSHIP_REQUEST_READ),
        approvals=part(ctx, found.approvals, granular, Action.ADMIN_RELATIONSHIP_READ),
        endings=with_items(endings, tuple(rules.ending(one, now=ctx.moment) for one in endings.items)),
        weeks=tuple(
            Week(begins, ends, part(ctx, week, selling, sold))
            for (begins, ends), week in zip(pairwise(rules.weeks(ctx.moment)), found.weeks, strict=True)
        ),
        windows=part(ctx, found.windows, selling, sold),
        denials=denied(ctx, found.denials, hidden[Action.AUDIT_READ]),
        selling=selling,
        customers=hidden[Action.CUSTOMER_LIST],
    )


def part(ctx: Context, found: Found[T], hidden: Explanation | None, each: Action) -> Part[T]:
    """The part as it is told, nothing of it where it is hidden; raises HiddenRowError."""
    if hidden is not None:
        return Part(hidden=hidden)
    for facts in found.shapes:
        if not ctx.judge(each, facts).allowed:
            raise HiddenRowError(f"{each} would be denied on a row of what needs attention")
    return Part(found.items, found.total)


def denied(ctx: Context, found: Found[FoundDenied], hidden: Explanation | None) -> Part[DeniedAct]:
    """What was denied as it is told, each in the reader's language; raises HiddenRowError."""
    told = part(ctx, found, hidden, Action.AUDIT_READ)
    return with_items(told, tuple(_told(ctx, one) for one in told.items))


def with_items(told: Part[Any], items: tuple[T, ...]) -> Part[T]:
    """A part with its items in another form."""
    return Part(items, told.total, told.hidden)


def _told(ctx: Context, one: FoundDenied) -> DeniedAct:
    told = one.told or {}
    return DeniedAct(
        id=one.id,
        at=one.at,
        actor_name=one.actor_name,
        company_name=one.company_name,
        action=one.action,
        customer_tenant_id=one.customer_tenant_id,
        customer_name=one.customer_name,
        decision_id=one.decision_id,
        told=told.get(ctx.language) or told.get(Language.ENGLISH, ""),
    )
