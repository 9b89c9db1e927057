"""A place for data that PostgreSQL's user can enter, which pytest's own is not for root."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.running import temporary_place


@pytest.fixture
def place() -> Iterator[Path]:
    """A fresh directory anybody may pass through."""
    with temporary_place() as made:
        yield made
