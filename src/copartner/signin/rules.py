"""What sign-in demands, free of transport and storage, and the ways it refuses."""

import base64
import hmac
import re
from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import UUID

from copartner.kernel.errors import NotFound, Refusal
from copartner.signin.model import Application, Directory, User

# `adfs` is how clients address a server that is not the vendor's cloud: no instance discovery, endpoints without v2.0.
ADFS = "adfs"
ANY_TENANT = ("common", "organizations", ADFS)
_DOMAIN = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.ASCII)
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII)
# A verifier has 43 to 128 unreserved characters, a challenge is a SHA-256 in base64url (RFC 7636).
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
# What fits into a header: visible ASCII, no fragment.
_ADDRESS = re.compile(r"[!-\"$-~]+", re.ASCII)
_LOOPBACK = re.compile(r"\A(http://(?:localhost|127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?(?=[/?]|\Z)", re.ASCII)
_SCRIPTS = frozenset({"javascript", "data", "vbscript", "blob", "file", "about"})
FORM_POST = "form_post"
RESPONSE_MODES = ("query", FORM_POST)
OFFLINE = "offline_access"
OIDC_SCOPES = ("openid", "profile", "email", OFFLINE)
_SCOPE = re.compile(r"[!#-\[\]-~]{1,500}", re.ASCII)
_MOST_SCOPES = 50
_LONGEST_NONCE = 500


class BadRequest(Refusal):
    """A parameter is missing, malformed or repeated."""


class UnknownTenant(Refusal):
    """The tenant in the path does not exist here."""


class ClientRefused(Refusal):
    """The application is unknown, disabled, of another tenant, or did not prove itself."""


class GrantRefused(Refusal):
    """The code or the user's credentials do not lead to a token."""


class GrantUnsupported(Refusal):
    """This deployment does not know the grant type."""


class ResourceUnknown(Refusal):
    """No such resource is served here, so no token can be meant for it."""


class ResponseUnsupported(Refusal):
    """The authorize endpoint was asked for something other than a code."""


class LoginRequired(Refusal):
    """The application wants no page shown, and nobody is signed in as it asks."""


class InteractionRequired(Refusal):
    """The application wants no page shown, and the person who is signed in has something to do first."""


class SignInFailed(Refusal):
    """Name and password do not belong to an account that may sign in here."""


class PasswordUnfit(SignInFailed):
    """The new password is none that the account can have."""


class FormStale(Refusal):
    """The sign-in form was not made for this browser, was altered or is too old."""


class ConsentDeclined(Refusal):
    """The person does not let the application act for them."""


class UnknownConsent(NotFound):
    """The tenant has no such consent, or no such application to consent to."""


class ScopeMalformed(Refusal):
    """The scope holds characters that no scope has, or too much."""


class DeviceWaits(Refusal):
    """Nobody has typed the device's user code yet."""


class DeviceTooFast(Refusal):
    """The device asks more often than it was told to."""


class DeviceDeclined(Refusal):
    """The person said no to the device."""


class DeviceExpired(Refusal):
    """The device's code is too old; it has to begin again."""


class DeviceUnknown(Refusal):
    """No device of this application waits with that code."""


def version_at(segment: str, version: int) -> int:
    """The form of tokens and answers at an address; below `adfs` also the address without v2.0 speaks of scopes."""
    return 2 if segment == ADFS else version


def scopes_of(text: str | None) -> tuple[str, ...]:
    """The words of a `scope`, each once; raises ScopeMalformed."""
    words = tuple(dict.fromkeys((text or "").split()))
    if len(words) > _MOST_SCOPES or not all(_SCOPE.fullmatch(word) for word in words):
        raise ScopeMalformed("scope holds too much, or what no scope is made of.")
    return words


def lasting(version: int, scopes: tuple[str, ...]) -> tuple[str, ...]:
    """What is asked for at an address: one without v2.0 has no word for a refresh token and always gives one."""
    return scopes if version == 2 or OFFLINE in scopes else (*scopes, OFFLINE)


def narrowed(scopes: tuple[str, ...], given: tuple[str, ...]) -> tuple[str, ...]:
    """The scopes asked for a token, OpenID's of those alone that the person signed in for; without any, those."""
    return tuple(word for word in scopes if word not in OIDC_SCOPES or word in given) or given


def response_mode_of(text: str | None) -> str:
    """How a code travels back, in the query unless said otherwise; raises BadRequest."""
    if text and text not in RESPONSE_MODES:
        raise BadRequest(f"response_mode must be {' or '.join(RESPONSE_MODES)}.")
    return text or RESPONSE_MODES[0]


def nonce_of(text: str | None) -> str | None:
    """The `nonce` to be repeated in an id token; raises BadRequest."""
    if text is not None and len(text) > _LONGEST_NONCE:
        raise BadRequest("nonce is too long.")
    return text or None


def tenant_segment(text: str) -> str | None:
    """The first part of an authority path in lower case; None when it can be no tenant (`v1`, `v1.0`, `health`)."""
    lowered = text.lower()
    fits = lowered in ANY_TENANT or _GUID.fullmatch(lowered) or _DOMAIN.fullmatch(lowered)
    return lowered if fits else None


def segment_id(segment: str) -> UUID | None:
    """The tenant id when the segment is one."""
    return UUID(segment) if _GUID.fullmatch(segment) else None


def guid(text: str) -> UUID | None:
    """The identifier in its usual form, in any case; None when it is none."""
    lowered = text.lower()
    return UUID(lowered) if _GUID.fullmatch(lowered) else None


def proves(verifier: str, challenge: str) -> bool:
    """Whether the verifier is the one behind an S256 challenge."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(digest, challenge.encode())


def is_challenge(text: str) -> bool:
    """Whether the text can be an S256 challenge."""
    return _CHALLENGE.fullmatch(text) is not None


def may_return_to(uri: str, registered: Iterable[str]) -> bool:
    """Whether a browser may be sent to this address: absolute, no fragment, no script, registered letter by letter.

    A program on the person's own machine takes whichever port is free, so there no port counts (RFC 8252, 7.3).
    """
    if not _ADDRESS.fullmatch(uri):
        return False
    try:
        if urlsplit(uri).scheme in {"", *_SCRIPTS}:
            return False
    except ValueError:
        return False
    known = tuple(registered)
    return uri in known or any(_LOOPBACK.match(each) and _portless(each) == _portless(uri) for each in known)


def admits(application: Application, directory: Directory) -> bool:
    """An enabled application signs in at its own tenant, the deployment's own at every."""
    own = application.tenant_id is None or directory.tenant_id in (None, application.tenant_id)
    return application.enabled and own


def may_use(user: User, directory: Directory, application: Application | None) -> bool:
    """Whether an enabled user belongs where the request and the application's tenant are."""
    homes = {directory.tenant_id, application.tenant_id if application else None} - {None}
    return user.enabled and homes <= {user.tenant_id}


def _portless(uri: str) -> str:
    return _LOOPBACK.sub(r"\1", uri)


class Audiences:
    """The resources tokens are made for: this deployment's root and the names its clients know it by."""

    def __init__(self, root: str, others: Iterable[str] = ()) -> None:
        self.root = root.rstrip("/")
        self.known = frozenset({self.root, *(other.rstrip("/") for other in others)})

    def of_resource(self, resource: str | None) -> str | None:
        """The audience for a v1 `resource`, None when unsaid; raises ResourceUnknown."""
        if not resource:
            return None
        audience = resource.rstrip("/")
        if audience not in self.known:
            raise ResourceUnknown("No such resource is served here; ask for the address of this deployment.")
        return audience

    def of_scope(self, scope: str | None) -> str | None:
        """The audience of a v2 `scope` such as `https://host/.default`, None when unsaid; raises ResourceUnknown."""
        wanted = {self.of_resource(_resource_of(word)) for word in (scope or "").split() if word not in OIDC_SCOPES}
        if len(wanted) > 1:
            raise BadRequest("scope names several resources; a token is for one.")
        return next(iter(wanted), None)


def _resource_of(scope: str) -> str:
    resource, slash, permission = scope.rpartition("/")
    if not slash or not permission:
        raise ResourceUnknown("scope must name a resource, for example https://host/.default.")
    return resource
