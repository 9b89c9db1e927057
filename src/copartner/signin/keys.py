"""The keys that sign tokens: made at the first start, kept encrypted, published without their private part."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from joserfc import jws
from joserfc.jwk import RSAKey

from copartner.kernel.clock import Clock
from copartner.kernel.database import Pool
from copartner.kernel.secrets import KeyFile, KeyFileError
from copartner.signin import store
from copartner.signin.model import SigningKeyRow

ALGORITHM = "RS256"
# The member of a published key that says since when it is withdrawn.
WITHDRAWN = "copartner_withdrawn_at"
_BITS = 2048
# Tokens with made-up key ids must not become queries; a key made by another process is known after this long at most.
_RELOAD_AT_MOST_EVERY = timedelta(seconds=5)
# How old what a process knows of the keys may be.
_LOOK_EVERY = timedelta(seconds=60)
# A new key is published so long before it signs: clients keep a key set for five minutes, processes look every minute.
LEAD = timedelta(minutes=10)
# And the one before stays as long as what it signed may hold, which is an hour, and clocks differ.
_STAYS = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key pair; `kid` is the thumbprint of its public part."""

    kid: str
    private: RSAKey = field(repr=False)
    public: RSAKey = field(repr=False)
    signs_from: datetime
    ends_at: datetime | None


class SigningKeys:
    """The deployment's signing keys: the latest that has begun signs, and each verifies from before it signs until
    what it signed has ended."""

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
        now = self._clock.now()
        holding = self._holding()
        return next((key for key in holding if key.signs_from <= now), holding[-1])

    async def find(self, kid: str) -> SigningKey | None:
        """The key of that id; an unknown one is looked for in the database, at most once in five seconds."""
        await self.look()
        if kid not in self._keys:
            await self._reload(_RELOAD_AT_MOST_EVERY)
        return next((key for key in self._holding() if key.kid == kid), None)

    async def look(self) -> None:
        """Know what other processes did with the keys, as of a minute ago at most."""
        await self._reload(_LOOK_EVERY)

    async def rotate(self, *, at_once: bool = False) -> SigningKey:
        """Add a key that signs ten minutes from now; at once when those before are withdrawn, and all they signed."""
        private = await asyncio.to_thread(RSAKey.generate_key, _BITS)
        now = self._clock.now()
        row = self._row(private, now if at_once else now + LEAD)
        async with store.acting(self._pool) as db:
            await store.lock_keys(db)
            await store.add_signing_key(db, row, now=now)
            if at_once:
                await store.withdraw_signing_keys(db, except_kid=row.kid, now=now)
        await self._load()
        return self._keys[row.kid]

    def sign(self, payload: bytes, kind: str) -> str:
        """The payload in the compact form of a JSON Web Signature; `look` before it."""
        key = self.current
        header = {"alg": ALGORITHM, "typ": kind, "kid": key.kid}
        return jws.serialize_compact(header, payload, key.private, algorithms=[ALGORITHM])

    def lasting(self) -> dict[str, list[dict[str, str]]]:
        """Every key there ever was, for what is kept longer than a token; a withdrawn one says since when."""
        return {
            "keys": [
                _public_jwk(key) | ({WITHDRAWN: key.ends_at.isoformat()} if key.ends_at else {})
                for key in self._keys.values()
            ]
        }

    def published(self) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JSON Web Key Set."""
        return {"keys": [_public_jwk(key) for key in self._holding()]}

    def _holding(self) -> list[SigningKey]:
        """The keys of present use, the one that signs last first."""
        now, found, replaced_at = self._clock.now(), [], None
        for key in self._keys.values():
            ended = key.ends_at is not None and now >= key.ends_at
            if not ended and (replaced_at is None or now < replaced_at + _STAYS):
                found.append(key)
            if not ended:
                replaced_at = key.signs_from
        return found

    async def _reload(self, at_most_every: timedelta) -> None:
        if self._older_than(at_most_every):
            async with self._loading:
                if self._older_than(at_most_every):
                    await self._load()

    def _older_than(self, age: timedelta) -> bool:
        return self._looked_at is None or abs(self._clock.now() - self._looked_at) >= age

    async def _load(self) -> None:
        # Before the attempt: a database that is down is not asked more often than one that is up.
        self._looked_at = self._clock.now()
        async with store.acting(self._pool) as db:
            rows = await store.signing_keys(db)
        self._keys = {row.kid: self._opened(row) for row in rows}

    async def _make_first(self) -> None:
        private = await asyncio.to_thread(RSAKey.generate_key, _BITS)
        now = self._clock.now()
        row = self._row(private, now)
        async with store.acting(self._pool) as db:
            await store.lock_keys(db)
            if not await store.signing_keys(db):
                await store.add_signing_key(db, row, now=now)

    def _row(self, private: RSAKey, signs_from: datetime) -> SigningKeyRow:
        return SigningKeyRow(private.thumbprint(), self._key_file.encrypt(private.as_pem(private=True)), signs_from)

    def _opened(self, row: SigningKeyRow) -> SigningKey:
        """Both parts come from what the key file encrypted, so a row written without it is never trusted."""
        private = RSAKey.import_key(self._key_file.decrypt(row.private_key))
        if private.thumbprint() != row.kid:
            raise KeyFileError(f"the stored signing key {row.kid} is another key; restore the table signing_key")
        public = RSAKey.import_key(private.as_pem(private=False))
        return SigningKey(row.kid, private, public, row.signs_from, row.ends_at)


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
