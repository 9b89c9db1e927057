"""What must hold of agreed terms, whatever is permitted."""

from datetime import date

from copartner.policy.actions import Action as A
from copartner.policy.facts import Cloud
from copartner.policy.tree import Has, Not
from copartner.proof.vocabulary import CONTEXT, Invariant, at, either, every

_known = Has(CONTEXT, "commitment")
_change = at(CONTEXT, "commitment")
_C = frozenset({Cloud.COMMERCIAL})

COMMITMENTS = (
    Invariant(
        "cancelled-in-time",
        "Since 2023-07 nothing is cancelled or reduced when its seven days are over.",
        frozenset({A.SUBSCRIPTION_CANCEL, A.SUBSCRIPTION_CHANGE_QUANTITY}),
        every(_known, either(at(_change, "windowOpen"), Not(at(_change, "reduces")))),
        _C,
        date(2023, 7, 1),
        promise=False,
    ),
    Invariant(
        "terms-lengthen",
        "Since 2023-10 no running term becomes shorter.",
        frozenset({A.SUBSCRIPTION_TRANSITION, A.SUBSCRIPTION_CHANGE_TERM}),
        every(_known, Not(at(_change, "shortens"))),
        _C,
        date(2023, 10, 1),
        promise=False,
    ),
)
