"""All that binds one partner to the customer, and the end of what it may do: a part of it, or all at once."""

from collections.abc import Mapping

from litestar import Response

from copartner.access import advising, service, serving
from copartner.access.model import Layer
from copartner.kernel.errors import Invalid
from copartner.policy.facts import Side
from copartner.portal.customer import labels
from copartner.portal.customer.actions import named
from copartner.portal.html import see_other
from copartner.portal.page import Page, Visit
from copartner.relationships.service.relationships import withdraw_privileges

# Of the subscriptions that stay so many are named.
_FEW = 10


async def show(visit: Visit, refusal: Invalid | None = None) -> Response[bytes]:
    """What binds the two, what of it is too much, and what would end and stay."""
    ctx, partner = visit.ctx, visit.ids["partner_tenant_id"]
    foreseen = await service.preview_revocation(ctx, partner_tenant_id=partner, most=_FEW)
    review = await advising.advise(ctx, partner_tenant_id=partner)
    return visit.page(
        "customer/partners/one.html",
        status=400 if refusal else 200,
        refusal=refusal,
        partner=foreseen.partner,
        foreseen=foreseen,
        serving=await serving.read_serving(ctx, partner_tenant_id=partner),
        review=review,
        layer=Layer,
        labels=labels,
        named=lambda action: named(visit, action),
    )


async def take(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Withdraw the privileges, or all access; whoever clicks twice is shown what stands."""
    ctx, partner = visit.ctx, visit.ids["partner_tenant_id"]
    act = form.get("act")
    if act not in ("privileges", "everything"):
        return await show(visit, Invalid("Choose what is to end; nothing was changed."))
    if form.get(f"sure-{act}") != "on":
        return await show(visit, Invalid("Tick the box to say that you are sure; nothing was changed."))
    if act == "everything":
        await service.revoke_access(ctx, partner_tenant_id=partner)
        return see_other(f"{visit.path}/ended")
    await withdraw_privileges(ctx, partner_tenant_id=partner)
    return visit.see(visit.path, visit.text("The delegated admin privileges are withdrawn."))


async def show_ended(visit: Visit) -> Response[bytes]:
    """The receipt of what was ended last, and what stays."""
    ctx, partner = visit.ctx, visit.ids["partner_tenant_id"]
    foreseen = await service.preview_revocation(ctx, partner_tenant_id=partner, most=_FEW)
    return visit.page(
        "customer/partners/ended.html",
        partner=foreseen.partner,
        foreseen=foreseen,
        ended=await serving.read_ended_access(ctx, partner_tenant_id=partner),
        labels=labels,
        back=f"/customer/partners/{partner}",
    )


_ONE = "/customer/partners/{partner_tenant_id}"
PAGES = (
    Page(_ONE, "customer_partner", Side.CUSTOMER, show, take),
    Page(f"{_ONE}/ended", "customer_partner_ended", Side.CUSTOMER, show_ended),
)
