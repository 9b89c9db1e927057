"""Makes a database cluster: files, roles and the empty database, all or nothing."""

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from copartner_emulator.binaries import Binaries
from copartner_emulator.runas import RunAs

SUPERUSER = "copartner_bootstrap"
OWNER = "copartner_owner"
LOGIN = "copartner_login"
DATABASE = "copartner"


class BrokenCluster(Exception):
    """The data directory cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class Passwords:
    """One password a role."""

    superuser: str
    owner: str
    login: str


def passwords(file: Path, *, fresh: bool) -> Passwords:
    """Reads the passwords from their 0600 file; makes it for a fresh cluster."""
    if file.exists():
        return Passwords(**json.loads(file.read_text()))
    if not fresh:
        raise BrokenCluster(f"{file} is missing: without it nobody can sign in to the database beside it.")
    made = Passwords(*(secrets.token_urlsafe(24) for _ in range(3)))
    staging = file.with_suffix(".new")
    staging.unlink(missing_ok=True)
    with os.fdopen(os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        json.dump({"superuser": made.superuser, "owner": made.owner, "login": made.login}, stream)
        stream.flush()
        os.fsync(stream.fileno())
    staging.rename(file)
    return made


def environment(binaries: Binaries) -> dict[str, str]:
    """What PostgreSQL's programs see: nothing of the caller's locale, time zone or PG* variables."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "LD_LIBRARY_PATH": str(binaries.libraries)}


def access_to(database: str) -> list[str]:
    """Statements that let only owner and login connect to a database."""
    return [
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {database} TO {LOGIN}",
    ]


def make(cluster: Path, binaries: Binaries, runas: RunAs, known: Passwords, *, durable: bool) -> None:
    """Makes the cluster in a directory beside its final place and renames it, so that no half of one is ever seen."""
    staging = cluster.with_name(cluster.name + ".making")
    if staging.exists():
        shutil.rmtree(staging)
    staging.mkdir(mode=0o700)
    runas.own(staging)
    secret = staging.with_suffix(".password")
    secret.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(known.superuser)
        runas.own(secret)
        _initdb(staging, secret, binaries, runas, durable=durable)
        _bootstrap(staging, binaries, runas, known, durable=durable)
    finally:
        secret.unlink(missing_ok=True)
    staging.rename(cluster)
    handle = os.open(cluster.parent, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def _initdb(staging: Path, secret: Path, binaries: Binaries, runas: RunAs, *, durable: bool) -> None:
    if binaries.major >= 17:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    else:
        locale = ["--locale=C.UTF-8"]
    command = [str(binaries.directory / "initdb"), "--pgdata", str(staging), "--username", SUPERUSER]
    command += ["--pwfile", str(secret), "--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions", *locale]
    if not durable:
        command.append("--no-sync")
    done = runas.run(command, env=environment(binaries))
    if done.returncode != 0:
        raise BrokenCluster(f"initdb failed: {(done.stderr or done.stdout).strip()}")


def _bootstrap(staging: Path, binaries: Binaries, runas: RunAs, known: Passwords, *, durable: bool) -> None:
    """Makes roles and database by PostgreSQL's single-user mode, so that no server ever runs without them."""
    statements = [
        f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOCREATEDB CREATEROLE NOBYPASSRLS PASSWORD '{known.owner}'",
        f"CREATE ROLE {LOGIN} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS PASSWORD '{known.login}'",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
        *access_to(DATABASE),
        *access_to("postgres"),
        f"REVOKE CONNECT ON DATABASE postgres FROM {LOGIN}",
    ]
    command = [str(binaries.directory / "postgres"), "--single", "-D", str(staging), "-c", "exit_on_error=on"]
    command += ["-c", f"fsync={'on' if durable else 'off'}", "-c", "log_statement=none", "postgres"]
    done = runas.run(command, env=environment(binaries), given="\n".join(statements) + "\n")
    if done.returncode != 0:
        raise BrokenCluster(f"PostgreSQL could not make the roles: {done.stderr.strip()}")
