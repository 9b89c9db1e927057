"""A signing key for all of a test run, where no key file is."""

from functools import cache

from joserfc import jws
from joserfc.jwk import RSAKey


@cache
def key() -> RSAKey:
    """The key."""
    return RSAKey.generate_key(2048)


class OneKey:
    """Signs with the one key."""

    async def look(self) -> None:
        """There is nothing to look for."""

    def sign(self, payload: bytes, kind: str) -> str:
        """As the deployment's keys do."""
        return jws.serialize_compact({"alg": "RS256", "typ": kind, "kid": key().thumbprint()}, payload, key())


def published() -> dict[str, list[dict[str, str]]]:
    """The key as a deployment publishes it."""
    numbers = key().as_dict(private=False)
    public = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": key().thumbprint()}
    return {"keys": [{**public, "n": str(numbers["n"]), "e": str(numbers["e"])}]}
