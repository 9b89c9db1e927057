"""A tenant's applications and their secrets."""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.decoding import or_none
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT, SIDE, Page
from copartner.api.registry import Route
from copartner.tenants.service import applications


class SecretBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A secret without the secret; the last use is kept to the minute."""

    id: UUID
    description: str
    created_at: datetime | None
    expires_at: datetime | None
    last_used_at: datetime | None
    removed_at: datetime | None


class ApplicationBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """An application; `id` is its client id."""

    id: UUID
    name: str
    redirect_uris: tuple[str, ...]
    enabled: bool
    admin_consent: bool
    secrets: tuple[SecretBody, ...]


class NewApplication(Struct, frozen=True, kw_only=True, rename="camel"):
    """An application to be registered."""

    name: str
    redirect_uris: tuple[str, ...] = ()


class ApplicationChange(Struct, frozen=True, kw_only=True, rename="camel"):
    """What changes; what is not sent stays. The addresses are replaced as a whole."""

    name: str | UnsetType = UNSET
    redirect_uris: tuple[str, ...] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    admin_consent: bool | UnsetType = UNSET


class NewSecret(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a secret is for, and when it ends: after 180 days unless said, at most after 730."""

    description: str = ""
    expires_at: datetime | UnsetType = UNSET


class IssuedSecretBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A secret; its value is told in this answer alone."""

    secret: SecretBody
    value: str


async def _list(call: Call) -> Page[ApplicationBody]:
    part = wire.wanted(call, "side")
    found = await applications.list_applications(call.ctx, after=part.after, size=part.size)
    items = [wire.shaped(one, ApplicationBody) for one in found.items]
    return wire.page(call, part, items, found.next_after, "side")


async def _create(call: Call) -> ApplicationBody:
    asked = call.decode(NewApplication)
    made = await applications.create_application(call.ctx, name=asked.name, redirect_uris=asked.redirect_uris)
    return wire.shaped(made, ApplicationBody)


async def _read(call: Call) -> ApplicationBody:
    found = await applications.read_application(call.ctx, application_id=call.id("application"))
    return wire.shaped(found, ApplicationBody)


async def _change(call: Call) -> ApplicationBody:
    application_id, asked = call.id("application"), call.decode(ApplicationChange)
    after = await applications.change_application(
        call.ctx,
        application_id=application_id,
        name=or_none(asked.name),
        redirect_uris=or_none(asked.redirect_uris),
        enabled=or_none(asked.enabled),
        admin_consent=or_none(asked.admin_consent),
    )
    return wire.shaped(after, ApplicationBody)


async def _add_secret(call: Call) -> IssuedSecretBody:
    application_id, asked = call.id("application"), call.decode(NewSecret)
    made = await applications.add_secret(
        call.ctx,
        application_id=application_id,
        description=asked.description,
        expires_at=or_none(asked.expires_at),
    )
    return IssuedSecretBody(secret=wire.shaped(made.secret, SecretBody), value=made.value)


async def _remove_secret(call: Call) -> SecretBody:
    gone = await applications.remove_secret(
        call.ctx, application_id=call.id("application"), secret_id=call.id("secret")
    )
    return wire.shaped(gone, SecretBody)


_ALL = f"{ROOT}/applications"
_ONE = f"{_ALL}/{{application}}"
ROUTES = (
    Route(("GET",), _ALL, _list, "applications.list", "List the tenant's applications.", Page[ApplicationBody],
          user_only=True, side=None, query=(SIDE, *wire.QUERY)),
    Route(("POST",), _ALL, _create, "applications.create", "Register an application.", ApplicationBody, NewApplication,
          201, user_only=True, side=None, query=(SIDE,)),
    Route(("GET",), _ONE, _read, "applications.read", "Read an application.", ApplicationBody,
          user_only=True, side=None, query=(SIDE,)),
    Route(("PATCH",), _ONE, _change, "applications.change", "Change, enable or disable an application.",
          ApplicationBody, ApplicationChange, user_only=True, side=None, query=(SIDE,)),
    Route(("POST",), f"{_ONE}/secrets", _add_secret, "applications.add_secret", "Make a secret, told once.",
          IssuedSecretBody, NewSecret, 201, user_only=True, side=None, query=(SIDE,)),
    Route(("DELETE",), f"{_ONE}/secrets/{{secret}}", _remove_secret, "applications.remove_secret", "Remove a secret.",
          SecretBody, user_only=True, side=None, query=(SIDE,)),
)  # fmt: skip
