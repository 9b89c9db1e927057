"""What clients read before they sign in: the keys and the endpoints."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from copartner.api.authority import wire
from copartner.api.authority.errors import refused
from copartner.api.authority.paths import segment_of
from copartner.kernel.errors import Refusal
from copartner.signin.rules import segment_id
from copartner.signin.service import Authority


class KeySet(msgspec.Struct):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, str]]


def discovery_routes(authority: Authority) -> list[HTTPRouteHandler]:
    """`/{tenant}/discovery/[v2.0/]keys` and `/{tenant}/v2.0/.well-known/openid-configuration`."""

    @get(
        ["/{tenant:str}/discovery/keys", "/{tenant:str}/discovery/v2.0/keys"],
        status_code=200,
        name="read_signing_keys",
        include_in_schema=False,
    )
    async def keys(tenant: FromPath[str]) -> Response[KeySet]:
        segment_of(tenant)
        # Unlike tokens, keys may be kept for a while; the same for every tenant.
        headers = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}
        return Response(KeySet(authority.keys.published()["keys"]), status_code=200, headers=headers)

    @get(
        "/{tenant:str}/v2.0/.well-known/openid-configuration",
        status_code=200,
        name="read_openid_configuration",
        include_in_schema=False,
        exception_handlers={Refusal: refused},
    )
    async def configuration(tenant: FromPath[str]) -> Response[dict[str, Any]]:
        directory = await authority.directory(segment_of(tenant))
        base = f"{authority.root}/{directory.segment}"
        # Tokens are of the account's tenant, which an address without one cannot know.
        issuer_of = directory.tenant_id or segment_id(directory.segment) or "{tenantid}"
        found = {
            "issuer": authority.tokens.issuer(issuer_of, 2),
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": sorted(authority.grants),
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
            "code_challenge_methods_supported": ["S256"],
        }
        return Response(found, status_code=200, headers=wire.NO_STORE)

    return [keys, configuration]
