"""The command `copartner`: production's own commands, and those that other packages add by the entry point group."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import httpx
import typer
from rich.console import Console
from rich.table import Table

from copartner import serve as production
from copartner import settings as settings_of
from copartner import worker as background
from copartner.cli import announcements, explain, rule_versions, rules_reading, rules_trying
from copartner.delegation import receipt_check
from copartner.kernel import logging
from copartner.kernel.clock import SystemClock
from copartner.kernel.database import Pool
from copartner.kernel.login_store import UnsafeLogin
from copartner.kernel.secrets import KeyFile, KeyFileError
from copartner.mail.smtp import Smtp
from copartner.migrations.runner import MigrationError, migrate
from copartner.signin.keys import SigningKey, SigningKeys
from copartner.signin.provider import service as identity
from copartner.signin.provider.discovery import Directory
from copartner.signin.provider.errors import ProviderUnavailable
from copartner.signin.provider.fetch import Web
from copartner.webhooks.courier import Courier

COMMANDS = "copartner.commands"
_EXPECTED = (settings_of.SettingsError, KeyFileError, MigrationError, UnsafeLogin, ProviderUnavailable, OSError)


def build() -> typer.Typer:
    """The command line with every registered command; each entry point is called with it."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

    @app.callback()
    def root() -> None:
        """A cloud's partner programme in which one customer works with several partners at once."""

    app.command("serve")(_serve)
    app.command("worker")(_worker)
    app.command("migrate")(_migrate)
    app.command("settings")(_settings)
    app.command("key")(_key)
    app.command("rotate-key")(_rotate_key)
    app.command("provider")(_provider)
    app.command("explain")(explain.explain)
    receipt = typer.Typer(no_args_is_help=True, help="Consent receipts: check one, or give out the keys for it.")
    receipt.command("verify")(_verify_receipt)
    receipt.command("keys")(_receipt_keys)
    app.add_typer(receipt, name="receipt")
    rules = typer.Typer(no_args_is_help=True, help="Read, try and change the rules; see docs/rules.md.")
    rules_reading.register(rules)
    rules_trying.register(rules)
    rule_versions.register(rules)
    app.add_typer(rules, name="rules")
    app.add_typer(announcements.commands(), name="announcements")
    for entry in entry_points(group=COMMANDS):
        entry.load()(app)
    return app


def main() -> None:
    """Runs the command line; a fault that was foreseen is one line and exit code 1."""
    try:
        build()()
    except _EXPECTED as error:
        typer.echo(f"copartner: {error}", err=True)
        raise SystemExit(1) from None


def _serve() -> None:
    """Serve the programme on your own database."""
    production.run(settings_of.read(os.environ))


def _worker() -> None:
    """Do what goes on without a request, until stopped."""
    settings = settings_of.read(os.environ)
    if settings.database_url is None:
        raise settings_of.SettingsError("COPARTNER_DATABASE_URL is not set")
    logging.configure(settings.log_level)
    way = Smtp(settings.smtp_url, settings.mail_from) if settings.smtp_url and settings.mail_from else None
    life = timedelta(days=settings.decision_days)
    drawn = production.drawn(KeyFile.open(settings.key_file)) if settings.key_file else None
    post = background.Post(way, Courier(private=settings.private_events), drawn)
    asyncio.run(
        background.work(
            settings.database_url, settings.cloud, settings.public_url, SystemClock(), post, decision_life=life
        )
    )


def _migrate() -> None:
    """Bring the database to this release, as its owner, and admit the login role."""
    settings = settings_of.read(os.environ)
    if settings.database_admin_url is None or settings.database_url is None:
        raise settings_of.SettingsError(
            "set COPARTNER_DATABASE_ADMIN_URL (the owner) and COPARTNER_DATABASE_URL (the login role to admit)"
        )
    login = urlsplit(settings.database_url).username
    if not login:
        raise settings_of.SettingsError("COPARTNER_DATABASE_URL names no user; the login role has to be named")
    outcome = asyncio.run(
        migrate(settings.database_admin_url, login_role=login, release=production.release(), now=SystemClock().now())
    )
    for name in outcome.applied:
        typer.echo(f"applied {name}")
    typer.echo(f"{len(outcome.functions_made)} functions made, {len(outcome.functions_dropped)} dropped")


def _settings() -> None:
    """Show every setting, its value and where that comes from."""
    table = Table("setting", "value", "from", "meaning")
    for row in settings_of.described(os.environ):
        table.add_row(*row)
    Console().print(table)


def _key(path: Annotated[Path, typer.Argument(help="The file to make; never overwritten.")]) -> None:
    """Make a key file for stored secrets."""
    KeyFile.create(path)
    typer.echo(f"{path} made; keep it: without it stored signing keys cannot be read")


def _rotate_key(
    at_once: Annotated[
        bool, typer.Option("--at-once", help="Withdraw the keys before it, and every token they signed.")
    ] = False,
) -> None:
    """Make a new key to sign tokens: published now, signing in ten minutes, while older tokens hold."""
    made = asyncio.run(_rotated(settings_of.read(os.environ), at_once))
    typer.echo(f"key {made.kid} signs from {made.signs_from:%Y-%m-%d %H:%M:%S} UTC")


def _provider() -> None:
    """Ask the identity provider of the settings, and say what has to be registered there."""
    settings = settings_of.read(os.environ)
    trust = production.trusted(settings)
    if trust is None:
        raise settings_of.SettingsError("COPARTNER_OIDC_ISSUER is not set")
    published = asyncio.run(Directory(trust.issuer, Web(trust.issuer), SystemClock()).published())
    typer.echo(f"{trust.issuer} answers; its keys are {', '.join(sorted(published.keys))}")
    typer.echo(f"people are sent to {published.authorization_endpoint}")
    typer.echo(f"register there for {trust.client_id}: {settings.public_url}{identity.PATH}")
    taken = ", ".join(trust.audiences) or "none; COPARTNER_OIDC_AUDIENCES is empty"
    typer.echo(f"audiences of its access tokens that are taken: {taken}")


def _verify_receipt(
    file: Annotated[Path, typer.Argument(help="The receipt, as the service answers it or its signature alone.")],
    keys: Annotated[
        str | None, typer.Option(help="The keys of the service that made it: a JWKS file, or its address.")
    ] = None,
) -> None:
    """Say what a consent receipt says and whether it is genuine; 0 yes, 1 no, 2 it cannot be told."""
    try:
        text = file.read_bytes()
        known = receipt_check.keys_of(_fetched(keys)) if keys else {}
    except (OSError, httpx.HTTPError, receipt_check.NoKeys) as error:
        typer.echo(f"copartner: {error}", err=True)
        raise typer.Exit(receipt_check.Verdict.UNDECIDED) from None
    found = receipt_check.check(text, known)
    typer.echo(found.why)
    if found.receipt is not None:
        typer.echo("\n".join(receipt_check.described(found.receipt)))
    if found.verdict:
        raise typer.Exit(found.verdict)


def _receipt_keys() -> None:
    """Print the keys that verify this deployment's receipts, old ones too, for whoever is not to ask its address."""
    typer.echo(json.dumps(asyncio.run(_lasting(settings_of.read(os.environ))), indent=2))


def _fetched(keys: str) -> bytes:
    if not keys.startswith(("https://", "http://")):
        return Path(keys).read_bytes()
    return httpx.get(keys, timeout=10).raise_for_status().content


async def _rotated(settings: settings_of.Settings, at_once: bool) -> SigningKey:
    async with _keys_of(settings) as keys:
        return await keys.rotate(at_once=at_once)


async def _lasting(settings: settings_of.Settings) -> dict[str, list[dict[str, str]]]:
    async with _keys_of(settings) as keys:
        return keys.lasting()


@asynccontextmanager
async def _keys_of(settings: settings_of.Settings) -> AsyncIterator[SigningKeys]:
    database_url, key_file = production.required(settings)
    pool = Pool(database_url, 1)
    try:
        yield await SigningKeys.open(pool, key_file, SystemClock())
    finally:
        await pool.close()
