"""What is below one relationship: how it is named, and where an operation can be followed."""

from typing import Any, TypeVar

from msgspec import Struct

from copartner.api.call import Call, Reply
from copartner.api.graph import options, wire
from copartner.api.graph.options import Asked, Listing
from copartner.api.registry import Query
from copartner.delegation.below import Operation
from copartner.delegation.model import Key

T = TypeVar("T")
B = TypeVar("B", bound=Struct)
# After how many seconds an operation is worth a look. Source: delegatedadminaccessassignment-update, 2024-04-04.
RETRY_AFTER = 10
MATCH = (Query("If-Match", "The @odata.etag of the version to change; required."),)
RELATIONSHIPS = "tenantRelationships/delegatedAdminRelationships"


class BegunBody(Struct, frozen=True):
    """What is answered to a change that goes on."""


def by_age(shape: type[B]) -> Listing[Any, B]:
    """A list that comes in the order in which its things were made, which is that of their ids."""
    return Listing(shape, {"createdDateTime": lambda _: ""})


def place(asked: Asked) -> dict[str, Any]:
    """Which page a service is asked for."""
    after = None if asked.after is None else asked.after.key
    return {"descending": asked.descending, "count": asked.count, "after": after, "size": asked.size}


def key_of(call: Call) -> Key:
    """The relationship that the address names; raises Malformed."""
    return wire.key_of(call.text("delegatedAdminRelationship"))


def address(call: Call, key: Key, *below: object) -> str:
    """The absolute address of something below a relationship."""
    return "/".join((options.root(call), RELATIONSHIPS, f"{key.id}-{key.partner_tenant_id}", *map(str, below)))


def begun(call: Call, key: Key, operation: Operation) -> Reply:
    """The answer to a change that goes on: where to follow it, and an empty object."""
    headers = {"location": address(call, key, "operations", operation.id), "retry-after": str(RETRY_AFTER)}
    return Reply.of(202, BegunBody(), headers)
