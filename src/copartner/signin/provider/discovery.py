"""What the provider publishes of itself: its endpoints and its keys, known for a while and read again."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from copartner.kernel.clock import Clock
from copartner.signin.provider.errors import ProviderUnavailable
from copartner.signin.provider.fetch import Web, may_be_asked

# Read again after this long, in the background; and while the provider cannot be asked, relied upon for so long.
FRESH = timedelta(minutes=10)
KEPT = timedelta(hours=4)
# Tokens with made-up key ids must not become requests, nor must a provider that is down be asked by everybody.
AGAIN_AFTER = timedelta(seconds=10)
_PATH = "/.well-known/openid-configuration"
_KINDS: Mapping[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_MOST_KEYS = 100
_SMALLEST_RSA = 2048
_log = structlog.get_logger("copartner.signin")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checks signatures; `algorithm` when the provider says for which one alone."""

    key: Key
    algorithm: str | None


@dataclass(frozen=True, slots=True)
class Published:
    """A provider's endpoints and keys, as read at a moment of machine time."""

    authorization_endpoint: str
    token_endpoint: str
    posts_secret: bool
    names_issuer: bool
    keys: Mapping[str, PublicKey]
    read_at: datetime


class Directory:
    """Keeps what an issuer publishes; the issuer in it has to be the one asked for, letter by letter."""

    def __init__(self, issuer: str, web: Web, clock: Clock) -> None:
        self.issuer = issuer
        self._web = web
        self._clock = clock
        self._published: Published | None = None
        self._tried_at: datetime | None = None
        self._fault = ProviderUnavailable("The identity provider was not asked yet.")
        self._asking = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None

    async def published(self) -> Published:
        """What is known of the provider; raises ProviderUnavailable when it is nothing, or older than four hours."""
        known = self._published
        if known is None or self._age(known) >= KEPT:
            await self._read()
        elif self._age(known) >= FRESH and (self._renewing is None or self._renewing.done()):
            self._renewing = asyncio.create_task(self._read(), name="copartner-provider")
        known = self._published
        if known is None or self._age(known) >= KEPT:
            raise ProviderUnavailable(self._fault.message)
        return known

    async def key(self, kid: str) -> PublicKey | None:
        """The key of that id; an unknown one is asked for, at most every ten seconds. Raises ProviderUnavailable."""
        found = (await self.published()).keys.get(kid)
        if found is None:
            await self._read()
            found = (await self.published()).keys.get(kid)
        return found

    @property
    def sends_to(self) -> str:
        """Where browsers are sent, as far as is known; empty before the provider was asked."""
        return self._published.authorization_endpoint if self._published is not None else ""

    def close(self) -> None:
        """Stop reading."""
        if self._renewing is not None:
            self._renewing.cancel()

    def _age(self, known: Published) -> timedelta:
        return self._clock.now() - known.read_at

    async def _read(self) -> None:
        """Ask the provider unless somebody just did; what goes wrong is kept for whoever needs to know."""
        async with self._asking:
            now = self._clock.now()
            if self._tried_at is not None and abs(now - self._tried_at) < AGAIN_AFTER:
                return
            # Before the attempt: a provider that is down is not asked more often than one that is up.
            self._tried_at = now
            try:
                self._published = await self._asked(now)
            except ProviderUnavailable as error:
                self._fault = error
                _log.warning("provider.unavailable", issuer=self.issuer, error=error.message)

    async def _asked(self, now: datetime) -> Published:
        status, said = await self._web.ask(self.issuer.rstrip("/") + _PATH)
        if status != 200 or said.get("issuer") != self.issuer:
            raise ProviderUnavailable(
                f"{self.issuer} publishes no OpenID configuration (status {status})."
                if status != 200
                else f"The identity provider calls itself {str(said.get('issuer'))[:200]!r} and not {self.issuer!r}; "
                "COPARTNER_OIDC_ISSUER has to be its issuer letter by letter."
            )
        named = {name: said.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
        for name, address in named.items():
            if not may_be_asked(address, issuer=self.issuer):
                raise ProviderUnavailable(f"The identity provider's {name} is no https address.")
        methods = said.get("code_challenge_methods_supported")
        if isinstance(methods, list) and "S256" not in methods:
            raise ProviderUnavailable("The identity provider does not take a code_challenge of S256.")
        status, key_set = await self._web.ask(str(named["jwks_uri"]))
        keys = _usable(key_set)
        if status != 200 or not keys:
            raise ProviderUnavailable("The identity provider publishes no key that checks signatures.")
        proofs = said.get("token_endpoint_auth_methods_supported")
        return Published(
            authorization_endpoint=str(named["authorization_endpoint"]),
            token_endpoint=str(named["token_endpoint"]),
            # RFC 8414, 2: without the list it is client_secret_basic.
            posts_secret=isinstance(proofs, list) and "client_secret_basic" not in proofs,
            names_issuer=said.get("authorization_response_iss_parameter_supported") is True,
            keys=keys,
            read_at=now,
        )


def _usable(key_set: Mapping[str, Any]) -> dict[str, PublicKey]:
    """The public keys for signatures, by id; symmetric ones and whatever cannot be read are left out."""
    found: dict[str, PublicKey] = {}
    listed = key_set.get("keys")
    for said in listed[:_MOST_KEYS] if isinstance(listed, list) else ():
        if not isinstance(said, dict) or said.get("use", "sig") != "sig":
            continue
        kid, kind, algorithm = said.get("kid"), _KINDS.get(str(said.get("kty"))), said.get("alg")
        if kind is None or not isinstance(kid, str) or not isinstance(algorithm, str | None):
            continue
        try:
            key = kind.import_key({name: value for name, value in said.items() if name not in ("alg", "key_ops")})
            weak = isinstance(key, RSAKey) and key.public_key.key_size < _SMALLEST_RSA
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            _log.warning("provider.key_unusable", kid=kid, error=type(error).__name__)
            continue
        if not weak and not key.is_private:
            found[kid] = PublicKey(key, algorithm)
    return found
