"""Lines that can go nowhere are lost, and nothing else is."""

import io
import logging as standard
from collections.abc import Iterator

import pytest
import structlog

from copartner.kernel import logging


class Broken(io.StringIO):
    """Standard error whose reader has gone."""

    def write(self, text: str) -> int:
        """Fail as a pipe does that nobody reads."""
        raise BrokenPipeError(32, "Broken pipe", text[:0])


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a process sets up for its logs, put back."""
    root, handlers = standard.getLogger(), standard.getLogger().handlers[:]
    level = root.level
    monkeypatch.setattr(logging, "_lines", None)
    yield
    standard.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("human", [False, True])
def test_a_request_outlives_the_reader_of_its_log(monkeypatch: pytest.MonkeyPatch, human: bool) -> None:
    closed = io.StringIO()
    closed.close()
    for gone in (Broken(), closed):
        monkeypatch.setattr("sys.stderr", gone)
        logging.configure(human=human)
        logging.Frequent("copartner.http").info("request", {"path": "/v1/customers"})
        structlog.get_logger("copartner.signin").warning("provider.unavailable")
        standard.getLogger("uvicorn").warning("of a library")


def test_lines_arrive_while_somebody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", read := io.StringIO())
    logging.configure()
    logging.Frequent("copartner.http").info("request", {"path": "/v1/customers"})
    structlog.get_logger("copartner.signin").warning("provider.unavailable", token="geheim")
    first, second = read.getvalue().splitlines()
    assert '"event":"request"' in first
    assert '"event":"provider.unavailable"' in second
    assert "geheim" not in second
