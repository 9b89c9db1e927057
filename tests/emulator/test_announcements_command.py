"""`copartner announcements` asks a running deployment."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from copartner.cli import main

TOKEN = "word"
ONE = {
    "id": "7",
    "state": "draft",
    "status": "soon",
    "beginsOn": "2027-02-01",
    "audience": ["partner"],
    "texts": {"de": {"title": "Tests enden"}},
    "page": "http://x.example/announcements/2026-11#7",
}


@pytest.fixture
def deployment() -> Iterator[tuple[str, list[tuple[str, str, Any]]]]:
    """The address of a server that answers as the API does, and what it was asked."""
    asked: list[tuple[str, str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            asked.append((self.command, self.path, json.loads(self.rfile.read(length)) if length else None))
            if self.headers["Authorization"] != "Bearer word":
                self._say(401, {"code": 400, "description": "The token is not valid here."})
            elif self.path.startswith("/programme/v1/announcements?month=2026-11"):
                self._say(200, {"items": [ONE], "next": "/programme/v1/announcements?after=x"})
            elif self.path == "/programme/v1/announcements?after=x":
                self._say(200, {"items": [{**ONE, "id": "8"}]})
            else:
                self._say(200, ONE)

        do_POST = do_GET

        def _say(self, status: int, said: Any) -> None:
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run(*arguments: str, token: str | None = TOKEN) -> Any:
    """What the command says."""
    environment = {"COPARTNER_TOKEN": token, "COLUMNS": "200"}
    return CliRunner().invoke(main.build(), ["announcements", *arguments], env=environment)


def test_it_lists_shows_drafts_and_publishes(deployment: Any, tmp_path: Path) -> None:
    url, asked = deployment
    listed = run("list", "--month", "2026-11", "--url", url)
    assert listed.exit_code == 0, listed.output
    assert listed.output.count("Tests enden") == 2
    assert json.loads(run("show", "7", "--url", url).output) == ONE
    file = tmp_path / "draft.json"
    file.write_text(json.dumps({"workspace": "general"}))
    assert json.loads(run("draft", str(file), "--url", url).output) == ONE
    assert run("publish", "7", "--url", url).output == "published: http://x.example/announcements/2026-11#7\n"
    assert asked[-2:] == [
        ("POST", "/programme/v1/announcements", {"workspace": "general"}),
        ("POST", "/programme/v1/announcements/7/publish", None),
    ]


@pytest.mark.parametrize(
    ("arguments", "token", "why"),
    [
        (("show", "7"), None, "no access token"),
        (("show", "7"), "other", "The token is not valid here."),
    ],
)
def test_it_says_why_not(deployment: Any, arguments: tuple[str, ...], token: str | None, why: str) -> None:
    done = run(*arguments, "--url", deployment[0], token=token)
    assert done.exit_code == 1
    assert why in done.output


def test_nobody_there_and_no_json(tmp_path: Path) -> None:
    assert "cannot be asked" in run("show", "7", "--url", "http://127.0.0.1:1").output
    file = tmp_path / "draft.json"
    file.write_text("{")
    assert "is no JSON" in run("draft", str(file)).output
