"""The programme's own routes, one list from one file a resource."""

from copartner.api.programme import (
    audit_records,
    consent,
    decisions,
    enrolments,
    relationship_requests,
    relationships,
    subscriptions,
)
from copartner.api.registry import Route

ROUTES: tuple[Route, ...] = (
    *relationship_requests.ROUTES,
    *consent.ROUTES,
    *relationships.ROUTES,
    *subscriptions.ROUTES,
    *enrolments.ROUTES,
    *decisions.ROUTES,
    *audit_records.ROUTES,
)
