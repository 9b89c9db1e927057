"""What was asked of an emulator, in a file."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from copartner.kernel.clock import FixedClock
from copartner_emulator.request_log import RequestLog
from support.running import refused, temporary_place, up

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_up_notes_every_request_as_it_was_sent(place: Path) -> None:
    log = place / "requests.jsonl"
    with up(place / "data", "--request-log", str(log)) as running:
        httpx.get(f"{running.url}//V1/customers?filter=secret", headers={"User-Agent": "an agent"})
        httpx.get(f"{running.url}/nowhere")
    first, second = lines(log)
    assert (first["method"], first["path"], first["status"]) == ("GET", "//V1/customers", 401)
    assert first["userAgent"] == "an agent"
    assert (second["path"], second["status"]) == ("/nowhere", 404)
    assert "secret" not in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_written_stops_the_start() -> None:
    with temporary_place() as place:
        code, printed = refused(place / "data", "--request-log", str(place / "missing" / "requests.jsonl"))
        assert code == 1
        assert "--request-log" in printed
        assert "Name another file." in printed


async def test_a_request_nobody_answers_is_noted_too(tmp_path: Path) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise ConnectionError

    log = RequestLog(broken, tmp_path / "requests.jsonl", FixedClock(NOW))
    with pytest.raises(ConnectionError):
        await log({"type": "http", "method": "GET", "path": "/", "headers": []}, None, None)
    (line,) = lines(tmp_path / "requests.jsonl")
    assert (line["at"], line["status"]) == ("2026-11-22T12:00:00Z", 0)
