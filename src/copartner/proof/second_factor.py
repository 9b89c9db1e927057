"""What must hold of partners' users who signed in without a second factor, written from the programme's pages."""

from datetime import date

from copartner.policy.actions import Action as A
from copartner.policy.facts import Cloud, Door
from copartner.policy.tree import Entity, Expr, Literal, Not
from copartner.proof.classes import CLASSES, ONE_SUBSCRIPTION
from copartner.proof.vocabulary import ACTOR as _actor
from copartner.proof.vocabulary import Invariant
from copartner.proof.vocabulary import at as _at
from copartner.proof.vocabulary import either as _any
from copartner.proof.vocabulary import same as _same

C = frozenset({Cloud.COMMERCIAL})
_certain = _any(Not(_at(_actor, "enrolled")), _any(_at(_actor, "appOnly"), _at(_actor, "multiFactor")))


def _through(door: Door) -> Expr:
    return _same(_at(_actor, "door"), Literal(Entity("Door", door)))


SECOND_FACTOR = (
    Invariant(
        "two-factors-on-pages",
        "A partner's users see no page of the portal without a second factor.",
        frozenset(A),
        _any(_certain, Not(_through(Door.PAGE))),
        C,
        date(2019, 11, 18),
        promise=False,
    ),
    Invariant(
        "two-factors-to-transact",
        "A partner's users neither order nor change a subscription without a second factor.",
        CLASSES[ONE_SUBSCRIPTION] | {A.CART_CHECKOUT, A.ORDER_PLACE},
        _certain,
        C,
        date(2020, 5, 1),
        promise=False,
    ),
    Invariant(
        "two-factors-at-the-api",
        "A partner's users get nothing from the API without a second factor.",
        frozenset(A),
        _any(_certain, Not(_through(Door.API))),
        C,
        date(2026, 4, 1),
        promise=False,
    ),
)
