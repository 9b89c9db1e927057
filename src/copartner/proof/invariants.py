"""What must hold whatever is permitted, in words of its own: written from the programme's pages, not the rules."""

from collections.abc import Mapping
from datetime import date

from copartner.policy.actions import Action as A
from copartner.policy.facts import Cloud, Role
from copartner.policy.tree import Binary, Entity, Has, Literal, Not
from copartner.proof.classes import (
    ANSWERING,
    ASKING,
    AT_CUSTOMER,
    CLASSES,
    NEW_CUSTOMER,
    ON_BEHALF,
    ONE_DECISION,
    ONE_SUBSCRIPTION,
    ONE_THING,
    OPERATING,
    OWN_DIRECTORY,
    OWN_LISTS,
    OWN_RELATIONSHIP,
)
from copartner.proof.commitments import COMMITMENTS
from copartner.proof.invariants_of_access import OF_ACCESS
from copartner.proof.invariants_of_announcements import ANNOUNCEMENTS
from copartner.proof.invariants_of_behalf import BEHALF
from copartner.proof.invariants_of_delegation import GRANULAR
from copartner.proof.invariants_of_directory import DIRECTORY
from copartner.proof.invariants_of_partners import PARTNERS
from copartner.proof.second_factor import SECOND_FACTOR
from copartner.proof.vocabulary import ACTOR as _actor
from copartner.proof.vocabulary import CONTEXT as _context
from copartner.proof.vocabulary import THING as _thing
from copartner.proof.vocabulary import Invariant
from copartner.proof.vocabulary import at as _at
from copartner.proof.vocabulary import either as _any
from copartner.proof.vocabulary import every as _all
from copartner.proof.vocabulary import same as _same
from copartner.proof.vocabulary import zero as _zero

SALES = frozenset(
    {A.CART_CREATE, A.CART_EDIT, A.CART_CHECKOUT, A.ORDER_PLACE, A.ORDER_EXTEND, A.SUBSCRIPTION_TRANSITION}
)
ACCEPTANCE = frozenset({A.CONSENT_ACCEPT})
BINDING = ACCEPTANCE | {A.CUSTOMER_CREATE}
CG = frozenset({Cloud.COMMERCIAL, Cloud.US_GOVERNMENT})
C = frozenset({Cloud.COMMERCIAL})
G = frozenset({Cloud.US_GOVERNMENT})

_home = _at(_actor, "tenant")
_seller, _buyer = _at(_thing, "partner"), _at(_thing, "customer")
_selling_business, _buying_business = _at(_seller, "organisation"), _at(_buyer, "organisation")
_both_named = _all(Has(_thing, "partner"), Has(_thing, "customer"))
_own = _all(Has(_thing, "partner"), _same(_home, _seller))
_witness = _at(_context, "relationship")
_one_business = _same(_selling_business, _buying_business)
_shared_services = _all(_at(_buyer, "sharedServices"), Not(_same(_seller, _buyer)))
_all_azure = _all(Has(_context, "azureOnly"), _at(_context, "azureOnly"))
_global_admin = Binary("contains", _at(_actor, "roles"), Literal(Entity("Role", Role.GLOBAL_ADMIN)))
_never = Literal(False)

ISOLATION = (
    Invariant(
        "only-the-seller", "Only its seller changes a subscription or builds on it.", CLASSES[ONE_SUBSCRIPTION], _own
    ),
    Invariant("only-ones-own", "Nobody reads a cart, order or subscription of another.", CLASSES[ONE_THING], _own),
    Invariant(
        "in-ones-own-name",
        "What begins at a customer begins in the actor's own name.",
        CLASSES[AT_CUSTOMER] | CLASSES[NEW_CUSTOMER] | CLASSES[ON_BEHALF],
        _own,
    ),
    Invariant(
        "related",
        "Whoever acts at a customer has, at that moment, a relationship with that customer.",
        CLASSES[AT_CUSTOMER] | CLASSES[ONE_THING] | CLASSES[ONE_SUBSCRIPTION] | CLASSES[ON_BEHALF],
        _all(
            Has(_context, "relationship"),
            _at(_witness, "active"),
            Has(_thing, "customer"),
            _same(_buyer, _at(_witness, "customer")),
            _same(_home, _at(_witness, "partner")),
        ),
    ),
    Invariant(
        "own-lists",
        "Lists and settings are of one's own tenant.",
        CLASSES[OWN_LISTS],
        _same(_at(_thing, "tenant"), _home),
    ),
    Invariant(
        "own-decisions",
        "Decisions are read in the tenant they concern.",
        CLASSES[ONE_DECISION],
        _same(_at(_thing, "tenant"), _home),
    ),
    Invariant(
        "own-directory",
        "Users, groups and applications are administered in their own tenant.",
        CLASSES[OWN_DIRECTORY],
        _all(Has(_thing, "tenant"), _same(_at(_thing, "tenant"), _home)),
    ),
    Invariant("own-requests", "Requests are sent, read and withdrawn by their own partner.", CLASSES[ASKING], _own),
    Invariant(
        "addressed",
        "A request is read and answered by the tenant it addresses, and comes from somebody.",
        CLASSES[ANSWERING],
        _all(_both_named, _same(_home, _buyer)),
    ),
    Invariant(
        "own-relationships",
        "A customer takes privileges from its own relationship with that partner.",
        CLASSES[OWN_RELATIONSHIP],
        _all(
            _both_named,
            Has(_context, "relationship"),
            _same(_home, _buyer),
            _same(_at(_witness, "customer"), _home),
            _same(_at(_witness, "partner"), _seller),
        ),
    ),
)
SELLING = (
    Invariant(
        "no-transaction-tenant",
        "Nothing is sold to a tenant used for programme transactions.",
        SALES | ACCEPTANCE,
        _all(Has(_thing, "customer"), Not(_at(_buyer, "enrolled"))),
        CG,
        date(2020, 11, 29),
    ),
    Invariant(
        "no-partner-buys",
        "Nothing is sold to an organisation that is a partner.",
        SALES | ACCEPTANCE,
        _all(Has(_thing, "customer"), Not(_at(_buying_business, "enrolled"))),
        CG,
        date(2017, 3, 30),
        date(2020, 11, 28),
    ),
    Invariant(
        "no-affiliate-buys",
        "Nothing is sold to another organisation that either side calls an affiliate.",
        SALES | ACCEPTANCE,
        _all(
            _both_named,
            _any(
                _one_business,
                _all(
                    Not(Binary("contains", _at(_selling_business, "affiliates"), _buying_business)),
                    Not(Binary("contains", _at(_buying_business, "affiliates"), _selling_business)),
                ),
            ),
        ),
        begins=date(2020, 5, 15),
    ),
    Invariant(
        "no-sale-to-oneself",
        "Nothing is sold to one's own organisation but Azure to its shared-services tenant.",
        SALES,
        _all(_both_named, _any(Not(_one_business), _all(_shared_services, _all_azure))),
        begins=date(2020, 5, 15),
    ),
    Invariant(
        "no-relationship-with-oneself",
        "Nobody accepts its own organisation as seller, but for its shared-services tenant.",
        ACCEPTANCE,
        _all(_both_named, _any(Not(_one_business), _shared_services)),
        begins=date(2020, 5, 15),
    ),
)
PROGRAMME = (
    Invariant(
        "in-the-market",
        "Relationships and sales stay in the seller's market.",
        SALES | BINDING,
        _all(_both_named, Binary("contains", _at(_seller, "markets"), _at(_buyer, "country"))),
        C,
        date(2019, 1, 16),
    ),
    Invariant(
        "one-cloud",
        "Seller and buyer are in one cloud.",
        SALES | BINDING,
        _all(_both_named, _same(_at(_buyer, "cloud"), _at(_seller, "cloud"))),
    ),
    Invariant(
        "american-customers",
        "Customers of US Government have a US address.",
        BINDING,
        _all(Has(_thing, "customer"), _same(_at(_buyer, "country"), Literal("US"))),
        G,
    ),
    Invariant(
        "global-admin-answers",
        "A Global admin answers.",
        CLASSES[ANSWERING],
        _global_admin,
    ),
    Invariant(
        "ends-clean",
        "A relationship ends without an active subscription or a reservation.",
        frozenset({A.CUSTOMER_END_RELATIONSHIP}),
        _all(Has(_context, "ending"), _zero("ending", "active"), _zero("ending", "reservations")),
    ),
    Invariant(
        "ends-cancelled",
        "Since 2024 a relationship ends without a running subscription.",
        frozenset({A.CUSTOMER_END_RELATIONSHIP}),
        _all(Has(_context, "ending"), _zero("ending", "running")),
        begins=date(2024, 1, 1),
    ),
    Invariant(
        "privileges-asked-for",
        "Privileges come only when the request says so.",
        frozenset({A.CONSENT_GRANT_PRIVILEGES}),
        _all(Has(_thing, "includesPrivileges"), _at(_thing, "includesPrivileges")),
    ),
    Invariant(
        "no-new-privileges",
        "Privileges neither are asked for nor come any more.",
        frozenset({A.CONSENT_GRANT_PRIVILEGES, A.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES}),
        _never,
        C,
        date(2023, 10, 9),
    ),
    Invariant(
        "privileges-not-left-out",
        "No request leaves privileges out.",
        frozenset({A.RELATIONSHIP_REQUEST_OMIT_PRIVILEGES}),
        _never,
        G,
        date(2019, 3, 8),
    ),
    Invariant(
        "agreed-first",
        "Orders and seats follow an agreement of that customer, its own or confirmed by the actor.",
        frozenset(
            {A.CART_CHECKOUT, A.ORDER_PLACE, A.SUBSCRIPTION_CHANGE_QUANTITY, A.SUBSCRIPTION_TRANSITION, A.ORDER_EXTEND}
        ),
        _all(
            Has(_context, "agreement"),
            Has(_thing, "customer"),
            _same(_buyer, _at(_context, "agreement", "customer")),
            _any(
                Not(Has(_at(_context, "agreement"), "confirmedBy")),
                _same(_home, _at(_context, "agreement", "confirmedBy")),
            ),
        ),
        C,
        date(2020, 2, 1),
    ),
    Invariant(
        "seats-left",
        "Seats of all partners together stay within the maximum.",
        frozenset({A.SEATS_TAKE}),
        _all(
            Has(_context, "pool"),
            Not(
                Binary(
                    "<",
                    _at(_context, "pool", "maximum"),
                    Binary("+", _at(_context, "pool", "requested"), _at(_context, "pool", "held")),
                )
            ),
        ),
        C,
        date(2022, 1, 1),
    ),
    Invariant(
        "users-only",
        "Customers answer, relationships are asked for, and a tenant is administered by users.",
        CLASSES[OWN_DIRECTORY] | CLASSES[ANSWERING] | CLASSES[ASKING] | CLASSES[NEW_CUSTOMER] | CLASSES[OPERATING],
        Not(_at(_actor, "appOnly")),
    ),
)
GROUPS: Mapping[str, tuple[Invariant, ...]] = {
    "partners kept apart": ISOLATION,
    "to whom may be sold": SELLING,
    "the rest of the programme": PROGRAMME + DIRECTORY + COMMITMENTS,
    "what partners are": PARTNERS,
    "granular delegated admin": GRANULAR,
    "who can do what": OF_ACCESS,
    "in a customer's directory": BEHALF,
    "a second factor": SECOND_FACTOR,
    "what is announced": ANNOUNCEMENTS,
}
ALL = tuple(one for group in GROUPS.values() for one in group)
# A forbid of these kinds has to be needed for a proof in every span of days in which it is in force.
STRICT = ("mp-", "csp-")
