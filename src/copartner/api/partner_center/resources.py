"""The contract's routes, one list from one file a resource."""

from copartner.api.partner_center import (
    agreements,
    audit,
    carts,
    catalogue,
    customers,
    orders,
    partner_profiles,
    profiles,
    relationships,
    subscriptions,
    tenancy,
    utilities,
)
from copartner.api.registry import Route

ROUTES: tuple[Route, ...] = (
    *customers.ROUTES,
    *relationships.ROUTES,
    *profiles.ROUTES,
    *tenancy.ROUTES,
    *utilities.ROUTES,
    *partner_profiles.ROUTES,
    *catalogue.ROUTES,
    *carts.ROUTES,
    *orders.ROUTES,
    *subscriptions.ROUTES,
    *agreements.ROUTES,
    *audit.ROUTES,
)
