"""What has to hold of granular delegated admin, written from the programme's pages and apart from the rules."""

from datetime import date

from copartner.policy.actions import Action as A
from copartner.policy.facts import Cloud, Role
from copartner.policy.tree import Binary, Entity, Expr, Has, Literal, Members
from copartner.proof.classes import CLASSES, GRANULAR_ANSWERING, GRANULAR_ASKING, GRANULAR_ASSIGNING
from copartner.proof.vocabulary import ACTOR, THING, Invariant, at, every, same

_GIVING = frozenset({A.ACCESS_ASSIGNMENT_CREATE, A.ACCESS_ASSIGNMENT_CHANGE})
_ASSIGNING = _GIVING | {A.ACCESS_ASSIGNMENT_DELETE}
GRANULAR_ACTIONS = CLASSES[GRANULAR_ASKING] - {A.ADMIN_RELATIONSHIP_READ} | {A.ADMIN_CONSENT_APPROVE} | _ASSIGNING
_ASSIGNERS = (Role.GLOBAL_ADMIN, Role.USER_MANAGEMENT_ADMIN, Role.ADMIN_AGENT)
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
    ),
    Invariant(
        "granular-asked-by-admin-agent",
        "An Admin agent asks for granular access and ends it.",
        CLASSES[GRANULAR_ASKING] - {A.ADMIN_RELATIONSHIP_READ},
        _holds(Role.ADMIN_AGENT),
        _COMMERCIAL,
        _BEGINS,
    ),
    Invariant(
        "granular-assigned-by-admins",
        "Groups get and lose roles by one of three kinds of the partner's people.",
        _ASSIGNING,
        Binary("containsAny", at(ACTOR, "roles"), Members(tuple(Literal(Entity("Role", role)) for role in _ASSIGNERS))),
        _COMMERCIAL,
        _BEGINS,
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
                A.ADMIN_CONSENT_APPROVE,
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
    ),
    Invariant(
        "granular-elsewhere",
        "Nothing granular is asked for or approved in US Government and in 21Vianet.",
        GRANULAR_ACTIONS,
        _never,
        frozenset({Cloud.US_GOVERNMENT, Cloud.CHINA}),
    ),
)
