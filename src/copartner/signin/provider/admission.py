"""From a person as the provider has them to a user here: found by issuer and subject, or made at the first sign-in."""

import asyncio
import secrets
from dataclasses import dataclass
from uuid import UUID

import structlog
from asyncpg.connection import Connection
from msgspec.json import encode

from copartner.audit.entries import entries
from copartner.command.runtime import Runtime
from copartner.kernel.hashing import hash_password
from copartner.policy.facts import Role
from copartner.signin import model, rules
from copartner.signin import store as accounts
from copartner.signin.provider import mapping, store
from copartner.signin.provider.errors import NotAdmitted
from copartner.signin.provider.model import Identity, Person, ProviderUser

_log = structlog.get_logger("copartner.signin")


@dataclass(frozen=True, slots=True)
class _Itself:
    """Who is signed in acts: the audit names the user."""

    tenant_id: UUID
    subject_id: UUID
    app_only: bool = False


async def admit(runtime: Runtime, issuer: str, person: Person, *, signing_in: bool) -> model.User:
    """The enabled user whom the person is, with the roles of this token unless a newer one was seen.

    Made here at a first sign-in. Raises NotAdmitted.
    """
    tenant_id = await _tenant(runtime, person.tenant)
    async with store.admitting(runtime.pool, tenant_id) as db:
        await store.lock(db, issuer, person.subject)
        known = await store.identity(db, issuer, person.subject)
        if known is not None and known.tenant_id != tenant_id:
            raise NotAdmitted("This account belongs to another tenant here than the identity provider says now.")
        found = await accounts.user_by_id(db, tenant_id, known.user_id) if known else None
        if found is not None and not found.enabled:
            raise NotAdmitted("This account is disabled here; ask an administrator of your tenant.")
        if known is not None and found is not None:
            await _renew(db, runtime, issuer, person, known, found)
            return found
        if not signing_in:
            raise NotAdmitted("This account has never signed in here; do so once with a browser.")
        return await _make(db, runtime, issuer, person, tenant_id)


async def _tenant(runtime: Runtime, named: str) -> UUID:
    async with accounts.acting(runtime.pool) as db:
        found = await accounts.tenant_id(db, identifier=rules.segment_id(named), domain=named)
    if found is None:
        _log.warning("provider.unknown_tenant", tenant=named)
        raise NotAdmitted("The identity provider's account is of a tenant that does not exist here.")
    return found


async def _make(db: Connection, runtime: Runtime, issuer: str, person: Person, tenant_id: UUID) -> model.User:
    domain, user_id = await store.domain(db, tenant_id), runtime.ids.new()
    # Nobody knows it: only an administrator gives this account a password.
    unusable = await asyncio.to_thread(hash_password, secrets.token_urlsafe(32))
    for name in (person.name, mapping.distinct(person.name, issuer, person.subject)):
        user = model.User(tenant_id, user_id, f"{name}@{domain}", person.display_name, True, unusable)
        if await store.add_user(db, user):
            break
    else:
        raise NotAdmitted("There is no sign-in name left for this account; ask an administrator of your tenant.")
    known = Identity(tenant_id, user_id, person.said_at, ())
    await store.add_identity(db, issuer, person.subject, known, now=runtime.machine_clock.now())
    made = _said(user, issuer, person, person.roles or ())
    await store.save_roles(db, issuer, person.subject, known, made.roles, said_at=person.said_at)
    await _record(db, runtime, "user.admit", None, made)
    return user


async def _renew(
    db: Connection, runtime: Runtime, issuer: str, person: Person, known: Identity, found: model.User
) -> None:
    """Take over the roles, unless the token says nothing of them or is older than the one that said it last."""
    if person.roles is None or person.said_at < known.said_at:
        return
    changed = person.roles != known.roles
    if changed or person.said_at > known.said_at:
        await store.save_roles(db, issuer, person.subject, known, person.roles, said_at=person.said_at)
    if changed:
        before, after = (_said(found, issuer, person, roles) for roles in (known.roles, person.roles))
        await _record(db, runtime, "user.change_provider_roles", before, after)


def _said(user: model.User, issuer: str, person: Person, roles: tuple[Role, ...]) -> ProviderUser:
    return ProviderUser(user.id, user.tenant_id, user.user_principal_name, issuer, person.subject, roles)


async def _record(
    db: Connection, runtime: Runtime, operation: str, before: ProviderUser | None, after: ProviderUser
) -> None:
    rows = entries(
        caller=_Itself(after.tenant_id, after.id),
        operation=operation,
        before=before,
        after=after,
        at=runtime.programme_clock.now(),
        ids=runtime.ids,
        correlation_id=str(runtime.ids.new()),
    )
    await store.record(db, encode(rows).decode())
