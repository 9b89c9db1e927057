"""Which partner may be what in the customer's tenant: on a day, and what came and went between two."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from litestar import Response

from copartner.access import service
from copartner.access.model import Grant, Kind
from copartner.delegation.model import AdminRole
from copartner.kernel.errors import Invalid
from copartner.partners.model import Partner
from copartner.policy.facts import Side
from copartner.portal.customer import labels
from copartner.portal.days import beginning
from copartner.portal.page import Page, Visit
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table, whole

_MONTH = timedelta(days=30)
_LIST = "access"
GRANTS = Table[Grant](
    _LIST,
    word("Every role, and through what it is held"),
    (
        Column("partner", word("Partner"), lambda one: one.held.partner.company_name),
        Column("role", word("Role"), lambda one: one.role.name),
        Column("kind", word("By"), lambda one: one.held.kind.value),
        Column("since", word("Since"), lambda one: one.held.begins),
        Column("until", word("Until"), lambda one: one.held.until),
        Column("force", word("In force"), lambda one: one.held.in_force),
    ),
)


def _relationship(grant: Grant) -> str | None:
    held = grant.held
    if held.relationship_id is None:
        return None
    name = str(held.relationship_id)
    return f"{name}-{held.partner.tenant_id}" if held.kind is Kind.ASSIGNMENT else name


# The lines as the API has them.
SHEET = Table[Grant](
    _LIST,
    GRANTS.name,
    (
        Column("partner.tenantId", "", lambda one: one.held.partner.tenant_id),
        Column("partner.companyName", "", lambda one: one.held.partner.company_name),
        Column("partner.mpnId", "", lambda one: one.held.partner.mpn_id),
        Column("role.id", "", lambda one: one.role.id),
        Column("role.name", "", lambda one: one.role.name),
        Column("role.risk", "", lambda one: one.role.risk.value),
        Column("kind", "", lambda one: one.held.kind.value),
        Column("relationshipId", "", _relationship),
        Column("assignmentId", "", lambda one: one.held.assignment_id),
        Column("groupId", "", lambda one: one.held.group_id),
        Column("subscriptionId", "", lambda one: one.held.subscription_id),
        Column("since", "", lambda one: one.held.begins),
        Column("until", "", lambda one: one.held.until),
        Column("inForce", "", lambda one: one.held.in_force),
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One partner in the matrix, and by which ways it has each role."""

    partner: Partner
    cells: tuple[tuple[Grant, ...], ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Partners against the roles that any of them has."""

    roles: tuple[AdminRole, ...]
    rows: tuple[Row, ...]


def matrix(grants: tuple[Grant, ...]) -> Matrix:
    """The roles in the order of their names, the partners in that of theirs."""
    roles = sorted({grant.role.id: grant.role for grant in grants}.values(), key=lambda role: role.name)
    partners = {grant.held.partner.tenant_id: grant.held.partner for grant in grants}
    by_name = sorted(partners.values(), key=lambda partner: partner.company_name.casefold())
    cells: dict[tuple[UUID, UUID], list[Grant]] = {}
    for grant in grants:
        cells.setdefault((grant.held.partner.tenant_id, grant.role.id), []).append(grant)
    return Matrix(
        tuple(roles),
        tuple(Row(one, tuple(tuple(cells.get((one.tenant_id, role.id), ())) for role in roles)) for one in by_name),
    )


async def show(visit: Visit) -> Response[bytes]:
    """The matrix of a day, now unless another is named, and every line of it."""
    typed = visit.query.get("at", "")
    at, refusal = _day(typed)
    overview = await service.list_access(visit.ctx, at=at)
    table = SHEET if visit.query.get("format") == "csv" else GRANTS
    shown = await table.show(visit, whole(overview.grants))
    if isinstance(shown, Response):
        return shown
    return visit.page(
        "customer/access/matrix.html",
        status=400 if refusal else 200,
        refusal=refusal,
        typed=typed,
        at=overview.at,
        named=at is not None,
        matrix=matrix(overview.grants),
        shown=shown,
        labels=labels,
        today=f"{visit.ctx.moment:%Y-%m-%d}",
    )


async def show_difference(visit: Visit) -> Response[bytes]:
    """What came and what went between two days."""
    typed = {name: visit.query.get(name, "") for name in ("since", "until")}
    (since, wrong), (until, also_wrong) = (_day(typed[name]) for name in ("since", "until"))
    refusal, found = wrong or also_wrong, None
    if refusal is None:
        until = until or visit.ctx.moment
        since = since or until - _MONTH
        if since < until:
            found = await service.compare_access(visit.ctx, since=since, until=until)
        else:
            refusal = Invalid("Choose a first day that is before the last.")
    if found is None:
        # Who may not see it is told that, whatever was typed.
        await service.list_access(visit.ctx)
    return visit.page(
        "customer/access/difference.html",
        status=400 if refusal else 200,
        refusal=refusal,
        found=found,
        since=typed["since"] or (f"{since:%Y-%m-%d}" if since else ""),
        until=typed["until"] or (f"{until:%Y-%m-%d}" if until else ""),
        labels=labels,
    )


def _day(text: str) -> tuple[datetime | None, Invalid | None]:
    try:
        return (beginning(text, "day") if text else None), None
    except Invalid as refusal:
        return None, refusal


PAGES = (
    Page("/customer/access", "customer_access", Side.CUSTOMER, show),
    Page("/customer/access/difference", "customer_access_difference", Side.CUSTOMER, show_difference),
)
