"""A customer opens what a partner asks to be in its tenant, answers, and ends it; the partner reads the answer."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from copartner.api.call import Call
from copartner.api.decoding import or_none
from copartner.api.graph.wire import id_of, key_of
from copartner.api.programme import wire
from copartner.api.programme.consent import PartnerBody
from copartner.api.programme.wire import ROOT
from copartner.api.registry import Route
from copartner.delegation import consent, rules, service
from copartner.delegation.consent_model import Offer
from copartner.delegation.model import AdminRelationship, AutoExtend, Key, Risk, Status
from copartner.policy.facts import Side


class AdminRoleBody(Struct, frozen=True, rename="camel"):
    """A role in plain words, and how much harm it can do."""

    id: UUID
    name: str
    risk: Risk
    text: str


class AskedRoleBody(AdminRoleBody, frozen=True, rename="camel"):
    """A role that is asked for, and whether the customer's cap leaves it out."""

    beyond_cap: bool


class AdminConsentBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """Who asks for which roles, for how long, and what became of it.

    `text` is what an approval approves, word for word. A role `beyondCap` is one that your cap leaves out.
    """

    id: str
    display_name: str
    partner: PartnerBody
    roles: tuple[AskedRoleBody, ...]
    duration: str
    auto_extend: bool
    text: str
    status: Status
    asked_at: datetime | None
    activated_at: datetime | None
    ends_at: datetime | None


class AdminAnswerName(StrEnum):
    """What a customer can say."""

    APPROVE = "approve"
    REJECT = "reject"
    COUNTER = "counter"


class AdminAnswerRequest(Struct, frozen=True, rename="camel"):
    """The answer; the reason is for the partner, and is kept.

    With `counter` come fewer roles, a shorter duration, `autoExtend` false, or several of them; what is left out stays
    as it was asked.
    """

    answer: AdminAnswerName
    reason: str = ""
    roles: tuple[UUID, ...] | UnsetType = UNSET
    duration: str | UnsetType = UNSET
    auto_extend: bool | UnsetType = UNSET


class OfferBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What was offered instead: a draft of the partner, approved in advance."""

    id: str
    display_name: str
    roles: tuple[UUID, ...]
    duration: str
    auto_extend: bool


class AdminAnswerBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the answer led to."""

    id: str
    status: Status
    activated_at: datetime | None
    ends_at: datetime | None
    offer: OfferBody | UnsetType = UNSET


class AdminAnswerReadBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a customer said to the reading partner.

    With `approvedInAdvance` it is an offer in place of the relationship `counters`: asking for approval, unchanged,
    makes it active at once; any change of it loses that.
    """

    id: str
    status: Status
    customer_tenant_id: UUID | None
    customer_name: str
    reason: str
    counters: str | None
    approved_in_advance: bool


def _answered(found: AdminRelationship) -> AdminAnswerBody:
    return AdminAnswerBody(id=id_of(found), status=found.status, activated_at=found.activated_at, ends_at=found.ends_at)


async def _read(call: Call) -> AdminConsentBody:
    found = await consent.read_invitation(call.ctx, key=key_of(call.text("adminRelationship")))
    asked = found.relationship
    return AdminConsentBody(
        id=id_of(asked),
        display_name=asked.display_name,
        partner=wire.shaped(found.partner, PartnerBody),
        roles=tuple(
            AskedRoleBody(role.id, role.name, role.risk, role.text, role.id in found.beyond_cap) for role in found.roles
        ),
        duration=asked.duration,
        auto_extend=asked.auto_extend is AutoExtend.HALF_A_YEAR,
        text=found.text,
        status=asked.status,
        asked_at=asked.asked_at,
        activated_at=asked.activated_at,
        ends_at=asked.ends_at,
    )


async def _answer(call: Call) -> AdminAnswerBody:
    key, said = key_of(call.text("adminRelationship")), call.decode(AdminAnswerRequest)
    if said.answer is AdminAnswerName.REJECT:
        return _answered(await consent.reject_relationship(call.ctx, key=key, reason=said.reason))
    if said.answer is AdminAnswerName.COUNTER:
        return await _counter(call, key, said)
    return _answered(await consent.approve_relationship(call.ctx, key=key, reason=said.reason))


async def _counter(call: Call, key: Key, said: AdminAnswerRequest) -> AdminAnswerBody:
    offer = Offer(roles=or_none(said.roles), duration=or_none(said.duration), auto_extend=or_none(said.auto_extend))
    made = await consent.counter_relationship(call.ctx, key=key, offer=offer, reason=said.reason)
    offered = made.offered
    body = OfferBody(
        id=id_of(offered),
        display_name=offered.display_name,
        roles=offered.roles,
        duration=offered.duration,
        auto_extend=offered.auto_extend is AutoExtend.HALF_A_YEAR,
    )
    return replace(_answered(made.refused), offer=body)


async def _read_answer(call: Call) -> AdminAnswerReadBody:
    found = await service.read_relationship(call.ctx, key=key_of(call.text("adminRelationship")))
    return AdminAnswerReadBody(
        id=id_of(found),
        status=found.status,
        customer_tenant_id=found.customer_tenant_id,
        customer_name=found.customer_name,
        reason=found.answer_reason,
        counters=f"{found.counters}-{found.partner_tenant_id}" if found.counters else None,
        approved_in_advance=rules.offer_stands(found, now=call.ctx.moment),
    )


async def _terminate(call: Call) -> AdminAnswerBody:
    return _answered(await consent.end_relationship(call.ctx, key=key_of(call.text("adminRelationship"))))


_ONE = f"{ROOT}/consent/delegated-admin-relationships/{{adminRelationship}}"
ROUTES = (
    Route(("GET",), _ONE, _read, "admin_consent.read", "Read which roles a partner asks for.", AdminConsentBody,
          user_only=True, side=Side.CUSTOMER),
    Route(("POST",), _ONE, _answer, "admin_consent.answer", "Approve, refuse or counter.", AdminAnswerBody,
          AdminAnswerRequest, user_only=True, side=Side.CUSTOMER),
    Route(("POST",), f"{_ONE}/terminate", _terminate, "admin_consent.terminate", "End what was approved.",
          AdminAnswerBody, user_only=True, side=Side.CUSTOMER),
    Route(("GET",), f"{ROOT}/delegated-admin-relationships/{{adminRelationship}}/answer", _read_answer,
          "admin_answers.read", "Read what the customer said.", AdminAnswerReadBody),
)  # fmt: skip
