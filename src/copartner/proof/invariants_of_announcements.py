"""Of an announcement nobody learns before it is out, nor anybody to whom it is not addressed."""

from copartner.policy.actions import Action as A
from copartner.policy.facts import Role, Side
from copartner.policy.tree import Binary, Entity, Literal, Not
from copartner.proof.classes import ANNOUNCING, CLASSES
from copartner.proof.vocabulary import ACTOR, THING, Invariant, at, either, every, same

_operator = same(at(ACTOR, "side"), Literal(Entity("Side", Side.OPERATOR)))
_global_admin = Binary("contains", at(ACTOR, "roles"), Literal(Entity("Role", Role.GLOBAL_ADMIN)))
_told = every(at(THING, "published"), Binary("contains", at(THING, "audience"), at(ACTOR, "side")))

ANNOUNCEMENTS = (
    Invariant(
        "announced",
        "Of an announcement know the operator's Global admin and, once it is published, those it is addressed to.",
        CLASSES[ANNOUNCING],
        either(every(_operator, _global_admin), _told),
    ),
    Invariant(
        "announced-by-users",
        "Announcements are written, and addresses of events registered, by users.",
        frozenset(
            {
                A.ANNOUNCEMENT_DRAFT,
                A.ANNOUNCEMENT_EDIT,
                A.ANNOUNCEMENT_PUBLISH,
                A.ANNOUNCEMENT_DELAY,
                A.EVENT_ADDRESS_READ,
                A.EVENT_ADDRESS_SET,
                A.EVENT_ADDRESS_REMOVE,
            }
        ),
        Not(at(ACTOR, "appOnly")),
    ),
)
