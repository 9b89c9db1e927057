"""What users, groups and applications can be, free of storage; the ways administering them fails."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound
from copartner.policy.facts import Role
from copartner.tenants.model import ASSIGNABLE, User

LONGEST_NAME = 200
SECRET_LIFE = timedelta(days=180)
LONGEST_SECRET_LIFE = timedelta(days=730)
MOST_SECRETS = 20
MOST_REDIRECTS = 50
_LONGEST_REDIRECT = 2000
# Length counts, not kinds of characters.
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
_TELLING = 3
_DIFFERENT = 5
# Made by enrolment, which gives them their roles.
RESERVED_GROUPS = frozenset({"adminagents", "helpdeskagents"})
_SIGN_IN_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9_-])?", re.ASCII)
# Visible ASCII without fragment, backslash, star, quotes and angle brackets.
_ADDRESS = re.compile(r"[!$-)+-;=?-\[\]-~]+", re.ASCII)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# An application's own scheme names its maker, as RFC 8252 wants, or is the one that a client library registers.
_OWN_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+|msal[a-f0-9-]{36}", re.ASCII)
# 54 characters that are not taken for one another.
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class UnknownUser(NotFound):
    """The tenant has no such user."""


class UnknownGroup(NotFound):
    """The tenant has no such group."""


class UnknownMember(NotFound):
    """The tenant has neither user nor group of that identifier, or it is not in the group."""


class UnknownApplication(NotFound):
    """The tenant has no such application."""


class UnknownSecret(NotFound):
    """The application has no such secret."""


class NameTaken(Conflict):
    """Another user or group has the name."""


class LastGlobalAdmin(Illegal):
    """Nobody could administer the tenant any more."""


class Circle(Illegal):
    """A group would be in itself, directly or by groups in it."""


class TooManySecrets(Illegal):
    """The application has as many secrets as one can have."""


def check_sign_in_name(text: str, domain: str) -> str:
    """`name` or `name@domain` as the sign-in name in the tenant's own domain; raises Invalid."""
    name, at, given = text.strip().lower().partition("@")
    if not _SIGN_IN_NAME.fullmatch(name) or (at and given != domain):
        raise Invalid(
            f"userPrincipalName has to be 1 to 64 letters, digits, dots, dashes and underscores, at {domain}.",
            "userPrincipalName",
        )
    return f"{name}@{domain}"


def check_name(text: str, field: str) -> str:
    """A name for people, without outer blanks; raises Invalid."""
    name = text.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid(f"{field} has to be 1 to {LONGEST_NAME} printable characters.", field)
    return name


def check_group_name(text: str) -> str:
    """The name of a group; raises Invalid."""
    name = check_name(text, "name")
    if name.replace(" ", "").lower() in RESERVED_GROUPS:
        raise Invalid("The groups AdminAgents and HelpdeskAgents are made when a tenant is enrolled.", "name")
    return name


def check_description(text: str) -> str:
    """What a secret is for; raises Invalid."""
    found = text.strip()
    if len(found) > LONGEST_NAME or not found.isprintable():
        raise Invalid(f"description has at most {LONGEST_NAME} printable characters.", "description")
    return found


def role_of(text: str) -> Role:
    """The role of that name, in any case, with or without blanks and dashes; raises Invalid."""
    wanted = re.sub(r"[\s_-]", "", text).lower()
    for role in ASSIGNABLE:
        if role.replace(" ", "").lower() == wanted:
            return role
    raise Invalid(f"role: send {', '.join(ASSIGNABLE)}; agents are made by the groups of agents.", "role")


def check_redirects(uris: Iterable[str]) -> tuple[str, ...]:
    """Addresses to which a browser may be sent back, each once; raises Invalid."""
    found = tuple(dict.fromkeys(uris))
    if len(found) > MOST_REDIRECTS:
        raise Invalid(f"redirectUris: an application has at most {MOST_REDIRECTS}.", "redirectUris")
    for uri in found:
        if not _fits(uri):
            raise Invalid(
                f"redirectUris: {uri[:100]!r} has to be https, http on this machine (localhost, 127.0.0.1, [::1]) or "
                "an application's own scheme such as com.example.app:/back; without user name, fragment, star or dots "
                "that climb.",
                "redirectUris",
            )
    return found


def check_expiry(wanted: datetime | None, *, now: datetime) -> datetime:
    """When a new secret ends: after 180 days unless said, at most after 730; raises Invalid."""
    ends = wanted or now + SECRET_LIFE
    if ends.tzinfo is None or not now < ends <= now + LONGEST_SECRET_LIFE:
        raise Invalid(
            f"expiresAt has to be a moment with its zone, at most {LONGEST_SECRET_LIFE.days} days ahead.", "expiresAt"
        )
    return ends


def refuse_last_admin(user: User, others: int) -> None:
    """Raise LastGlobalAdmin when the user is the only enabled Global admin; `others` are the other enabled ones."""
    if user.enabled and Role.GLOBAL_ADMIN in (*user.roles, *user.provider_roles) and others == 0:
        raise LastGlobalAdmin("This is the tenant's last enabled Global admin; make another one first.", str(user.id))


def check_password(text: str, sign_in_name: str) -> None:
    """Whether a person may choose this password: long enough, and not made of their name; raises Invalid."""
    if not SHORTEST_PASSWORD <= len(text) <= LONGEST_PASSWORD:
        raise Invalid(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.", "password")
    name, _, domain = sign_in_name.partition("@")
    lowered = text.lower()
    told = [part for part in (name, domain.partition(".")[0]) if len(part) >= _TELLING and part in lowered]
    if told:
        raise Invalid("The password holds your name or that of your domain; choose one that does not.", "password")
    if len(set(text)) < _DIFFERENT:
        raise Invalid("The password repeats the same few characters; choose another.", "password")


def password_of(secret: bytes) -> str:
    """A password a person can copy, from 16 secret bytes: four groups of four, 92 bits."""
    drawn = _drawn(secret, 16)
    return "-".join(drawn[start : start + 4] for start in range(0, 16, 4))


def secret_of(secret: bytes) -> str:
    """An application's secret from 32 secret bytes, 250 bits."""
    return _drawn(secret, 43)


def _drawn(secret: bytes, length: int) -> str:
    number, letters = int.from_bytes(secret, "big"), []
    for _ in range(length):
        number, place = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[place])
    return "".join(letters)


def _fits(uri: str) -> bool:
    if len(uri) > _LONGEST_REDIRECT or not _ADDRESS.fullmatch(uri):
        return False
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if (
        uri.partition(":")[0] != parts.scheme
        or "@" in parts.netloc
        or any(step in (".", "..") for step in _steps(parts.path))
    ):
        return False
    if parts.scheme == "https":
        return parts.netloc == parts.netloc.lower() and (host == "::1" or bool(_HOST.fullmatch(host)))
    if parts.scheme == "http":
        return host in _LOOPBACK and parts.netloc == parts.netloc.lower()
    return bool(_OWN_SCHEME.fullmatch(uri.partition(":")[0]))


def _steps(path: str) -> list[str]:
    return path.lower().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/").split("/")
