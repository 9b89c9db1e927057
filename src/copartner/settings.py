"""Settings of a deployment: environment variables `COPARTNER_*`, typed; a wrong name or value stops the start."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import msgspec

from copartner.command.sweeping import DECISION_LIFE
from copartner.kernel.forwarded import Network, networks
from copartner.kernel.given import about as _about
from copartner.kernel.given import choice as _choice
from copartner.kernel.given import count as _count
from copartner.kernel.given import flag as _flag
from copartner.kernel.given import names as _names
from copartner.kernel.given import text as _text
from copartner.mail.rules import is_address
from copartner.mail.smtp import Server, server_of
from copartner.policy.facts import Cloud
from copartner.signin.provider.settings import ProviderSettings

PREFIX = "COPARTNER_"
# Read by the commands that are clients of a running deployment; no setting of one.
OF_CLIENTS = frozenset({"COPARTNER_URL", "COPARTNER_TOKEN"})
# Source: the resources that clients of the contract ask tokens for (contract, "Sign-in"; authentication pages, 2023).
CLIENT_AUDIENCES = (
    "https://api.partnercenter.microsoft.com",
    "https://graph.windows.net",
    "https://graph.microsoft.com",
)


class SettingsError(Exception):
    """The settings cannot be used; the message lists every fault and what to do."""


def _database(value: str) -> str:
    if not re.match(r"^postgres(ql)?://", value):
        raise ValueError("give a PostgreSQL URL, such as postgresql://copartner_login:secret@db/copartner")
    return value


def _proxies(value: str) -> tuple[Network, ...]:
    try:
        return networks(value)
    except ValueError as error:
        raise ValueError("give addresses or networks by commas, such as 10.0.0.7, 192.168.4.0/24") from error


def _url(value: str) -> str:
    if not re.match(r"^https?://[^/]+$", value.rstrip("/")):
        raise ValueError("give a root URL, such as https://partners.example")
    return value.rstrip("/")


def _address(value: str) -> str:
    if not is_address(value):
        raise ValueError("give one address, such as programme@partners.example")
    return value


def _cloud(value: str) -> Cloud:
    return Cloud(_choice(*Cloud)(value))


@dataclass(frozen=True, slots=True)
class Settings(ProviderSettings):
    """Everything an operator sets. Sources: environment, else the default."""

    database_url: str | None = field(
        default=None, metadata=_about(_database, "Database as the login role, for serve and worker.")
    )
    database_admin_url: str | None = field(
        default=None, metadata=_about(_database, "Database as the owner, for migrate alone.")
    )
    cloud: Cloud = field(default=Cloud.COMMERCIAL, metadata=_about(_cloud, "The cloud served."))
    public_url: str = field(
        default="http://127.0.0.1:8080", metadata=_about(_url, "Root address that clients use; issuer of tokens.")
    )
    audiences: tuple[str, ...] = field(
        default=CLIENT_AUDIENCES,
        metadata=_about(_names, "Names, beside the root address, that clients may ask tokens for; by commas."),
    )
    host: str = field(default="127.0.0.1", metadata=_about(_text, "Address to listen on."))
    port: int = field(default=8080, metadata=_about(_count(1, 65535), "Port to listen on."))
    tls_certificate: Path | None = field(
        default=None, metadata=_about(Path, "File of the certificate, with its chain, to serve https by itself.")
    )
    tls_key: Path | None = field(default=None, metadata=_about(Path, "File of the certificate's private key."))
    trusted_proxies: tuple[Network, ...] = field(
        default=(),
        metadata=_about(_proxies, "Addresses or networks whose X-Forwarded-For, -Proto and -Host count; by commas."),
    )
    processes: int = field(default=1, metadata=_about(_count(1, 64), "Server processes."))
    pool_size: int = field(default=12, metadata=_about(_count(1, 100), "Most database connections of one process."))
    key_file: Path | None = field(default=None, metadata=_about(Path, "File of the key that encrypts stored secrets."))
    smtp_url: Server | None = field(
        default=None,
        metadata=_about(
            server_of,
            "Server that letters go by, smtp://host:587 or smtps://user:password@host:465; without it they wait.",
            secret=True,
        ),
    )
    mail_from: str | None = field(default=None, metadata=_about(_address, "Address that letters come from."))
    decision_days: int = field(
        default=DECISION_LIFE.days,
        metadata=_about(_count(1, 3650), "Days for which decisions are kept, so that rules can be tried on them."),
    )
    private_events: bool = field(
        default=False,
        metadata=_about(
            _flag, "Let tenants have events sent to private and loopback addresses, and by http; for trying out."
        ),
    )
    log_level: str = field(
        default="info", metadata=_about(_choice("debug", "info", "warning", "error"), "Least level that is logged.")
    )
    rate_limit: int = field(
        default=500,
        metadata=_about(
            _count(0, 1_000_000),
            "Requests a minute of one tenant for customers, for orders and for subscriptions, each counted in each "
            "process; 0 for no limit.",
        ),
    )
    bom: bool = field(
        default=False, metadata=_about(_flag, "Begin answers with a byte order mark, for clients that cut one off.")
    )


def read(environment: Mapping[str, str]) -> Settings:
    """The settings in an environment; raises SettingsError with all faults at once."""
    known = {PREFIX + each.name.upper(): each for each in fields(Settings)}
    given = {name: value for name, value in environment.items() if name.startswith(PREFIX) and name not in OF_CLIENTS}
    faults = [
        f"{name} is no setting; `copartner settings` lists them all" for name in sorted(given.keys() - known.keys())
    ]
    values = {}
    for name, value in sorted(given.items()):
        if name in known:
            try:
                values[known[name].name] = known[name].metadata["parse"](value)
            except ValueError as error:
                faults.append(f"{name}: {error}")
    if faults:
        raise SettingsError("; ".join(faults))
    if ("tls_certificate" in values) != ("tls_key" in values):
        raise SettingsError("COPARTNER_TLS_CERTIFICATE and COPARTNER_TLS_KEY go together; set both or neither")
    if ("smtp_url" in values) != ("mail_from" in values):
        raise SettingsError("COPARTNER_SMTP_URL and COPARTNER_MAIL_FROM go together; set both or neither")
    settings = Settings(**values)
    if faults := settings.provider_faults():
        raise SettingsError("; ".join(faults))
    return settings


def described(environment: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Name, value, origin and meaning of every setting; secrets and passwords in URLs are hidden."""
    settings = read(environment)
    rows = []
    # The identity provider's, which come first for being inherited, are shown last.
    for each in sorted(fields(Settings), key=lambda one: one.name.startswith("oidc_")):
        name, value = PREFIX + each.name.upper(), getattr(settings, each.name)
        value = ", ".join(map(str, value)) if isinstance(value, tuple) else value
        value = msgspec.json.encode(value).decode() if isinstance(value, Mapping) else value
        value = "***" if value is not None and each.metadata["secret"] else value
        shown = "" if value is None else re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", str(value))
        rows.append((name, shown, "environment" if name in environment else "default", each.metadata["meaning"]))
    return rows
