"""One's own tenant: what it is, how it stands in the programme, and what the reader can settle of it."""

from dataclasses import dataclass

from babel import Locale
from litestar import Response

from copartner.command.looking import Obstacle
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.speaking import word
from copartner.tenants.service.tenants import read_own_tenant


@dataclass(frozen=True, slots=True)
class Room:
    """Something to settle: where, what it is called, what is found there, and what has to be allowed for it."""

    path: str
    name: str
    text: str
    action: Action
    side: Side | None = None


ROOMS = (
    Room("/settings/users", word("Users"), word("Who is in your tenant, with which roles."), Action.USER_LIST),
    Room(
        "/settings/groups",
        word("Groups"),
        word("Users taken together, one group in another if you like."),
        Action.GROUP_LIST,
    ),
    Room(
        "/settings/applications",
        word("Applications"),
        word("Programs that sign in for your tenant, their secrets and addresses."),
        Action.APPLICATION_LIST,
    ),
    Room(
        "/settings/consents",
        word("Consents"),
        word("Which applications may act for you or for everybody."),
        Action.APPLICATION_CONSENT_LIST,
    ),
    Room(
        "/settings/profile",
        word("Profile"),
        word("What you say of your business to the programme and to customers."),
        Action.PARTNER_PROFILE_READ,
        Side.PARTNER,
    ),
    Room(
        "/settings/agreement",
        word("Partner agreement"),
        word("Whether it is signed, and by whom."),
        Action.PARTNER_AGREEMENT_READ,
        Side.PARTNER,
    ),
    Room(
        "/settings/events",
        word("Events"),
        word("Where other systems of yours are told what happens."),
        Action.EVENT_ADDRESS_READ,
    ),
    Room("/audit", word("Audit"), word("What happened in your tenant, and what was denied."), Action.AUDIT_READ),
)
STATES = {"active": word("active"), "restricted": word("restricted"), "suspended": word("suspended")}
MODELS = {
    "direct-bill": word("direct bill partner"),
    "indirect-provider": word("indirect provider"),
    "indirect-reseller": word("indirect reseller"),
}
CLOUDS = {
    "commercial": word("commercial cloud"),
    "us-government": word("US Government cloud"),
    "21vianet": word("cloud of 21Vianet"),
}


async def show(visit: Visit) -> Response[bytes]:
    """The tenant, and each room with a way in or the reason why it stays shut."""
    rooms = [one for one in ROOMS if one.side in (None, visit.ctx.caller.side)]
    tenant, may = await read_own_tenant(visit.ctx, also=[one.action for one in rooms])
    shut: list[tuple[Room, Obstacle]] = []
    open_rooms: list[Room] = []
    for room in rooms:
        obstacle = may[room.action]
        if obstacle is None:
            open_rooms.append(room)
        else:
            shut.append((room, obstacle))
    return visit.page(
        "settings/overview.html",
        tenant=tenant,
        rooms=open_rooms,
        shut=shut,
        states_of=STATES,
        models=MODELS,
        clouds=CLOUDS,
        countries=Locale(visit.language.value).territories,
    )


PAGES = (Page("/settings", "settings", None, show),)
