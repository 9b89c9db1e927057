"""Fixtures every test may use: a real PostgreSQL, one migrated database a test."""

from collections.abc import Iterator

import pytest

from support.postgres import Database, Server, choose_place, server


def pytest_configure(config: pytest.Config) -> None:
    """The process that starts workers names the place they share."""
    if not hasattr(config, "workerinput"):
        choose_place()


@pytest.fixture(scope="session")
def postgres() -> Server:
    """The PostgreSQL of this run: embedded, or Debian's when COPARTNER_TEST_POSTGRES names its version."""
    return server()


@pytest.fixture
def database(postgres: Server) -> Iterator[Database]:
    """A migrated database for one test."""
    with postgres.database() as made:
        yield made


@pytest.fixture(scope="module")
def module_database(postgres: Server) -> Iterator[Database]:
    """A migrated database for all tests of a file."""
    with postgres.database() as made:
        yield made
