"""What the commands that act have to do with a running deployment: they are clients of its HTTP API."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from copartner.kernel.languages import Language

_PATIENCE = 60.0  # seconds
_NOBODY = (
    "no access token: put one into COPARTNER_TOKEN, or its file's name behind --token-file; docs/rules.md says how to "
    "get one"
)

Url = Annotated[str, typer.Option("--url", envvar="COPARTNER_URL", help="Root address of the deployment.")]
TokenFile = Annotated[
    Path | None, typer.Option("--token-file", help="File with an access token, else COPARTNER_TOKEN is taken.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as it came, as JSON.")]
DEFAULT_URL = "http://127.0.0.1:8080"


class Refused(Exception):
    """The deployment did not do it, or cannot be asked; the message says why."""


class Deployment:
    """A running deployment, and who asks it; it answers in `language` where that is given."""

    def __init__(
        self, url: str, token_file: Path | None, environment: Mapping[str, str], language: Language | None = None
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = {"authorization": f"Bearer {_token(token_file, environment)}"}
        if language is not None:
            self._headers["x-locale"] = language

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The body of the answer; raises Refused."""
        wanted = {name: value for name, value in query.items() if value is not None}
        with self._reached():
            answer = httpx.request(
                method, f"{self._url}{path}", json=body, params=wanted or None, headers=self._headers, timeout=_PATIENCE
            )
        if not answer.is_success:
            raise Refused(_said(answer))
        try:
            return answer.json() if answer.content else None
        except ValueError as error:
            raise Refused(f"{self._url} answers without JSON; is it copartner?") from error

    def lines(self, path: str, body: Any, kind: str) -> Iterator[str]:
        """The lines of the answer to a POST as they come, `kind` being their media type; raises Refused."""
        headers = {**self._headers, "accept": kind}
        with (
            self._reached(),
            httpx.stream("POST", f"{self._url}{path}", json=body, headers=headers, timeout=2 * _PATIENCE) as answer,
        ):
            if not answer.is_success:
                answer.read()
                raise Refused(_said(answer))
            yield from answer.iter_lines()

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Refused(f"{self._url} cannot be asked: {error}; name the deployment with --url") from error


@contextmanager
def telling(url: str, token_file: Path | None, language: Language | None = None) -> Iterator[Deployment]:
    """The deployment for the block; what it refuses is one line and exit code 1."""
    try:
        yield Deployment(url, token_file, os.environ, language)
    except Refused as refused:
        typer.echo(f"copartner: {refused}", err=True)
        raise typer.Exit(1) from None


def show_json(value: Any) -> None:
    """Print a value as JSON that a person can read."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def text_of(file: Path) -> str:
    """What a file says, or standard input for -; raises Refused."""
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file} cannot be read: {error}") from error


def _token(file: Path | None, environment: Mapping[str, str]) -> str:
    token = text_of(file).strip() if file is not None else environment.get("COPARTNER_TOKEN", "").strip()
    if not token or not token.isascii():
        raise Refused(_NOBODY)
    return token


def _said(answer: httpx.Response) -> str:
    """What the deployment said; anything else than its own errors is told by the status."""
    try:
        said = answer.json()
        text = f"{said['description']}"
    except (ValueError, KeyError, TypeError):
        return f"the deployment answered {answer.status_code}"
    decision = answer.headers.get("copartner-decision-id")
    return f"{text} (decision {decision})" if decision else text
