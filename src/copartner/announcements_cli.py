"""`copartner announcements`: a client of a running deployment's API."""

import json
import os
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import httpx
import typer
from rich.console import Console
from rich.table import Table

_PATH = "/programme/v1/announcements"
_PATIENCE = 30.0  # seconds
Url = Annotated[str, typer.Option("--url", envvar="COPARTNER_URL", help="The deployment.")]
TokenFile = Annotated[
    Path | None, typer.Option("--token-file", help="File of the access token; else COPARTNER_TOKEN has it.")
]
_HERE = "http://127.0.0.1:8080"


class NotAnswered(OSError):
    """The deployment did not do what was asked; the message says why."""


def commands() -> typer.Typer:
    """The commands below `announcements`."""
    made = typer.Typer(no_args_is_help=True, help="What is announced: read, begin and publish it.")
    made.command("list")(_list)
    made.command("show")(_show)
    made.command("draft")(_draft)
    made.command("publish")(_publish)
    return made


def _list(
    month: Annotated[str | None, typer.Option(help="Of publication, such as 2026-11.")] = None,
    url: Url = _HERE,
    token_file: TokenFile = None,
) -> None:
    """List announcements; drafts too for whoever writes them, unless a month is asked for."""
    table = Table("id", "state", "status", "from", "audience", "title")
    address: str | None = f"{_PATH}?month={quote(month)}" if month else _PATH
    while address:
        page = _asked("GET", address, url, token_file)
        for one in page["items"]:
            whom = ", ".join(one["audience"])
            table.add_row(one["id"], one["state"], one["status"], one["beginsOn"], whom, _title(one))
        address = page.get("next")
    Console().print(table)


def _show(announcement: str, url: Url = _HERE, token_file: TokenFile = None) -> None:
    """Print one announcement as JSON."""
    _print(_asked("GET", _one(announcement), url, token_file))


def _draft(
    file: Annotated[Path, typer.Argument(help="JSON as docs/announcements.md describes it.")],
    url: Url = _HERE,
    token_file: TokenFile = None,
) -> None:
    """Begin an announcement that nobody else sees, and print it."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise NotAnswered(f"{file} is no JSON: {error}") from None
    _print(_asked("POST", _PATH, url, token_file, content))


def _publish(announcement: str, url: Url = _HERE, token_file: TokenFile = None) -> None:
    """Publish a draft and tell those concerned."""
    made = _asked("POST", f"{_one(announcement)}/publish", url, token_file)
    typer.echo(f"published: {made['page']}")


def _one(announcement: str) -> str:
    return f"{_PATH}/{quote(announcement, safe='')}"


def _title(one: dict[str, Any]) -> str:
    texts: dict[str, dict[str, str]] = one["texts"]
    return next((text["title"] for text in texts.values() if text["title"]), "")


def _print(found: Any) -> None:
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


def _asked(method: str, path: str, url: str, token_file: Path | None, body: Any = None) -> Any:
    """The answer to a request; raises NotAnswered."""
    token = token_file.read_text(encoding="utf-8").strip() if token_file else os.environ.get("COPARTNER_TOKEN", "")
    if not token:
        raise NotAnswered("there is no access token; give --token-file or set COPARTNER_TOKEN")
    try:
        answer = httpx.request(
            method,
            url.rstrip("/") + path,
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=_PATIENCE,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotAnswered(f"{url} does not answer: {error}") from None
    try:
        said = answer.json()
    except ValueError:
        raise NotAnswered(f"{url} answers {answer.status_code} without JSON; is it copartner?") from None
    if not answer.is_success:
        raise NotAnswered(f"{answer.status_code}: {said.get('description', answer.text)}")
    return said
