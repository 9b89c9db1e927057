"""Facts to which one forbid alone objects, of the rules about delegation, agreements and the kinds of partners."""

from collections.abc import Callable, Iterator
from datetime import date

import msgspec

from copartner.policy.actions import Action
from copartner.policy.facts import Cloud, Facts
from copartner.proof.specimens import STORY_DAYS, with_context

Change = Callable[[Facts], Facts]
Row = tuple[str, Action, str, Change, Cloud, date]
SELLING = (
    (Action.CONSENT_ACCEPT, "RelationshipRequest"),
    (Action.CART_CREATE, "Customer"),
    (Action.CART_EDIT, "Cart"),
    (Action.CART_CHECKOUT, "Cart"),
    (Action.ORDER_PLACE, "Customer"),
    (Action.ORDER_PLACE, "Cart"),
)
BINDING = ((Action.CONSENT_ACCEPT, "RelationshipRequest"), (Action.CUSTOMER_CREATE, "Customer"))
_SEED, _PRESENT = STORY_DAYS


def rows() -> Iterator[Row]:
    """Rule, action, type of resource, what is wrong, where and when."""
    yield from _delegation()


def _delegation() -> Iterator[Row]:
    for cloud in Cloud:
        yield "dap-required", Action.CUSTOMER_ADD_DOMAIN, "Customer", _undelegated, cloud, _PRESENT


def _undelegated(facts: Facts) -> Facts:
    held = facts.context.relationship
    assert held is not None
    return with_context(facts, relationship=msgspec.structs.replace(held, privileges=False))
