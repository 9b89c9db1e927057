"""A place for data that PostgreSQL's user can enter, which pytest's own is not for root."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """A fresh directory anybody may pass through."""
    made = Path(tempfile.mkdtemp(prefix="copartner-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)
