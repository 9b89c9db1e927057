"""A customer's directory as a partner's user sees it in one look: who is there, what may be done, by whose approval.

Looking records nothing but that whole-tenant privileges were used: what the rules say to each act is asked, not done.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from msgspec.structs import replace

from copartner.command.context import Context
from copartner.command.denial import would_say
from copartner.delegation.model import AdminRole, Risk
from copartner.delegation.roles import described, known
from copartner.delegation.showing import Addressee
from copartner.directory import store
from copartner.directory.model import CustomerUser, Sku, Units
from copartner.directory.service.acting import existing
from copartner.directory.service.users import PAGE_LIMIT
from copartner.kernel.paging import Listed, Page
from copartner.policy import behalf
from copartner.policy.actions import Action
from copartner.policy.explain import Explanation
from copartner.policy.facts import Customer, Facts

_RISKS = tuple(reversed(Risk))


class WayKind(StrEnum):
    """By what a partner's user has a role at a customer."""

    ASSIGNMENT = "assignment"
    PRIVILEGES = "privileges"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One role that the reader has at the customer, and through which group of which approval.

    `id` is that of the way as the rules see it. By whole-tenant privileges it has no name and no end.
    """

    id: UUID
    kind: WayKind
    role_id: UUID
    relationship_id: UUID
    relationship_name: str
    group_name: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Reliance:
    """The least role by which the reader may do something, and the way to it."""

    role: AdminRole
    way: Way


@dataclass(frozen=True, slots=True)
class Doing:
    """Whether the reader may do one thing: what it relies upon, or why it may not."""

    action: Action
    by: Reliance | None
    obstacle: Explanation | None

    @property
    def allowed(self) -> bool:
        """Whether the rules allow it now."""
        return self.obstacle is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A page of a customer's users and what the reader may do there."""

    customer: Addressee | None
    page: Page[CustomerUser]
    domains: tuple[str, ...]
    ways: tuple[Way, ...]
    reading: Doing
    creating: Doing


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user of a customer. `doing` has every act on it; what `doing` denies to read is empty here."""

    customer: Addressee | None
    user: CustomerUser
    roles: tuple[AdminRole, ...]
    licences: tuple[Sku, ...]
    units: tuple[Units, ...]
    domains: tuple[str, ...]
    ways: tuple[Way, ...]
    doing: dict[Action, Doing]


class _Directory(Listed[CustomerUser]):
    asked: tuple[Facts, ...]
    domains: tuple[str, ...]
    ways: tuple[Way, ...]
    customer: Addressee | None


class _Person(msgspec.Struct):
    asked: tuple[Facts, ...]
    user: CustomerUser | None
    roles: tuple[UUID, ...]
    licences: tuple[Sku, ...]
    units: tuple[Units, ...]
    domains: tuple[str, ...]
    ways: tuple[Way, ...]
    customer: Addressee | None


_ON_PERSON = (
    Action.CUSTOMER_USER_READ,
    Action.CUSTOMER_USER_CHANGE,
    Action.CUSTOMER_USER_RESET_PASSWORD,
    Action.CUSTOMER_USER_DELETE,
    Action.CUSTOMER_USER_RESTORE,
    Action.CUSTOMER_ROLE_READ,
    Action.CUSTOMER_ROLE_SET,
    Action.CUSTOMER_LICENCE_READ,
    Action.CUSTOMER_LICENCE_SET,
)


async def read_directory(
    ctx: Context,
    *,
    customer_id: UUID,
    deleted: bool = False,
    text: str = "",
    after: UUID | None = None,
    size: int = PAGE_LIMIT,
) -> Directory:
    """At most `size` (1 to 500) users of a customer with a text in their names, in one trip; raises Denied."""
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.CUSTOMER_USER_LIST,
        store.directory_page(),
        *(customer_id, deleted, text.strip(), after, size, ctx.moment),
        body=_Directory,
        each=Action.CUSTOMER_USER_READ,
    )
    return Directory(
        customer=found.customer,
        page=found.page(size, lambda user: user.id),
        domains=found.domains,
        ways=found.ways,
        reading=_doing(ctx, Action.CUSTOMER_USER_LIST, found.asked, found.ways),
        creating=_doing(ctx, Action.CUSTOMER_USER_CREATE, found.asked, found.ways),
    )


async def read_person(ctx: Context, *, customer_id: UUID, user_id: UUID) -> Person:
    """One user of a customer and all that may be done to it, in one trip; raises Denied, UnknownCustomerUser."""
    found = await ctx.read(Action.CUSTOMER_USER_READ, store.person(), *(customer_id, user_id, ctx.moment), body=_Person)
    user = existing(found.user, user_id)
    doing = {action: _doing(ctx, action, found.asked, found.ways) for action in _ON_PERSON}
    # What the customer has licences of is read of the customer, not of one of its users.
    of_all = tuple(
        replace(one, resource=Customer(str(customer_id), one.resource.partner, one.resource.customer))
        for one in found.asked
        if isinstance(one.resource, behalf.CustomerUser)
    )
    doing[Action.CUSTOMER_LICENCE_LIST] = _doing(ctx, Action.CUSTOMER_LICENCE_LIST, of_all, found.ways)
    return Person(
        customer=found.customer,
        user=user,
        roles=described(found.roles, ctx.language) if doing[Action.CUSTOMER_ROLE_READ].allowed else (),
        licences=found.licences if doing[Action.CUSTOMER_LICENCE_READ].allowed else (),
        units=found.units if doing[Action.CUSTOMER_LICENCE_LIST].allowed else (),
        domains=found.domains,
        ways=found.ways,
        doing=doing,
    )


def _doing(ctx: Context, action: Action, asked: tuple[Facts, ...], ways: tuple[Way, ...]) -> Doing:
    """Whether the rules allow it by one of the ways, and by which."""
    facts, decision = ctx.choose(action, asked)
    if decision.allowed:
        return Doing(action, _relied(ctx, action, facts, ways), None)
    return Doing(action, None, would_say(ctx, action, ctx.asked(facts), decision))


def _relied(ctx: Context, action: Action, facts: Facts, ways: tuple[Way, ...]) -> Reliance | None:
    """The role of the least risk that would do alone, of the way that the rules relied upon."""
    delegation = facts.context.delegation
    if delegation is None:
        return None
    english = known()
    held = [one for one in ways if str(one.id) == delegation.id and one.role_id in english]
    for way in sorted(held, key=lambda one: _RISKS.index(english[one.role_id].risk)):
        roles = tuple(one for one in delegation.roles if one == english[way.role_id].name)
        alone = replace(facts.context, delegation=replace(delegation, roles=roles))
        if roles and ctx.judge(action, replace(facts, context=alone)).allowed:
            return Reliance(known(ctx.language)[way.role_id], way)
    return None
