"""Whether a token of the provider holds: by signature, issuer, audience and time. No claim is read before."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from copartner.signin.provider.discovery import Directory
from copartner.signin.provider.errors import ProviderTokenRefused, ProviderUnavailable

# Asymmetric alone: with `none` or HS256 whoever knows the public key could sign.
ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519"),
)
LONGEST = 16_384
SKEW = 30  # seconds
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
_Broken = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)


class _Issuer(msgspec.Struct):
    iss: str = ""


def issuer_of(token: str) -> str:
    """Who a token says it comes from, which is to be checked; empty when it says nothing."""
    try:
        return msgspec.json.decode(jws.extract_compact(token.encode("ascii")).payload, type=_Issuer).iss
    except _Broken:
        return ""


async def claims(directory: Directory, token: str, *, audiences: Iterable[str], now: datetime) -> dict[str, Any]:
    """The claims of a token for one of the audiences; raises ProviderTokenRefused, ProviderUnavailable."""
    if len(token) > LONGEST:
        raise ProviderTokenRefused("The identity provider's token is too long.")
    wanted = list(audiences)
    if not wanted:
        raise ProviderTokenRefused(
            "Tokens of the identity provider are not taken here; COPARTNER_OIDC_AUDIENCES is empty."
        )
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
        algorithm, kid = header.get("alg"), header.get("kid")
        if (
            algorithm not in ALGORITHMS
            or not isinstance(kid, str)
            or str(header.get("typ", "JWT")).lower() not in _TYPES
        ):
            raise ProviderTokenRefused("The token is not signed as tokens of the identity provider are.")
        found = await directory.key(kid)
        if found is None or found.algorithm not in (None, algorithm):
            raise ProviderTokenRefused("The token is not signed by a key of the identity provider.")
        said = jwt.decode(token, found.key, registry=_registry).claims
        _registered(directory.issuer, wanted, now).validate(said)
    except ProviderUnavailable:
        raise
    except _Broken as error:
        raise ProviderTokenRefused(_why(error)) from error
    return said


def _registered(issuer: str, audiences: list[str], now: datetime) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=SKEW,
        iss={"essential": True, "value": issuer},
        sub={"essential": True},
        aud={"essential": True, "values": audiences},
        exp={"essential": True},
        iat={"essential": True},
    )


def _why(error: Exception) -> str:
    """What is wrong, without the token: the library's words name claims and never their values."""
    said = str(error) if isinstance(error, JoseError) else ""
    return f"The identity provider's token does not hold{': ' + said if said else ''}."
