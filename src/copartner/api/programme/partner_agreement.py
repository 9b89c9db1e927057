"""The partner agreement: whether and by whom it was signed, and its signing."""

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from copartner.agreements import service
from copartner.agreements.model import PARTNER_AGREEMENT, PartnerAgreement
from copartner.api.call import Call
from copartner.api.programme.wire import ROOT
from copartner.api.registry import Route


class PartnerAgreementBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """The caller's partner agreement; without a moment it is not signed."""

    type: str = PARTNER_AGREEMENT
    is_signed: bool
    template_id: str | UnsetType = UNSET
    signed_at: datetime | UnsetType = UNSET
    signed_by: str | UnsetType = UNSET


def _present(found: PartnerAgreement | None) -> PartnerAgreementBody:
    if found is None:
        return PartnerAgreementBody(is_signed=False)
    return PartnerAgreementBody(
        is_signed=True, template_id=found.template_id, signed_at=found.signed_at, signed_by=found.signed_by
    )


async def _read(call: Call) -> PartnerAgreementBody:
    return _present(await service.read_partner_agreement(call.ctx))


async def _sign(call: Call) -> PartnerAgreementBody:
    return _present(await service.sign_partner_agreement(call.ctx))


ROUTES = (
    Route(("GET",), f"{ROOT}/partner-agreement", _read, "partner_agreements.read",
          "Read whether the caller signed the partner agreement.", PartnerAgreementBody, user_only=True),
    Route(("POST",), f"{ROOT}/partner-agreement", _sign, "partner_agreements.sign", "Sign the partner agreement.",
          PartnerAgreementBody, status=201, user_only=True),
)  # fmt: skip
