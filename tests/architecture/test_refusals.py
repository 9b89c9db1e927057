"""Whatever a service refuses is said in German too, with all its values, and nothing in the catalogue is left over.

Left out is what no page of the portal shows. The dialects (`copartner.api`) answer programs in English; what
they refuse by themselves is a body, a header or an address. The command line and the proof have readers of their own.
What `Denied` says comes from the rules and is translated with them. A message that repeats another refusal is that one.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from copartner.catalogue.model import BillingCycle, Segment
from copartner.delegation.below import AssignmentStatus, AssignmentStep
from copartner.delegation.model import Party, Status, Step
from copartner.kernel.languages import Language
from copartner.kernel.phrasebook import WORD, phrasebook
from copartner.relationships.model import RequestState
from copartner.subscriptions.model import Status as SubscriptionStatus
from copartner.tenants.rules import ASSIGNABLE
from copartner.versions.model import State
from support.refusals import Source, Unread, pattern
from support.tree import ROOT

CATALOGUE = ROOT / "src" / "copartner" / "refusals.de.po"
PLAINER = CATALOGUE.with_name("refusals.en.po")
LEFT_OUT = ("copartner.api.", "copartner.cli.", "copartner.proof.")
OF_RULES = ("Denied",)
# What says the text of something else, which stays English: where it is made, and what of.
FOREIGN = {
    ("copartner.signin.provider.service", "str(error)"): "why a token of an identity provider is not taken",
    ("copartner.versions.building", "_shortened(str(broken))"): "what is wrong with the text of rules",
}
HOW = """

Every refusal of a service is said on pages, in German too. Append these to src/copartner/refusals.de.po, each with its
msgstr: whole sentences that say what is wrong and what to do, formal, in the words of the entries there. Every value of
the message, {1}, {2} and so on, has to stand in it; {1:word} says the value by the entry that has msgctxt "word".

"""


@cache
def source() -> Source:
    return Source()


@cache
def wanted() -> Mapping[str, str]:
    """Every message by its pattern, with the module that says it."""
    found: dict[str, str] = {}
    foreign = set()
    for call in source().made():
        module = call.module.name
        if f"{module}.".startswith(LEFT_OUT) or call.name in OF_RULES or call.inside in OF_RULES:
            continue
        try:
            for message in source().messages(call):
                found.setdefault(pattern(message), module)
        except Unread:
            said = (module, ast.unparse(call.node.args[0]) if call.node.args else "")
            assert said in FOREIGN, f"{module}, line {call.node.lineno}: write the message where the refusal is made"
            foreign.add(said)
    assert foreign == set(FOREIGN)
    return found


@cache
def given() -> tuple[Message, ...]:
    with CATALOGUE.open("rb") as opened:
        return tuple(message for message in read_po(opened, abort_invalid=True) if message.id)


def messages() -> Iterator[tuple[str, str]]:
    return ((str(one.id), str(one.string)) for one in given() if not one.context)


@cache
def plainer() -> tuple[Message, ...]:
    """What pages say in English where the source speaks of an API."""
    with PLAINER.open("rb") as opened:
        return tuple(message for message in read_po(opened, abort_invalid=True) if message.id)


def values(text: str) -> set[str]:
    return set(re.findall(r"\{(\d+)(?::\w+)?\}", text))


def entry(english: str) -> str:
    escaped = english.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    module = wanted()[english].removeprefix("copartner.").replace(".", "/")
    return f'#: {module}.py\nmsgid "{escaped}"\nmsgstr ""\n'


def test_every_refusal_is_there_in_german() -> None:
    known = {english for english, _ in messages()}
    missing = [entry(english) for english in wanted() if english not in known]
    assert not missing, HOW + "\n".join(missing)


def test_nothing_is_left_over_doubled_or_fuzzy() -> None:
    left = [english for english, _ in messages() if english not in wanted()]
    assert not left, "no service says this (any more); take it out of refusals.de.po"
    assert not [one.id for one in given() if one.fuzzy]
    assert CATALOGUE.read_text(encoding="utf-8").count("\nmsgid ") == len(given()) + 1, "an entry stands there twice"


def test_the_german_is_whole() -> None:
    for english, german in messages():
        assert german.strip() == german != english, english
        assert german.endswith((".", "{1}")), german
        assert values(german) == values(english), german
        assert not re.search(r"[{}]|  ", re.sub(r"\{\d(:\w+)?\}", "x", german)), german


def test_each_message_is_found_among_the_others() -> None:
    book = phrasebook(Language.GERMAN)

    def filled(text: str) -> str:
        return re.sub(r"\{(\d)(?::\w+)?\}", r"<\1>", text)

    for english, german in messages():
        assert book.said(filled(english)) == filled(german)


def test_what_is_said_more_plainly_is_said_by_a_service_and_by_no_name_of_an_api() -> None:
    said = {str(one.id): str(one.string) for one in plainer() if not one.context}
    assert not [english for english in said if english not in wanted()], "no service says this (any more)"
    assert PLAINER.read_text(encoding="utf-8").count("\nmsgid ") == len(plainer()) + 1, "an entry stands there twice"
    book = phrasebook(Language.ENGLISH)
    for english, plain in said.items():
        assert plain.strip() == plain != english
        assert plain.endswith(".")
        assert values(plain) <= values(english), plain
        assert not re.search(r"\b[a-z]+[A-Z]|^\w+: ", plain), plain
        filled = re.sub(r"\{(\d)(?::\w+)?\}", r"<\1>", english)
        assert book.said(filled) == re.sub(r"\{(\d)(?::\w+)?\}", r"<\1>", plain)


@pytest.mark.parametrize(
    "words",
    [
        SubscriptionStatus,
        Status,
        Step,
        Party,
        AssignmentStatus,
        AssignmentStep,
        RequestState,
        BillingCycle,
        Segment,
        State,
    ],
)
def test_a_state_or_step_has_its_word(words: type[StrEnum]) -> None:
    known = {str(one.id) for one in given() if one.context == WORD}
    assert {word.replace("_", " ") if words is State else word for word in words} <= known


def test_roles_have_their_words() -> None:
    assert {str(role) for role in ASSIGNABLE} <= {str(one.id) for one in given() if one.context == WORD}


def test_the_catalogue_is_that_of_the_running_programme() -> None:
    book = phrasebook(Language.GERMAN)
    assert all(book.said(english) == german for english, german in messages() if not values(english))


CLASSES = """
class Refusal(Exception):
    def __init__(self, message, *data):
        super().__init__(message)

class Late(Refusal):
    def __init__(self, message):
        super().__init__(message)

class Gone(Refusal):
    def __init__(self):
        super().__init__("It is gone.")

class Wrong(Refusal):
    pass

class Quite(Wrong):
    pass

class Other(Exception):
    pass
"""

SAMPLE = """
from sample import classes
from sample.classes import Quite, Wrong
from sample.texts import ENDED, Gone

_STALE = "The page is old."
WORDS = {"a": "It is a.", "b": "It is b."}

class Late:
    pass

def plain(name, most):
    raise Wrong("A text.", name)
    raise Wrong(f"{name} has {most:d} of {name!r}.")
    raise classes.Quite(_STALE)
    raise Wrong(ENDED)
    raise Wrong(WORDS[name])
    raise classes.Other("Not this.")
    raise Late("Nor this.")
    raise classes.Late("Too late.")
    raise Gone()

def chosen(known):
    way = f"one of {', '.join(known)}" if known else "nothing"
    return Quite(f"Send {way}; or {'this' if known else known[0]}.")

def helped(text, how):
    raise Wrong(how, text)

async def helping(them):
    helped("x", "Handed " "over.")
    them.helped("x", how=f"Handed {them}.")
    on_a_page(word("Nor %(this)s."), this="this")
    on_a_page(them.text("Nor that."))

def on_a_page(text, **values):
    raise Wrong(text % values if values else text)

def repeated(error):
    raise Wrong(error.message)

def foreign(error):
    raise Wrong(str(error))
"""


def test_messages_are_read_however_they_are_written(tmp_path: Path) -> None:
    package = tmp_path / "sample"
    package.mkdir()
    (package / "classes.py").write_text(CLASSES)
    (package / "texts.py").write_text('from sample.classes import Gone\n\nENDED = "It has ended."\n')
    (package / "rules.py").write_text(SAMPLE)
    sample, found, unread = Source(package, "sample.classes.Refusal"), [], []
    for call in sample.made():
        try:
            found += [pattern(one) for one in sample.messages(call)]
        except Unread:
            unread.append(ast.unparse(call.node))
    assert found == [
        "It is gone.",
        "A text.",
        "{1} has {2} of {3}.",
        "The page is old.",
        "It has ended.",
        "It is a.",
        "It is b.",
        "Too late.",
        "Send one of {1}; or this.",
        "Send one of {1}; or {2}.",
        "Send nothing; or this.",
        "Send nothing; or {1}.",
        "Handed over.",
        "Handed {1}.",
    ]
    assert unread == ["Wrong(str(error))"]
