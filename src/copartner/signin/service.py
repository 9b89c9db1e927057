"""The authority: who asks, whether they are who they say, and the token they get."""

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from copartner.command.runtime import Runtime
from copartner.kernel.secrets import KeyFile
from copartner.signin import refresh, revocation_store, rules, store
from copartner.signin.forms import Forms
from copartner.signin.grants import STANDARD
from copartner.signin.keys import SigningKeys
from copartner.signin.model import (
    Application,
    AuthorizeRequest,
    ClientCredentials,
    Directory,
    Issued,
    Redemption,
    Returned,
    TokenRequest,
    User,
)
from copartner.signin.passwords import Passwords
from copartner.signin.revocation import Revocations
from copartner.signin.tokens import Tokens

CODE_LIFETIME = timedelta(minutes=10)
_LONGEST_NAME = 320

Grant = Callable[["Authority", TokenRequest], Awaitable[Issued]]


class Authority:
    """Signs in users and applications of this deployment.

    `grants` are grant types beside those of every deployment. `applications` are the deployment's own (its portal):
    of no tenant, without a secret, open to users of every tenant.
    """

    def __init__(
        self,
        runtime: Runtime,
        keys: SigningKeys,
        forms: Forms,
        revocations: Revocations,
        *,
        audiences: Iterable[str] = (),
        grants: Mapping[str, Grant] | None = None,
        applications: Iterable[Application] = (),
    ) -> None:
        self.keys = keys
        self.forms = forms
        self.root = runtime.public_url.rstrip("/")
        self.audiences = rules.Audiences(self.root, audiences)
        self.revocations = revocations
        self.tokens = Tokens(keys, runtime.machine_clock, self.audiences, revocations)
        self.passwords = Passwords()
        self.grants: Mapping[str, Grant] = {**STANDARD, **(grants or {})}
        self._own = {application.id: application for application in applications}
        self.pool = runtime.pool
        self.clock = runtime.machine_clock
        self.ids = runtime.ids

    @classmethod
    async def open(
        cls,
        runtime: Runtime,
        key_file: KeyFile,
        *,
        audiences: Iterable[str] = (),
        grants: Mapping[str, Grant] | None = None,
        applications: Iterable[Application] = (),
    ) -> "Authority":
        """The authority with its signing keys read, or made at the first start."""
        keys = await SigningKeys.open(runtime.pool, key_file, runtime.machine_clock)
        forms = Forms(key_file, runtime.machine_clock)
        revocations = await Revocations.open(runtime.pool, runtime.machine_clock)
        return cls(runtime, keys, forms, revocations, audiences=audiences, grants=grants, applications=applications)

    def close(self) -> None:
        """End the threads that check passwords, and the listening."""
        self.revocations.close()
        self.passwords.close()

    async def directory(self, segment: str) -> Directory:
        """The tenant a path names, by identifier or domain; raises UnknownTenant."""
        if segment in rules.ANY_TENANT:
            return Directory(segment, None)
        async with store.acting(self.pool) as db:
            tenant = await store.tenant_id(db, identifier=rules.segment_id(segment), domain=segment)
        if tenant is None:
            raise rules.UnknownTenant("There is no such tenant here; name its identifier, its domain, or common.")
        return Directory(segment, tenant)

    async def token(self, request: TokenRequest) -> Issued:
        """Answer a call of the token endpoint; raises a Refusal of rules."""
        grant_type = request.form.get("grant_type", "")
        if not grant_type:
            raise rules.BadRequest("grant_type is missing.")
        grant = self.grants.get(grant_type)
        if grant is None:
            raise rules.GrantUnsupported(f"This deployment serves the grant types {', '.join(sorted(self.grants))}.")
        await self.keys.look()
        return await grant(self, request)

    async def client(
        self, credentials: ClientCredentials, directory: Directory, *, secret_required: bool = False
    ) -> Application:
        """The application that calls, proved by its secret when it has one; raises ClientRefused."""
        if credentials.client_id is None:
            raise rules.BadRequest("client_id is missing.")
        found = await self.application(credentials.client_id)
        needs_proof = secret_required or (found is not None and found.confidential)
        return await self._proved(found, credentials, directory, needs_proof)

    async def named_client(self, credentials: ClientCredentials, directory: Directory) -> Application:
        """The application that calls, by its name alone, where nothing is given away; raises ClientRefused."""
        if credentials.client_id is None:
            raise rules.BadRequest("client_id is missing.")
        found = await self.application(credentials.client_id)
        if found is None or not _admits(found, directory):
            raise rules.ClientRefused("The application is unknown in this tenant or disabled.")
        return found

    async def registered(self, credentials: ClientCredentials, directory: Directory) -> Application | None:
        """The application that calls, None when it names itself not or by an identifier unknown here.

        A secret is checked when it is sent. For grants that trust the user alone; raises ClientRefused.
        """
        found = await self.application(credentials.client_id) if credentials.client_id else None
        return await self._proved(found, credentials, directory, False) if found else None

    async def _proved(
        self, found: Application | None, credentials: ClientCredentials, directory: Directory, needs_proof: bool
    ) -> Application:
        held, place = found.secrets if found else (), None
        needs_proof = needs_proof or credentials.secret is not None
        if needs_proof:
            place = await self.passwords.which(credentials.secret or "", [secret.hash for secret in held])
        if found is None or (needs_proof and place is None) or not _admits(found, directory):
            raise rules.ClientRefused("The application is unknown in this tenant, disabled, or its secret is wrong.")
        if place is None:
            return found
        async with store.acting(self.pool) as db:
            await store.used_secret(db, found, held[place], now=self.clock.now())
        return replace(found, proved_by=held[place])

    async def user(
        self, name: str, password: str, directory: Directory, application: Application | None = None
    ) -> User:
        """The enabled user of name and password, in that tenant and the application's; raises SignInFailed."""
        name = name.strip().lower()
        found = None
        if len(name) <= _LONGEST_NAME:
            async with store.acting(self.pool) as db:
                found = await store.user_by_name(db, name)
        if found is not None and not _may_use(found, directory, application):
            found = None
        matches = await self.passwords.verify(password, (found.password_hash,) if found else ())
        if found is None or not matches:
            raise rules.SignInFailed("Name and password do not belong to an account that may sign in here.")
        return found

    def audience(self, version: int, form: Mapping[str, str]) -> str | None:
        """The audience a request names, by `resource` in v1 and `scope` in v2; None when it names none."""
        if version == 1:
            return self.audiences.of_resource(form.get("resource"))
        # Clients that address `adfs` name a resource, a scope, or both.
        return self.audiences.of_scope(form.get("scope")) or self.audiences.of_resource(form.get("resource"))

    async def returning_client(self, directory: Directory, client_id: str, redirect_uri: str) -> Application:
        """The application to which a browser may be sent back; raises BadRequest or ClientRefused."""
        identifier = rules.guid(client_id)
        found = await self.application(identifier) if identifier else None
        if found is None or not _admits(found, directory):
            raise rules.ClientRefused("The application is not known in this tenant. Check client_id.")
        if not rules.may_return_to(redirect_uri, found.redirect_uris):
            raise rules.BadRequest("redirect_uri is not one of the addresses registered for the application.")
        return found

    def authorize(
        self, application: Application, directory: Directory, version: int, form: Mapping[str, str]
    ) -> AuthorizeRequest:
        """The request of an application for a code, checked; raises a Refusal that may go back to the application."""
        version = rules.version_at(directory.segment, version)
        if form.get("response_type") != "code":
            raise rules.ResponseUnsupported("response_type must be code.")
        response_mode = rules.response_mode_of(form.get("response_mode"))
        challenge = form.get("code_challenge", "")
        if form.get("code_challenge_method") != "S256" or not rules.is_challenge(challenge):
            raise rules.BadRequest("A code_challenge with code_challenge_method S256 is required.")
        if form.get("prompt") == "none":
            raise rules.LoginRequired("Nobody is signed in.")
        return AuthorizeRequest(
            segment=directory.segment,
            client_id=application.id,
            application_name=application.name,
            redirect_uri=form["redirect_uri"],
            state=form.get("state"),
            code_challenge=challenge,
            audience=self.audience(version, form),
            login_hint=form.get("login_hint", "")[:_LONGEST_NAME],
            scopes=rules.scopes_of(form.get("scope")),
            nonce=rules.nonce_of(form.get("nonce")),
            response_mode=response_mode,
        )

    async def sign_in(self, request: AuthorizeRequest, name: str, password: str) -> Returned:
        """A code for the user of name and password; raises SignInFailed or ClientRefused."""
        directory = await self.directory(request.segment)
        application = await self.returning_client(directory, str(request.client_id), request.redirect_uri)
        user = await self.user(name, password, directory, application)
        code, now = secrets.token_urlsafe(32), self.clock.now()
        kept = Redemption(
            tenant_id=user.tenant_id,
            user_id=user.id,
            application_id=application.id,
            redirect_uri=request.redirect_uri,
            code_challenge=request.code_challenge,
            audience=request.audience,
            methods=("pwd",),
            expires_at=now + CODE_LIFETIME,
            scopes=request.scopes,
            nonce=request.nonce,
            signed_in_at=now,
        )
        async with store.acting(self.pool) as db:
            await store.add_code(db, sha256(code.encode()).digest(), kept, now=now)
        return Returned(request.redirect_uri, request.state, code)

    async def redeem(self, code: str, application: Application) -> tuple[Redemption, User]:
        """What the code stands for and its user; spent by the first attempt. Raises GrantRefused."""
        now = self.clock.now()
        async with store.acting(self.pool) as db:
            spent = await store.spend_code(db, sha256(code.encode()).digest(), now=now)
            user = await store.user_by_id(db, spent.tenant_id, spent.user_id) if spent else None
            if spent is None:
                await refresh.revoke_code(db, code, now=now)
            elif spent.signed_in_at is not None and await revocation_store.ended(
                db,
                tenant_id=spent.tenant_id,
                ground_ids=(spent.user_id, spent.application_id, spent.session_id),
                since=spent.signed_in_at,
            ):
                user = None
        if spent is None or spent.application_id != application.id or now >= spent.expires_at:
            raise rules.GrantRefused("The code is unknown, used, expired, or of another application.")
        if user is None or not user.enabled:
            raise rules.GrantRefused("The account may not sign in any more.")
        return spent, user

    async def application(self, identifier: UUID) -> Application | None:
        """The application of that identifier, the deployment's own included."""
        if identifier in self._own:
            return self._own[identifier]
        async with store.acting(self.pool) as db:
            return await store.application(db, identifier, now=self.clock.now())


def _admits(application: Application, directory: Directory) -> bool:
    """An enabled application signs in at its own tenant, the deployment's own at every."""
    own = application.tenant_id is None or directory.tenant_id in (None, application.tenant_id)
    return application.enabled and own


def _may_use(user: User, directory: Directory, application: Application | None) -> bool:
    homes = {directory.tenant_id, application.tenant_id if application else None} - {None}
    return user.enabled and homes <= {user.tenant_id}
