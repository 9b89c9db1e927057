"""delegatedAdminRelationships: what a partner asks to be in a customer's tenant, and the requests that move it on."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from functools import partial
from uuid import UUID, uuid5

from msgspec import UNSET, Struct, UnsetType, field

from copartner.api.call import Call, Reply
from copartner.api.decoding import or_none
from copartner.api.graph import wire
from copartner.api.graph.errors import GraphErrorBody
from copartner.api.graph.wire import AccessDetails, RelationshipBody, RelationshipsBody
from copartner.api.registry import Query, Route
from copartner.delegation import service, tiers
from copartner.delegation.model import AdminRelationship, Asked, AutoExtend


class Participant(Struct, frozen=True, rename="camel"):
    """The customer that is asked."""

    tenant_id: UUID | UnsetType = UNSET
    display_name: str | UnsetType = UNSET


class RelationshipRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """What is asked for; a change sends what is to change."""

    display_name: str | UnsetType = UNSET
    duration: str | UnsetType = UNSET
    auto_extend_duration: AutoExtend | UnsetType = UNSET
    customer: Participant | UnsetType = UNSET
    access_details: AccessDetails | UnsetType = UNSET


class ActionName(StrEnum):
    """What a partner can ask to be done; an indirect reseller approves or rejects what its provider asked for."""

    LOCK_FOR_APPROVAL = "lockForApproval"
    APPROVE = "approve"
    REJECT = "reject"
    TERMINATE = "terminate"


class ActionRequest(Struct, frozen=True, rename="camel"):
    """A request about a relationship."""

    action: ActionName


class ActionBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A delegatedAdminRelationshipRequest, which is done as soon as it is answered."""

    context: str = field(name="@odata.context")
    id: UUID
    action: ActionName
    status: str
    created_date_time: datetime
    last_modified_date_time: datetime


def _asked(body: RelationshipRequest) -> Asked:
    customer = or_none(body.customer)
    details = or_none(body.access_details)
    return Asked(
        display_name=or_none(body.display_name),
        duration=or_none(body.duration),
        auto_extend=or_none(body.auto_extend_duration),
        roles=tuple(one.role_definition_id for one in details.unified_roles) if details else None,
        customer_tenant_id=or_none(customer.tenant_id) if customer else None,
        customer_name=or_none(customer.display_name) if customer else None,
    )


def _one(call: Call, found: AdminRelationship) -> RelationshipBody:
    context = f"{wire.root(call)}/$metadata#tenantRelationships/delegatedAdminRelationships/$entity"
    return wire.body_of(found, context)


def _address(call: Call, found: AdminRelationship) -> str:
    return f"{wire.root(call)}/tenantRelationships/delegatedAdminRelationships/{wire.id_of(found)}"


async def _create(call: Call) -> Reply:
    made = await service.create_relationship(call.ctx, asked=_asked(call.decode(RelationshipRequest)))
    return Reply.of(201, _one(call, made), {"location": _address(call, made)})


async def _list(call: Call) -> RelationshipsBody:
    asked = wire.options(call)
    found = await service.list_relationships(
        call.ctx,
        status=asked.status,
        customer_tenant_id=asked.customer,
        count=asked.count,
        after=asked.after,
        size=asked.size,
    )
    return wire.page_of(call, asked, found, wire.body_of)


async def _read(call: Call) -> RelationshipBody:
    names = wire.chosen(call)
    found = await service.read_relationship(call.ctx, key=wire.key_of(call.text("delegatedAdminRelationship")))
    return wire.only(_one(call, found), names)


async def _change(call: Call) -> RelationshipBody:
    key, version = wire.key_of(call.text("delegatedAdminRelationship")), wire.expected_version(call)
    asked = _asked(call.decode(RelationshipRequest))
    return _one(call, await service.change_relationship(call.ctx, key=key, asked=asked, expected_version=version))


async def _delete(call: Call) -> Reply:
    key, version = wire.key_of(call.text("delegatedAdminRelationship")), wire.expected_version(call)
    await service.delete_relationship(call.ctx, key=key, expected_version=version)
    return Reply(204)


_STEPS: dict[ActionName, Callable[..., Awaitable[AdminRelationship]]] = {
    ActionName.LOCK_FOR_APPROVAL: service.ask_for_approval,
    ActionName.APPROVE: partial(tiers.consent_to_relationship, approves=True),
    ActionName.REJECT: partial(tiers.consent_to_relationship, approves=False),
    ActionName.TERMINATE: service.terminate_relationship,
}


async def _request(call: Call) -> Reply:
    key, action = wire.key_of(call.text("delegatedAdminRelationship")), call.decode(ActionRequest).action
    done = await _STEPS[action](call.ctx, key=key)
    request_id = uuid5(done.id, action)
    made = ActionBody(
        context=f"{wire.root(call)}/$metadata#tenantRelationships/delegatedAdminRelationships/requests/$entity",
        id=request_id,
        action=action,
        status="succeeded",
        created_date_time=done.modified_at,
        last_modified_date_time=done.modified_at,
    )
    return Reply.of(201, made, {"location": f"{_address(call, done)}/requests/{request_id}"})


_CHOICE = Query("$select", "The properties to answer with, by comma.")
_LIST = (
    Query("$filter", "status eq '...' and customer/tenantId eq '...', either or both."),
    _CHOICE,
    Query("$top", "How many a page has, at most 300.", int),
    Query("$orderby", "createdDateTime asc, the order of the list."),
    Query("$count", "With true, how many there are in all."),
    Query("$skiptoken", "Where the page begins; stands in @odata.nextLink."),
)
_MATCH = (Query("If-Match", "The @odata.etag of the version to change; required."),)


def routes(version: str, prefix: str) -> tuple[Route, ...]:
    """The routes below one version of the contract; their names begin with `prefix`."""
    everything = f"/{version}/tenantRelationships/delegatedAdminRelationships"
    one = f"{everything}/{{delegatedAdminRelationship}}"
    name = f"{prefix}.{{}}_delegated_admin_relationship".format
    return (
        Route(("GET",), everything, _list, name("list"), "List the caller's relationships.", RelationshipsBody,
              query=_LIST, error=GraphErrorBody),
        Route(("POST",), everything, _create, name("create"), "Draft a relationship.", RelationshipBody,
              RelationshipRequest, 201, error=GraphErrorBody),
        Route(("GET",), one, _read, name("read"), "Read a relationship.", RelationshipBody,
              query=(_CHOICE,), error=GraphErrorBody),
        Route(("PATCH",), one, _change, name("change"), "Change a draft.", RelationshipBody, RelationshipRequest,
              headers=_MATCH, error=GraphErrorBody),
        Route(("DELETE",), one, _delete, name("delete"), "Drop a draft.", status=204, headers=_MATCH,
              error=GraphErrorBody),
        Route(("POST",), f"{one}/requests", _request, name("request_of"), "Ask for approval, or end it.",
              ActionBody, ActionRequest, 201, error=GraphErrorBody),
    )  # fmt: skip


ROUTES = (*routes("v1.0", "graph"), *routes("beta", "graph_beta"))
