"""The pictures of the README are there, small, and each says what it shows."""

import re

from support.tree import ROOT

_LARGEST = 150_000


def test_pictures_are_there_and_small() -> None:
    shown = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(shown) == 4
    for told, name in shown:
        assert len(told) > 10
        file = ROOT / name
        assert file.read_bytes().startswith(b"\x89PNG")
        assert file.stat().st_size < _LARGEST
    assert {ROOT / name for _, name in shown} == set((ROOT / "docs" / "screenshots").iterdir())
