"""The keys that sign tokens: made at the first start, kept encrypted, published without their private part."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from joserfc.jwk import RSAKey

from copartner.kernel.clock import Clock
from copartner.kernel.database import Pool
from copartner.kernel.secrets import KeyFile, KeyFileError
from copartner.signin import store
from copartner.signin.model import SigningKeyRow

ALGORITHM = "RS256"
_BITS = 2048
# Tokens with made-up key ids must not become queries; a key made by another process is known after this long at most.
_RELOAD_AT_MOST_EVERY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key pair; `kid` is the thumbprint of its public part."""

    kid: str
    private: RSAKey = field(repr=False)
    public: RSAKey = field(repr=False)


class SigningKeys:
    """The deployment's signing keys; the newest signs, all of them verify."""

    def __init__(self, pool: Pool, key_file: KeyFile, clock: Clock) -> None:
        self._pool = pool
        self._key_file = key_file
        self._clock = clock
        self._keys: dict[str, SigningKey] = {}
        self._looked_at: datetime | None = None
        self._loading = asyncio.Lock()

    @classmethod
    async def open(cls, pool: Pool, key_file: KeyFile, clock: Clock) -> "SigningKeys":
        """Read the keys, making the first one if there is none; raises KeyFileError under another key file."""
        keys = cls(pool, key_file, clock)
        await keys._load()
        if not keys._keys:
            await keys._make_first()
            await keys._load()
        return keys

    @property
    def current(self) -> SigningKey:
        """The key that signs."""
        return next(iter(self._keys.values()))

    async def find(self, kid: str) -> SigningKey | None:
        """The key of that id; an unknown one is looked for in the database, at most once in five seconds."""
        key = self._keys.get(kid)
        if key is None and self._may_reload():
            async with self._loading:
                if self._may_reload():
                    await self._load()
            key = self._keys.get(kid)
        return key

    def published(self) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JSON Web Key Set."""
        return {"keys": [_public_jwk(key) for key in self._keys.values()]}

    def _may_reload(self) -> bool:
        return self._looked_at is None or abs(self._clock.now() - self._looked_at) >= _RELOAD_AT_MOST_EVERY

    async def _load(self) -> None:
        # Before the attempt: a database that is down is not asked more often than one that is up.
        self._looked_at = self._clock.now()
        async with store.acting(self._pool) as db:
            rows = await store.signing_keys(db)
        self._keys = {row.kid: self._opened(row) for row in rows}

    async def _make_first(self) -> None:
        private = await asyncio.to_thread(RSAKey.generate_key, _BITS)
        now = self._clock.now()
        row = SigningKeyRow(private.thumbprint(), self._key_file.encrypt(private.as_pem(private=True)), now)
        async with store.acting(self._pool) as db:
            await store.lock_keys(db)
            if not await store.signing_keys(db):
                await store.add_signing_key(db, row, now=now)

    def _opened(self, row: SigningKeyRow) -> SigningKey:
        """Both parts come from what the key file encrypted, so a row written without it is never trusted."""
        private = RSAKey.import_key(self._key_file.decrypt(row.private_key))
        if private.thumbprint() != row.kid:
            raise KeyFileError(f"the stored signing key {row.kid} is another key; restore the table signing_key")
        return SigningKey(row.kid, private, RSAKey.import_key(private.as_pem(private=False)))


def _public_jwk(key: SigningKey) -> dict[str, str]:
    numbers = key.public.as_dict(private=False)
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": ALGORITHM,
        "kid": key.kid,
        "n": str(numbers["n"]),
        "e": str(numbers["e"]),
    }
