"""`copartner explain`: why something was denied, by the API of a running deployment, in the reader's language."""

import os
from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from uuid import UUID

import typer

from copartner.cli.client import DEFAULT_URL, TokenFile, Url, telling
from copartner.kernel.languages import Language, catalogue, preferred


def explain(
    decision: Annotated[UUID, typer.Argument(help="The number of a decision, as the denial told it.")],
    url: Url = DEFAULT_URL,
    token_file: TokenFile = None,
    language: Annotated[
        Language | None, typer.Option(help="What it is told in; without it, what LC_ALL or LANG says, else English.")
    ] = None,
    side: Annotated[
        str | None, typer.Option(help="partner, customer or operator, for a tenant that is more than one of them.")
    ] = None,
) -> None:
    """Say why something was denied: the rule, what it judged, what did not hold, and what can be done next."""
    spoken = language or _of_terminal(os.environ)
    with telling(url, token_file, spoken) as deployment:
        found = deployment.ask("GET", f"/programme/v1/decisions/{decision}", side=side)
    typer.echo("\n".join(told(found, spoken)))


def told(decision: Mapping[str, Any], language: Language) -> Iterator[str]:
    """A decision as the API answers it, line by line."""

    def say(text: str, /, **values: object) -> str:
        translated = {} if language is Language.ENGLISH else catalogue("copartner.cli", "explain", language)
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


def _of_terminal(environment: Mapping[str, str]) -> Language:
    """The language of a terminal, whose variables say de_DE.UTF-8."""
    named = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return preferred(named.partition(".")[0].replace("_", "-")) or Language.ENGLISH
