"""A tenant's applications: registered, changed, disabled, and the secrets by which they prove themselves."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace as changed
from datetime import datetime
from uuid import UUID

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.kernel import paging
from copartner.kernel.hashing import hash_password
from copartner.kernel.paging import Page
from copartner.kernel.several import several
from copartner.policy.actions import Action
from copartner.tenants import rules, store
from copartner.tenants.model import Application, IssuedSecret, Secret

PAGE_LIMIT = 500


async def list_applications(ctx: Context, *, after: UUID | None = None, size: int = PAGE_LIMIT) -> Page[Application]:
    """At most `size` (1 to 500) applications of the acting tenant, by id; raises Denied."""
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.APPLICATION_LIST,
        store.page(),
        *(store.TYPES[Application], after, size),
        body=tuple[Application, ...],
        each=Action.APPLICATION_READ,
    )
    return paging.Listed(None, found).page(size, lambda one: one.id)


async def read_application(ctx: Context, *, application_id: UUID) -> Application:
    """One application of the acting tenant; raises Denied, UnknownApplication."""
    found = await ctx.find(
        Action.APPLICATION_READ, store.read(), store.TYPES[Application], application_id, body=Application
    )
    return _existing(found, application_id)


async def create_application(ctx: Context, *, name: str, redirect_uris: Iterable[str] = ()) -> Application:
    """The acting tenant registers an application; raises Denied, Invalid."""
    async with ctx.command("application.create") as cmd:
        cmd.require(Action.APPLICATION_CREATE, await store.home_facts(cmd.db, ctx))
        if (earlier := cmd.replay(Application)) is not None:
            return earlier
        made = Application(
            id=ctx.runtime.ids.new(),
            tenant_id=ctx.caller.tenant_id,
            name=rules.check_name(name, "name"),
            redirect_uris=rules.check_redirects(redirect_uris),
            enabled=True,
        )
        await store.add_application(cmd.db, made)
        cmd.record(None, made)
        return cmd.remember(made)


async def change_application(
    ctx: Context,
    *,
    application_id: UUID,
    name: str | None = None,
    redirect_uris: Iterable[str] | None = None,
    enabled: bool | None = None,
    admin_consent: bool | None = None,
) -> Application:
    """The acting tenant renames an application, replaces its addresses, enables or disables it; None leaves as it is.

    Disabling ends the tokens it was given within a second. Raises Denied, UnknownApplication, Invalid.
    """
    async with ctx.command("application.change") as cmd:
        before = await _begin(ctx, cmd, application_id)
        after = changed(
            before,
            name=before.name if name is None else rules.check_name(name, "name"),
            redirect_uris=before.redirect_uris if redirect_uris is None else rules.check_redirects(redirect_uris),
            enabled=before.enabled if enabled is None else enabled,
            admin_consent=before.admin_consent if admin_consent is None else admin_consent,
        )
        if after == before:
            cmd.unchanged()
            return before
        if before.enabled and not after.enabled:
            await store.revoke(cmd.db, before.tenant_id, before.id, now=ctx.runtime.machine_clock.now())
        await store.save_application(cmd.db, after)
        cmd.record(before, after)
        return after


async def add_secret(
    ctx: Context, *, application_id: UUID, description: str = "", expires_at: datetime | None = None
) -> IssuedSecret:
    """The acting tenant gives an application a secret, told here alone and again to a repeated request.

    Without `expires_at`, machine time, it ends after 180 days. Raises Denied, UnknownApplication, TooManySecrets,
    Invalid.
    """
    async with ctx.command("application.add_secret") as cmd:
        application, now = await _begin(ctx, cmd, application_id), ctx.runtime.machine_clock.now()
        if (earlier := cmd.replay(Secret)) is not None:
            return IssuedSecret(earlier, _value(ctx, earlier.id))
        if sum(secret.removed_at is None for secret in application.secrets) >= rules.MOST_SECRETS:
            raise rules.TooManySecrets(f"An application has at most {rules.MOST_SECRETS} secrets; remove one first.")
        made = Secret(
            id=ctx.runtime.ids.new(),
            tenant_id=application.tenant_id,
            application_id=application.id,
            description=rules.check_description(description),
            created_at=now,
            expires_at=rules.check_expiry(expires_at, now=now),
        )
        value = _value(ctx, made.id)
        await store.add_secret(cmd.db, made, await asyncio.to_thread(hash_password, value))
        cmd.record(None, made)
        return IssuedSecret(cmd.remember(made), value)


async def remove_secret(ctx: Context, *, application_id: UUID, secret_id: UUID) -> Secret:
    """The acting tenant removes a secret; tokens the application got by it end within a second.

    Raises Denied, UnknownApplication, UnknownSecret.
    """
    gone = await remove_secrets(ctx, application_id=application_id, secret_ids=(secret_id,))
    if not gone:
        raise _unknown_secret(secret_id)
    return gone[0]


async def remove_secrets(ctx: Context, *, application_id: UUID, secret_ids: Iterable[UUID]) -> tuple[Secret, ...]:
    """The acting tenant removes several secrets, all or none; one that is removed already is passed over.

    Answers those that were not. Raises Denied, UnknownApplication, UnknownSecret, Invalid.
    """
    async with ctx.command("application.remove_secret") as cmd:
        application, now = await _begin(ctx, cmd, application_id), ctx.runtime.machine_clock.now()
        known, wanted = {one.id: one for one in application.secrets}, several(secret_ids)
        for secret_id in wanted:
            if secret_id not in known:
                raise _unknown_secret(secret_id)
        held = [known[secret_id] for secret_id in wanted if known[secret_id].removed_at is None]
        gone = tuple(changed(one, removed_at=now) for one in held)
        for before, after in zip(held, gone, strict=True):
            await store.remove_secret(cmd.db, after)
            await store.revoke(cmd.db, after.tenant_id, after.id, now=now)
            cmd.record(before, after)
        if not gone:
            cmd.unchanged()
        return gone


async def _begin(ctx: Context, cmd: Command, application_id: UUID) -> Application:
    """The application of a change the caller may make, as nobody else changes it meanwhile."""
    await store.lock(cmd.db, ctx.caller.tenant_id)
    cmd.require(Action.APPLICATION_CHANGE, await store.facts(cmd.db, ctx, Application, application_id))
    found = await store.entry(cmd.db, ctx.caller.tenant_id, Application, application_id)
    return _existing(found, application_id)


def _value(ctx: Context, secret_id: UUID) -> str:
    """Derived from the deployment's secret, so that a repeated request answers it again and no row holds it."""
    return rules.secret_of(ctx.runtime.drawn.of("secret of an application", ctx.caller.tenant_id, secret_id))


def _unknown_secret(secret_id: UUID) -> rules.UnknownSecret:
    return rules.UnknownSecret("The application has no such secret.", str(secret_id))


def _existing(found: Application | None, application_id: UUID) -> Application:
    if found is None:
        raise rules.UnknownApplication("There is no such application in your tenant.", str(application_id))
    return found
