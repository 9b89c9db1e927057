"""Graph's shape of a relationship, its id and its entity tags."""

import re
from datetime import datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.delegation.model import AdminRelationship, Key, Status
from copartner.kernel.errors import StaleTag
from copartner.kernel.ids import parse_id

_NONE_SUCH = "This is no id of a delegated admin relationship; take it from the list."
_TAG = re.compile(r'(?:W/)?"v([0-9]{1,9})"')


class UnifiedRole(Struct, frozen=True, rename="camel"):
    """A role by its template id."""

    role_definition_id: UUID


class AccessDetails(Struct, frozen=True, rename="camel"):
    """The roles that are asked for."""

    unified_roles: tuple[UnifiedRole, ...]


class CustomerParticipant(Struct, frozen=True, rename="camel"):
    """The customer, by tenant and name."""

    tenant_id: UUID
    display_name: str | UnsetType = UNSET


class RelationshipBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A delegatedAdminRelationship; with `$select` only what was chosen, and the id."""

    context: str | UnsetType = field(default=UNSET, name="@odata.context")
    etag: str | UnsetType = field(default=UNSET, name="@odata.etag")
    id: str
    display_name: str | UnsetType = UNSET
    duration: str | UnsetType = UNSET
    auto_extend_duration: str | UnsetType = UNSET
    customer: CustomerParticipant | UnsetType | None = UNSET
    access_details: AccessDetails | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    created_date_time: datetime | UnsetType = UNSET
    last_modified_date_time: datetime | UnsetType = UNSET
    activated_date_time: datetime | UnsetType | None = UNSET
    end_date_time: datetime | UnsetType | None = UNSET


def id_of(relationship: AdminRelationship) -> str:
    """How the contract names a relationship: two GUIDs, here the relationship's and its partner's."""
    return f"{relationship.id}-{relationship.partner_tenant_id}"


def key_of(text: str) -> Key:
    """The relationship that an id names; raises Malformed."""
    found, partner = parse_id(text[:36]), parse_id(text[37:])
    if found is None or partner is None or text[36:37] != "-":
        raise Malformed(_NONE_SUCH, text[:80])
    return Key(partner, found)


def body_of(found: AdminRelationship, context: str | UnsetType = UNSET) -> RelationshipBody:
    """A relationship in the contract's shape."""
    customer = found.customer_tenant_id
    return RelationshipBody(
        context=context,
        etag=f'W/"v{found.version}"',
        id=id_of(found),
        display_name=found.display_name,
        duration=found.duration,
        auto_extend_duration=found.auto_extend,
        customer=None if customer is None else CustomerParticipant(customer, found.customer_name),
        access_details=AccessDetails(tuple(UnifiedRole(one) for one in found.roles)),
        status=found.status,
        created_date_time=found.created_at,
        last_modified_date_time=found.modified_at,
        activated_date_time=found.activated_at,
        end_date_time=found.ends_at,
    )


def expected_version(call: Call) -> int | None:
    """The version that `If-Match` names, None for any; raises Malformed where it is absent, StaleTag where foreign."""
    text = (call.header(b"if-match") or "").strip()
    if not text:
        raise Malformed("If-Match: send the @odata.etag of the relationship as you read it.", "If-Match")
    if text == "*":
        return None
    found = _TAG.fullmatch(text)
    if found is None:
        raise StaleTag("If-Match is no etag of this service; read the relationship again and send its @odata.etag.")
    return int(found[1])
