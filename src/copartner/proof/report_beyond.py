"""The part of the page beyond single forbids: permits, chance, couplings, sequences and obligations."""

from collections.abc import Iterator

from copartner.policy.obligations import obligations
from copartner.proof.couplings import BESIDE_THE_RULES, COUPLINGS
from copartner.proof.live import REDUNDANT
from copartner.proof.questions import Result


def told_beyond(result: Result) -> Iterator[str]:
    """The sections, line by line."""
    yield from _permits(result)
    yield from _couplings()
    yield from _lives(result)
    yield from _obligations()


def _permits(result: Result) -> Iterator[str]:
    yield "## Permits and chance\n"
    yield f"{len(result.live)} permits allow, each, in every cloud and span of days in which the programme lets anybody"
    yield "do what they are about, a request that no other permit allows; the engine names that permit alone."
    yield from (f"- {name} allows nothing by itself: {why}" for name, why in REDUNDANT.items())
    yield f"\n{result.sampled} requests drawn by chance, of every kind, {result.sampled_allowed} of them allowed, are"
    yield "judged alike by the engine and by the solver.\n"


def _couplings() -> Iterator[str]:
    yield "## What may be learned of other partners\n"
    yield "No rule reads another fact of another partner than these; the value is told only where the table says so.\n"
    yield "| fact | rules | what is learned | source | value told |"
    yield "|---|---|---|---|---|"
    for one in COUPLINGS:
        told = "yes" if one.told else "no"
        yield f"| {one.fact} | {', '.join(sorted(one.rules))} | {one.text} | {one.source} | {told} |"
    yield "\nDeclared by the programme, told by services and no matter of the rules:\n"
    yield from (f"- {text}" for text in BESIDE_THE_RULES)
    yield ""


def _lives(result: Result) -> Iterator[str]:
    yield "## Sequences\n"
    yield "Every state is visited, however long the way; the longest shortest way is given.\n"
    yield "| cloud | rules of | states | acts to the farthest | acts tried in them |"
    yield "|---|---|---|---|---|"
    for life in result.lives:
        yield f"| {life.cloud} | {life.day} | {life.states} | {life.depth} | {life.tried} |"
    yield ""


def _obligations() -> Iterator[str]:
    yield "## Obligations\n"
    yield "What the programme does by itself, as data beside the rules; listed here and not proved.\n"
    yield "| obligation | what | clouds | from | source |"
    yield "|---|---|---|---|---|"
    for one in obligations().values():
        held = ", ".join(sorted(one.clouds))
        yield f"| {one.id} | {one.text} | {held} | {one.begins.date()} | {one.source} |"
    yield ""
