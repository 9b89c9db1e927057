"""Every route of Graph's contract."""

from copartner.api.graph import assignments, customers, operations, relationships
from copartner.api.registry import Route

ROUTES: tuple[Route, ...] = (*relationships.ROUTES, *assignments.ROUTES, *operations.ROUTES, *customers.ROUTES)
