"""Every tenant of the deployment, and one with its business, its affiliates and its enrolment."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Response

from copartner.kernel.errors import Invalid, Refusal
from copartner.kernel.paging import Page as Part
from copartner.operating import service
from copartner.operating.model import Kind, TenantRow
from copartner.policy.facts import Side
from copartner.portal.operator.forms import several, typed
from copartner.portal.page import Page, Visit
from copartner.portal.serving import status_of
from copartner.portal.settings.overview import CLOUDS
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table
from copartner.programme import service as programme
from copartner.programme.model import EnrolmentState
from copartner.programme.rules import AlreadyEnrolled

_SIZE = 100
KINDS: Mapping[Kind, str] = {
    Kind.PARTNER: word("Partner"),
    Kind.CUSTOMER: word("Customer"),
    Kind.OPERATOR: word("Operator"),
}
STATES: Mapping[EnrolmentState, str] = {
    EnrolmentState.ACTIVE: word("Active"),
    EnrolmentState.RESTRICTED: word("Restricted"),
    EnrolmentState.SUSPENDED: word("Suspended"),
}
_MODELS: Mapping[str, str] = {
    "direct-bill": word("Direct bill partner"),
    "indirect-provider": word("Indirect provider"),
    "indirect-reseller": word("Indirect reseller"),
}
_TENANTS = Table(
    "tenants",
    word("Tenants"),
    (
        Column[TenantRow]("name", word("Name"), lambda row: row.company_name),
        Column[TenantRow]("domain", word("Domain"), lambda row: row.domain),
        Column[TenantRow]("kind", word("Kind"), lambda row: row.kind),
        Column[TenantRow]("country", word("Country"), lambda row: row.country),
        Column[TenantRow]("organisation", word("Organisation"), lambda row: row.organisation),
        Column[TenantRow](
            "number", word("Partner number"), lambda row: row.enrolment.mpn_id if row.enrolment else None
        ),
        Column[TenantRow](
            "markets", word("Markets"), lambda row: " ".join(row.enrolment.markets) if row.enrolment else None
        ),
        Column[TenantRow]("created", word("Since"), lambda row: row.created_at),
        Column[TenantRow]("id", word("Tenant id"), lambda row: row.id),
    ),
)


async def show_tenants(visit: Visit) -> Response[bytes]:
    """The tenants that fit what is searched."""
    search, kind = visit.query.get("search", ""), visit.query.get("kind", "")
    wanted = Kind(kind) if kind in set(Kind) else None

    async def load(after: UUID | None) -> Part[TenantRow]:
        return await service.list_tenants(visit.ctx, search=search, kind=wanted, after=after, size=_SIZE)

    shown = await _TENANTS.show(visit, load)
    if isinstance(shown, Response):
        return shown
    return visit.page("operator/tenants.html", shown=shown, search=search, kind=kind, kinds=KINDS, states=STATES)


async def show_tenant(visit: Visit) -> Response[bytes]:
    """One tenant, with the forms by which it is enrolled and its business affiliated."""
    return await _show(visit)


async def take_tenant(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Enrol it, or settle an affiliate; what is settled already stays."""
    tenant = visit.ids["tenant_id"]
    try:
        match form.get("act"):
            case "enrol":
                done = await _enrol(visit, tenant, form)
            case "affiliate":
                await service.set_affiliate(
                    visit.ctx, tenant_id=tenant, affiliate=form.get("affiliate", ""), affiliated=True
                )
                done = visit.text("The two businesses are affiliated.")
            case "part":
                if form.get("sure") != "on":
                    raise Invalid("Tick that the two businesses are affiliated no more.", "sure")
                await service.set_affiliate(
                    visit.ctx, tenant_id=tenant, affiliate=form.get("other", ""), affiliated=False
                )
                done = visit.text("The two businesses are affiliated no more.")
            case _:
                raise Invalid("Press one of the buttons of the page.", "act")
    except (Invalid, AlreadyEnrolled) as refusal:
        return await _show(visit, form, refusal)
    return visit.see(visit.path, done)


async def _enrol(visit: Visit, tenant: UUID, form: Mapping[str, str]) -> str:
    number = form.get("mpn_id", "")
    try:
        await programme.enrol_tenant(
            visit.ctx, tenant_id=tenant, mpn_id=number, markets=several(form.get("markets", ""))
        )
    except AlreadyEnrolled:
        found = await service.read_tenant(visit.ctx, tenant_id=tenant)
        # A second click finds what the first one made.
        if found.tenant.enrolment is None or found.tenant.enrolment.mpn_id != number.strip():
            raise
    return visit.text("The tenant is enrolled in the programme.")


async def _show(visit: Visit, sent: Mapping[str, str] | None = None, refusal: Refusal | None = None) -> Response[bytes]:
    found = await service.read_tenant(visit.ctx, tenant_id=visit.ids["tenant_id"])
    return visit.page(
        "operator/tenant.html",
        status=status_of(refusal) if refusal else 200,
        found=found,
        one=found.tenant,
        kinds=KINDS,
        clouds=CLOUDS,
        states=STATES,
        models=_MODELS,
        typed=typed(sent),
        refusal=refusal,
    )


PAGES = (
    Page("/operator/tenants", "operator_tenants", Side.OPERATOR, show_tenants),
    Page("/operator/tenants/{tenant_id}", "operator_tenant", Side.OPERATOR, show_tenant, take_tenant),
)
