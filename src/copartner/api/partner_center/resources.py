"""The contract's routes, one list from one file a resource."""

from copartner.api.partner_center import agreements, carts, orders, products, subscriptions
from copartner.api.registry import Route

ROUTES: tuple[Route, ...] = (
    *products.ROUTES,
    *carts.ROUTES,
    *orders.ROUTES,
    *subscriptions.ROUTES,
    *agreements.ROUTES,
)
