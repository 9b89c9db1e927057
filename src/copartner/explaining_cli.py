"""`copartner explain`: why something was denied, by the API of a running deployment, in the reader's language."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx
import typer

from copartner.kernel.languages import Language, catalogue, preferred

_PATIENCE = 60.0  # seconds
_DEFAULT_URL = "http://127.0.0.1:8080"


class NotExplained(Exception):
    """The deployment has no such decision for whoever asks, or cannot be asked; the message says why."""


def explain(
    decision: Annotated[UUID, typer.Argument(help="The number of a decision, as the denial told it.")],
    url: Annotated[str, typer.Option(envvar="COPARTNER_URL", help="Root address of the deployment.")] = _DEFAULT_URL,
    token_file: Annotated[
        Path | None, typer.Option(help="File with an access token, else COPARTNER_TOKEN is taken.")
    ] = None,
    language: Annotated[
        Language | None, typer.Option(help="What it is told in; without it, what LC_ALL or LANG says, else English.")
    ] = None,
    side: Annotated[
        str | None, typer.Option(help="partner, customer or operator, for a tenant that is more than one of them.")
    ] = None,
) -> None:
    """Say why something was denied: the rule, what it judged, what did not hold, and what can be done next."""
    spoken = language or _of_terminal(os.environ)
    try:
        found = _asked(url, decision, _token(token_file, os.environ), spoken, side)
    except NotExplained as error:
        typer.echo(f"copartner: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo("\n".join(told(found, spoken)))


def told(decision: Mapping[str, Any], language: Language) -> Iterator[str]:
    """A decision as the API answers it, line by line."""

    def say(text: str, /, **values: object) -> str:
        translated = {} if language is Language.ENGLISH else catalogue("copartner", "explaining", language)
        return translated.get(("", text), text).format(**values)

    at, times = str(decision["at"])[:16].replace("T", " "), decision["times"]
    yield say("{action} was denied at {at} UTC", action=decision["action"], at=at) + (
        "" if times == 1 else say(", {times} times within the hour", times=times)
    )
    if decision["actorName"]:
        yield say("Asked for by: {name}", name=decision["actorName"])
    yield ""
    yield decision["summary"]
    for rule in decision["rules"]:
        yield ""
        yield say("Rule {id}: {text}", id=rule["id"], text=rule["text"])
        yield from _listed(say("Judged:"), [f"{fact['words']}: {fact['value']}" for fact in rule["facts"]])
        yield from _listed(say("Would have to hold:"), rule["missing"])
        yield f"  {say('Needed:')} {rule['needs']}"
        yield f"  {say('Source:')} {rule['source']}"
    if decision["steps"]:
        yield ""
        yield from _listed(say("What can be done:"), decision["steps"], "")


def _listed(title: str, items: list[str], indent: str = "  ") -> Iterator[str]:
    if items:
        yield indent + title
        yield from (f"{indent}- {item}" for item in items)


def _asked(url: str, decision: UUID, token: str, language: Language, side: str | None) -> Mapping[str, Any]:
    address = f"{url.rstrip('/')}/programme/v1/decisions/{decision}"
    headers = {"authorization": f"Bearer {token}", "x-locale": language}
    try:
        answer = httpx.get(address, params={"side": side} if side else {}, headers=headers, timeout=_PATIENCE)
        body = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise NotExplained(f"{url} cannot be asked: {error}; name the deployment with --url") from error
    if not answer.is_success:
        description = body.get("description") if isinstance(body, dict) else None
        raise NotExplained(description or f"{url} answered {answer.status_code}")
    found: Mapping[str, Any] = body
    return found


def _token(file: Path | None, environment: Mapping[str, str]) -> str:
    try:
        token = (file.read_text() if file is not None else environment.get("COPARTNER_TOKEN", "")).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NotExplained(f"{file} cannot be read: {error}") from error
    if not token or not token.isascii():
        raise NotExplained("no access token: put one into COPARTNER_TOKEN, or its file's name behind --token-file")
    return token


def _of_terminal(environment: Mapping[str, str]) -> Language:
    """The language of a terminal, whose variables say de_DE.UTF-8."""
    named = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return preferred(named.partition(".")[0].replace("_", "-")) or Language.ENGLISH
