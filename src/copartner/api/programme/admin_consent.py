"""A customer opens what a partner asks to be in its tenant, answers, and ends it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from copartner.api.call import Call
from copartner.api.graph.wire import id_of, key_of
from copartner.api.programme import wire
from copartner.api.programme.consent import PartnerBody
from copartner.api.programme.wire import ROOT
from copartner.api.registry import Route
from copartner.delegation import consent
from copartner.delegation.model import AdminRelationship, AutoExtend, Risk, Status
from copartner.policy.facts import Side


class AdminRoleBody(Struct, frozen=True, rename="camel"):
    """A role that is asked for, in plain words, and how much harm it can do."""

    id: UUID
    name: str
    risk: Risk
    text: str


class AdminConsentBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """Who asks for which roles, for how long, and what became of it."""

    id: str
    display_name: str
    partner: PartnerBody
    roles: tuple[AdminRoleBody, ...]
    duration: str
    auto_extend: bool
    status: Status
    asked_at: datetime | None
    activated_at: datetime | None
    ends_at: datetime | None


class AdminAnswerName(StrEnum):
    """What a customer can say."""

    APPROVE = "approve"
    REJECT = "reject"


class AdminAnswerRequest(Struct, frozen=True, rename="camel"):
    """The answer; the reason is for the partner, and is kept with a refusal."""

    answer: AdminAnswerName
    reason: str = ""


class AdminAnswerBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the answer led to."""

    id: str
    status: Status
    activated_at: datetime | None
    ends_at: datetime | None


def _answered(found: AdminRelationship) -> AdminAnswerBody:
    return AdminAnswerBody(id=id_of(found), status=found.status, activated_at=found.activated_at, ends_at=found.ends_at)


async def _read(call: Call) -> AdminConsentBody:
    found = await consent.read_invitation(call.ctx, key=key_of(call.text("adminRelationship")))
    asked = found.relationship
    return AdminConsentBody(
        id=id_of(asked),
        display_name=asked.display_name,
        partner=wire.shaped(found.partner, PartnerBody),
        roles=tuple(wire.shaped(role, AdminRoleBody) for role in found.roles),
        duration=asked.duration,
        auto_extend=asked.auto_extend is AutoExtend.HALF_A_YEAR,
        status=asked.status,
        asked_at=asked.asked_at,
        activated_at=asked.activated_at,
        ends_at=asked.ends_at,
    )


async def _answer(call: Call) -> AdminAnswerBody:
    key, said = key_of(call.text("adminRelationship")), call.decode(AdminAnswerRequest)
    if said.answer is AdminAnswerName.REJECT:
        return _answered(await consent.reject_relationship(call.ctx, key=key, reason=said.reason))
    return _answered(await consent.approve_relationship(call.ctx, key=key))


async def _terminate(call: Call) -> AdminAnswerBody:
    return _answered(await consent.end_relationship(call.ctx, key=key_of(call.text("adminRelationship"))))


_ONE = f"{ROOT}/consent/delegated-admin-relationships/{{adminRelationship}}"
ROUTES = (
    Route(("GET",), _ONE, _read, "admin_consent.read", "Read which roles a partner asks for.", AdminConsentBody,
          user_only=True, side=Side.CUSTOMER),
    Route(("POST",), _ONE, _answer, "admin_consent.answer", "Approve or refuse.", AdminAnswerBody, AdminAnswerRequest,
          user_only=True, side=Side.CUSTOMER),
    Route(("POST",), f"{_ONE}/terminate", _terminate, "admin_consent.terminate", "End what was approved.",
          AdminAnswerBody, user_only=True, side=Side.CUSTOMER),
)  # fmt: skip
