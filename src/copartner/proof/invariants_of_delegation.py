"""What has to hold of granular delegated admin, written from the programme's pages and apart from the rules."""

from datetime import date

from copartner.policy.actions import Action as A
from copartner.policy.facts import Cloud, Role
from copartner.policy.tree import Binary, Entity, Expr, Has, Literal, Members, Not
from copartner.proof.classes import (
    CLASSES,
    GRANULAR_ANSWERING,
    GRANULAR_ASKING,
    GRANULAR_ASSIGNING,
    GRANULAR_PROVIDING,
)
from copartner.proof.vocabulary import ACTOR, THING, Invariant, at, either, every, same

_GIVING = frozenset({A.ACCESS_ASSIGNMENT_CREATE, A.ACCESS_ASSIGNMENT_CHANGE})
_ASSIGNING = _GIVING | {A.ACCESS_ASSIGNMENT_DELETE}
_ASSIGNERS = (Role.GLOBAL_ADMIN, Role.USER_MANAGEMENT_ADMIN, Role.ADMIN_AGENT)
_ASKED = CLASSES[GRANULAR_ASKING] - {A.ADMIN_RELATIONSHIP_READ} | CLASSES[GRANULAR_PROVIDING]
_GRANTING = frozenset({A.ADMIN_CONSENT_APPROVE, A.ADMIN_CONSENT_COUNTER, A.ADMIN_RELATIONSHIP_TAKE})
GRANULAR_ACTIONS = _ASKED | _GRANTING | _ASSIGNING
_OTHERS_ANSWER = date(2026, 4, 1)
_BEGINS = date(2022, 1, 1)
_COMMERCIAL = frozenset({Cloud.COMMERCIAL})
_home, _never = at(ACTOR, "tenant"), Literal(False)


def _holds(role: Role) -> Expr:
    return Binary("contains", at(ACTOR, "roles"), Literal(Entity("Role", role)))


GRANULAR = (
    Invariant(
        "own-granular",
        "A granular relationship is asked for, read, given to groups and ended by its own partner.",
        CLASSES[GRANULAR_ASKING] | CLASSES[GRANULAR_ASSIGNING],
        every(Has(THING, "partner"), same(_home, at(THING, "partner"))),
    ),
    Invariant(
        "granular-addressed",
        "A granular relationship is answered and ended by the tenant it addresses, and comes from somebody.",
        CLASSES[GRANULAR_ANSWERING],
        every(Has(THING, "partner"), Has(THING, "customer"), same(_home, at(THING, "customer"))),
    ),
    Invariant(
        "granular-approved-by-global-admin",
        "On the customer's side a Global admin acts.",
        CLASSES[GRANULAR_ANSWERING],
        _holds(Role.GLOBAL_ADMIN),
        ends=date(2026, 3, 31),
    ),
    Invariant(
        "granular-approved-by-role",
        "On the customer's side a Global admin or a Customer Delegated Admin Relationship Administrator acts.",
        CLASSES[GRANULAR_ANSWERING],
        either(_holds(Role.GLOBAL_ADMIN), _holds(Role.DELEGATION_ADMIN)),
        begins=_OTHERS_ANSWER,
    ),
    Invariant(
        "granular-within-the-cap",
        "No role that the customer's cap leaves out comes to a partner.",
        _GRANTING,
        every(Has(THING, "withinCap"), at(THING, "withinCap")),
    ),
    Invariant(
        "granular-provided",
        "An indirect provider asks for what is its own reseller's, in its own name.",
        CLASSES[GRANULAR_PROVIDING],
        every(
            Has(THING, "provider"),
            same(_home, at(THING, "provider")),
            Has(THING, "partner"),
            Binary(
                "contains",
                at(THING, "partner", "organisation", "providers"),
                at(THING, "provider", "organisation"),
            ),
        ),
    ),
    Invariant(
        "granular-by-consenting-reseller",
        "What an indirect provider asked for is granted with its reseller's consent alone.",
        _GRANTING,
        either(
            Not(Has(THING, "provider")),
            every(Has(THING, "resellerConsented"), at(THING, "resellerConsented")),
        ),
    ),
    Invariant(
        "granular-asked-by-admin-agent",
        "An Admin agent asks for granular access and ends it.",
        _ASKED,
        _holds(Role.ADMIN_AGENT),
        _COMMERCIAL,
        _BEGINS,
        promise=False,
    ),
    Invariant(
        "granular-assigned-by-admins",
        "Groups get and lose roles by one of three kinds of the partner's people.",
        _ASSIGNING,
        Binary("containsAny", at(ACTOR, "roles"), Members(tuple(Literal(Entity("Role", role)) for role in _ASSIGNERS))),
        _COMMERCIAL,
        _BEGINS,
        promise=False,
    ),
    Invariant(
        "granular-assigned-while-active",
        "Groups get roles of a relationship while it is active.",
        _GIVING,
        every(Has(THING, "active"), at(THING, "active")),
    ),
    Invariant(
        "granular-assigned-within",
        "Groups get no role beyond those of the relationship.",
        _GIVING,
        every(Has(THING, "rolesWithin"), at(THING, "rolesWithin")),
    ),
    Invariant(
        "granular-bounded",
        "What is asked for and approved lasts no longer than two years.",
        frozenset(
            {
                A.ADMIN_RELATIONSHIP_CREATE,
                A.ADMIN_RELATIONSHIP_CHANGE,
                A.ADMIN_RELATIONSHIP_ASK,
                A.ADMIN_RELATIONSHIP_PROVIDE,
                *_GRANTING,
            }
        ),
        every(Has(THING, "withinLimits"), at(THING, "withinLimits")),
        _COMMERCIAL,
        _BEGINS,
    ),
    Invariant(
        "granular-by-users",
        "A customer answers through a user.",
        CLASSES[GRANULAR_ANSWERING],
        same(at(ACTOR, "appOnly"), Literal(False)),
    ),
    Invariant(
        "granular-begins",
        "Nothing granular is asked for or approved before it began.",
        GRANULAR_ACTIONS,
        _never,
        _COMMERCIAL,
        ends=date(2021, 12, 31),
        promise=False,
    ),
    Invariant(
        "granular-elsewhere",
        "Nothing granular is asked for or approved in US Government and in 21Vianet.",
        GRANULAR_ACTIONS,
        _never,
        frozenset({Cloud.US_GOVERNMENT, Cloud.CHINA}),
        promise=False,
    ),
)
