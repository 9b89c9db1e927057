"""What must hold of who partners are: what they signed, for whom they resell, what was delegated to them."""

from datetime import date

from copartner.policy.actions import Action as A
from copartner.policy.facts import Cloud
from copartner.policy.tree import Binary, Has, Literal, Not
from copartner.proof.vocabulary import CONTEXT, THING, Invariant, at, either, every, same

_COMMERCIAL = frozenset({Cloud.COMMERCIAL})
_TRANSACTING = frozenset({A.CART_CREATE, A.CART_CHECKOUT, A.ORDER_PLACE, A.CUSTOMER_CREATE})
_ORDERING = frozenset({A.CART_CHECKOUT, A.ORDER_PLACE, A.ORDER_EXTEND, A.SUBSCRIPTION_TRANSITION})
_ELSEWHERE = "serviceDelegatedElsewhere"
_ONE_DELEGATED = either(
    Not(every(Has(CONTEXT, "relationship"), at(CONTEXT, "relationship", "privileges"))),
    every(Has(CONTEXT, _ELSEWHERE), Not(at(CONTEXT, _ELSEWHERE))),
)
_seller, _buyer = at(THING, "partner"), at(THING, "customer")

PARTNERS = (
    Invariant(
        "delegated-first",
        "Nobody acts in a customer's tenant that did not delegate it.",
        frozenset({A.CUSTOMER_ADD_DOMAIN}),
        every(Has(CONTEXT, "relationship"), at(CONTEXT, "relationship", "privileges")),
    ),
    Invariant(
        "signed-first",
        "New business follows the partner agreement.",
        _TRANSACTING | {A.CONSENT_ACCEPT},
        every(Has(THING, "partner"), at(_seller, "agreementSigned")),
        _COMMERCIAL,
        date(2020, 2, 1),
        promise=False,
    ),
    Invariant(
        "resellers-signed",
        "A customer is made for a reseller that signed the partner agreement, or for none.",
        frozenset({A.CUSTOMER_CREATE}),
        either(Not(Has(THING, "reseller")), at(THING, "reseller", "agreementSigned")),
        _COMMERCIAL,
        date(2020, 2, 1),
        promise=False,
    ),
    Invariant(
        "no-tier-buys",
        "Nothing is sold to an organisation that resells for the seller's.",
        frozenset({A.CART_CREATE, A.CART_EDIT, A.CART_CHECKOUT, A.ORDER_PLACE, A.CONSENT_ACCEPT}),
        every(
            Has(THING, "partner"),
            Has(THING, "customer"),
            Not(Binary("contains", at(_buyer, "organisation", "providers"), at(_seller, "organisation"))),
        ),
        _COMMERCIAL,
        date(2020, 5, 15),
    ),
    Invariant(
        "purged-alone",
        "A customer is purged only where nobody else works with it and no reservation is left.",
        frozenset({A.CUSTOMER_PURGE}),
        every(
            Has(CONTEXT, "shared"),
            Not(at(CONTEXT, "shared")),
            Has(CONTEXT, "ending"),
            same(at(CONTEXT, "ending", "reservations"), Literal(0)),
        ),
    ),
    Invariant(
        "restricted-buys-nothing",
        "A restricted partner places no orders, makes no customers and invites none.",
        _TRANSACTING | {A.RELATIONSHIP_REQUEST_SEND},
        every(Has(THING, "partner"), Not(at(_seller, "restricted"))),
        _COMMERCIAL,
        date(2023, 1, 1),
        promise=False,
    ),
    Invariant(
        "resellers-leave-it",
        "Indirect resellers place no orders and make no customers.",
        _TRANSACTING,
        every(Has(THING, "partner"), Not(at(_seller, "indirectReseller"))),
        _COMMERCIAL,
        date(2023, 1, 1),
        promise=False,
    ),
    Invariant(
        "one-delegated-seller",
        "Of one service one partner sells that administers the customer's whole tenant.",
        _ORDERING,
        _ONE_DELEGATED,
        frozenset({Cloud.CHINA}),
        date(2016, 10, 1),
        promise=False,
    ),
    Invariant(
        "no-azure-in-china",
        "No partner sells Azure in 21Vianet.",
        _ORDERING | {A.CART_CREATE, A.CART_EDIT},
        every(Has(CONTEXT, "azure"), Not(at(CONTEXT, "azure"))),
        frozenset({Cloud.CHINA}),
        date(2021, 7, 1),
    ),
    Invariant(
        "one-delegated-seller-2016",
        "From December 2016 to June 2017 it is so in the commercial cloud too.",
        _ORDERING,
        _ONE_DELEGATED,
        _COMMERCIAL,
        date(2016, 12, 1),
        date(2017, 6, 30),
        promise=False,
    ),
)
