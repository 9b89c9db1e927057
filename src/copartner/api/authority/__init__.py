"""The authority's dialect: OAuth 2.0 with the paths and answers that clients of the contract expect."""

from litestar.handlers import HTTPRouteHandler

from copartner.api.authority.account import account_routes
from copartner.api.authority.authorize import authorize_routes
from copartner.api.authority.device import device_routes
from copartner.api.authority.discovery import discovery_routes
from copartner.api.authority.logout import logout_routes
from copartner.api.authority.provider import provider_routes
from copartner.api.authority.tokens import token_routes
from copartner.api.authority.way import Way
from copartner.signin.service import Authority


def routes(authority: Authority) -> list[HTTPRouteHandler]:
    """Every route of the authority."""
    way = Way(authority)
    return [
        *token_routes(authority),
        *authorize_routes(authority, way),
        *device_routes(authority, way),
        *account_routes(authority, way),
        *logout_routes(authority, way),
        *provider_routes(authority, way),
        *discovery_routes(authority),
    ]
