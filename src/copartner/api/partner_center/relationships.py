"""A partner's standing link, and the partners it works with, in the contract's shapes."""

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.partner_center import wire
from copartner.api.partner_center.wire import Attributes, Collection
from copartner.api.registry import Query, Route
from copartner.customers import tenancy
from copartner.partners import service as partners
from copartner.partners.model import Direction, Partner
from copartner.relationships.service import requests


class StandingLinkBody(Struct, frozen=True, rename="camel"):
    """Where customers accept a relationship with the calling partner; reusable, no customer is named."""

    url: str
    attributes: Attributes = Attributes("RelationshipRequest")


class PartnerRelationshipBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A partner that the calling one works with (relationships-resources, 2022-06-17)."""

    id: UUID
    name: str
    relationship_type: str
    mpn_id: str
    state: str | UnsetType = UNSET
    location: str | UnsetType = UNSET
    attributes: Attributes = Attributes("PartnerRelationship")


def present_partner(found: Partner, direction: Direction) -> PartnerRelationshipBody:
    """A partner as the other side of a relationship that is active."""
    return PartnerRelationshipBody(
        id=found.tenant_id,
        name=found.company_name,
        relationship_type=direction.value,
        mpn_id=found.mpn_id,
        state="active",
        location=found.country,
    )


async def _read(call: Call) -> StandingLinkBody:
    return StandingLinkBody((await requests.read_standing_link(call.ctx)).url)


async def _list(call: Call) -> Collection[PartnerRelationshipBody]:
    direction = _direction(call.query("relationship_type"))
    found = await partners.list_relationships(call.ctx, direction=direction)
    return wire.collection((present_partner(one.partner, direction) for one in found), call)


async def _of_customer(call: Call) -> Collection[PartnerRelationshipBody]:
    found = await tenancy.list_resellers(call.ctx, customer_id=call.id("customer"))
    return wire.collection((present_partner(one, Direction.RESELLERS) for one in found), call)


def _direction(asked: str | None) -> Direction:
    known = {direction.value.replace("_", ""): direction for direction in Direction}
    found = known.get((asked or "").replace("_", "").strip().lower())
    if found is None:
        raise Malformed(
            "relationship_type: send IsIndirectCloudSolutionProviderOf for your resellers or IsIndirectResellerOf for "
            "your providers.",
            "relationship_type",
        )
    return found


_TYPE = (
    Query("relationship_type", "IsIndirectCloudSolutionProviderOf lists resellers, IsIndirectResellerOf providers."),
)
ROUTES = (
    Route(("GET",), "/v1/customers/relationshiprequests", _read, "relationship_link.read",
          "Read the link by which customers accept a relationship.", StandingLinkBody, user_only=True),
    Route(("GET",), "/v1/relationships", _list, "partner_relationships.list",
          "List the caller's indirect resellers, or the providers it resells for.",
          Collection[PartnerRelationshipBody], user_only=True, query=_TYPE),
    Route(("GET",), "/v1/customers/{customer}/relationships", _of_customer, "customer_resellers.list",
          "List the indirect resellers through which the caller works with a customer.",
          Collection[PartnerRelationshipBody], user_only=True),
)  # fmt: skip
