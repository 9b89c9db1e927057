"""Sequences: every state that a customer's relationships can come to by acts that the rules allow, one after another.

A partner, its customer and a rival of the partner act; each act that the rules allow moves the state. All states that
can be reached are visited, however long the way. In each of them the partner and the rival try everything that a
partner can try at that customer, with every witness that there is or ever was: their own of now, the ended one, and the
other's. What is allowed has to rest on a witness of one's own that is in force.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from copartner.policy.actions import Action as A
from copartner.policy.behalf import AdminRole, Delegation
from copartner.policy.decide import decide
from copartner.policy.facts import (
    AdminRelationship,
    Cloud,
    Ending,
    Facts,
    Relationship,
    RelationshipRequest,
    Role,
    Side,
)
from copartner.policy.rulebook import Rulebook, RuleSet
from copartner.proof.classes import (
    ANSWERING,
    AT_CUSTOMER,
    CLASSES,
    GRANULAR_ANSWERING,
    ON_BEHALF,
    ONE_SUBSCRIPTION,
    ONE_THING,
    OWN_RELATIONSHIP,
)
from copartner.proof.invariants import SALES
from copartner.proof.questions import Life, Result
from copartner.proof.specimens import (
    BUYER,
    CUSTOMER,
    OTHER,
    OTHER_BUSINESS,
    PARTNER,
    STORY_DAYS,
    kinds,
    specimen,
    with_context,
    with_organisation,
    with_principal,
    with_resource,
    with_tenant,
)

# One day while requests still carry privileges, and two when they do not and there is the granular kind.
DAYS = {
    Cloud.COMMERCIAL: (date(2020, 11, 29), date(2022, 6, 1), date(2026, 11, 22)),
    Cloud.US_GOVERNMENT: STORY_DAYS,
    Cloud.CHINA: STORY_DAYS,
}
_TRIED = CLASSES[AT_CUSTOMER] | CLASSES[ONE_THING] | CLASSES[ONE_SUBSCRIPTION]
_CUSTOMERS = CLASSES[ANSWERING] | CLASSES[GRANULAR_ANSWERING] | CLASSES[OWN_RELATIONSHIP]
_EVERY = tuple(Role)


@dataclass(frozen=True, slots=True)
class State:
    """Where the partner and its customer stand; `once` when a relationship of theirs has ended before."""

    relationship: str = "none"
    privileges: bool = False
    once: bool = False
    granular: str = "none"
    assigned: bool = False
    sold: str = "nothing"
    enrolled: bool = False


def walk_lives(book: Rulebook, result: Result) -> None:
    """Visit every state on each of the days in each cloud."""
    for cloud, days in DAYS.items():
        for day in days:
            life = walk(book.at(cloud, day), day)
            result.lives.append(life)
            result.failures += [f"{cloud} {day}: {wrong}" for wrong in life.wrong]


def walk(rules: RuleSet, day: date) -> Life:
    """All states that can be reached under one rule set, and what is wrong in any of them."""
    start = State()
    seen, frontier, depth = {start}, [start], 0
    while frontier:
        reached = dict.fromkeys(after for state in frontier for after in _moves(rules, state) if after not in seen)
        seen.update(reached)
        frontier = list(reached)
        depth += bool(frontier)
    tried = list(_attempts(rules, seen))
    wrong = [
        f"{action} is allowed {told}"
        for told, rightly, facts, action in tried
        if not rightly and decide(rules, action, facts).allowed
    ]
    return Life(rules.cloud, day, len(seen), depth, len(tried), tuple(wrong))


def _moves(rules: RuleSet, state: State) -> Iterator[State]:
    """The states after one act that is allowed, or after time has passed."""
    for action, after in _acts(state):
        kind = rules.schema.actions[action].resources[-1]
        if decide(rules, action, _facts(rules, state, action, kind)).allowed:
            yield after
    if state.granular in ("asked", "active"):
        yield replace(state, granular="ended", assigned=False)


def _acts(state: State) -> Iterator[tuple[A, State]]:
    """What somebody may try next, and where it leads."""
    match state.relationship:
        case "none" | "ended":
            for including in (True, False):
                choice = A.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES if including else A.RELATIONSHIP_REQUEST_SEND
                yield choice, replace(state, relationship="asked with" if including else "asked")
        case "asked" | "asked with":
            yield A.CONSENT_ACCEPT, replace(state, relationship="active", privileges=False)
            yield A.CONSENT_DECLINE, replace(state, relationship="ended" if state.once else "none")
            if state.relationship == "asked with":
                yield A.CONSENT_GRANT_PRIVILEGES, replace(state, relationship="active", privileges=True)
        case "active":
            ended = replace(state, relationship="ended", privileges=False, once=True)
            yield A.CUSTOMER_END_RELATIONSHIP, ended
            yield A.OWN_RELATIONSHIP_REMOVE_PRIVILEGES, replace(state, privileges=False)
            yield A.CART_CHECKOUT, replace(state, sold="active")
            if state.sold == "active":
                yield A.SUBSCRIPTION_CANCEL, replace(state, sold="cancelled")
    match state.granular:
        case "none" | "ended":
            yield A.ADMIN_RELATIONSHIP_CREATE, replace(state, granular="drafted")
        case "drafted":
            yield A.ADMIN_RELATIONSHIP_ASK, replace(state, granular="asked")
            yield A.ADMIN_RELATIONSHIP_DELETE, replace(state, granular="none")
        case "asked":
            yield A.ADMIN_CONSENT_APPROVE, replace(state, granular="active")
            yield A.ADMIN_CONSENT_REJECT, replace(state, granular="ended")
        case "active":
            yield A.ACCESS_ASSIGNMENT_CREATE, replace(state, assigned=True)
            yield A.ACCESS_ASSIGNMENT_DELETE, replace(state, assigned=False)
            yield A.ADMIN_RELATIONSHIP_END, replace(state, granular="ended", assigned=False)
            yield A.ADMIN_CONSENT_END, replace(state, granular="ended", assigned=False)
    if not state.enrolled:
        yield A.TENANT_ENROL, replace(state, enrolled=True)


def _facts(rules: RuleSet, state: State, action: A, kind: str) -> Facts:
    """What the database would say of an act in a state, by whoever may do most on its side."""
    side = Side.PARTNER
    if action in _CUSTOMERS:
        side = Side.CUSTOMER
    elif action is A.TENANT_ENROL:
        side = Side.OPERATOR
    facts = specimen(action, kind, rules.cloud, side, _EVERY)
    facts = with_context(facts, relationship=_relationship(state), delegation=None)
    facts = with_tenant(facts, CUSTOMER, enrolled=state.enrolled, agreement_signed=True)
    facts = with_organisation(facts, BUYER, enrolled=state.enrolled)
    if action is A.CUSTOMER_END_RELATIONSHIP:
        running = int(state.sold == "active")
        facts = with_context(facts, ending=Ending(active=running, running=running, reservations=0))
    match facts.resource:
        case RelationshipRequest():
            including = state.relationship == "asked with"
            return with_resource(facts, includes_privileges=including)
        case AdminRelationship():
            return with_resource(facts, active=state.granular == "active")
    return facts


def _attempts(rules: RuleSet, states: Iterable[State]) -> Iterator[tuple[str, bool, Facts, A]]:
    """Everything that a partner can try in any of the states, told alike once; and whether it may be allowed."""
    sold = dict.fromkeys(one for state in states for one in _relationships(state))
    administered = dict.fromkeys((_relationship(state), *one) for state in states for one in _delegations(state))
    for action, kind in kinds(rules.schema):
        if action in _TRIED:
            # Only of a sale does it matter that the customer is a partner by now, whose tenant is sold nothing then.
            for enrolled in (False, True) if action in SALES else (False,):
                barred = enrolled and rules.cloud is not Cloud.CHINA
                base = _facts(rules, State(enrolled=enrolled), action, kind)
                for told, mine, relationship in sold:
                    facts = with_context(base, relationship=relationship)
                    yield f"to the partner {told}, {enrolled=}", mine and not barred, facts, action
                    if relationship is not None and relationship.active:
                        yield f"to a rival {told}", False, _by_rival(facts), action
        elif action in CLASSES[ON_BEHALF]:
            base = _facts(rules, State(), action, kind)
            for relationship, told, mine, delegation in administered:
                facts = with_context(base, relationship=relationship, delegation=delegation)
                yield f"to the partner {told} with {relationship}", mine, facts, action
            for told, relationship, delegation in _of_rival():
                facts = with_context(base, relationship=relationship, delegation=delegation)
                yield f"to a rival {told}", False, _by_rival(facts), action


def _of_rival() -> Iterator[tuple[str, Relationship, Delegation]]:
    """A rival's ways into the partner's customer: by what is its own, and by what is the partner's."""
    own, theirs = (Relationship("r-9", tenant, CUSTOMER, active=True, privileges=True) for tenant in (OTHER, PARTNER))
    for told, relationship, tenant in (("by its own", own, OTHER), ("by the partner's", theirs, PARTNER)):
        approval = Delegation("aa-9", tenant, CUSTOMER, active=True, whole_tenant=False, roles=tuple(AdminRole))
        yield f"{told} approval", relationship, approval


def _relationships(state: State) -> Iterator[tuple[str, bool, Relationship | None]]:
    yield "without a relationship", False, None
    yield "by its relationship of now", state.relationship == "active", _relationship(state)
    yield "by one that ended", False, Relationship("r-0", PARTNER, CUSTOMER, active=False, privileges=False)
    yield "by one with another customer", False, Relationship("r-8", PARTNER, OTHER, active=True, privileges=True)
    yield "by the rival's", False, Relationship("r-9", OTHER, CUSTOMER, active=True, privileges=True)


def _delegations(state: State) -> Iterator[tuple[str, bool, Delegation | None]]:
    roles = tuple(AdminRole)
    reseller = state.relationship == "active"
    granular = state.granular == "active" and state.assigned
    yield "without an approval", False, None
    yield (
        "by whole-tenant privileges",
        reseller and state.privileges,
        Delegation(
            *("r-1", PARTNER, CUSTOMER),
            active=reseller and state.privileges,
            whole_tenant=True,
            superseded=state.granular == "active",
            roles=roles,
        ),
    )
    yield (
        "by its assignment of now",
        reseller and granular,
        Delegation("aa-1", PARTNER, CUSTOMER, active=granular, whole_tenant=False, roles=roles),
    )
    ended = Delegation("aa-0", PARTNER, CUSTOMER, active=False, whole_tenant=False, roles=roles)
    yield "by an assignment that ended", False, ended
    other = Delegation("aa-8", PARTNER, OTHER, active=True, whole_tenant=False, roles=roles)
    yield "by another customer's approval", False, other
    yield (
        "by the rival's approval",
        False,
        Delegation("aa-9", OTHER, CUSTOMER, active=True, whole_tenant=False, roles=roles),
    )


def _by_rival(facts: Facts) -> Facts:
    """The same about the partner's thing, with the rival as the one who acts."""
    rival = msgspec.structs.replace(facts.tenants[0], id=OTHER, organisation=OTHER_BUSINESS)
    business = msgspec.structs.replace(facts.organisations[0], id=OTHER_BUSINESS)
    return msgspec.structs.replace(
        with_principal(facts, tenant=OTHER),
        tenants=(*facts.tenants, rival),
        organisations=(*facts.organisations, business),
    )


def _relationship(state: State) -> Relationship | None:
    if state.relationship in ("none", "asked", "asked with"):
        return Relationship("r-0", PARTNER, CUSTOMER, active=False) if state.once else None
    return Relationship("r-1", PARTNER, CUSTOMER, active=state.relationship == "active", privileges=state.privileges)
