"""What clients read before they sign in: the keys, the endpoints, and that this server may be trusted with them."""

from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from copartner.api.authority import wire
from copartner.api.authority.errors import OAuthError, refused
from copartner.api.authority.paths import segment_of
from copartner.kernel.errors import Refusal
from copartner.signin.model import Directory
from copartner.signin.rules import (
    ADFS,
    OIDC_SCOPES,
    RESPONSE_MODES,
    BadRequest,
    segment_id,
    tenant_segment,
    version_at,
)
from copartner.signin.service import Authority

_CONFIGURATION = ".well-known/openid-configuration"
_CLAIMS = [
    "amr", "aud", "auth_time", "exp", "iat", "iss", "name", "nbf", "nonce", "oid", "preferred_username", "roles", "sid",
    "sub", "tid", "unique_name", "upn", "ver", "wids",
]  # fmt: skip


class KeySet(msgspec.Struct):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, str]]


class Realm(msgspec.Struct):
    """Who knows a user's password: this authority itself. Clients of the password grant ask before they send one."""

    ver: str
    account_type: str
    domain_name: str


def discovery_routes(authority: Authority) -> list[HTTPRouteHandler]:
    """`/{tenant}/discovery/[v2.0/]keys`, `.../receipt-keys` and `.../instance`, `.../userrealm/{user}`,
    openid-configuration."""
    configurations = [_configuration(authority, version) for version in (1, 2)]
    return [_keys(authority), _receipt_keys(authority), *_instance(authority), _realm(), *configurations]


def _keys(authority: Authority) -> HTTPRouteHandler:
    @get(
        ["/{tenant:str}/discovery/keys", "/{tenant:str}/discovery/v2.0/keys"],
        status_code=200,
        name="read_signing_keys",
        include_in_schema=False,
    )
    async def keys(tenant: FromPath[str]) -> Response[KeySet]:
        segment_of(tenant)
        await authority.keys.look()
        # Unlike tokens, keys may be kept for a while; the same for every tenant.
        headers = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}
        return Response(KeySet(authority.keys.published()["keys"]), status_code=200, headers=headers)

    return keys


def _receipt_keys(authority: Authority) -> HTTPRouteHandler:
    @get("/{tenant:str}/discovery/receipt-keys", status_code=200, name="read_receipt_keys", include_in_schema=False)
    async def keys(tenant: FromPath[str]) -> Response[KeySet]:
        segment_of(tenant)
        await authority.keys.look()
        headers = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}
        return Response(KeySet(authority.keys.lasting()["keys"]), status_code=200, headers=headers)

    return keys


def _configuration(authority: Authority, version: int) -> HTTPRouteHandler:
    @get(
        f"/{{tenant:str}}/{'v2.0/' if version == 2 else ''}{_CONFIGURATION}",
        status_code=200,
        name=f"read_openid_configuration_v{version}",
        include_in_schema=False,
        exception_handlers={Refusal: refused},
    )
    async def configuration(tenant: FromPath[str]) -> Response[dict[str, Any]]:
        directory = await authority.directory(segment_of(tenant))
        return Response(_found(authority, directory, version), status_code=200, headers=wire.NO_STORE)

    return configuration


def _found(authority: Authority, directory: Directory, version: int) -> dict[str, Any]:
    """What is served at the tenant's address, in the form asked for."""
    base = f"{authority.root}/{directory.segment}"
    oauth = f"{base}/oauth2" if version == 1 or directory.segment == ADFS else f"{base}/oauth2/v2.0"
    # Tokens are of the account's tenant, which an address without one cannot know.
    issuer_of = directory.tenant_id or segment_id(directory.segment) or "{tenantid}"
    return {
        "issuer": authority.tokens.issuer(issuer_of, version_at(directory.segment, version)),
        "authorization_endpoint": f"{oauth}/authorize",
        "token_endpoint": f"{oauth}/token",
        "end_session_endpoint": f"{oauth}/logout",
        "device_authorization_endpoint": f"{oauth}/devicecode",
        "jwks_uri": f"{base}/discovery/keys" if version == 1 else f"{base}/discovery/v2.0/keys",
        "scopes_supported": list(OIDC_SCOPES),
        "claims_supported": _CLAIMS,
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": sorted(authority.grants),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "select_account", "consent"],
        "acr_values_supported": ["mfa"],
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


def _instance(authority: Authority) -> list[HTTPRouteHandler]:
    host = urlsplit(authority.root).netloc

    def answer(request: Request[Any, Any, Any]) -> Response[Any]:
        asked = wire.query_of(request.scope["query_string"]).get("authorization_endpoint", "")
        configuration = _configuration_of(asked, authority.root)
        if configuration is None:
            unknown = OAuthError("invalid_instance", "The authorization endpoint is none of this server's.")
            return Response(unknown, status_code=400, headers=wire.NO_STORE)
        found = {
            "tenant_discovery_endpoint": configuration,
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }
        return Response(found, status_code=200, headers=wire.NO_STORE)

    @get(
        "/common/discovery/instance",
        status_code=200,
        name="read_common_instance",
        include_in_schema=False,
        exception_handlers={Refusal: refused},
    )
    async def common(request: Request[Any, Any, Any]) -> Response[Any]:
        return answer(request)

    @get(
        "/{tenant:str}/discovery/instance",
        status_code=200,
        name="read_instance",
        include_in_schema=False,
        exception_handlers={Refusal: refused},
    )
    async def instance(request: Request[Any, Any, Any], tenant: FromPath[str]) -> Response[Any]:
        segment_of(tenant)
        return answer(request)

    return [common, instance]


def _realm() -> HTTPRouteHandler:
    # Clients write it either way; the outer layer folds the casing.
    @get(
        "/{tenant:str}/userrealm/{user:str}",
        status_code=200,
        name="read_user_realm",
        include_in_schema=False,
    )
    async def realm(tenant: FromPath[str], user: FromPath[str]) -> Response[Realm]:
        segment_of(tenant)
        # The same for every name, so that nobody learns who has an account.
        return Response(Realm("1.0", "Managed", user.rpartition("@")[2]), status_code=200, headers=wire.NO_STORE)

    return realm


def _configuration_of(endpoint: str, root: str) -> str | None:
    """Where the configuration of an authorization endpoint is; None for an endpoint of another server."""
    if not endpoint:
        raise BadRequest("authorization_endpoint is missing.")
    own = urlsplit(root)
    try:
        asked = urlsplit(endpoint)
        # Clients leave the port out of what they ask about.
        ours = asked.hostname == own.hostname and asked.port in (None, own.port) and asked.username is None
    except ValueError:
        return None
    segment, _, rest = asked.path.removeprefix("/").partition("/")
    named = tenant_segment(segment)
    if not ours or named is None or rest not in ("oauth2/authorize", "oauth2/v2.0/authorize"):
        return None
    return f"{root}/{named}/{'v2.0/' if 'v2.0' in rest else ''}{_CONFIGURATION}"
