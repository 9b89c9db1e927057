"""A partner's relationship requests: send, list, read, withdraw."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from copartner.api.call import Call
from copartner.api.decoding import Malformed, or_none
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT, Page
from copartner.api.registry import Query, Route
from copartner.relationships.model import RelationshipRequest, RequestState
from copartner.relationships.service import requests


class RequestBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A request with its state; `url` is where the customer answers it."""

    id: UUID
    state: RequestState
    partner_tenant_id: UUID
    customer_tenant_id: UUID | None
    includes_privileges: bool = field(name="delegatedAdminPrivileges")
    reason: str
    created_at: datetime
    created_by: str
    answered_at: datetime | None
    url: str = ""


class NewRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a partner asks for; without a customer whoever opens the link may answer.

    Without a choice of delegated admin privileges they are included where the rules let the caller include them.
    """

    customer_tenant_id: UUID | UnsetType = UNSET
    customer_domain: str | UnsetType = UNSET
    reason: str = ""
    delegated_admin_privileges: bool | UnsetType = UNSET


def present_request(found: RelationshipRequest, call: Call) -> RequestBody:
    """A request in the programme's shape."""
    shape = wire.shaped(found, RequestBody)
    return msgspec.structs.replace(shape, url=requests.link_of(call.ctx, found.id))


async def _send(call: Call) -> RequestBody:
    asked = call.decode(NewRequest)
    made = await requests.send_request(
        call.ctx,
        customer_tenant_id=or_none(asked.customer_tenant_id),
        domain=asked.customer_domain or None,
        reason=asked.reason,
        includes_privileges=or_none(asked.delegated_admin_privileges),
    )
    return present_request(made, call)


async def _list(call: Call) -> Page[RequestBody]:
    part, state = wire.wanted(call, "state"), call.query("state")
    if state is not None and state.lower() not in set(RequestState):
        raise Malformed(f"state: send {', '.join(RequestState)}.", "state")
    found = await requests.list_requests(
        call.ctx, state=RequestState(state.lower()) if state else None, after=part.after, size=part.size
    )
    items = [present_request(one, call) for one in found.items]
    return wire.page(call, part, items, found.next_after, "state")


async def _read(call: Call) -> RequestBody:
    return present_request(await requests.read_request(call.ctx, request_id=call.id("relationshipRequest")), call)


async def _withdraw(call: Call) -> RequestBody:
    return present_request(await requests.withdraw_request(call.ctx, request_id=call.id("relationshipRequest")), call)


_ALL = f"{ROOT}/relationship-requests"
ROUTES = (
    Route(("GET",), _ALL, _list, "relationship_requests.list", "List the caller's requests.", Page[RequestBody],
          user_only=True, query=(Query("state", "Only those in this state."), *wire.QUERY)),
    Route(("POST",), _ALL, _send, "relationship_requests.send", "Ask for a relationship.", RequestBody, NewRequest,
          201, user_only=True),
    Route(("GET",), f"{_ALL}/{{relationshipRequest}}", _read, "relationship_requests.read", "Read a request.",
          RequestBody, user_only=True),
    Route(("POST",), f"{_ALL}/{{relationshipRequest}}/withdraw", _withdraw, "relationship_requests.withdraw",
          "Take a request back.", RequestBody, user_only=True),
)  # fmt: skip
