"""delegatedAdminRelationships: what a partner asks to be in a customer's tenant."""

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call, Reply
from copartner.api.decoding import or_none
from copartner.api.graph import below, options, wire
from copartner.api.graph.errors import GraphErrorBody
from copartner.api.graph.filtering import GUID, choice
from copartner.api.graph.options import Collection, Listing
from copartner.api.graph.wire import AccessDetails, RelationshipBody
from copartner.api.registry import Route
from copartner.delegation import service
from copartner.delegation.model import AdminRelationship, Asked, AutoExtend, OrderBy, Status


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


_CONTEXT = "tenantRelationships/delegatedAdminRelationships"
LISTING: Listing[AdminRelationship, RelationshipBody] = Listing(
    RelationshipBody,
    {
        "createdDateTime": lambda one: one.created_at.isoformat(),
        "lastModifiedDateTime": lambda one: one.modified_at.isoformat(),
        "displayName": lambda one: one.display_name,
    },
    {"status": choice(Status), "customer/tenantId": GUID},
)
_ORDERS = {
    "createdDateTime": OrderBy.CREATED,
    "lastModifiedDateTime": OrderBy.MODIFIED,
    "displayName": OrderBy.NAME,
}


def _one(call: Call, found: AdminRelationship) -> RelationshipBody:
    return wire.body_of(found, f"{options.root(call)}/$metadata#{_CONTEXT}/$entity")


def _address(call: Call, found: AdminRelationship) -> str:
    return f"{options.root(call)}/{_CONTEXT}/{wire.id_of(found)}"


async def _create(call: Call) -> Reply:
    made = await service.create_relationship(call.ctx, asked=_asked(call.decode(RelationshipRequest)))
    return Reply.of(201, _one(call, made), {"location": _address(call, made)})


async def _list(call: Call) -> Collection[RelationshipBody]:
    asked = options.asked(call, LISTING)
    found = await service.list_relationships(
        call.ctx,
        statuses=asked.among("status"),
        customer_tenant_ids=asked.among("customer/tenantId"),
        order_by=_ORDERS[asked.order],
        descending=asked.descending,
        count=asked.count,
        after=asked.after,
        size=asked.size,
    )
    return options.collection(call, LISTING, asked, found, wire.body_of, _CONTEXT)


async def _read(call: Call) -> RelationshipBody:
    names = options.chosen(call, RelationshipBody)
    found = await service.read_relationship(call.ctx, key=wire.key_of(call.text("delegatedAdminRelationship")))
    return options.only(_one(call, found), names)


async def _change(call: Call) -> Reply:
    """Source: delegatedadminrelationship-update, 2024-05-07."""
    key, version = below.key_of(call), wire.expected_version(call)
    asked = _asked(call.decode(RelationshipRequest))
    made = await service.change_relationship(call.ctx, key=key, asked=asked, expected_version=version)
    if made.operation is None:
        return Reply.of(200, _one(call, made.thing))
    return below.begun(call, key, made.operation)


async def _delete(call: Call) -> Reply:
    key, version = wire.key_of(call.text("delegatedAdminRelationship")), wire.expected_version(call)
    await service.delete_relationship(call.ctx, key=key, expected_version=version)
    return Reply(204)


def routes(version: str, prefix: str) -> tuple[Route, ...]:
    """The routes below one version of the contract; their names begin with `prefix`."""
    everything = f"/{version}/tenantRelationships/delegatedAdminRelationships"
    one = f"{everything}/{{delegatedAdminRelationship}}"
    name = f"{prefix}.{{}}_delegated_admin_relationship".format
    return (
        Route(("GET",), everything, _list, name("list"), "List the caller's relationships.",
              Collection[RelationshipBody], query=LISTING.query, error=GraphErrorBody),
        Route(("POST",), everything, _create, name("create"), "Draft a relationship.", RelationshipBody,
              RelationshipRequest, 201, error=GraphErrorBody),
        Route(("GET",), one, _read, name("read"), "Read a relationship.", RelationshipBody,
              query=(options.CHOICE,), error=GraphErrorBody),
        Route(("PATCH",), one, _change, name("change"), "Change a draft, or an active one.", RelationshipBody,
              RelationshipRequest, headers=below.MATCH, error=GraphErrorBody, accepted=below.BegunBody),
        Route(("DELETE",), one, _delete, name("delete"), "Drop a draft.", status=204, headers=below.MATCH,
              error=GraphErrorBody),
    )  # fmt: skip


ROUTES = (*routes("v1.0", "graph"), *routes("beta", "graph_beta"))
