"""The contract's routes, one list from one file a resource."""

from copartner.api.registry import Route

ROUTES: tuple[Route, ...] = ()
