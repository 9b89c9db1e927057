"""Every route of Graph's contract, below both of its versions."""

from copartner.api.graph import assignments, batch, customers, groups, operations, relationships, roles
from copartner.api.graph.errors import VERSIONS
from copartner.api.registry import Route

# The names of the routes of a version begin so.
_PREFIXES = dict(zip(VERSIONS, ("graph", "graph_beta"), strict=True))
ROUTES: tuple[Route, ...] = tuple(
    route
    for version, prefix in _PREFIXES.items()
    for module in (relationships, assignments, operations, customers, roles, groups, batch)
    for route in module.routes(version, prefix)
)
