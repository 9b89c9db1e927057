"""Places for data: empty ones, and ones with a first start behind them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from copartner_emulator.postgres import EmbeddedPostgres
from support.running import copied, temporary_place, up


@pytest.fixture
def place() -> Iterator[Path]:
    """A fresh directory anybody may pass through."""
    with temporary_place() as made:
        yield made


@pytest.fixture(scope="session")
def started_once() -> Iterator[Path]:
    """A PostgreSQL that was started and stopped; tests copy it."""
    with temporary_place() as made:
        server = EmbeddedPostgres(made / "pg", wanted="embedded", durable=False)
        server.start()
        server.stop()
        yield made / "pg"


@pytest.fixture
def prepared(place: Path, started_once: Path) -> Path:
    """A directory with `pg`, a PostgreSQL whose first start is behind it."""
    copied(started_once, place / "pg")
    return place


@pytest.fixture(scope="session")
def up_once() -> Iterator[Path]:
    """An emulator's data after its first start; tests copy them."""
    with temporary_place() as made:
        with up(made / "data"):
            pass
        yield made / "data"


@pytest.fixture
def used(place: Path, up_once: Path) -> Path:
    """A directory with `data`, those of an emulator that was started and stopped."""
    copied(up_once, place / "data")
    return place
