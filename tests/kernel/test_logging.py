"""The line of every request says what structlog's would, in the same form."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from structlog.testing import capture_logs

from copartner.kernel import logging

VALUES = {"method": "GET", "path": "/v1/ä", "status": 200}


def test_a_frequent_line_is_json_with_level_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = StringIO()
    monkeypatch.setattr(logging, "_lines", lines)
    for _ in range(2):
        logging.Frequent("copartner.http").info("request", VALUES)
    written = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert len(written) == 2
    for one in written:
        moment = datetime.fromisoformat(one.pop("timestamp"))
        assert abs((datetime.now(UTC) - moment).total_seconds()) < 60
        assert one == {**VALUES, "event": "request", "level": "info"}


def test_structlog_writes_it_where_lines_are_no_json() -> None:
    with capture_logs() as seen:
        logging.Frequent("copartner.http").info("request", VALUES)
    assert seen == [{**VALUES, "event": "request", "log_level": "info"}]


def test_a_value_that_may_be_a_secret_goes_through_what_hides_it(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = StringIO()
    monkeypatch.setattr(logging, "_lines", lines)
    with capture_logs() as seen:
        logging.Frequent("copartner.http").info("request", {**VALUES, "token": "x"})
    assert lines.getvalue() == ""
    assert len(seen) == 1
