"""What a provider's claims mean here: tenant, roles, second factor. Pure; anything in doubt is refused."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from copartner.policy.facts import Role
from copartner.signin.provider.errors import NotAdmitted
from copartner.signin.provider.model import Person, Trust

# What the methods of a sign-in say when somebody else asked for the proof. Source: "amr" among the access token claims
# of the Microsoft identity platform (2023): `fed`, a federated authentication.
FEDERATED, SECOND_FACTOR = "fed", "mfa"
_LONGEST_SUBJECT = 255
_LONGEST_NAME = 200
_UNFIT = re.compile(r"[^a-z0-9._-]+", re.ASCII)


def person(trust: Trust, claims: Mapping[str, Any], *, signing_in: bool) -> Person:
    """The person of a token whose signature, issuer and time were found good; raises NotAdmitted.

    At a sign-in a role claim that is not there means no roles; otherwise it says nothing of them.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise NotAdmitted("The identity provider names nobody: its token lacks a usable sub.")
    return Person(
        subject=subject,
        tenant=tenant(trust, claims),
        name=_sign_in_name(trust, claims, subject),
        display_name=_display_name(claims, subject),
        roles=roles(trust, claims, signing_in=signing_in),
        methods=methods(trust, claims),
        said_at=datetime.fromtimestamp(int(claims["iat"]), UTC),
    )


def tenant(trust: Trust, claims: Mapping[str, Any]) -> str:
    """The tenant a token speaks for, by identifier or domain; raises NotAdmitted."""
    if trust.tenant is not None:
        return trust.tenant
    name = trust.tenant_claim or ""
    said = values(claims, name)
    if not said:
        raise NotAdmitted(f"The identity provider's token lacks the claim {name}, which names the tenant.")
    named = {trust.tenants[value] for value in said if value in trust.tenants} if trust.tenants else set(said)
    if len(named) != 1:
        raise NotAdmitted(
            f"The claim {name} says {', '.join(said)[:200]}, which is no tenant here. An operator can map it by "
            "COPARTNER_OIDC_TENANTS."
            if not named
            else f"The claim {name} names several tenants; an account is of one."
        )
    return named.pop().lower()


def roles(trust: Trust, claims: Mapping[str, Any], *, signing_in: bool) -> tuple[Role, ...] | None:
    """The roles a token gives; None when it does not speak of them. Raises NotAdmitted when they were left out."""
    if trust.role_claim is None:
        return () if signing_in else None
    # Source: "Groups overage claim", access token claims reference (2023): too many groups are replaced by a pointer.
    elsewhere = claims.get("_claim_names")
    if isinstance(elsewhere, Mapping) and trust.role_claim in elsewhere:
        raise NotAdmitted(
            f"The identity provider left the claim {trust.role_claim} out because it has too many values; let it send "
            "only groups that are assigned to the application, or application roles."
        )
    if not signing_in and find(claims, trust.role_claim) is None:
        return None
    return tuple(sorted({role for value in values(claims, trust.role_claim) for role in trust.roles.get(value, ())}))


def methods(trust: Trust, claims: Mapping[str, Any]) -> tuple[str, ...]:
    """By what the person proved who they are: at the provider, and there with a second factor or not."""
    strong = set(values(claims, "amr")) & set(trust.amr) or set(values(claims, "acr")) & set(trust.acr)
    return (FEDERATED, SECOND_FACTOR) if strong else (FEDERATED,)


def find(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or by the names that lead to it with dots between them (`realm_access.roles`)."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def values(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The texts of a claim, which is one or a list of them; anything else is none."""
    found = find(claims, name)
    listed = found if isinstance(found, list) else [found]
    return tuple(dict.fromkeys(value for value in listed if isinstance(value, str) and value))


def is_application(claims: Mapping[str, Any]) -> bool:
    """Whether a token is of an application by itself, in the ways providers say so.

    Sources: RFC 9068, 2.2 (`sub` is the client); "idtyp", and the equal `oid` and `sub` of application tokens, access
    token claims reference (2023).
    """
    subject = claims.get("sub")
    named = any(claims.get(name) == subject for name in ("client_id", "azp", "appid", "cid", "oid"))
    return named or claims.get("idtyp") == "app"


def distinct(name: str, issuer: str, subject: str) -> str:
    """A sign-in name for when somebody else has the one the person would get."""
    return f"{name[:50]}-{sha256(f'{issuer} {subject}'.encode()).hexdigest()[:10]}"


def _sign_in_name(trust: Trust, claims: Mapping[str, Any], subject: str) -> str:
    """The part before the @, of letters a sign-in name has."""
    for said in (*values(claims, trust.name_claim), *values(claims, "email"), subject):
        fitting = _UNFIT.sub("-", said.partition("@")[0].lower()).strip(".-_")[:60].strip(".-_")
        if fitting:
            return fitting
    return "user"


def _display_name(claims: Mapping[str, Any], subject: str) -> str:
    for name in ("name", "preferred_username", "email"):
        for said in values(claims, name):
            shown = "".join(letter for letter in said if letter.isprintable()).strip()[:_LONGEST_NAME]
            if shown:
                return shown
    return subject[:_LONGEST_NAME]
