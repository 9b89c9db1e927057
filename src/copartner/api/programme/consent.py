"""A customer opens a request or a partner's standing link, and answers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field

from copartner.api.call import Call
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT
from copartner.api.registry import Route
from copartner.policy.facts import Side
from copartner.relationships.model import Acceptance, RequestState
from copartner.relationships.service import consent


class PartnerBody(Struct, frozen=True, rename="camel"):
    """A partner as customers see it."""

    tenant_id: UUID
    company_name: str
    domain: str
    country: str
    mpn_id: str


class PowerBody(Struct, frozen=True, rename="camel"):
    """What the holders of a partner's role may do; `actsAs` null is nothing in the customer's tenant."""

    role: str
    acts_as: str | None
    text: str


class ConsentBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """Who asks, what for, what agents may then do, and what stands in the way today."""

    request_id: UUID | None
    state: RequestState | None
    partner: PartnerBody
    reason: str
    includes_privileges: bool = field(name="delegatedAdminPrivilegesAsked")
    privileges_come: bool = field(name="delegatedAdminPrivilegesCome")
    privileges_withheld: str | None = field(default=None, name="delegatedAdminPrivilegesWithheld")
    powers: tuple[PowerBody, ...]
    agreement_needed: bool = field(name="customerAgreementNeeded")
    relationship_exists: bool
    obstacles: tuple[str, ...]


class AnswerName(StrEnum):
    """What a customer can say."""

    ACCEPT = "accept"
    DECLINE = "decline"


class AnswerRequest(Struct, frozen=True, rename="camel"):
    """The answer; with `acceptCustomerAgreement` the customer accepts the customer agreement in the same step."""

    answer: AnswerName
    accept_customer_agreement: bool = False


class FormedBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """The relationship that came about."""

    id: UUID
    partner_tenant_id: UUID
    customer_tenant_id: UUID
    privileges: bool = field(name="delegatedAdminPrivileges")
    formed_at: datetime


class AnswerBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the answer led to."""

    state: RequestState
    request_id: UUID | UnsetType = UNSET
    relationship: FormedBody | UnsetType = UNSET
    customer_agreement_accepted: bool = False
    delegated_admin_privileges_withheld: str | UnsetType = UNSET


def _accepted(made: Acceptance) -> AnswerBody:
    return AnswerBody(
        state=RequestState.ACCEPTED,
        request_id=UNSET if made.request is None else made.request.id,
        relationship=wire.shaped(made.relationship, FormedBody),
        customer_agreement_accepted=made.agreement_accepted,
        delegated_admin_privileges_withheld=made.privileges_withheld or UNSET,
    )


async def _read(call: Call) -> ConsentBody:
    return wire.shaped(await consent.read_consent(call.ctx, request_id=call.id("relationshipRequest")), ConsentBody)


async def _answer(call: Call) -> AnswerBody:
    request_id, asked = call.id("relationshipRequest"), call.decode(AnswerRequest)
    if asked.answer is AnswerName.DECLINE:
        declined = await consent.decline_request(call.ctx, request_id=request_id)
        return AnswerBody(state=declined.state, request_id=declined.id)
    return _accepted(
        await consent.accept_request(call.ctx, request_id=request_id, accept_agreement=asked.accept_customer_agreement)
    )


async def _read_standing(call: Call) -> ConsentBody:
    found = await consent.read_standing_consent(call.ctx, partner_tenant_id=call.id("partner"))
    return wire.shaped(found, ConsentBody)


async def _answer_standing(call: Call) -> AnswerBody:
    partner, asked = call.id("partner"), call.decode(AnswerRequest)
    if asked.answer is AnswerName.DECLINE:
        await consent.decline_standing(call.ctx, partner_tenant_id=partner)
        return AnswerBody(state=RequestState.DECLINED)
    return _accepted(
        await consent.accept_standing(
            call.ctx, partner_tenant_id=partner, accept_agreement=asked.accept_customer_agreement
        )
    )


_REQUEST = f"{ROOT}/consent/relationship-requests/{{relationshipRequest}}"
_STANDING = f"{ROOT}/consent/reseller-relationships/{{partner}}"
ROUTES = (
    Route(("GET",), _REQUEST, _read, "consent.read", "Read what a request asks for.", ConsentBody,
          user_only=True, side=Side.CUSTOMER),
    Route(("POST",), _REQUEST, _answer, "consent.answer", "Accept or decline a request.", AnswerBody, AnswerRequest,
          user_only=True, side=Side.CUSTOMER),
    Route(("GET",), _STANDING, _read_standing, "consent.read_standing", "Read what a partner's link asks for.",
          ConsentBody, user_only=True, side=Side.CUSTOMER),
    Route(("POST",), _STANDING, _answer_standing, "consent.answer_standing", "Accept or decline a partner's link.",
          AnswerBody, AnswerRequest, user_only=True, side=Side.CUSTOMER),
)  # fmt: skip
