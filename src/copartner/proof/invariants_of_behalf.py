"""What has to hold when a partner acts in a customer's directory, written apart from the rules."""

from datetime import date

from copartner.policy.actions import Action as A
from copartner.policy.behalf import AdminRole
from copartner.policy.facts import Cloud
from copartner.policy.tree import Binary, Entity, Has, Literal, Members, Not
from copartner.proof.classes import CLASSES, ON_BEHALF
from copartner.proof.vocabulary import ACTOR, CONTEXT, THING, Invariant, at, either, every, same

LICENCES_AND_PASSWORDS = frozenset(
    {A.CUSTOMER_LICENCE_LIST, A.CUSTOMER_LICENCE_READ, A.CUSTOMER_LICENCE_SET, A.CUSTOMER_USER_RESET_PASSWORD}
)
GOVERNMENT_ENDS, CHINA_ENDS = date(2021, 6, 1), date(2021, 7, 1)
_PEOPLE = frozenset(
    {A.CUSTOMER_USER_CHANGE, A.CUSTOMER_USER_DELETE, A.CUSTOMER_USER_RESTORE, A.CUSTOMER_USER_RESET_PASSWORD}
)
_witness, _never = at(CONTEXT, "delegation"), Literal(False)
_holds_most = Binary(
    "containsAny",
    at(_witness, "roles"),
    Members(
        tuple(Literal(Entity("AdminRole", role)) for role in (AdminRole.GLOBAL, AdminRole.PRIVILEGED_AUTHENTICATION))
    ),
)

BEHALF = (
    Invariant(
        "own-approval",
        "Whoever acts in a customer's directory has an approval of its own by that customer, in force at that moment.",
        CLASSES[ON_BEHALF],
        every(
            Has(CONTEXT, "delegation"),
            at(_witness, "active"),
            Has(THING, "customer"),
            same(at(_witness, "partner"), at(ACTOR, "tenant")),
            same(at(_witness, "customer"), at(THING, "customer")),
        ),
    ),
    Invariant(
        "granular-decides",
        "Where there is a granular relationship, nobody acts by whole-tenant privileges.",
        CLASSES[ON_BEHALF],
        Not(every(Has(CONTEXT, "delegation"), at(_witness, "wholeTenant"), at(_witness, "superseded"))),
        frozenset({Cloud.COMMERCIAL}),
        date(2022, 1, 1),
    ),
    Invariant(
        "administrators-guarded",
        "Nobody below a Global Administrator changes whoever has an administrator's role.",
        _PEOPLE,
        every(Has(THING, "guarded"), either(Not(at(THING, "guarded")), every(Has(CONTEXT, "delegation"), _holds_most))),
    ),
    Invariant(
        "behalf-by-users",
        "A partner acts in a customer's directory through a user.",
        CLASSES[ON_BEHALF],
        Not(at(ACTOR, "appOnly")),
    ),
    Invariant(
        "no-directory-in-government",
        "Users and licences are not administered by API in US Government.",
        CLASSES[ON_BEHALF],
        _never,
        frozenset({Cloud.US_GOVERNMENT}),
        GOVERNMENT_ENDS,
        promise=False,
    ),
    Invariant(
        "no-licences-in-china",
        "Licences and passwords are not administered by API in 21Vianet.",
        LICENCES_AND_PASSWORDS,
        _never,
        frozenset({Cloud.CHINA}),
        CHINA_ENDS,
        promise=False,
    ),
)
