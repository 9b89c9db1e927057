"""Why a partner's user may do something at a customer, or may not: the rules are asked, as if the user did it now."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from copartner.access import rules, store
from copartner.access.model import HeldRole, Kind, Verdict, Way
from copartner.command.context import Context
from copartner.kernel.errors import Invalid
from copartner.kernel.languages import Language
from copartner.partners.model import Partner
from copartner.policy.actions import Action
from copartner.policy.decide import Decision, decide
from copartner.policy.disclosure import known_to
from copartner.policy.explain import explain
from copartner.policy.facts import Facts
from copartner.policy.schema import Schema

# What can be done at a customer to something that is there, and things it can be done to. A cart and an order are the
# partner's own.
_AT_CUSTOMER = "for_customer"
ON_BEHALF = "on_behalf"
_KINDS = ("Customer", "CustomerUser", "Subscription", "Order", "Cart")
# These depend on figures of the request itself.
_BY_FIGURES = frozenset({Action.SEATS_TAKE, Action.CUSTOMER_END_RELATIONSHIP, Action.CUSTOMER_PURGE})


class _User(msgspec.Struct):
    id: UUID
    partner: UUID
    name: str


class _Found(msgspec.Struct):
    user: _User | None
    partner: Partner | None
    granular: bool
    ways: tuple[Way, ...]
    facts: dict[str, Any]


def askable(schema: Schema) -> tuple[Action, ...]:
    """The actions that can be asked about."""
    return tuple(
        action
        for action in Action
        if _AT_CUSTOMER in schema.actions[action].groups and action not in _BY_FIGURES and _kind(schema, action)
    )


async def explain_access(
    ctx: Context, *, customer_id: UUID, user_id: UUID | str, action: str, subscription_id: UUID | None = None
) -> Verdict:
    """Why a partner's user may do something at a customer; a partner asks about its own, a customer about any.

    The user is named by id, or by the name it signs in with. Whatever has to be looked up is taken as it is now; the
    user as signed in with a second factor. Raises Denied, UnknownUser, Invalid.
    """
    schema = ctx.rules.schema
    asked = next((one for one in askable(schema) if one == action), None)
    if asked is None:
        raise Invalid(
            "action: this is nothing that a partner does at a customer and that can be asked about; send one of "
            f"{', '.join(askable(schema))}.",
            "action",
        )
    kind = _kind(schema, asked)
    if subscription_id is not None and kind != "Subscription":
        raise Invalid("subscription: this action is not about one; leave it out.", "subscription")
    by_id, by_name = (user_id, None) if isinstance(user_id, UUID) else (None, user_id)
    found = await ctx.read(
        Action.ACCESS_READ,
        store.question(),
        *(customer_id, by_id, by_name, kind, subscription_id, ctx.moment),
        body=_Found,
    )
    if found.user is None or found.partner is None:
        raise rules.UnknownUser("user: your company has no such user.", str(user_id))
    return _verdict(ctx, asked, found, found.user, found.partner)


def _verdict(ctx: Context, action: Action, found: _Found, user: _User, partner: Partner) -> Verdict:
    behalf = ON_BEHALF in ctx.rules.schema.actions[action].groups
    tried = list(_tried(ctx, found) if behalf else [(_facts(found, None), ())])
    decided = [(facts, ways, decide(ctx.rules, action, facts, ctx.moment)) for facts, ways in tried]
    facts, ways, decision = next((one for one in decided if one[2].allowed), decided[0])
    summary, reasons = _in_words(ctx, action, facts, decision)
    missing = () if decision.allowed else dict.fromkeys(need for one in reasons for need in (one.needs, *one.missing))
    return Verdict(
        partner=partner,
        user_id=user.id,
        user_name=user.name,
        action=action,
        allowed=decision.allowed,
        summary=summary,
        held=_roles(found.ways, ctx.language),
        through=_roles(ways, ctx.language) if decision.allowed else (),
        rules=reasons,
        missing=tuple(missing),
    )


def _in_words(ctx: Context, action: Action, facts: Facts, decision: Decision) -> tuple[str, tuple[Any, ...]]:
    """The decision as the asking tenant may read it: what is concealed from a partner stays so."""
    tenant = str(ctx.caller.tenant_id)
    fired = (ctx.rules.rule(name) for name in decision.rules)
    told = next((rule.said(ctx.language).caller for rule in fired if not rule.permits and rule.caller), None)
    if told is not None and facts.principal.tenant == tenant:
        return told, ()
    known = known_to(facts, tenant)
    explained = explain(ctx.rules, action, known.facts, decision, known.withheld, language=ctx.language)
    return explained.summary, explained.reasons


def _tried(ctx: Context, found: _Found) -> Iterable[tuple[Facts, tuple[Way, ...]]]:
    """The facts of each approval alone, so that none is taken for another; of none at all where there is none."""
    names = ctx.rules.schema.enums.get("AdminRole", ())
    parties = {"partner": found.facts["resource"]["partner"], "customer": found.facts["resource"]["customer"]}
    assigned: dict[UUID, list[Way]] = {}
    for way in found.ways:
        if way.assignment_id is not None:
            assigned.setdefault(way.assignment_id, []).append(way)
    for assignment, ways in assigned.items():
        yield _facts(found, _witness(assignment, parties, ways, names)), tuple(ways)
    relationship = found.facts["context"]["relationship"]
    if relationship is not None:
        whole = [way for way in found.ways if way.kind is Kind.PRIVILEGES]
        witness = _witness(relationship["id"], parties, whole, names)
        witness |= {"active": relationship["privileges"], "wholeTenant": True, "superseded": found.granular}
        yield _facts(found, witness), tuple(whole)
    elif not assigned:
        yield _facts(found, None), ()


def _witness(made: object, parties: dict[str, Any], ways: Iterable[Way], names: Iterable[str]) -> dict[str, Any]:
    roles = [name for way in ways if (name := rules.role_of(way.role_id).name) in names]
    return {"id": str(made), **parties, "active": True, "wholeTenant": False, "superseded": False, "roles": roles}


def _facts(found: _Found, delegation: dict[str, Any] | None) -> Facts:
    context = {**found.facts["context"], "delegation": delegation}
    return msgspec.convert({**found.facts, "context": context}, Facts)


def _roles(ways: Iterable[Way], language: Language) -> tuple[HeldRole, ...]:
    return tuple(HeldRole(way, rules.role_of(way.role_id, language)) for way in ways)


def _kind(schema: Schema, action: Action) -> str:
    return next((kind for kind in _KINDS if kind in schema.actions[action].resources), "")
