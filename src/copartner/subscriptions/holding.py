"""What a customer holds of all its sellers, in the order in which the terms end."""

from uuid import UUID

from copartner.command.context import Context
from copartner.kernel.paging import Listed
from copartner.policy.actions import Action
from copartner.subscriptions import store
from copartner.subscriptions.model import HeldTerm, Holding, Seller

PAGE_LIMIT = 50


class _Found(Listed[HeldTerm]):
    sellers: tuple[Seller, ...]


async def list_terms(
    ctx: Context,
    *,
    seller_id: UUID | None = None,
    over: bool = False,
    after: UUID | None = None,
    size: int = PAGE_LIMIT,
) -> Holding:
    """At most `size` (1 to 50) of what the acting customer holds, of one seller or all, what ends first first.

    With `over` those that are expired or deleted. Raises Denied.
    """
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.OWN_SUBSCRIPTION_LIST,
        store.terms(),
        *(seller_id, over, after, size),
        body=_Found,
        each=Action.OWN_SUBSCRIPTION_LIST,
    )
    return Holding(found.page(size, lambda it: it.id), found.sellers)
