"""Who may be named as partner of record when something is bought. Pure.

Sources: create-an-order, create-a-cart, 2022-12-09: the indirect reseller of an indirect provider's sale, never the
provider itself; at most five more resellers, which partners within EU and EFTA alone may name.
"""

from collections.abc import Collection, Iterable

from copartner.kernel.errors import Invalid
from copartner.orders.model import Wish

MOST_ADDITIONAL = 5
_UNION = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_EUROPE = frozenset(f"{_UNION} CH IS LI NO".split())


class NotTransactingReseller(Invalid):
    """The partner of record is no reseller through which the caller works with the customer."""


def named(wishes: Iterable[Wish]) -> frozenset[str]:
    """The numbers of all resellers that are named anywhere."""
    return frozenset(
        number for wish in wishes for number in (wish.partner_of_record, *wish.additional_partners) if number
    )


def check(wish: Wish, *, resellers: Collection[str], country: str | None) -> None:
    """Raise NotTransactingReseller, Invalid unless a seller in a country may name whom the wish names.

    `resellers` are the numbers of those through which it works with the customer.
    """
    for number in (wish.partner_of_record, *wish.additional_partners):
        if number is not None and number not in resellers:
            known = ", ".join(sorted(resellers))
            advice = f"name {known}" if known else "you work with this customer through none; leave it out"
            raise NotTransactingReseller(
                f"{number} is no indirect reseller of yours at this customer: {advice}.", "participants"
            )
    if not wish.additional_partners:
        return
    if wish.partner_of_record is None:
        raise Invalid("Name the partner of record before additional resellers.", "participants")
    if len(wish.additional_partners) > MOST_ADDITIONAL:
        raise Invalid(f"Name at most {MOST_ADDITIONAL} additional resellers.", "participants")
    if country not in _EUROPE:
        raise Invalid("Additional resellers are named by partners within EU and EFTA alone.", "participants")
