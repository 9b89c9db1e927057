"""Graph's shapes: relationship, request, collection; entity tags and the options of a query."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.delegation.model import AdminRelationship, Key, Status
from copartner.kernel.errors import StaleTag
from copartner.kernel.ids import parse_id
from copartner.kernel.paging import BadPageToken, Page

LARGEST = 300
_NONE_SUCH = "This is no id of a delegated admin relationship; take it from the list."
_TAG = re.compile(r'(?:W/)?"v([0-9]{1,9})"')
_CONDITION = re.compile(r"\s*(status|customer/tenantId)\s+eq\s+'([^']{1,64})'\s*", re.IGNORECASE)


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
    """A delegatedAdminRelationship; with `$select` only what was chosen, and the id.

    What an indirect provider asked for is a resellerDelegatedAdminRelationship: it has a type and the last two.
    """

    context: str | UnsetType = field(default=UNSET, name="@odata.context")
    etag: str | UnsetType = field(default=UNSET, name="@odata.etag")
    type: str | UnsetType = field(default=UNSET, name="@odata.type")
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
    indirect_provider_tenant_id: UUID | UnsetType = UNSET
    is_partner_consent_pending: bool | UnsetType = UNSET


class RelationshipsBody(Struct, frozen=True, kw_only=True):
    """A page of relationships."""

    context: str = field(name="@odata.context")
    count: int | UnsetType = field(default=UNSET, name="@odata.count")
    next_link: str | UnsetType = field(default=UNSET, name="@odata.nextLink")
    value: tuple[RelationshipBody, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """What a list is asked for."""

    query: str
    status: Status | None
    customer: UUID | None
    count: bool
    size: int
    after: UUID | None
    chosen: frozenset[str] | None


_PROPERTIES = frozenset(
    name for name in RelationshipBody.__struct_encode_fields__ if not name.startswith("@") and name != "id"
)


def root(call: Call) -> str:
    """Where the version that was asked is, as an absolute address."""
    version = call.path.strip("/").partition("/")[0]
    return f"{call.ctx.runtime.public_url.rstrip('/')}/{version}"


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
    customer, provider = found.customer_tenant_id, found.provider_tenant_id
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
        type=UNSET if provider is None else "#microsoft.graph.resellerDelegatedAdminRelationship",
        indirect_provider_tenant_id=UNSET if provider is None else provider,
        is_partner_consent_pending=UNSET if provider is None else found.waits_for_reseller,
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


def chosen(call: Call) -> frozenset[str] | None:
    """The properties that `$select` names, None for all; raises Malformed."""
    text = call.query("$select")
    if text is None:
        return None
    names = {name.strip() for name in text.split(",")} - {"id", ""}
    if not names <= _PROPERTIES:
        raise Malformed(f"$select: choose among id, {', '.join(sorted(_PROPERTIES))}.", "$select")
    return frozenset(names)


def only(body: RelationshipBody, names: frozenset[str] | None) -> RelationshipBody:
    """The relationship with the chosen properties alone."""
    if names is None:
        return body
    keys = zip(RelationshipBody.__struct_fields__, RelationshipBody.__struct_encode_fields__, strict=True)
    left_out: dict[str, Any] = {name: UNSET for name, key in keys if key in _PROPERTIES - names}
    return msgspec.structs.replace(body, **left_out)


def options(call: Call) -> Options:
    """What a request for a list asks for; raises Malformed."""
    status, customer = _filter(call.query("$filter"))
    order = call.query("$orderby")
    if order is not None and order.strip().lower() not in ("createddatetime", "createddatetime asc"):
        raise Malformed("$orderby: the list comes by createdDateTime asc, and by nothing else yet.", "$orderby")
    query = f"admin_relationships?{status}&{customer}"
    token, after = call.query("$skiptoken"), None
    if token is not None:
        try:
            after = call.ctx.runtime.page_tokens.open(query, call.ctx.caller.tenant_id, token)
        except BadPageToken:
            raise Malformed(
                "$skiptoken: this token is of another list; follow @odata.nextLink.", "$skiptoken"
            ) from None
    return Options(
        query=query,
        status=status,
        customer=customer,
        count=(call.query("$count") or "").lower() == "true",
        size=call.query_number("$top", default=LARGEST, lowest=1, highest=LARGEST),
        after=after,
        chosen=chosen(call),
    )


def page_of(
    call: Call, asked: Options, found: Page[AdminRelationship], shape: Callable[[AdminRelationship], RelationshipBody]
) -> RelationshipsBody:
    """The page, with the address of the following one."""
    following: str | UnsetType = UNSET
    if found.next_after is not None:
        token = call.ctx.runtime.page_tokens.seal(asked.query, call.ctx.caller.tenant_id, found.next_after)
        kept = [(name, call.query(name)) for name in ("$filter", "$select", "$top", "$count", "$orderby")]
        pairs = [*((name, value) for name, value in kept if value), ("$skiptoken", token)]
        following = f"{root(call)}{call.path[call.path.index('/', 1) :]}?{urlencode(pairs, quote_via=quote, safe='$')}"
    return RelationshipsBody(
        context=f"{root(call)}/$metadata#tenantRelationships/delegatedAdminRelationships",
        count=UNSET if found.total is None else found.total,
        next_link=following,
        value=tuple(only(shape(one), asked.chosen) for one in found.items),
    )


def _filter(text: str | None) -> tuple[Status | None, UUID | None]:
    status: Status | None = None
    customer: UUID | None = None
    for part in re.split(r"\s+and\s+", text, flags=re.IGNORECASE) if text else ():
        found = _CONDITION.fullmatch(part)
        if found is None:
            raise Malformed("$filter: send status eq '...' or customer/tenantId eq '...', joined by and.", "$filter")
        name, value = found[1].lower(), found[2]
        if name == "status" and status is None:
            status = next((one for one in Status if one.lower() == value.lower()), None)
            if status is None:
                raise Malformed(f"$filter: status is one of {', '.join(Status)}.", "$filter")
        elif name != "status" and customer is None:
            customer = parse_id(value)
            if customer is None:
                raise Malformed("$filter: customer/tenantId is a GUID.", "$filter")
        else:
            raise Malformed(f"$filter: {found[1]} stands twice; ask for one value.", "$filter")
    return status, customer
