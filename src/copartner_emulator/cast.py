"""Who plays in a world, with the secrets by which each signs in; what `copartner up` prints and scripts read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CastUser:
    """A user, the password random in every installation, the roles by their English names."""

    user_principal_name: str
    password: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CastApplication:
    """An application that signs in by itself."""

    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class CastTenant:
    """A tenant by its name in the world; `kind` is partner, customer or operator."""

    name: str
    tenant_id: str
    kind: str
    users: tuple[CastUser, ...]
    applications: tuple[CastApplication, ...]
