"""Who signs in, by what, and what they are given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

# Among the methods of a sign-in when there was more than one factor (RFC 8176, 2).
MULTI_FACTOR = "mfa"


@dataclass(frozen=True, slots=True)
class Secret:
    """What an application proves itself with; it holds until `expires_at`, machine time."""

    id: UUID
    hash: str = field(repr=False)
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Application:
    """A registered application; `tenant_id` is None for the deployment's own, which serve users of every tenant."""

    id: UUID
    tenant_id: UUID | None
    name: str
    redirect_uris: tuple[str, ...]
    enabled: bool = True
    secrets: tuple[Secret, ...] = ()
    confidential: bool = False
    proved_by: Secret | None = None


@dataclass(frozen=True, slots=True)
class User:
    """A user as sign-in sees it."""

    tenant_id: UUID
    id: UUID
    user_principal_name: str
    display_name: str
    enabled: bool
    password_hash: str = field(repr=False)
    must_change_password: bool = False


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What a user shows beside the password, by the user's identifier; without its seed."""

    audience: ClassVar[tuple[str, ...]] = ("tenant_id",)

    id: UUID
    tenant_id: UUID
    added_at: datetime
    recovery_codes: int


@dataclass(frozen=True, slots=True)
class Directory:
    """The tenant a request addresses: one, or whichever the account belongs to (`common`, `organizations`)."""

    segment: str
    tenant_id: UUID | None


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """What an application said of itself; the secret is None when it sent none."""

    client_id: UUID | None
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """One call of the token endpoint. `version` is 1 or 2."""

    version: int
    directory: Directory
    client: ClientCredentials
    form: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AuthorizeRequest:
    """What a person is to be signed in for, checked: an application that knows the address, its challenge S256.

    `client_id` None: a page of the authority itself. `prompt`, `max_age` (seconds), `login_hint` and `second_factor`
    say how the person is to prove who they are.
    """

    segment: str
    client_id: UUID | None
    application_name: str
    redirect_uri: str
    state: str | None = None
    code_challenge: str = ""
    audience: str | None = None
    login_hint: str = ""
    scopes: tuple[str, ...] = ()
    nonce: str | None = None
    response_mode: str = "query"
    prompt: tuple[str, ...] = ()
    max_age: int | None = None
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in at one browser; all moments are machine time. `browser` is its family in words."""

    id: UUID
    methods: tuple[str, ...]
    browser: str
    begun_at: datetime
    signed_in_at: datetime
    used_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A session that holds, with its user, as the browser shows it."""

    session: Session
    user: User


@dataclass(frozen=True, slots=True)
class Browser:
    """What is before the person: its family in words, where it speaks from, and the session it shows.

    `device` is its own identifier, once somebody has signed in at it, and `accounts` are the users who did.
    """

    family: str
    address: str
    held: Held | None = None
    device: UUID | None = None
    accounts: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Proven:
    """Who a person has shown to be, by what and when; `session_id` when it was a browser session that said so."""

    tenant_id: UUID
    user_id: UUID
    methods: tuple[str, ...]
    at: datetime
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user who proved who they are: by what (`pwd`, `mfa`), when, and in which browser session."""

    user: User
    methods: tuple[str, ...]
    at: datetime
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an application gets for a user who signed in. `application_id` None: a script that named none."""

    application_id: UUID | None
    audience: str
    version: int
    scopes: tuple[str, ...] = ()
    nonce: str | None = None
    client_info: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a token is for. An application by itself has no `user_principal_name` and is its own subject.

    `secret` is what the application proved itself with: the token ends when it does.
    """

    tenant_id: UUID
    subject_id: UUID
    application_id: UUID | None
    user_principal_name: str | None
    roles: tuple[str, ...]
    methods: tuple[str, ...] = ()
    display_name: str = ""
    session_id: UUID | None = None
    secret: Secret | None = None

    @property
    def app_only(self) -> bool:
        """Whether an application acts without a user."""
        return self.user_principal_name is None


@dataclass(frozen=True, slots=True)
class Issued:
    """An access token and what its bearer is told beside it."""

    access_token: str = field(repr=False)
    audience: str
    app_only: bool
    not_before: datetime
    expires_at: datetime
    scopes: tuple[str, ...] = ()
    refresh_token: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)
    client_info: str | None = None


@dataclass(frozen=True, slots=True)
class Redemption:
    """What a code stands for."""

    tenant_id: UUID
    user_id: UUID
    application_id: UUID
    redirect_uri: str
    code_challenge: str
    audience: str | None
    methods: tuple[str, ...]
    expires_at: datetime
    scopes: tuple[str, ...] = ()
    nonce: str | None = None
    session_id: UUID | None = None
    signed_in_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """A sign-in that lasts: whose refresh tokens follow one another, each used once."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    application_id: UUID
    audience: str
    scopes: tuple[str, ...]
    methods: tuple[str, ...]
    session_id: UUID | None
    signed_in_at: datetime


@dataclass(frozen=True, slots=True)
class SigningKeyRow:
    """A signing key as stored: the private part encrypted. It signs from a moment, and holds nothing after its end."""

    kid: str
    private_key: bytes = field(repr=False)
    signs_from: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """The bearer of a token that holds: what a request may rely on. Roles are read anew for every decision."""

    tenant_id: UUID
    subject_id: UUID
    app_only: bool
    application_id: UUID | None
    user_principal_name: str | None
    methods: tuple[str, ...]
    audience: str | None
    expires_at: datetime
    issued_at: datetime
    session_id: UUID | None
    grounds: tuple[UUID, ...]

    @property
    def multi_factor(self) -> bool:
        """Whether the sign-in behind it used a second factor; `amr` says so as RFC 8176 names it."""
        return MULTI_FACTOR in self.methods


@dataclass(frozen=True, slots=True)
class Returned:
    """Where the browser goes after a sign-in: with the code for an application, and the token of a new session."""

    redirect_uri: str
    user_id: UUID
    state: str | None = None
    code: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
