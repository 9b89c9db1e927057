"""What has to hold of who learns who can do what in a customer's tenant, written apart from the rules."""

from copartner.policy.actions import Action as A
from copartner.policy.facts import Role, Side
from copartner.policy.tree import Binary, Entity, Expr, Has, Literal
from copartner.proof.classes import ACCESS, CLASSES
from copartner.proof.vocabulary import ACTOR, THING, Invariant, at, either, every, same

_home = at(ACTOR, "tenant")


def _acts_as(side: Side) -> Expr:
    return same(at(ACTOR, "side"), Literal(Entity("Side", side)))


OF_ACCESS = (
    Invariant(
        "access-of-ones-own",
        "Who can do what is told to the customer concerned, and of its partners to the one it is about.",
        frozenset({A.ACCESS_READ}),
        every(
            Has(THING, "partner"),
            Has(THING, "customer"),
            either(
                every(_acts_as(Side.CUSTOMER), same(_home, at(THING, "customer"))),
                every(_acts_as(Side.PARTNER), same(_home, at(THING, "partner"))),
            ),
        ),
    ),
    Invariant(
        "access-taken-by-its-customer",
        "All access of a partner is taken by a Global admin of the customer concerned.",
        frozenset({A.ACCESS_REVOKE}),
        every(
            Has(THING, "partner"),
            Has(THING, "customer"),
            same(_home, at(THING, "customer")),
            _acts_as(Side.CUSTOMER),
            Binary("contains", at(ACTOR, "roles"), Literal(Entity("Role", Role.GLOBAL_ADMIN))),
        ),
    ),
    Invariant(
        "access-by-users",
        "Who can do what is read and taken by users.",
        CLASSES[ACCESS],
        same(at(ACTOR, "appOnly"), Literal(False)),
    ),
)
