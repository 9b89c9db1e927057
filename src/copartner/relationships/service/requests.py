"""A partner asks for a relationship: its standing link, and requests with a state."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.command.denial import objection
from copartner.kernel.errors import Invalid
from copartner.partners.model import Partner
from copartner.policy import facts as policy_facts
from copartner.policy.actions import Action
from copartner.policy.facts import Facts
from copartner.relationships import rules, store
from copartner.relationships.model import Asking, RelationshipRequest, RequestPage, RequestState, StandingLink

PAGE_LIMIT = 500
T = TypeVar("T")


class _Asking(Struct):
    facts: Facts
    partner: Partner


async def read_standing_link(ctx: Context) -> StandingLink:
    """The acting partner's reusable invitation; raises Denied."""
    await ctx.read(Action.RELATIONSHIP_LINK_READ, store.home(), body=type(None))
    return StandingLink(rules.standing_link(ctx.runtime.public_url, ctx.caller.tenant_id))


def link_of(ctx: Context, request_id: UUID) -> str:
    """Where the customer answers a request."""
    return rules.request_link(ctx.runtime.public_url, request_id)


async def send_request(
    ctx: Context,
    *,
    customer_tenant_id: UUID | None = None,
    domain: str | None = None,
    reason: str = "",
    includes_privileges: bool | None = None,
) -> RelationshipRequest:
    """The acting partner invites one customer, by tenant or domain, or whoever answers first.

    `includes_privileges` None: with delegated admin privileges if the rules let the caller include them, else without.
    Raises Denied, UnknownAddressee, OwnTenant, RelationshipExists, Invalid.
    """
    async with ctx.command("relationship_request.send") as cmd:
        facts = await store.asking_facts(cmd.db, ctx)
        request_id, partner = ctx.runtime.ids.new(), ctx.caller.tenant_id
        cmd.require(Action.RELATIONSHIP_REQUEST_SEND, _about(facts, request_id, partner, None))
        if (earlier := cmd.replay(RelationshipRequest)) is not None:
            return earlier
        customer = await _addressee(cmd, customer_tenant_id, domain)
        rules.refuse_own_tenant(partner, customer)
        included = decide_privileges(cmd, _about(facts, request_id, partner, customer), includes_privileges)
        if customer is not None and await store.related(cmd.db, partner, customer):
            raise rules.RelationshipExists(rules.EXISTS, str(customer))
        addressee = domain.strip().lower() if domain is not None else str(customer or "")
        made = RelationshipRequest(
            id=request_id,
            partner_tenant_id=partner,
            customer_tenant_id=customer,
            includes_privileges=included,
            reason=rules.check_reason(reason),
            state=RequestState.PENDING,
            created_at=cmd.now,
            answered_at=None,
            created_by=await store.caller_name(cmd.db, ctx),
            addressee=addressee,
        )
        await store.add_request(cmd.db, made)
        cmd.record(None, made)
        return cmd.remember(made)


async def read_asking(ctx: Context) -> Asking:
    """What the acting partner may ask a customer for today, and its standing link; nothing is asked. Raises Denied."""
    found = await ctx.read(Action.RELATIONSHIP_LINK_READ, store.asking(), body=_Asking)
    facts = _about(found.facts, ctx.runtime.ids.new(), ctx.caller.tenant_id, None)
    send, privileges, omission = (
        objection(ctx, action, facts)
        for action in (
            Action.RELATIONSHIP_REQUEST_SEND,
            Action.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES,
            Action.RELATIONSHIP_REQUEST_OMIT_PRIVILEGES,
        )
    )
    link = StandingLink(rules.standing_link(ctx.runtime.public_url, ctx.caller.tenant_id))
    begun = [ctx.rules.rule(one.rule).begins for one in privileges.reasons if not one.permits] if privileges else []
    since = max((day for day in begun if day != date.min), default=None)
    return Asking(link, found.partner, send, privileges, omission, since)


def decide_privileges(cmd: Command, facts: Facts, wanted: bool | None) -> bool:
    """Whether a new relationship is asked for with privileges; `facts` are about the request. Raises Denied."""
    included = wanted if wanted is not None else cmd.allows(Action.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES, facts)
    cmd.require(
        Action.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES if included else Action.RELATIONSHIP_REQUEST_OMIT_PRIVILEGES,
        facts,
    )
    return included


async def list_requests(
    ctx: Context,
    *,
    state: RequestState | None = None,
    after: UUID | None = None,
    size: int = PAGE_LIMIT,
    newest_first: bool = False,
) -> RequestPage:
    """At most `size` (1 to 500) requests of the acting partner, oldest first unless asked otherwise; raises Denied."""
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.RELATIONSHIP_REQUEST_LIST,
        store.page(),
        *(state, after, size, newest_first),
        body=tuple[RelationshipRequest, ...],
        each=Action.RELATIONSHIP_REQUEST_READ,
    )
    return RequestPage(found[:size], found[size - 1].id if len(found) > size else None)


async def read_request(ctx: Context, *, request_id: UUID) -> RelationshipRequest:
    """One request of the acting partner; raises Denied, UnknownRequest."""
    found = await ctx.find(Action.RELATIONSHIP_REQUEST_READ, store.read(), request_id, body=RelationshipRequest)
    return existing(found, request_id)


async def withdraw_request(ctx: Context, *, request_id: UUID) -> RelationshipRequest:
    """The acting partner takes a waiting request back; raises Denied, UnknownRequest, RequestClosed."""
    async with ctx.command("relationship_request.withdraw") as cmd:
        facts = await store.request_facts(cmd.db, ctx, request_id)
        cmd.require(Action.RELATIONSHIP_REQUEST_WITHDRAW, facts)
        if (earlier := cmd.replay(RelationshipRequest)) is not None:
            return earlier
        before = existing(await store.lock_request(cmd.db, request_id), request_id)
        after = rules.withdraw(before)
        await store.save_withdrawal(cmd.db, after)
        cmd.record(before, after)
        return cmd.remember(after)


async def _addressee(cmd: Command, tenant_id: UUID | None, domain: str | None) -> UUID | None:
    if tenant_id is not None and domain is not None:
        raise Invalid("Name the customer by its tenant or by its domain, not by both.", "domain")
    if tenant_id is not None:
        found = await store.known_tenant(cmd.db, tenant_id)
    elif domain is not None:
        found = await store.tenant_by_domain(cmd.db, domain.strip())
    else:
        return None
    if found is None:
        raise rules.UnknownAddressee("No tenant has this identifier or domain.", str(tenant_id or domain))
    return found


def _about(facts: Facts, request_id: UUID, partner: UUID, customer: UUID | None) -> Facts:
    resource = policy_facts.RelationshipRequest(
        id=str(request_id), partner=str(partner), customer=str(customer) if customer else None
    )
    return replace(facts, resource=resource)


def existing(found: T | None, request_id: UUID) -> T:
    """What was found of a request; raises UnknownRequest when that is nothing."""
    if found is None:
        raise rules.UnknownRequest("There is no such relationship request among yours.", str(request_id))
    return found
