"""Fills an empty database with a world, and keeps who signs in with what in a file that only its owner reads."""

import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from copartner.kernel.database import connect
from copartner.signin.passwords import hash_password
from copartner_emulator import world_store
from copartner_emulator.cast import CastApplication, CastTenant, CastUser
from copartner_emulator.readyfile import replace_private
from copartner_emulator.world_file import WorldError
from copartner_emulator.world_model import World

# Without the letters and digits that are taken for one another.
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

Cast = tuple[CastTenant, ...]


def new_cast(world: World) -> Cast:
    """Everybody who signs in, with a random password for each tenant and a random secret for each application."""
    cast = []
    for tenant in world.tenants:
        password = _random(16)
        cast.append(
            CastTenant(
                name=tenant.name,
                tenant_id=str(tenant.id),
                kind=tenant.kind,
                users=tuple(CastUser(it.user_principal_name, password, it.roles) for it in tenant.users),
                applications=tuple(CastApplication(str(it.id), _random(32)) for it in tenant.applications),
            )
        )
    return tuple(cast)


async def load(
    world: World, owner_url: str, *, keep: Path, now: datetime, hash_secret: Callable[[str], str] = hash_password
) -> Cast:
    """Insert the world unless it is there, in one transaction; passwords are read from `keep` or made and kept there.

    `now` is programme time. When the world is there and `keep` is lost, everybody gets a new password. Raises
    WorldError when the database holds something else.
    """
    kept = _read(keep, world)
    cast = kept or new_cast(world)
    connection = await connect(owner_url)
    try:
        async with connection.transaction():
            await world_store.lock(connection)
            there = await world_store.present(connection)
            if there and not {tenant.id for tenant in world.tenants} <= there:
                raise WorldError(f"The database does not hold {world.name} ({world.cloud}); start with new data.")
            if not kept:
                # Before the commit: a crash in between leaves passwords without a world, never a world without them.
                replace_private(keep, msgspec.json.encode(cast).decode())
            if not there:
                passwords, secret_hashes = _hashes(cast, hash_secret)
                await world_store.insert_world(
                    connection, world, now=now, password_hashes=passwords, secret_hashes=secret_hashes
                )
            elif not kept:
                await world_store.replace_secrets(connection, *_hashes(cast, hash_secret))
    finally:
        await connection.close()
    return cast


def _hashes(cast: Cast, hash_secret: Callable[[str], str]) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """Hashes by tenant and by application; users of a tenant share a password, so it is hashed once."""
    return (
        {UUID(tenant.tenant_id): hash_secret(tenant.users[0].password) for tenant in cast},
        {UUID(it.client_id): hash_secret(it.client_secret) for tenant in cast for it in tenant.applications},
    )


def _read(keep: Path, world: World) -> Cast | None:
    try:
        cast = msgspec.json.decode(keep.read_bytes(), type=Cast)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise WorldError(f"{keep}: {error}; remove it to give everybody a new password.") from None
    if {tenant.tenant_id for tenant in cast} != {str(tenant.id) for tenant in world.tenants}:
        raise WorldError(f"{keep} is of another world; start with new data.")
    return cast


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
