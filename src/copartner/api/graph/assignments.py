"""accessAssignments: which groups of the partner get which roles of a relationship."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field

from copartner.api.call import Call, Reply
from copartner.api.decoding import Malformed, or_none
from copartner.api.graph import below, options, wire
from copartner.api.graph.errors import GraphErrorBody
from copartner.api.graph.options import Collection, Listing
from copartner.api.graph.wire import AccessDetails, UnifiedRole
from copartner.api.registry import Route
from copartner.delegation import assigning, reading
from copartner.delegation.below import AccessAssignment, AssignmentStatus


class ContainerType(StrEnum):
    """What can hold the members that get roles."""

    SECURITY_GROUP = "securityGroup"


class AccessContainer(Struct, frozen=True, rename="camel"):
    """A group of the partner's tenant."""

    access_container_id: UUID
    access_container_type: ContainerType


class AssignmentRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """Which group gets which roles; a change sends the roles."""

    access_container: AccessContainer | UnsetType = UNSET
    access_details: AccessDetails | UnsetType = UNSET


class AssignmentBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A delegatedAdminAccessAssignment; with `$select` only what was chosen, and the id."""

    context: str | UnsetType = field(default=UNSET, name="@odata.context")
    etag: str = field(name="@odata.etag")
    id: UUID
    status: AssignmentStatus | UnsetType = UNSET
    created_date_time: datetime | UnsetType = UNSET
    last_modified_date_time: datetime | UnsetType = UNSET
    access_container: AccessContainer | UnsetType = UNSET
    access_details: AccessDetails | UnsetType = UNSET


_CONTEXT = f"{below.RELATIONSHIPS}/accessAssignments"
LISTING: Listing[AccessAssignment, AssignmentBody] = below.by_age(AssignmentBody)


def _body(found: AccessAssignment, context: str | UnsetType = UNSET) -> AssignmentBody:
    return AssignmentBody(
        context=context,
        etag=f'W/"v{found.version}"',
        id=found.id,
        status=found.status,
        created_date_time=found.created_at,
        last_modified_date_time=found.modified_at,
        access_container=AccessContainer(found.group_id, ContainerType.SECURITY_GROUP),
        access_details=AccessDetails(tuple(UnifiedRole(role) for role in found.roles)),
    )


def _one(call: Call, found: AccessAssignment) -> AssignmentBody:
    return _body(found, f"{options.root(call)}/$metadata#{_CONTEXT}/$entity")


def _roles(body: AssignmentRequest) -> tuple[UUID, ...] | None:
    details = or_none(body.access_details)
    return None if details is None else tuple(one.role_definition_id for one in details.unified_roles)


async def _list(call: Call) -> Collection[AssignmentBody]:
    key, asked = below.key_of(call), options.asked(call, LISTING)
    found = await reading.list_assignments(call.ctx, key=key, **below.place(asked))
    return options.collection(call, LISTING, asked, found, _body, _CONTEXT)


async def _create(call: Call) -> Reply:
    """Source: delegatedadminrelationship-post-accessassignments, undated."""
    key, body = below.key_of(call), call.decode(AssignmentRequest)
    container, roles = or_none(body.access_container), _roles(body)
    if container is None or roles is None:
        raise Malformed("accessContainer, accessDetails: an assignment needs both; send them.", "accessContainer")
    made = await assigning.create_assignment(call.ctx, key=key, group_id=container.access_container_id, roles=roles)
    return Reply.of(201, _one(call, made), {"location": below.address(call, key, "accessAssignments", made.id)})


async def _read(call: Call) -> AssignmentBody:
    key, assignment_id = below.key_of(call), call.id("accessAssignment")
    names = options.chosen(call, AssignmentBody)
    found = await reading.read_assignment(call.ctx, key=key, assignment_id=assignment_id)
    return options.only(_one(call, found), names)


async def _change(call: Call) -> Reply:
    """Source: delegatedadminaccessassignment-update, 2024-04-04."""
    key, assignment_id = below.key_of(call), call.id("accessAssignment")
    version, body = wire.expected_version(call), call.decode(AssignmentRequest)
    container = or_none(body.access_container)
    made = await assigning.change_assignment(
        call.ctx,
        key=key,
        assignment_id=assignment_id,
        roles=_roles(body),
        group_id=None if container is None else container.access_container_id,
        expected_version=version,
    )
    if made.operation is None:
        return Reply.of(200, _one(call, made.thing))
    return below.begun(call, key, made.operation)


async def _delete(call: Call) -> Reply:
    key, assignment_id = below.key_of(call), call.id("accessAssignment")
    version = wire.expected_version(call)
    await assigning.delete_assignment(call.ctx, key=key, assignment_id=assignment_id, expected_version=version)
    return Reply(204)


def routes(version: str, prefix: str) -> tuple[Route, ...]:
    """The routes below one version of the contract; their names begin with `prefix`."""
    everything = (
        f"/{version}/tenantRelationships/delegatedAdminRelationships/{{delegatedAdminRelationship}}/accessAssignments"
    )
    one = f"{everything}/{{accessAssignment}}"
    name = f"{prefix}.{{}}_access_assignment".format
    return (
        Route(("GET",), everything, _list, name("list"), "List what groups get of a relationship.",
              Collection[AssignmentBody], query=LISTING.query, error=GraphErrorBody),
        Route(("POST",), everything, _create, name("create"), "Give a group roles of a relationship.", AssignmentBody,
              AssignmentRequest, 201, error=GraphErrorBody),
        Route(("GET",), one, _read, name("read"), "Read what a group gets.", AssignmentBody,
              query=(options.CHOICE,), error=GraphErrorBody),
        Route(("PATCH",), one, _change, name("change"), "Give a group other roles.", AssignmentBody, AssignmentRequest,
              headers=below.MATCH, error=GraphErrorBody, accepted=below.BegunBody),
        Route(("DELETE",), one, _delete, name("delete"), "Take a group's roles away.", status=204,
              headers=below.MATCH, error=GraphErrorBody),
    )  # fmt: skip


ROUTES = (*routes("v1.0", "graph"), *routes("beta", "graph_beta"))
