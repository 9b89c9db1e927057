"""`copartner announcements`: a client of a running deployment's API."""

import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Console
from rich.table import Column, Table

from copartner.cli.client import DEFAULT_URL, Refused, TokenFile, Url, show_json, telling, text_of

_PATH = "/programme/v1/announcements"


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
    url: Url = DEFAULT_URL,
    token_file: TokenFile = None,
) -> None:
    """List announcements; drafts too for whoever writes them, unless a month is asked for."""
    # An id that is cut short is of no use to the other commands; in a narrow terminal the title gives way.
    table = Table(*(Column(name, no_wrap=True) for name in ("id", "state", "status", "from")), "title")
    table.columns[0].min_width = 36
    address: str | None = f"{_PATH}?month={quote(month)}" if month else _PATH
    with telling(url, token_file) as deployment:
        while address:
            page = deployment.ask("GET", address)
            for one in page["items"]:
                table.add_row(one["id"], one["state"], one["status"], one["beginsOn"], _title(one))
            address = page.get("next")
    Console().print(table)


def _show(announcement: str, url: Url = DEFAULT_URL, token_file: TokenFile = None) -> None:
    """Print one announcement as JSON."""
    with telling(url, token_file) as deployment:
        show_json(deployment.ask("GET", _one(announcement)))


def _draft(
    file: Annotated[Path, typer.Argument(help="JSON as docs/announcements.md describes it.")],
    url: Url = DEFAULT_URL,
    token_file: TokenFile = None,
) -> None:
    """Begin an announcement that nobody else sees, and print it."""
    with telling(url, token_file) as deployment:
        try:
            content = json.loads(text_of(file))
        except ValueError as error:
            raise Refused(f"{file} is no JSON: {error}") from None
        show_json(deployment.ask("POST", _PATH, content))


def _publish(announcement: str, url: Url = DEFAULT_URL, token_file: TokenFile = None) -> None:
    """Publish a draft and tell those concerned."""
    with telling(url, token_file) as deployment:
        made = deployment.ask("POST", f"{_one(announcement)}/publish")
    typer.echo(f"published: {made['page']}")


def _one(announcement: str) -> str:
    return f"{_PATH}/{quote(announcement, safe='')}"


def _title(one: dict[str, Any]) -> str:
    texts: dict[str, dict[str, str]] = one["texts"]
    return next((text["title"] for text in texts.values() if text["title"]), "")
