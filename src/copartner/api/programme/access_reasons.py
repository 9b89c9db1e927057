"""Why somebody may do something in a customer's tenant, and which roles are more than what is done with them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from copartner.access import advising, questions
from copartner.access.model import Advice, Finding, HeldRole, Kind, Review, Verdict
from copartner.api.call import Call, Reply
from copartner.api.decoding import Malformed
from copartner.api.programme import sheets, wire
from copartner.api.programme.access import relationship_name
from copartner.api.programme.admin_consent import AdminRoleBody
from copartner.api.programme.consent import PartnerBody
from copartner.api.programme.decisions import FactBody, RuleBody
from copartner.api.programme.wire import ROOT
from copartner.api.registry import Query, Route
from copartner.policy.facts import Side


class WayBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A role that the user has in the tenant, and through which group of which approval."""

    role: AdminRoleBody
    kind: Kind
    relationship_id: str
    assignment_id: UUID | None
    group_id: UUID
    until: datetime | None


class VerdictBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """Whether a user may do something, through what, by which rules, and what is missing."""

    partner: PartnerBody
    user_id: UUID
    user_name: str
    action: str
    allowed: bool
    summary: str
    held: tuple[WayBody, ...]
    through: tuple[WayBody, ...]
    rules: tuple[RuleBody, ...]
    missing: tuple[str, ...]


class AdviceBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A role of an approval, what it was used for, and the smallest role that would have done, where it is another."""

    partner: PartnerBody
    kind: Kind
    relationship_id: str
    role: AdminRoleBody
    finding: Finding
    used_for: tuple[str, ...]
    smaller: AdminRoleBody | None
    why: str


class ReviewBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """The advice on all that is held, by what was done since then."""

    since: datetime
    items: Sequence[AdviceBody]


_ADVICE = (
    *("partner.tenantId", "partner.companyName", "kind", "relationshipId", "role.id", "role.name", "role.risk"),
    *("finding", "usedFor", "smaller.id", "smaller.name", "why"),
)
_WHY = (
    *("partner.tenantId", "partner.companyName", "userId", "userName", "action", "allowed", "summary", "missing"),
    *("held.role.id", "held.role.name", "held.role.risk", "held.kind", "held.relationshipId", "held.assignmentId"),
    *("held.groupId", "held.until", "relied"),
)
_QUESTION = (
    Query("user", "The partner's user, by its id."),
    Query(
        "action", "What the user would do, such as customer_user.create; a wrong one is answered with all there are."
    ),
    Query("subscription", "The subscription it would be done to; otherwise one that the partner sold."),
    sheets.FORMAT,
)


def _way(held: HeldRole, partner: UUID) -> WayBody:
    way = held.way
    return WayBody(
        role=wire.shaped(held.role, AdminRoleBody),
        kind=way.kind,
        relationship_id=relationship_name(way.kind, way.relationship_id, partner),
        assignment_id=way.assignment_id,
        group_id=way.group_id,
        until=way.until,
    )


def _verdict(found: Verdict) -> VerdictBody:
    partner = found.partner.tenant_id
    rules = tuple(
        RuleBody(
            one.rule,
            one.text,
            one.source,
            one.needs,
            tuple(wire.shaped(fact, FactBody) for fact in one.facts),
            one.missing,
        )
        for one in found.rules
    )
    return VerdictBody(
        partner=wire.shaped(found.partner, PartnerBody),
        user_id=found.user_id,
        user_name=found.user_name,
        action=found.action,
        allowed=found.allowed,
        summary=found.summary,
        held=tuple(_way(one, partner) for one in found.held),
        through=tuple(_way(one, partner) for one in found.through),
        rules=rules,
        missing=found.missing,
    )


def _rows(found: VerdictBody) -> Iterator[dict[str, Any]]:
    """The answer once for each role held, or once alone; `relied` where it is allowed through that role."""
    plain = msgspec.to_builtins(found)
    for held in plain["held"] or [{}]:
        yield {**plain, "held": held, "relied": bool(held) and held in plain["through"]}


async def _explain(call: Call, customer: UUID) -> VerdictBody | Reply:
    user, action = call.query_id("user"), call.query("action")
    if user is None or action is None:
        raise Malformed("Send user, the id of a partner's user, and action, what it would do.", "user", "action")
    found = await questions.explain_access(
        call.ctx, customer_id=customer, user_id=user, action=action, subscription_id=call.query_id("subscription")
    )
    body = _verdict(found)
    return sheets.sheet("decision", _WHY, _rows(body)) if sheets.wanted(call) else body


async def _decision(call: Call) -> VerdictBody | Reply:
    return await _explain(call, call.ctx.caller.tenant_id)


async def _own_decision(call: Call) -> VerdictBody | Reply:
    return await _explain(call, call.id("customer"))


def _advice(one: Advice) -> AdviceBody:
    return AdviceBody(
        partner=wire.shaped(one.partner, PartnerBody),
        kind=one.kind,
        relationship_id=relationship_name(one.kind, one.relationship_id, one.partner.tenant_id),
        role=wire.shaped(one.role, AdminRoleBody),
        finding=one.finding,
        used_for=tuple(one.used_for),
        smaller=None if one.smaller is None else wire.shaped(one.smaller, AdminRoleBody),
        why=one.why,
    )


def _reviewed(call: Call, found: Review) -> ReviewBody | Reply:
    body = ReviewBody(since=found.since, items=[_advice(one) for one in found.advice])
    return sheets.sheet("advice", _ADVICE, body.items) if sheets.wanted(call) else body


async def _advise(call: Call) -> ReviewBody | Reply:
    return _reviewed(call, await advising.advise(call.ctx))


async def _own_advice(call: Call) -> ReviewBody | Reply:
    return _reviewed(call, await advising.advise(call.ctx, customer_id=call.id("customer")))


_ALL, _AT_CUSTOMER = f"{ROOT}/access", f"{ROOT}/customers/{{customer}}/access"
ROUTES = (
    Route(("GET",), f"{_ALL}/decision", _decision, "access.explain",
          "Read why a partner's user may do something in the caller's tenant, or may not.", VerdictBody, user_only=True,
          side=Side.CUSTOMER, query=_QUESTION, sheet=True),
    Route(("GET",), f"{_AT_CUSTOMER}/decision", _own_decision, "access.explain_own",
          "Read why a user of the caller's company may do something at a customer, or may not.", VerdictBody,
          user_only=True, query=_QUESTION, sheet=True),
    Route(("GET",), f"{_ALL}/advice", _advise, "access.advise",
          "Read which roles of partners are more than what was done with them.", ReviewBody, user_only=True,
          side=Side.CUSTOMER, query=(sheets.FORMAT,), sheet=True),
    Route(("GET",), f"{_AT_CUSTOMER}/advice", _own_advice, "access.advise_own",
          "Read which of the own roles at a customer are more than what was done with them.", ReviewBody,
          user_only=True, query=(sheets.FORMAT,), sheet=True),
)  # fmt: skip
