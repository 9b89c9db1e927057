"""The identity provider in use: people go there and come back, and its own access tokens are checked."""

import base64
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import msgspec

from copartner.command.runtime import Runtime
from copartner.kernel.secrets import KeyFile, KeyFileError
from copartner.signin import model
from copartner.signin import store as accounts
from copartner.signin.provider import checking, mapping, store
from copartner.signin.provider.admission import admit
from copartner.signin.provider.discovery import Directory, Published
from copartner.signin.provider.errors import (
    NotAdmitted,
    ProviderRefused,
    ProviderTokenRefused,
    ProviderUnavailable,
    VisitStale,
)
from copartner.signin.provider.fetch import Web
from copartner.signin.provider.model import Back, Trust

# Where the provider sends browsers back to, below the deployment's root.
PATH = "/common/oauth2/provider"
VISIT_LASTS = timedelta(minutes=10)
_LONGEST = 2048
_STALE = "This way back was used already, is too old or belongs to another browser; go back and sign in again."
_NO = frozenset({"access_denied", "login_required", "consent_required", "interaction_required"})


class _Visit(msgspec.Struct, frozen=True, tag="provider visit"):
    browser: bytes
    nonce: str
    verifier: str
    request: model.AuthorizeRequest


_decoder = msgspec.json.Decoder(_Visit)


class IdentityProvider:
    """One identity provider, trusted for people; its applications stay strangers."""

    def __init__(self, trust: Trust, runtime: Runtime, key_file: KeyFile) -> None:
        self.trust = trust
        self.lasts = trust.lasts
        self._runtime = runtime
        self._key_file = key_file
        self._clock = runtime.machine_clock
        self._web = Web(trust.issuer)
        self.back = runtime.public_url.rstrip("/") + PATH
        self.directory = Directory(trust.issuer, self._web, runtime.machine_clock)

    @property
    def origin(self) -> str:
        """Scheme and host to which browsers are sent; that of the issuer while nothing else is known."""
        parts = urlsplit(self.directory.sends_to or self.trust.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    async def begin(self, request: model.AuthorizeRequest, browser: str) -> str:
        """The provider's address for a person who is to be signed in for a request.

        State and nonce hold for the browser with this cookie value, for ten minutes and one use. Raises
        ProviderUnavailable.
        """
        published, now = await self.directory.published(), self._clock.now()
        state, nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        sealed = self._key_file.encrypt(msgspec.json.encode(_Visit(_digest(browser), nonce, verifier, request)))
        async with accounts.acting(self._runtime.pool) as db:
            await store.add_visit(db, _digest(state), sealed, now=now, expires_at=now + VISIT_LASTS)
        query = {
            "client_id": self.trust.client_id,
            "response_type": "code",
            "redirect_uri": self.back,
            "scope": " ".join(self.trust.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(_digest(verifier)).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        # Not the hint: it is of sign-in names here, which the provider does not know.
        if {"login", "select_account"} & set(request.prompt):
            query["prompt"] = "login"
        if request.max_age is not None:
            query["max_age"] = str(request.max_age)
        if request.second_factor and self.trust.acr:
            query["acr_values"] = " ".join(self.trust.acr)
        endpoint = published.authorization_endpoint
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query)}"

    async def finish(self, answer: Mapping[str, str], browser: str) -> Back:
        """Who came back, and for what; raises VisitStale, ProviderRefused, ProviderUnavailable, NotAdmitted."""
        visit = await self._visit(answer.get("state", ""), browser)
        published = await self.directory.published()
        said = answer.get("iss")
        # RFC 9207, 2.4: an answer of another provider never reaches this one's token endpoint.
        if (said is None and published.names_issuer) or (said is not None and said != self.trust.issuer):
            raise ProviderRefused("The answer does not come from this deployment's identity provider.")
        code = answer.get("code", "")
        if not code or len(code) > _LONGEST:
            error = answer.get("error", "")
            raise ProviderRefused(
                f"The identity provider did not sign you in ({error if error in _NO else 'it sent no code'})."
            )
        person = mapping.person(self.trust, await self._claims(published, code, visit), signing_in=True)
        user = await admit(self._runtime, self.trust.issuer, person, signing_in=True)
        return Back(visit.request, user, person.methods)

    async def verify(self, token: str, now: datetime) -> model.Verified:
        """The user whom an access token of the provider is of; raises ProviderTokenRefused."""
        trust = self.trust
        try:
            claims = await checking.claims(self.directory, token, audiences=trust.audiences, now=now)
            if mapping.is_application(claims):
                raise ProviderTokenRefused(
                    "The identity provider's token is of an application; only people's are taken."
                )
            person = mapping.person(trust, claims, signing_in=False)
            user = await admit(self._runtime, trust.issuer, person, signing_in=False)
        except (NotAdmitted, ProviderUnavailable) as error:
            raise ProviderTokenRefused(error.message) from error
        return model.Verified(
            tenant_id=user.tenant_id,
            subject_id=user.id,
            app_only=False,
            application_id=None,
            user_principal_name=user.user_principal_name,
            methods=person.methods,
            audience=None,
            expires_at=datetime.fromtimestamp(int(claims["exp"]), UTC),
            issued_at=person.said_at,
            session_id=None,
            grounds=(user.id,),
        )

    def issued(self, token: str) -> bool:
        """Whether a token says that it comes from the provider."""
        return checking.issuer_of(token) == self.trust.issuer

    def close(self) -> None:
        """End what goes on with the provider."""
        self.directory.close()

    async def _visit(self, state: str, browser: str) -> _Visit:
        if not state or len(state) > _LONGEST:
            raise VisitStale(_STALE)
        async with accounts.acting(self._runtime.pool) as db:
            sealed = await store.take_visit(db, _digest(state), now=self._clock.now())
        if sealed is None:
            raise VisitStale(_STALE)
        try:
            visit = _decoder.decode(self._key_file.decrypt(sealed))
        except (KeyFileError, msgspec.DecodeError) as error:
            raise VisitStale(_STALE) from error
        if not hmac.compare_digest(visit.browser, _digest(browser)):
            raise VisitStale(_STALE)
        return visit

    async def _claims(self, published: Published, code: str, visit: _Visit) -> dict[str, Any]:
        """The claims of the id token for a code, which is for the nonce of this visit and for us alone."""
        trust, basic = self.trust, None
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.back,
            "client_id": trust.client_id,
            "code_verifier": visit.verifier,
        }
        if trust.client_secret is not None and published.posts_secret:
            form["client_secret"] = trust.client_secret
        elif trust.client_secret is not None:
            # RFC 6749, 2.3.1: both halves are form-encoded before they are joined.
            basic = (quote_plus(trust.client_id), quote_plus(trust.client_secret))
        status, answer = await self._web.ask(published.token_endpoint, form=form, basic=basic)
        token = answer.get("id_token")
        if status != 200 or not isinstance(token, str):
            error = str(answer.get("error", "no id_token"))[:100]
            raise ProviderRefused(f"The identity provider gave no token for its code (status {status}, {error}).")
        try:
            said = await checking.claims(self.directory, token, audiences=(trust.client_id,), now=self._clock.now())
        except ProviderTokenRefused as error:
            raise ProviderRefused(str(error)) from error
        # OpenID Connect Core, 3.1.3.7.
        several = isinstance(said.get("aud"), list) and len(said["aud"]) > 1
        if said.get("azp", None if several else trust.client_id) != trust.client_id:
            raise ProviderRefused("The identity provider's id token was issued to another application.")
        if not hmac.compare_digest(str(said.get("nonce", "")).encode(), visit.nonce.encode()):
            raise ProviderRefused("The identity provider's id token belongs to another sign-in.")
        if not _young_enough(said.get("auth_time"), visit.request.max_age, self._clock.now()):
            raise ProviderRefused("You signed in at the identity provider longer ago than the application allows.")
        return said


def _young_enough(auth_time: object, max_age: int | None, now: datetime) -> bool:
    """Whether the person was asked lately enough; a provider that was told `max_age` says when it asked."""
    if max_age is None:
        return True
    return isinstance(auth_time, int | float) and now.timestamp() - auth_time <= max_age + checking.SKEW


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
