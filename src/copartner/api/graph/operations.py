"""operations and requests: what goes on with a relationship, and what was asked of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from copartner.api.call import Call, Reply, encode
from copartner.api.graph import below, options
from copartner.api.graph.errors import GraphErrorBody
from copartner.api.graph.options import Collection, Listing
from copartner.api.registry import Route
from copartner.delegation import reading, service
from copartner.delegation.below import (
    Operation,
    OperationStatus,
    OperationType,
    Request,
    RequestAction,
    RequestStatus,
)


class OperationBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A delegatedAdminRelationshipOperation; `data` is JSON in text, of what the operation leads to."""

    context: str | UnsetType = field(default=UNSET, name="@odata.context")
    id: UUID
    operation_type: OperationType | UnsetType = UNSET
    data: str | UnsetType = UNSET
    status: OperationStatus | UnsetType = UNSET
    created_date_time: datetime | UnsetType = UNSET
    last_modified_date_time: datetime | UnsetType = UNSET


class ActionName(StrEnum):
    """What a partner can ask to be done."""

    LOCK_FOR_APPROVAL = "lockForApproval"
    TERMINATE = "terminate"


class ActionRequest(Struct, frozen=True, rename="camel"):
    """A request about a relationship."""

    action: ActionName


class ActionBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A delegatedAdminRelationshipRequest."""

    context: str | UnsetType = field(default=UNSET, name="@odata.context")
    id: UUID
    action: RequestAction | UnsetType = UNSET
    status: RequestStatus | UnsetType = UNSET
    created_date_time: datetime | UnsetType = UNSET
    last_modified_date_time: datetime | UnsetType = UNSET


_OPERATIONS, _REQUESTS = f"{below.RELATIONSHIPS}/operations", f"{below.RELATIONSHIPS}/requests"
OPERATIONS: Listing[Operation, OperationBody] = below.by_age(OperationBody)
REQUESTS: Listing[Request, ActionBody] = below.by_age(ActionBody)


def _data(operation: Operation) -> str:
    """Source: delegatedadminrelationship-list-operations, undated."""
    intent = operation.data
    roles = [{"roleDefinitionId": role} for role in intent.roles]
    told: dict[str, Any] = {"accessDetails": {"unifiedRoles": roles}}
    if intent.assignment_id is None:
        whole = f"{operation.relationship_id}-{operation.partner_tenant_id}"
        extension = {} if intent.auto_extend is None else {"autoExtendDuration": intent.auto_extend}
        told = {"id": whole, **told, **extension}
    else:
        container = {"accessContainerId": intent.group_id, "accessContainerType": "securityGroup"}
        told = {"id": intent.assignment_id, "accessContainer": container, **told}
    return encode(told).decode()


def _operation(found: Operation) -> OperationBody:
    return OperationBody(
        id=found.id,
        operation_type=found.operation_type,
        data=_data(found),
        status=found.status,
        created_date_time=found.created_at,
        last_modified_date_time=found.modified_at,
    )


def _action(found: Request) -> ActionBody:
    return ActionBody(
        id=found.id,
        action=found.action,
        status=found.status,
        created_date_time=found.created_at,
        last_modified_date_time=found.modified_at,
    )


def _told(call: Call, found: Request) -> ActionBody:
    context = f"{options.root(call)}/$metadata#{_REQUESTS}/$entity"
    return msgspec.structs.replace(_action(found), context=context)


async def _list_operations(call: Call) -> Collection[OperationBody]:
    key, asked = below.key_of(call), options.asked(call, OPERATIONS)
    found = await reading.list_operations(call.ctx, key=key, **below.place(asked))
    return options.collection(call, OPERATIONS, asked, found, _operation, _OPERATIONS)


async def _read_operation(call: Call) -> OperationBody:
    key, operation_id = below.key_of(call), call.id("operation")
    names = options.chosen(call, OperationBody)
    found = _operation(await reading.read_operation(call.ctx, key=key, operation_id=operation_id))
    whole = msgspec.structs.replace(found, context=f"{options.root(call)}/$metadata#{_OPERATIONS}/$entity")
    return options.only(whole, names)


async def _list_requests(call: Call) -> Collection[ActionBody]:
    key, asked = below.key_of(call), options.asked(call, REQUESTS)
    found = await reading.list_requests(call.ctx, key=key, **below.place(asked))
    return options.collection(call, REQUESTS, asked, found, _action, _REQUESTS)


async def _read_request(call: Call) -> ActionBody:
    key, request_id = below.key_of(call), call.id("request")
    names = options.chosen(call, ActionBody)
    return options.only(_told(call, await reading.read_request(call.ctx, key=key, request_id=request_id)), names)


async def _request(call: Call) -> Reply:
    key, action = below.key_of(call), call.decode(ActionRequest).action
    step = service.ask_for_approval if action is ActionName.LOCK_FOR_APPROVAL else service.terminate_relationship
    made = await step(call.ctx, key=key)
    return Reply.of(201, _told(call, made), {"location": below.address(call, key, "requests", made.id)})


def routes(version: str, prefix: str) -> tuple[Route, ...]:
    """The routes below one version of the contract; their names begin with `prefix`."""
    one = f"/{version}/tenantRelationships/delegatedAdminRelationships/{{delegatedAdminRelationship}}"
    name = f"{prefix}.{{}}".format
    return (
        Route(("GET",), f"{one}/operations", _list_operations, name("list_admin_operation"),
              "List what goes on with a relationship.", Collection[OperationBody], query=OPERATIONS.query,
              error=GraphErrorBody),
        Route(("GET",), f"{one}/operations/{{operation}}", _read_operation, name("read_admin_operation"),
              "Read how far an operation is.", OperationBody, query=(options.CHOICE,), error=GraphErrorBody),
        Route(("GET",), f"{one}/requests", _list_requests, name("list_admin_request"),
              "List what was asked of a relationship.", Collection[ActionBody], query=REQUESTS.query,
              error=GraphErrorBody),
        Route(("POST",), f"{one}/requests", _request, name("request_of_delegated_admin_relationship"),
              "Ask for approval, or end it.", ActionBody, ActionRequest, 201, error=GraphErrorBody),
        Route(("GET",), f"{one}/requests/{{request}}", _read_request, name("read_admin_request"),
              "Read what became of a request.", ActionBody, query=(options.CHOICE,), error=GraphErrorBody),
    )  # fmt: skip


ROUTES = (*routes("v1.0", "graph"), *routes("beta", "graph_beta"))
