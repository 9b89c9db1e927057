"""One relationship as its partner sees it in one look: what belongs to it, and what may be done with it now.

Looking records nothing: what the rules say to each act is asked of them, and not done.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import msgspec
from msgspec.structs import replace

from copartner.command.context import Context, HiddenRowError
from copartner.command.denial import objection
from copartner.delegation import below_store, rules
from copartner.delegation.assignment_rules import ended_with
from copartner.delegation.below import AccessAssignment, AssignmentStatus, Operation, Request
from copartner.delegation.model import AdminRelationship, Key, Party, Status, Step
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR
from copartner.delegation.service import visible
from copartner.partners.model import Partner
from copartner.policy.actions import Action
from copartner.policy.directory import GroupRecord
from copartner.policy.explain import Explanation
from copartner.policy.facts import Facts

# So many of each kind of what belongs to a relationship, and of the groups that can be given roles, are shown.
SHOWN = 100


class Act(StrEnum):
    """What a partner does with a relationship."""

    CHANGE = "change"
    DELETE = "delete"
    ASK = "ask"
    CONSENT = "consent"
    ASSIGN = "assign"
    EXTEND = "extend"
    NARROW = "narrow"
    END = "end"


@dataclass(frozen=True, slots=True)
class Possible:
    """Whether one thing can be done now: `fits` where the state leads there, `obstacle` is what the rules say."""

    act: Act
    fits: bool
    obstacle: Explanation | None

    @property
    def allowed(self) -> bool:
        """Whether nothing stands in its way."""
        return self.fits and self.obstacle is None


@dataclass(frozen=True, slots=True)
class GroupName:
    """A group of the partner."""

    id: UUID
    tenant_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom the partner sells to or administers: what it is called, and its language by the tag, empty if unknown.

    `sells` when the two have a reseller relationship.
    """

    id: UUID
    name: str
    language: str
    sells: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A relationship and what belongs to it, the newest first and at most SHOWN of each kind.

    `groups` can be given roles, by name; `names` are those of the groups that have or had some. `groups_hidden` says
    why the reader does not see the groups, `assignments_hidden` the same of who has roles.
    """

    relationship: AdminRelationship
    assignments: tuple[AccessAssignment, ...]
    operations: tuple[Operation, ...]
    requests: tuple[Request, ...]
    groups: tuple[GroupName, ...]
    names: dict[UUID, str]
    more_groups: bool
    possible: dict[Act, Possible]
    partner: Partner | None
    provider: Partner | None
    customer: Addressee | None
    groups_hidden: Explanation | None = None
    assignments_hidden: Explanation | None = None

    @property
    def held(self) -> tuple[AccessAssignment, ...]:
        """The assignments that are not over."""
        return tuple(one for one in self.assignments if one.status is not AssignmentStatus.DELETED)

    @property
    def over(self) -> tuple[AccessAssignment, ...]:
        """Those that are."""
        return tuple(one for one in self.assignments if one.status is AssignmentStatus.DELETED)


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom the acting partner could ask, and for which resellers besides itself; what stands against extension."""

    customer: Addressee | None
    resellers: tuple[Partner, ...]
    extension: Explanation | None


class _Standing(msgspec.Struct):
    asked: Facts
    home: Facts
    relationship: AdminRelationship | None
    assignments: tuple[AccessAssignment, ...]
    operations: tuple[Operation, ...]
    requests: tuple[Request, ...]
    groups: tuple[GroupName, ...]
    names: tuple[GroupName, ...]
    partner: Partner | None
    provider: Partner | None
    customer: Addressee | None


class _Asking(msgspec.Struct):
    asked: Facts
    customer: Addressee | None
    resellers: tuple[Partner, ...]


async def read_standing(ctx: Context, *, key: Key, groups_begin: str = "") -> Standing:
    """One relationship of the acting partner, in one trip; `groups_begin` narrows the groups that are offered.

    Raises Denied, UnknownAdminRelationship.
    """
    asked = (key.partner_tenant_id, key.id, groups_begin.strip(), SHOWN, ctx.moment)
    found = await ctx.read(
        Action.ADMIN_RELATIONSHIP_READ,
        below_store.standing(),
        *asked,
        body=_Standing,
        each=Action.ADMIN_RELATIONSHIP_READ,
    )
    relationship = visible(ctx, found.relationship, key)
    unseen = objection(ctx, Action.ACCESS_ASSIGNMENT_READ, found.asked)
    no_groups = _groups_hidden(ctx, found)
    return Standing(
        relationship=relationship,
        assignments=() if unseen else tuple(ended_with(one, relationship) for one in found.assignments),
        operations=found.operations,
        requests=found.requests,
        groups=() if no_groups else found.groups[:SHOWN],
        names={} if no_groups else {one.id: one.name for one in found.names},
        more_groups=no_groups is None and len(found.groups) > SHOWN,
        possible={act: _possible(ctx, act, relationship, found.asked) for act in Act},
        partner=found.partner,
        provider=found.provider,
        customer=found.customer,
        groups_hidden=no_groups,
        assignments_hidden=unseen,
    )


async def read_asking(ctx: Context, *, customer_id: UUID | None) -> Asking:
    """What there is to choose before the acting partner asks, in one trip; raises Denied where it may not ask."""
    found = await ctx.read(
        Action.ADMIN_RELATIONSHIP_CREATE, below_store.asking(), customer_id, ctx.moment, body=_Asking
    )
    of_others = replace(found.asked.resource, global_administrator=False)
    extension = objection(ctx, Action.ADMIN_RELATIONSHIP_EXTEND, replace(found.asked, resource=of_others))
    return Asking(found.customer, found.resellers, extension)


def _groups_hidden(ctx: Context, found: _Standing) -> Explanation | None:
    """Why the reader does not see the groups; each is decided, so that none of another tenant is ever told."""
    hidden = objection(ctx, Action.GROUP_LIST, found.home)
    for owner in {one.tenant_id for one in (*found.groups, *found.names)} if hidden is None else ():
        group = GroupRecord(str(owner), str(owner))
        if not ctx.judge(Action.GROUP_READ, replace(found.home, resource=group)).allowed:
            raise HiddenRowError(f"{Action.GROUP_READ} would be denied on a group of a relationship")
    return hidden


def _possible(ctx: Context, act: Act, relationship: AdminRelationship, asked: Facts) -> Possible:
    """What state and rules say to an act; facts as the act itself has them judged."""
    status, holds = relationship.status, GLOBAL_ADMINISTRATOR in relationship.roles
    step = {Act.CHANGE: Step.CHANGE, Act.DELETE: Step.DELETE, Act.ASK: Step.LOCK_FOR_APPROVAL, Act.END: Step.TERMINATE}
    fits = {
        Act.CONSENT: relationship.waits_for_reseller,
        Act.ASSIGN: status is Status.ACTIVE,
        Act.EXTEND: status is Status.ACTIVE and not holds,
        Act.NARROW: status is Status.ACTIVE and holds and len(relationship.roles) > 1,
    }
    action = {
        Act.CHANGE: Action.ADMIN_RELATIONSHIP_CHANGE,
        Act.DELETE: Action.ADMIN_RELATIONSHIP_DELETE,
        Act.ASK: Action.ADMIN_RELATIONSHIP_ASK,
        Act.CONSENT: Action.ADMIN_RELATIONSHIP_CONSENT,
        Act.ASSIGN: Action.ACCESS_ASSIGNMENT_CREATE,
        Act.EXTEND: Action.ADMIN_RELATIONSHIP_EXTEND,
        Act.NARROW: Action.ADMIN_RELATIONSHIP_CHANGE,
        Act.END: Action.ADMIN_RELATIONSHIP_END,
    }[act]
    judged = replace(
        asked.resource,
        within_limits=rules.within_limits(relationship.duration),
        global_administrator=holds,
        active=status is Status.ACTIVE,
        roles_within=True,
    )
    return Possible(
        act,
        rules.leads(status, step[act], Party.PARTNER) if act in step else fits[act],
        objection(ctx, action, replace(asked, resource=judged)),
    )
