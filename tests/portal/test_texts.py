"""Every text of the portal is there in German, once, with the same values in it, and none is left over."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from copartner.kernel.languages import Language
from copartner.portal import html
from copartner.portal.speaking import said_in
from support.tree import ROOT

PORTAL = ROOT / "src" / "copartner" / "portal"
CATALOGUES = sorted(PORTAL.rglob("*.de.po"))
_VALUE = re.compile(r"%\((\w+)\)s")


def of_templates() -> Iterator[tuple[str, Path]]:
    environment = html.environment(Language.ENGLISH)
    for template in sorted((PORTAL / "templates").rglob("*.html")):
        for _, _, message in environment.extract_translations(template.read_text(encoding="utf-8")):
            yield from ((one, template) for one in ([message] if isinstance(message, str) else message) if one)


def of_python() -> Iterator[tuple[str, Path]]:
    for module in sorted(PORTAL.rglob("*.py")):
        with module.open("rb") as source:
            for _, message, _, _ in extract("python", source, keywords={"word": None, "text": None}):
                yield str(message), module


def wanted() -> dict[str, Path]:
    return dict([*of_templates(), *of_python()])


def given() -> list[tuple[str, str, Path]]:
    """English, German and file of every form of every message."""
    found: list[tuple[str, str, Path]] = []
    for file in CATALOGUES:
        with file.open("rb") as opened:
            for message in read_po(opened, abort_invalid=True):
                if message.id:
                    assert not message.fuzzy, f"{file.name}: {message.id} is fuzzy"
                    ids = message.id if isinstance(message.id, tuple) else (message.id,)
                    strings = message.string if isinstance(message.string, tuple) else (message.string,)
                    found += [(str(one), str(text), file) for one, text in zip(ids, strings, strict=True)]
    return found


def test_every_text_is_translated_once_and_none_is_left_over() -> None:
    wants, gives = wanted(), given()
    known = {english for english, _, _ in gives}
    missing = {text: str(file.relative_to(PORTAL)) for text, file in wants.items() if text not in known}
    assert not missing, "write these into the catalogue of their room"
    left = {english: file.name for english, _, file in gives if english not in wants}
    assert not left, "no page says this (any more)"
    twice = [english for english in known if sum(english == one for one, _, _ in gives) > 1]
    assert not twice, "one catalogue is enough"


@pytest.mark.parametrize("file", CATALOGUES, ids=[str(one.relative_to(PORTAL)) for one in CATALOGUES])
def test_the_german_is_whole(file: Path) -> None:
    for english, german, of in given():
        if of == file:
            assert german.strip(), english
            assert set(_VALUE.findall(german)) == set(_VALUE.findall(english)), english
            assert not re.search(r"(?<!%)%(?![(%])", german), german
            assert "  " not in german


def test_all_catalogues_are_read() -> None:
    assert set(said_in(Language.GERMAN)) == {english for english, _, _ in given()}
    assert said_in(Language.ENGLISH) == {}
