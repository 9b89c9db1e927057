"""`copartner rules`: versions of the rules of a running deployment, by its HTTP API."""

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from copartner.cli import rule_versions_shown as shown
from copartner.cli.client import DEFAULT_URL, AsJson, Deployment, Refused, TokenFile, Url, show_json, telling, text_of

ROOT = "/programme/v1/rule-versions"
_LOOK_EVERY = 0.5  # seconds
_WAIT_AT_MOST = 600.0  # seconds

Number = Annotated[int, typer.Argument(min=1, help="The number of the version.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait for the check; exit code 1 unless every promise holds.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to `copartner rules`."""
    app.command("propose")(_propose)
    app.command("versions")(_versions)
    app.command("version")(_version)
    app.command("check")(_check)
    app.command("approve")(_approve)
    app.command("announce")(_announce)
    app.command("withdraw")(_withdraw)
    app.command("take-back")(_take_back)


def _propose(
    *,
    file: Annotated[Path | None, typer.Argument(help="Rules in Cedar; - is standard input.")] = None,
    begins: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day on which they count, in UTC.")
    ],
    title: Annotated[str, typer.Option(help="A line that names the version.")],
    reason: Annotated[str, typer.Option(help="Why it is wanted.")],
    end: Annotated[list[str] | None, typer.Option("--end", help="Id of a rule that ends; several times.")] = None,
    wait: Wait = False,
    url: Url = DEFAULT_URL,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Propose rules that come, are stated anew and end from a day on; they are checked at once."""
    with telling(url, token_file) as deployment:
        body = {
            "title": title,
            "reason": reason,
            "text": text_of(file) if file is not None else "",
            "ends": end or [],
            "begins": f"{begins:%Y-%m-%d}",
        }
        _checked(deployment, deployment.ask("POST", ROOT, body), wait=wait, as_json=as_json)


def _versions(url: Url = DEFAULT_URL, token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """List every version of the rules."""
    with telling(url, token_file) as deployment:
        address, found = ROOT, list[Any]()
        while address:
            page = deployment.ask("GET", address)
            found += page["items"]
            address = page.get("next", "")
        if as_json:
            show_json(found)
        else:
            Console().print(shown.table(found))


def _version(number: Number, url: Url = DEFAULT_URL, token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """Show a version: what it changes, and what its check found."""
    with telling(url, token_file) as deployment:
        _show(_found(deployment, number), as_json)


def _check(
    number: Number, wait: Wait = False, url: Url = DEFAULT_URL, token_file: TokenFile = None, as_json: AsJson = False
) -> None:
    """Have a version checked, again if it was: after another was approved, or when the proof was undecided."""
    with telling(url, token_file) as deployment:
        _checked(deployment, _act(deployment, number, "check"), wait=wait, as_json=as_json)


def _approve(number: Number, url: Url = DEFAULT_URL, token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """Approve what another operator proposed; it counts from its first day on."""
    with telling(url, token_file) as deployment:
        _show(_act(deployment, number, "approve"), as_json)


def _announce(
    number: Number,
    contact: Annotated[str, typer.Option(help="Where readers ask: an address of mail or of a page.")],
    url: Url = DEFAULT_URL,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Begin the announcement of a version, made of what it changes; nobody else sees it before it is published."""
    with telling(url, token_file) as deployment:
        made = _act(deployment, number, "announcement", {"contact": contact})
        if as_json:
            show_json(made)
            return
        for text in made["texts"].values():
            typer.echo(f"{text['title']}\n\n{text['changes']}\n")
        typer.echo(f"copartner announcements publish {made['id']}")


def _withdraw(number: Number, url: Url = DEFAULT_URL, token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """Give up a version that was not approved."""
    with telling(url, token_file) as deployment:
        _show(_act(deployment, number, "withdraw"), as_json)


def _take_back(
    number: Number,
    reason: Annotated[str, typer.Option(help="Why it is taken back.")],
    url: Url = DEFAULT_URL,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Take an approved version back: it counts no more from today on."""
    with telling(url, token_file) as deployment:
        _show(_act(deployment, number, "take-back", {"reason": reason}), as_json)


def _found(deployment: Deployment, number: int) -> Any:
    listed = deployment.ask("GET", ROOT, number=number)["items"]
    if not listed:
        raise Refused(f"there is no version {number}; `copartner rules versions` lists them all")
    return deployment.ask("GET", f"{ROOT}/{listed[0]['id']}")


def _act(deployment: Deployment, number: int, what: str, body: Any = None) -> Any:
    return deployment.ask("POST", f"{ROOT}/{_found(deployment, number)['id']}/{what}", body)


def _checked(deployment: Deployment, version: Any, *, wait: bool, as_json: bool) -> None:
    """Show a version whose check is to come, or with `wait` its result."""
    deadline = time.monotonic() + _WAIT_AT_MOST
    while wait and version["checkWantedAt"] is not None:
        if time.monotonic() > deadline:
            raise Refused(f"version {version['number']} was not checked yet; does a worker run?")
        time.sleep(_LOOK_EVERY)
        version = deployment.ask("GET", f"{ROOT}/{version['id']}")
    _show(version, as_json)
    if wait and version["state"] != "checked":
        raise typer.Exit(1)


def _show(version: Any, as_json: bool) -> None:
    if as_json:
        show_json(version)
    else:
        shown.show(Console(), version)
