"""The partner agreement: whether and by whom it was signed, and its signing."""

from collections.abc import Mapping

from litestar import Response

from copartner.agreements import rules, service
from copartner.kernel.errors import Refusal
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.refusing import invalid
from copartner.portal.settings import acts
from copartner.portal.speaking import word
from copartner.tenants.service.tenants import read_own_tenant


async def show(visit: Visit) -> Response[bytes]:
    """How it stands, with the form to sign it."""
    return await _show(visit, None)


async def _show(visit: Visit, refusal: Refusal | None) -> Response[bytes]:
    signed = await service.read_partner_agreement(visit.ctx)
    tenant, may = await read_own_tenant(visit.ctx, also=(Action.PARTNER_AGREEMENT_SIGN,))
    return visit.page(
        "settings/agreement.html",
        status=acts.status(refusal),
        signed=signed,
        there=rules.has_partner_agreement(visit.ctx.runtime.cloud),
        company=tenant.company_name,
        obstacle=may[Action.PARTNER_AGREEMENT_SIGN],
        refusal=refusal,
    )


async def take(visit: Visit, sent: Mapping[str, str]) -> Response[bytes]:
    """Sign it, once."""
    try:
        if sent.get("agrees") != "on":
            raise invalid(word("Tick the box to sign."), "agrees")
        await service.sign_partner_agreement(visit.ctx)
    except rules.AlreadySigned:
        return visit.see(visit.path)
    except acts.MENDABLE as refusal:
        return await _show(visit, refusal)
    return visit.see(visit.path, visit.text("The partner agreement is signed."))


PAGES = (Page("/settings/agreement", "partner_agreement", Side.PARTNER, show, take),)
