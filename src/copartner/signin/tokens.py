"""Access tokens: made for a subject, and checked for whoever calls."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Protocol
from uuid import UUID

import msgspec
from joserfc import jws
from joserfc.errors import JoseError

from copartner.kernel.clock import Clock
from copartner.signin import grounds
from copartner.signin.claims import IdClaims, id_claims, wids_of
from copartner.signin.keys import ALGORITHM, SigningKeys
from copartner.signin.model import Issued, Subject, Verified
from copartner.signin.revocation import Revocations
from copartner.signin.rules import Audiences

LIFETIME = timedelta(hours=1)
_CACHED_FOR = timedelta(seconds=60)
_CACHED_AT_MOST = 10_000
_LONGEST = 8192
# Two servers' clocks differ a little; a token just made by one must hold at the other.
_SKEW = timedelta(seconds=30)
_ALGORITHMS = [ALGORITHM]
# Since 1970, up to the last year a datetime knows.
_SECONDS = msgspec.Meta(ge=0, le=253_402_300_799)


class TokenRefused(Exception):
    """A bearer token does not hold; the message may be told to whoever sent it."""


class TokenForged(TokenRefused):
    """No key of this deployment signed it with RS256, or it is no token at all."""


class TokenExpired(TokenRefused):
    """Its hour is over."""


class TokenNotYetValid(TokenRefused):
    """Its time has not begun."""


class TokenRevoked(TokenRefused):
    """User, application, secret or session behind it ended, or the password changed, after it was made."""


class TokenForOthers(TokenRefused):
    """It is meant for another audience, or comes from another issuer."""


class _Claims(msgspec.Struct, frozen=True, omit_defaults=True):
    """The payload; claims nobody here reads are ignored."""

    iss: str
    aud: str
    iat: Annotated[int, _SECONDS]
    nbf: Annotated[int, _SECONDS]
    exp: Annotated[int, _SECONDS]
    tid: UUID
    oid: UUID
    sub: str
    ver: Literal["1.0", "2.0"]
    idtyp: Literal["user", "app"]
    roles: tuple[str, ...]
    amr: tuple[str, ...] = ()
    appid: UUID | None = None
    azp: UUID | None = None
    upn: str | None = None
    unique_name: str | None = None
    preferred_username: str | None = None
    name: str = ""
    scp: str = ""
    wids: tuple[str, ...] = ()
    sid: UUID | None = None
    # Ours: when it was made in milliseconds, since ends are told apart within a second; and by which secret.
    ims: Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799_999)] | None = None
    sec: UUID | None = None


_claims = msgspec.json.Decoder(_Claims)
_id_claims = msgspec.json.Decoder(IdClaims)


class Others(Protocol):
    """Whoever else's tokens hold here."""

    def issued(self, token: str) -> bool:
        """Whether a token says that it is one of theirs, which is still to be checked."""
        ...

    async def verify(self, token: str, now: datetime) -> Verified:
        """The bearer of the token; raises a TokenRefused."""
        ...


class Tokens:
    """Issues and verifies access tokens of one deployment, by machine time; those of `others` are verified alone."""

    def __init__(
        self,
        keys: SigningKeys,
        clock: Clock,
        audiences: Audiences,
        revocations: Revocations,
        others: Others | None = None,
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._audiences = audiences
        self._revocations = revocations
        self._others = others
        self._cache: dict[str, tuple[datetime, datetime, int, Verified]] = {}

    def issuer(self, tenant: UUID | str, version: int) -> str:
        """The issuer of a tenant's tokens, in the v1 or v2 form."""
        return f"{self._audiences.root}/{tenant}/" + ("v2.0" if version == 2 else "")

    def issue(self, subject: Subject, *, audience: str, version: int) -> Issued:
        """Sign an access token of one hour, or less when the secret that led to it ends sooner."""
        made = self._clock.now()
        now = made.replace(microsecond=0)
        ends = now + LIFETIME
        if subject.secret is not None and subject.secret.expires_at is not None:
            ends = min(ends, subject.secret.expires_at)
        upn = subject.user_principal_name
        claims = _Claims(
            iss=self.issuer(subject.tenant_id, version),
            aud=audience,
            iat=int(now.timestamp()),
            nbf=int(now.timestamp()),
            exp=int(ends.timestamp()),
            tid=subject.tenant_id,
            oid=subject.subject_id,
            sub=str(subject.subject_id),
            ver="2.0" if version == 2 else "1.0",
            idtyp="app" if subject.app_only else "user",
            roles=subject.roles,
            amr=subject.methods,
            appid=subject.application_id,
            azp=subject.application_id if version == 2 else None,
            upn=upn,
            unique_name=upn if version == 1 else None,
            preferred_username=upn if version == 2 else None,
            name=subject.display_name,
            scp="" if subject.app_only else "user_impersonation",
            wids=() if subject.app_only else wids_of(subject.roles),
            sid=subject.session_id,
            ims=int(made.timestamp() * 1000),
            sec=subject.secret.id if subject.secret else None,
        )
        return Issued(self._sign(claims), audience, subject.app_only, now, _moment(claims.exp))

    def identify(
        self, subject: Subject, *, application_id: UUID, nonce: str | None, signed_in_at: datetime, version: int
    ) -> str:
        """An id token that tells an application who signed in; it opens no resource."""
        now = self._clock.now().replace(microsecond=0)
        said = id_claims(
            subject,
            issuer=self.issuer(subject.tenant_id, version),
            application_id=application_id,
            nonce=nonce,
            signed_in_at=signed_in_at,
            now=now,
            expires_at=now + LIFETIME,
            version=version,
        )
        return self._sign(said)

    def _sign(self, claims: msgspec.Struct) -> str:
        key = self._keys.current
        header = {"alg": ALGORITHM, "typ": "JWT", "kid": key.kid}
        return jws.serialize_compact(header, msgspec.json.encode(claims), key.private, algorithms=_ALGORITHMS)

    async def verify(self, token: str) -> Verified:
        """The bearer of the token, believed again for 60 s but never past its end; raises a TokenRefused.

        What is believed again was checked at the present revision of the revocations.
        """
        now = self._clock.now()
        cached = self._cache.get(token)
        if cached is not None and cached[0] <= now < cached[1] and cached[2] == self._revocations.revision:
            return cached[3]
        revision = await self._revocations.current()
        known = cached is not None and cached[0] <= now < cached[1]
        begins, ends, verified = (
            (cached[0], cached[1], cached[3]) if cached is not None and known else await self._anew(token, now)
        )
        self._cache.pop(token, None)
        if self._revocations.ended(verified.tenant_id, verified.grounds, verified.issued_at):
            raise TokenRevoked("What this token was given for has ended; sign in again.")
        if len(self._cache) >= _CACHED_AT_MOST:
            del self._cache[next(iter(self._cache))]
        self._cache[token] = (begins, ends, revision, verified)
        return verified

    async def _anew(self, token: str, now: datetime) -> tuple[datetime, datetime, Verified]:
        verified = await self._verify(token, now)
        return now, min(now + _CACHED_FOR, verified.expires_at), verified

    def forget(self) -> None:
        """Check every token anew from now on."""
        self._cache.clear()

    async def _verify(self, token: str, now: datetime) -> Verified:
        if self._others is not None and self._others.issued(token):
            return await self._others.verify(token, now)
        claims = await self._signed_claims(token)
        if claims.iss != self.issuer(claims.tid, 2 if claims.ver == "2.0" else 1):
            raise TokenForOthers("The token comes from another issuer.")
        if claims.aud not in self._audiences.known:
            raise TokenForOthers("The token is meant for another audience.")
        if (claims.upn is None) != (claims.idtyp == "app"):
            raise TokenForged("The token contradicts itself.")
        if now < _moment(claims.nbf) - _SKEW:
            raise TokenNotYetValid("The token is not valid yet.")
        expires_at = _moment(claims.exp)
        if now >= expires_at:
            raise TokenExpired("The token has expired.")
        return Verified(
            tenant_id=claims.tid,
            subject_id=claims.oid,
            app_only=claims.idtyp == "app",
            application_id=claims.appid,
            user_principal_name=claims.upn,
            methods=claims.amr,
            audience=claims.aud,
            expires_at=expires_at,
            issued_at=_moment(claims.iat if claims.ims is None else claims.ims / 1000),
            session_id=claims.sid,
            grounds=_grounds(claims),
        )

    async def identified(self, token: str) -> IdClaims | None:
        """What an id token of this deployment says, also after its end; None for anything else."""
        try:
            claims = _id_claims.decode(await self._signed(token))
        except (TokenForged, ValueError):
            return None
        return claims if claims.iss == self.issuer(claims.tid, 2 if claims.ver == "2.0" else 1) else None

    async def _signed_claims(self, token: str) -> _Claims:
        try:
            return _claims.decode(await self._signed(token))
        except ValueError as error:
            raise TokenForged("This is no access token of this deployment.") from error

    async def _signed(self, token: str) -> bytes:
        """The payload that a key of this deployment signed; raises TokenForged."""
        if len(token) > _LONGEST:
            raise TokenForged("The token is too long.")
        try:
            parts = jws.extract_compact(token.encode("ascii"))
            header = parts.headers()
            kid = header.get("kid")
            if header.get("alg") != ALGORITHM or not isinstance(kid, str):
                raise TokenForged("The token is not signed as tokens of this deployment are.")
            key = await self._keys.find(kid)
            if key is None or not jws.validate_compact(parts, key.public, _ALGORITHMS):
                raise TokenForged("The token is not signed by a key of this deployment.")
            return parts.payload
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise TokenForged("This is no access token of this deployment.") from error


def _grounds(claims: _Claims) -> tuple[UUID, ...]:
    if claims.idtyp == "app":
        return tuple({one for one in (claims.oid, claims.appid, claims.sec) if one is not None})
    named = grounds.of_user(
        tenant_id=claims.tid, user_id=claims.oid, application_id=claims.appid, session_id=claims.sid
    )
    return named if claims.sec is None else (*named, claims.sec)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
