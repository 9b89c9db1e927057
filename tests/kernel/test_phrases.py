"""What services say to people is translated whole, and nothing else is."""

import ast
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import pytest

from copartner.access.rules import AZURE_OWNER
from copartner.delegation import terms
from copartner.delegation.roles import known
from copartner.kernel.languages import Language, catalogue
from copartner.subscriptions.model import Status

_RUNS = {Status.ACTIVE, Status.SUSPENDED, Status.PENDING, Status.DISABLED}
# What is said by a variable, beside the sentences that stand in the code.
_MORE: dict[str, Iterable[str]] = {
    "relationships/rules": (),
    "access/rules": (AZURE_OWNER.name, AZURE_OWNER.text, *_RUNS),
    "delegation/words": (
        *(part for role in known().values() for part in (role.name, role.text)),
        *("{number} years", "{number} months", "{number} days", "1 year", "1 month", "1 day"),
        *(f"- {{role}} ({risk} risk): {{text}}" for risk in ("highest", "high", "medium", "low")),
        "For {duration} from the day it begins. Then it goes on by 180 days each time.",
        "For {duration} from the day it begins. Then it ends by itself.",
    ),
}


def said_in_code(package: str) -> set[str]:
    """The sentences that a package says."""
    module = import_module(f"copartner.{package}")
    folder = Path(module.__path__[0])
    calls = (node for file in folder.rglob("*.py") for node in ast.walk(ast.parse(file.read_text())))
    return {
        node.args[1].value
        for node in calls
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "say"
        and isinstance(node.args[1], ast.Constant)
        and isinstance(node.args[1].value, str)
    }


@pytest.mark.parametrize("place", _MORE)
def test_every_sentence_of_a_service_is_translated_and_nothing_else(place: str) -> None:
    package, _, name = place.partition("/")
    said = said_in_code(package) | {str(one) for one in _MORE[place]}
    assert said == {english for _, english in catalogue(f"copartner.{package}", name, Language.GERMAN)}


@pytest.mark.parametrize(
    ("duration", "said"),
    [("P1Y", "1 Jahr"), ("P2Y1M", "2 Jahre und 1 Monat"), ("P180D", "180 Tage"), ("P1M1D", "1 Monat und 1 Tag")],
)
def test_a_duration_in_german(duration: str, said: str) -> None:
    assert terms.in_words(duration, Language.GERMAN) == said
