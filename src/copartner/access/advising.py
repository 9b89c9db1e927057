"""Least privilege: the roles that partners hold at a customer, beside what they did with them by the audit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID

import msgspec

from copartner.access import rules, store
from copartner.access.model import Advice, Finding, Held, Kind, Review, Use
from copartner.access.questions import ON_BEHALF
from copartner.access.rules import say
from copartner.command.context import Context
from copartner.delegation.model import AdminRole, Risk
from copartner.delegation.roles import known
from copartner.kernel.languages import Language
from copartner.policy import behalf
from copartner.policy.actions import Action
from copartner.policy.decide import decide
from copartner.policy.facts import Actor, Customer, FactContext, Facts, Relationship, Role, Side
from copartner.policy.rulebook import RuleSet

LOOKS_BACK = timedelta(days=90)
# What the audit calls what was done, where that is not the action itself.
_CALLED: Mapping[str, Action] = MappingProxyType(
    {
        "customer_licence.update": Action.CUSTOMER_LICENCE_SET,
        "customer_role.give": Action.CUSTOMER_ROLE_SET,
        "customer_role.take": Action.CUSTOMER_ROLE_SET,
    }
)
_RISKS = (Risk.LOW, Risk.MEDIUM, Risk.HIGH, Risk.HIGHEST)


class _Found(msgspec.Struct):
    held: tuple[Held, ...]
    used: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class _Reach:
    """What each role permits, of what leaves a record, to people without an administrator's role."""

    permits: Mapping[UUID, frozenset[Action]]

    def size(self, role: AdminRole) -> tuple[int, int, str]:
        """By how much harm it can do, then by how much it permits."""
        return _RISKS.index(role.risk), len(self.permits[role.id]), role.name

    def smallest(self, needed: frozenset[Action]) -> AdminRole:
        """The smallest role that permits all that is needed, which some role does."""
        return min((role for role in known().values() if needed <= self.permits[role.id]), key=self.size)


async def advise(ctx: Context, *, customer_id: UUID | None = None, partner_tenant_id: UUID | None = None) -> Review:
    """What of the roles in force is needed by what was done in the last 90 days; raises Denied.

    The acting customer is told about all its partners or one; with `customer_id` the acting partner is about itself
    there.
    """
    since = ctx.moment - LOOKS_BACK
    partner = ctx.caller.tenant_id if customer_id is not None else partner_tenant_id
    found = await ctx.read(
        Action.ACCESS_LIST if partner is None else Action.ACCESS_READ,
        store.use(),
        *(partner, customer_id or ctx.caller.tenant_id, since, ctx.moment),
        body=_Found,
        each=Action.ACCESS_READ,
    )
    reach = _reach(ctx.rules)
    asked = {
        (held.partner.tenant_id, held.relationship_id, held.role_id): held
        for held in found.held
        if held.in_force and held.kind is not Kind.OWNER
    }
    advice = (_advice(held, _done(held, found.used), reach, ctx.language) for held in asked.values())
    return Review(since, tuple(advice), rules.overview(found.held, ctx.moment, ctx.language).grants)


def recorded(ruleset: RuleSet) -> tuple[Action, ...]:
    """The actions on a customer's directory that leave a record: all that change something."""
    return tuple(
        action
        for action in Action
        if ON_BEHALF in ruleset.schema.actions[action].groups and action.rpartition(".")[2] not in ("list", "read")
    )


def _done(held: Held, used: Iterable[Use]) -> frozenset[Action]:
    names = {one.operation for one in used if one.partner_tenant_id == held.partner.tenant_id}
    return frozenset(action for name in names if (action := _CALLED.get(name) or _action(name)))


def _action(name: str) -> Action | None:
    return Action(name) if name in set(Action) else None


def _advice(held: Held, done: frozenset[Action], reach: _Reach, language: Language) -> Advice:
    role = rules.role_of(held.role_id)
    used = done & reach.permits[role.id]
    smallest = reach.smallest(used) if used else role
    smaller = smallest if used and smallest != role and reach.size(smallest) < reach.size(role) else None
    if not reach.permits[role.id]:
        finding, why = (
            Finding.UNSEEN,
            say(language, "It changes nothing here that leaves a record, so its use is not seen."),
        )
    elif not used:
        finding, why = (
            Finding.UNUSED,
            say(language, "Nothing that it permits was done in the last 90 days: take it away."),
        )
    elif smaller is not None:
        smaller = rules.role_of(smaller.id, language)
        finding = Finding.SMALLER
        why = say(language, "{role} would have done for all that it was used for.", role=smaller.name)
    else:
        finding, why = Finding.USED, say(language, "No smaller role permits what it was used for.")
    assert held.relationship_id is not None
    return Advice(
        partner=held.partner,
        kind=held.kind,
        relationship_id=held.relationship_id,
        role=rules.role_of(role.id, language),
        finding=finding,
        used_for=tuple(sorted(used)),
        smaller=smaller,
        why=why,
    )


def _reach(ruleset: RuleSet) -> _Reach:
    """The rules are asked of each role alone: whether a partner's user who has it may do what leaves a record."""
    actions = recorded(ruleset)
    return _Reach(
        {
            role.id: frozenset(
                action for action in actions if decide(ruleset, action, _facts(ruleset, action, role)).allowed
            )
            for role in known().values()
        }
    )


def _facts(ruleset: RuleSet, action: Action, role: AdminRole) -> Facts:
    partner, customer = "partner", "customer"
    roles = tuple(one for one in behalf.AdminRole if one == role.name)
    resource: Customer | behalf.CustomerUser = Customer(customer, partner, customer)
    if "Customer" not in ruleset.schema.actions[action].resources:
        resource = behalf.CustomerUser("user", partner, customer, guarded=False)
    return Facts(
        principal=Actor("actor", partner, (Role.USER,), Side.PARTNER, multi_factor=True),
        resource=resource,
        context=FactContext(
            relationship=Relationship("relationship", partner, customer, active=True),
            delegation=behalf.Delegation("delegation", partner, customer, active=True, whole_tenant=False, roles=roles),
        ),
    )
