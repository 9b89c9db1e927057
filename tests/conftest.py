"""Fixtures every test may use: a real PostgreSQL, one migrated database a test."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.postgres import Database, Server, choose_place, server
from support.running import remove_data_elsewhere


def pytest_configure(config: pytest.Config) -> None:
    """The process that starts workers names the place they share."""
    if not hasattr(config, "workerinput"):
        choose_place()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First the files with the tests that may take longest, then those with most: of two workers none waits long.

    A worker takes file after file in this order (`--dist loadfile --no-loadscope-reorder`).
    """
    longest, number = defaultdict[Path, float](float), Counter[Path]()
    for item in items:
        limit = item.get_closest_marker("timeout")
        longest[item.path] = max(longest[item.path], limit.args[0] if limit else 0.0)
        number[item.path] += 1
    items.sort(key=lambda item: (-longest[item.path], -number[item.path], item.path))


@pytest.fixture(scope="session")
def postgres() -> Server:
    """The PostgreSQL of this run: embedded, or Debian's when COPARTNER_TEST_POSTGRES names its version."""
    return server()


@pytest.fixture(scope="session", autouse=True)
def nothing_left_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Ends what tests of this process left outside their directories."""
    yield
    remove_data_elsewhere(tmp_path_factory.getbasetemp())


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Names the seeds of random tests; where a skip counts as a failure, says so."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            if said := ", ".join(f"{name} {value}" for name, value in report.user_properties):
                terminalreporter.write_line(f"{report.nodeid}: {said}")
    if skips_fail() and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("CI=true: a skipped test is a failure; make what it needs.", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where a skip counts as a failure, makes it one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if skips_fail() and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def skips_fail() -> bool:
    """Whether this is a run that must be complete."""
    return os.environ.get("CI") == "true"
