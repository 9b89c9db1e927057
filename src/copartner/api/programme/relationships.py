"""A customer's partners, and what it takes back from them."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct, field

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.programme import wire
from copartner.api.programme.consent import FormedBody, PartnerBody, PowerBody
from copartner.api.programme.wire import ROOT, Page
from copartner.api.registry import Route
from copartner.policy.facts import Side
from copartner.relationships.service import relationships


class OwnRelationshipBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A relationship as the customer sees it, with what the partner's agents may do in its tenant now."""

    id: UUID
    partner: PartnerBody
    privileges: bool = field(name="delegatedAdminPrivileges")
    formed_at: datetime
    powers: tuple[PowerBody, ...]


class RelationshipChange(Struct, frozen=True, rename="camel"):
    """False takes delegated admin privileges back; the relationship stays."""

    delegated_admin_privileges: bool


async def _list(call: Call) -> Page[OwnRelationshipBody]:
    found = await relationships.list_own_relationships(call.ctx)
    return Page([wire.shaped(one, OwnRelationshipBody) for one in found])


async def _change(call: Call) -> FormedBody:
    partner, asked = call.id("partner"), call.decode(RelationshipChange)
    if asked.delegated_admin_privileges:
        name = "delegatedAdminPrivileges"
        raise Malformed(f"{name}: send false to take them back; granting them needs a request of the partner.", name)
    return wire.shaped(await relationships.withdraw_privileges(call.ctx, partner_tenant_id=partner), FormedBody)


_ALL = f"{ROOT}/relationships"
ROUTES = (
    Route(("GET",), _ALL, _list, "own_relationships.list", "List the caller's partners.", Page[OwnRelationshipBody],
          user_only=True, side=Side.CUSTOMER),
    Route(("PATCH",), f"{_ALL}/{{partner}}", _change, "own_relationships.change",
          "Take delegated admin privileges back.", FormedBody, RelationshipChange, user_only=True, side=Side.CUSTOMER),
)  # fmt: skip
