"""Reads what an operator sets of the identity provider, and what of it does not fit together."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from copartner.kernel import given
from copartner.policy.facts import Role
from copartner.signin.provider.fetch import may_be_asked
from copartner.signin.provider.model import Trust

_LONGEST = 500


def issuer(value: str) -> str:
    """As it is, since an issuer is compared letter by letter; raises ValueError."""
    if not may_be_asked(value, issuer=value) or "?" in value or len(value) > _LONGEST:
        raise ValueError("give the provider's issuer, an https address without query (http on this machine alone)")
    return value


def tenants(value: str) -> dict[str, str]:
    """The tenant of each value of a claim; raises ValueError."""
    found: dict[str, str] = _table(value, dict[str, str])
    return found


def roles(value: str) -> dict[str, tuple[Role, ...]]:
    """The roles of each value of a claim; raises ValueError."""
    given: dict[str, str | list[str]] = _table(value, dict[str, str | list[str]])
    named = {key: (names,) if isinstance(names, str) else tuple(names) for key, names in given.items()}
    known = [role for role in Role if role is not Role.USER]
    if unknown := sorted({name for names in named.values() for name in names} - set(known)):
        raise ValueError(f"{', '.join(unknown)} is no role; there are {', '.join(known)}")
    return {key: tuple(map(Role, names)) for key, names in named.items()}


def _table(value: str, shape: Any) -> Any:
    """A JSON object, or the path of a file that holds one."""
    try:
        return msgspec.json.decode(value if value.lstrip().startswith("{") else Path(value).read_bytes(), type=shape)
    except OSError as error:
        raise ValueError(f"give a JSON object or the path of a file with one ({error.strerror})") from error
    except msgspec.DecodeError as error:
        raise ValueError(f"give a JSON object: {error}") from error


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """The settings of a deployment that are of its identity provider."""

    oidc_issuer: str | None = field(
        default=None,
        metadata=given.about(issuer, "Identity provider where people sign in; no passwords here."),
    )
    oidc_client_id: str | None = field(
        default=None, metadata=given.about(given.text, "What the provider knows this deployment by.")
    )
    oidc_client_secret: str | None = field(
        default=None,
        repr=False,
        metadata=given.about(given.text, "Proof of that at the provider; better in a file.", secret=True),
    )
    oidc_client_secret_file: Path | None = field(default=None, metadata=given.about(Path, "File of the client secret."))
    oidc_scopes: tuple[str, ...] = field(
        default=("openid", "profile", "email"),
        metadata=given.about(given.names, "Scopes asked of the provider; by commas."),
    )
    oidc_audiences: tuple[str, ...] = field(
        default=(),
        metadata=given.about(given.names, "Audiences of the provider's access tokens that are taken; by commas."),
    )
    oidc_tenant: str | None = field(
        default=None, metadata=given.about(given.text, "The tenant, by id or domain, of everybody at the provider.")
    )
    oidc_tenant_claim: str | None = field(
        default=None, metadata=given.about(given.text, "Claim that names the tenant, such as tid or hd.")
    )
    oidc_tenants: Mapping[str, str] | None = field(
        default=None,
        metadata=given.about(tenants, "Tenants, by id or domain, of that claim's values; JSON or its file."),
    )
    oidc_role_claim: str | None = field(
        default=None,
        metadata=given.about(given.text, "Claim that names roles, such as roles, groups or realm_access.roles."),
    )
    oidc_roles: Mapping[str, tuple[Role, ...]] | None = field(
        default=None, metadata=given.about(roles, "Roles of that claim's values; JSON or its file.")
    )
    oidc_name_claim: str = field(
        default="preferred_username",
        metadata=given.about(given.text, "Claim from which a new user's sign-in name is made."),
    )
    oidc_mfa_amr: tuple[str, ...] = field(
        default=("mfa",),
        metadata=given.about(given.names, "Values of the claim amr that mean a second factor; by commas."),
    )
    oidc_mfa_acr: tuple[str, ...] = field(
        default=(), metadata=given.about(given.names, "Values of the claim acr that mean a second factor; by commas.")
    )
    oidc_session_hours: int = field(
        default=12,
        metadata=given.about(given.count(1, 2160), "After so many hours people have to come by the provider again."),
    )

    def provider_faults(self) -> list[str]:
        """What of this does not fit together."""
        if self.oidc_issuer is None:
            set_without = any(getattr(self, each.name) != each.default for each in fields(ProviderSettings))
            return ["COPARTNER_OIDC_ISSUER is not set, so no COPARTNER_OIDC_ counts"] if set_without else []
        wrong = {
            "COPARTNER_OIDC_ISSUER needs COPARTNER_OIDC_CLIENT_ID": not self.oidc_client_id,
            "COPARTNER_OIDC_CLIENT_SECRET and COPARTNER_OIDC_CLIENT_SECRET_FILE: set one of them": (
                self.oidc_client_secret is not None and self.oidc_client_secret_file is not None
            ),
            "COPARTNER_OIDC_SCOPES has to hold openid": "openid" not in self.oidc_scopes,
            # With the same audience an id token, which applications pass round, would open the interfaces.
            "COPARTNER_OIDC_AUDIENCES may not hold the client id: register the interfaces as a resource of their own": (
                self.oidc_client_id in self.oidc_audiences
            ),
            "COPARTNER_OIDC_TENANT or COPARTNER_OIDC_TENANT_CLAIM: set one of them, so that people have a tenant": (
                (not self.oidc_tenant) == (not self.oidc_tenant_claim)
            ),
            "COPARTNER_OIDC_TENANTS needs COPARTNER_OIDC_TENANT_CLAIM": (
                self.oidc_tenants is not None and not self.oidc_tenant_claim
            ),
            "COPARTNER_OIDC_TENANTS is empty, so nobody could sign in": self.oidc_tenants == {},
            "COPARTNER_OIDC_ROLE_CLAIM and COPARTNER_OIDC_ROLES go together; set both or neither": (
                (not self.oidc_role_claim) != (self.oidc_roles is None)
            ),
        }
        return [fault for fault, is_so in wrong.items() if is_so]

    def identity_provider(self) -> Trust | None:
        """The provider with its client secret read, None without an issuer; raises OSError."""
        if self.oidc_issuer is None or self.oidc_client_id is None:
            return None
        secret = self.oidc_client_secret
        if self.oidc_client_secret_file is not None:
            secret = self.oidc_client_secret_file.read_text(errors="replace").strip()
        return Trust(
            issuer=self.oidc_issuer,
            client_id=self.oidc_client_id,
            client_secret=secret or None,
            scopes=self.oidc_scopes,
            audiences=self.oidc_audiences,
            tenant=self.oidc_tenant,
            tenant_claim=self.oidc_tenant_claim,
            tenants=self.oidc_tenants or {},
            role_claim=self.oidc_role_claim,
            roles=self.oidc_roles or {},
            name_claim=self.oidc_name_claim,
            amr=self.oidc_mfa_amr,
            acr=self.oidc_mfa_acr,
            lasts=timedelta(hours=self.oidc_session_hours),
        )
