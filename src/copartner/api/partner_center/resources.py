"""The contract's routes, one list from one file a resource."""

from copartner.api.partner_center import (
    agreements,
    audit,
    carts,
    catalogue,
    customers,
    inventory,
    offers,
    orders,
    profiles,
    promotions,
    provisioning,
    relationships,
    subscription_upkeep,
    subscriptions,
    transitions,
    upgrades,
)
from copartner.api.registry import Route

ROUTES: tuple[Route, ...] = (
    *customers.ROUTES,
    *relationships.ROUTES,
    *profiles.ROUTES,
    *catalogue.ROUTES,
    *offers.ROUTES,
    *promotions.ROUTES,
    *inventory.ROUTES,
    *carts.ROUTES,
    *orders.ROUTES,
    *subscription_upkeep.ROUTES,
    *subscriptions.ROUTES,
    *provisioning.ROUTES,
    *transitions.ROUTES,
    *upgrades.ROUTES,
    *agreements.ROUTES,
    *audit.ROUTES,
)
