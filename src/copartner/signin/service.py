"""The authority: who asks, whether they are who they say, and the token they get."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from copartner.command.runtime import Runtime
from copartner.kernel.secrets import KeyFile
from copartner.signin import rules, store
from copartner.signin.asking import LONGEST_NAME, returning_client
from copartner.signin.forms import Forms
from copartner.signin.grants import STANDARD
from copartner.signin.keys import SigningKeys
from copartner.signin.model import (
    Application,
    AuthorizeRequest,
    ClientCredentials,
    Directory,
    Issued,
    TokenRequest,
    User,
)
from copartner.signin.passwords import Passwords
from copartner.signin.provider.model import Trust
from copartner.signin.provider.service import IdentityProvider
from copartner.signin.revocation import Revocations
from copartner.signin.tokens import Tokens

Grant = Callable[["Authority", TokenRequest], Awaitable[Issued]]


class Authority:
    """Signs in users and applications of this deployment.

    `grants` are grant types beside those of every deployment. `applications` are the deployment's own (its portal):
    of no tenant, without a secret, open to users of every tenant. With a `provider` people sign in there, and no
    password opens anything here.
    """

    def __init__(
        self,
        runtime: Runtime,
        keys: SigningKeys,
        key_file: KeyFile,
        revocations: Revocations,
        *,
        audiences: Iterable[str] = (),
        grants: Mapping[str, Grant] | None = None,
        applications: Iterable[Application] = (),
        provider: IdentityProvider | None = None,
    ) -> None:
        self.keys = keys
        self.key_file = key_file
        self.forms = Forms(key_file, runtime.machine_clock)
        self.root = runtime.public_url.rstrip("/")
        self.audiences = rules.Audiences(self.root, audiences)
        self.revocations = revocations
        self.provider = provider
        self.tokens = Tokens(keys, runtime.machine_clock, self.audiences, revocations, provider)
        self.passwords = Passwords()
        self.grants: Mapping[str, Grant] = {**STANDARD, **(grants or {})}
        self._own = {application.id: application for application in applications}
        self.runtime = runtime
        self.pool = runtime.pool
        self.clock = runtime.machine_clock
        self.runtime = runtime
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
        trust: Trust | None = None,
    ) -> "Authority":
        """The authority with its signing keys read, or made at the first start."""
        keys = await SigningKeys.open(runtime.pool, key_file, runtime.machine_clock)
        revocations = await Revocations.open(runtime.pool, runtime.machine_clock)
        provider = IdentityProvider(trust, runtime, key_file) if trust is not None else None
        return cls(
            runtime,
            keys,
            key_file,
            revocations,
            audiences=audiences,
            grants=grants,
            applications=applications,
            provider=provider,
        )

    async def close(self) -> None:
        """End the threads that check passwords, the listening, and what goes on with the provider."""
        if self.provider is not None:
            self.provider.close()
        await self.revocations.close()
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
        if found is None or not rules.admits(found, directory):
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
        if found is None or (needs_proof and place is None) or not rules.admits(found, directory):
            raise rules.ClientRefused("The application is unknown in this tenant, disabled, or its secret is wrong.")
        if place is None:
            return found
        async with store.acting(self.pool) as db:
            await store.used_secret(db, found, held[place], now=self.clock.now())
        return replace(found, proved_by=held[place])

    async def account(self, name: str, directory: Directory, application: Application | None) -> User | None:
        """The enabled user of a sign-in name, of that tenant and the application's; not yet who asks."""
        name = name.strip().lower()
        # Where an identity provider signs people in, no password opens anything, so nobody is found by a name.
        if len(name) > LONGEST_NAME or self.provider is not None:
            return None
        async with store.acting(self.pool) as db:
            found = await store.user_by_name(db, name)
        return found if found is not None and rules.may_use(found, directory, application) else None

    async def user(
        self, name: str, password: str, directory: Directory, application: Application | None = None
    ) -> User:
        """The user of name and password, however often they are guessed at; raises SignInFailed.

        For grants of the emulator; pages go by `guesses.password`.
        """
        found = await self.account(name, directory, application)
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

    async def addressed(self, request: AuthorizeRequest) -> tuple[Directory, Application | None]:
        """Where a request for a sign-in is made, and the application behind it; None for a page of our own.

        Raises ClientRefused or BadRequest when the application has gone since, or knows the address no more.
        """
        directory = await self.directory(request.segment)
        if request.client_id is None:
            return directory, None
        return directory, await returning_client(self, directory, str(request.client_id), request.redirect_uri)

    async def application(self, identifier: UUID) -> Application | None:
        """The application of that identifier, the deployment's own included."""
        if identifier in self._own:
            return self._own[identifier]
        async with store.acting(self.pool) as db:
            return await store.application(db, identifier, now=self.clock.now())
