"""What tokens say of a person beside who they are: directory roles by their well-known ids, and the id token."""

import base64
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from copartner.signin.model import Subject

# Source: "Microsoft Entra built-in roles", column Template ID (learn.microsoft.com, read 2026-04-29). The agent roles
# are groups of the programme and no directory roles, so they have none.
ROLE_TEMPLATES = {
    "Global admin": "62e90394-69f5-4237-9190-012177145e10",
    "User management admin": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "Billing admin": "b0f54661-2d74-4c50-afa3-1ec803f12efe",
    "Customer Delegated Admin Relationship Administrator": "fc8ad4e2-40e4-4724-8317-bcda7503ecbf",
}
# What every member of a tenant has (directoryRoleTemplate "User", the implicit one).
MEMBER = "b79fbf4d-3ef9-4689-8143-76b194e85509"


class IdClaims(msgspec.Struct, frozen=True, omit_defaults=True):
    """An id token: who signed in, told to one application and worth nothing at any resource."""

    iss: str
    aud: str
    iat: int
    nbf: int
    exp: int
    auth_time: int
    tid: UUID
    oid: UUID
    sub: str
    ver: str
    name: str
    preferred_username: str
    amr: tuple[str, ...]
    roles: tuple[str, ...]
    wids: tuple[str, ...]
    upn: str
    unique_name: str
    nonce: str | None = None
    sid: UUID | None = None


def wids_of(roles: Iterable[str]) -> tuple[str, ...]:
    """The template ids of a user's directory roles, that of members last."""
    return (*(ROLE_TEMPLATES[role] for role in roles if role in ROLE_TEMPLATES), MEMBER)


def id_claims(
    subject: Subject,
    *,
    issuer: str,
    application_id: UUID,
    nonce: str | None,
    signed_in_at: datetime,
    now: datetime,
    expires_at: datetime,
    version: int,
) -> IdClaims:
    """The id token of a user for an application."""
    upn, begin = subject.user_principal_name or "", int(now.timestamp())
    return IdClaims(
        iss=issuer,
        aud=str(application_id),
        iat=begin,
        nbf=begin,
        exp=int(expires_at.timestamp()),
        auth_time=int(signed_in_at.timestamp()),
        tid=subject.tenant_id,
        oid=subject.subject_id,
        sub=str(subject.subject_id),
        ver="2.0" if version == 2 else "1.0",
        name=subject.display_name,
        preferred_username=upn,
        amr=subject.methods,
        roles=subject.roles,
        wids=wids_of(subject.roles),
        upn=upn,
        unique_name=upn,
        nonce=nonce,
        sid=subject.session_id,
    )


def client_info(subject: Subject) -> str:
    """Who signed in, by the two ids under which clients file their tokens."""
    said = msgspec.json.encode({"uid": str(subject.subject_id), "utid": str(subject.tenant_id)})
    return base64.urlsafe_b64encode(said).rstrip(b"=").decode()
