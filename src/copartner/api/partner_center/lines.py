"""What lines of carts, lines of orders and subscriptions have in common in the contract."""

from uuid import UUID

from msgspec import UnsetType

from copartner.api.decoding import Malformed
from copartner.catalogue.model import BillingCycle
from copartner.kernel.ids import parse_id

_PARENT = "parentsubscriptionid"
SYMBOLS = {"USD": "$", "EUR": "€"}


def billing_cycle(text: str | UnsetType, name: str) -> BillingCycle | None:
    """A billing cycle in any casing; `unknown`, which one client sends for nothing, is none."""
    if isinstance(text, UnsetType):
        return None
    plain = text.replace("_", "").strip().lower()
    if plain in ("", "unknown"):
        return None
    for cycle in BillingCycle:
        if cycle.value.replace("_", "") == plain:
            return cycle
    raise Malformed(f"{name}: send {', '.join(BillingCycle)}.", name)


def parent(direct: str | UnsetType, context: dict[str, str] | UnsetType) -> UUID | None:
    """The parent subscription a line names, in either of two places; raises Malformed."""
    named = [direct] if direct else []
    if context:
        named += [value for key, value in context.items() if key.lower() == _PARENT and value]
    if not named:
        return None
    found = parse_id(str(named[0]))
    if found is None or len({str(value).lower() for value in named}) > 1:
        raise Malformed("parentSubscriptionId: send the GUID of one subscription.", "parentSubscriptionId")
    return found
