"""A partner's standing link in the contract's shape."""

from msgspec import Struct

from copartner.api.call import Call
from copartner.api.partner_center.wire import Attributes
from copartner.api.registry import Route
from copartner.relationships.service import requests


class StandingLinkBody(Struct, frozen=True, rename="camel"):
    """Where customers accept a relationship with the calling partner; reusable, no customer is named."""

    url: str
    attributes: Attributes = Attributes("RelationshipRequest")


async def _read(call: Call) -> StandingLinkBody:
    return StandingLinkBody((await requests.read_standing_link(call.ctx)).url)


ROUTES = (
    Route(("GET",), "/v1/customers/relationshiprequests", _read, "relationship_link.read",
          "Read the link by which customers accept a relationship.", StandingLinkBody, user_only=True),
)  # fmt: skip
