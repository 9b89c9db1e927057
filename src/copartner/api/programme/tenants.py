"""The operator's view of the deployment: its tenants, which businesses are affiliated, and how all stands."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT, Page
from copartner.api.registry import Query, Route
from copartner.operating import service
from copartner.operating.model import Due, Kind
from copartner.policy.facts import Cloud, Side
from copartner.programme.model import EnrolmentState


class EnrolledBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """How a tenant takes part in the programme."""

    mpn_id: str
    markets: tuple[str, ...]
    state: EnrolmentState
    model: str
    enrolled_at: datetime


class TenantBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A tenant; `organisation` is the name of the business behind it, `enrolment` null where it is none."""

    id: UUID
    company_name: str
    domain: str
    kind: Kind
    country: str
    created_at: datetime
    organisation_id: UUID
    organisation: str
    enrolment: EnrolledBody | None


class TenantNameBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A tenant among others."""

    id: UUID
    company_name: str
    domain: str


class AffiliateBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A business that another is affiliated to, with some of its tenants."""

    organisation_id: UUID
    name: str
    tenants: tuple[TenantNameBody, ...]


class TenantViewBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A tenant with other tenants of its business, and the businesses affiliated to that; at most 100 of each."""

    tenant: TenantBody
    cloud: Cloud
    shared_services: bool
    culture: str
    language: str
    address: dict[str, str]
    siblings: tuple[TenantNameBody, ...]
    affiliates: tuple[AffiliateBody, ...]


class AffiliateRequest(Struct, frozen=True, rename="camel"):
    """A tenant of another business, by domain or id, and whether the two businesses are affiliated from now on."""

    affiliate: str
    affiliated: bool


class AffiliationBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """The two tenants, and the businesses behind them."""

    tenant_id: UUID
    affiliate_tenant_id: UUID
    organisation_id: UUID
    affiliate_id: UUID
    affiliated: bool


class QueueBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What waits to go out: how many, since when the oldest, and how many were given up."""

    waiting: int
    given_up: int
    oldest: datetime | None


class OverdueBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """Of one kind of due things the earliest that has not happened yet."""

    what: Due
    since: datetime


class DenialsBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """How often a rule denied today; without a rule no permit applied."""

    rule: str
    times: int


class StandingBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """How the deployment stands, as the process that answers sees it; see `rulesHere` and `rulesThere`."""

    at: datetime
    machine_at: datetime
    cloud: Cloud
    well: bool
    rules_here: int
    rules_there: int
    behind: bool
    digest: str
    letters: QueueBody
    events: QueueBody
    checks: QueueBody
    overdue: tuple[OverdueBody, ...]
    denied: int
    denials: tuple[DenialsBody, ...]


async def _list(call: Call) -> Page[TenantBody]:
    kept = ("search", "kind")
    part, kind = wire.wanted(call, *kept), call.query("kind")
    try:
        wanted = Kind(kind.lower()) if kind else None
    except ValueError:
        raise Malformed("kind: send partner, customer or operator.", "kind") from None
    found = await service.list_tenants(
        call.ctx, search=call.query("search") or "", kind=wanted, after=part.after, size=part.size
    )
    return wire.page(call, part, [wire.shaped(one, TenantBody) for one in found], found.next_after, *kept)


async def _read(call: Call) -> TenantViewBody:
    return wire.shaped(await service.read_tenant(call.ctx, tenant_id=call.id("tenant")), TenantViewBody)


async def _affiliate(call: Call) -> AffiliationBody:
    asked = call.decode(AffiliateRequest)
    made = await service.set_affiliate(
        call.ctx, tenant_id=call.id("tenant"), affiliate=asked.affiliate, affiliated=asked.affiliated
    )
    return AffiliationBody(
        tenant_id=made.tenant_id,
        affiliate_tenant_id=made.affiliate_tenant_id,
        organisation_id=made.id,
        affiliate_id=made.affiliate_id,
        affiliated=asked.affiliated,
    )


async def _standing(call: Call) -> StandingBody:
    return wire.shaped(await service.read_standing(call.ctx), StandingBody)


_ALL = f"{ROOT}/tenants"
_ONE = f"{_ALL}/{{tenant}}"
_SEARCH = Query("search", "A part of the name or domain, an id, or a partner's number.")
_KIND = Query("kind", "partner, customer or operator: what the tenant was made as.")
ROUTES = (
    Route(("GET",), _ALL, _list, "tenants.list", "List the tenants of the deployment.", Page[TenantBody],
          user_only=True, side=Side.OPERATOR, query=(*wire.QUERY, _SEARCH, _KIND)),
    Route(("GET",), _ONE, _read, "tenants.read", "Read a tenant, its business and its affiliates.", TenantViewBody,
          user_only=True, side=Side.OPERATOR),
    Route(("PUT",), f"{_ONE}/affiliates", _affiliate, "tenants.set_affiliate",
          "Settle whether two businesses are affiliated.", AffiliationBody, AffiliateRequest, user_only=True,
          side=Side.OPERATOR),
    Route(("GET",), f"{ROOT}/standing", _standing, "standing.read", "Read how the deployment stands.", StandingBody,
          user_only=True, side=Side.OPERATOR),
)  # fmt: skip
