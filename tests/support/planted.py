"""A small server that answers one of its callers wrongly, to see that what looks for it finds it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_OBJECT = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
_SOUND = (200, {"name": "own"})
_REFUSED = (404, {"name": "none such"})
_UNKNOWN = (401, {"name": "who?"})
# What the victim is answered instead, by address.
_PLANTED: dict[str, tuple[int, Any]] = {
    "/fault": (500, {"name": "", "description": "something went wrong"}),
    "/unnamed": (501, {"name": "", "description": "not yet"}),
    "/broken": (200, {"name": 7}),
    "/told": (200, {"name": "theirs-7"}),
    "/audit": (200, {"name": "theirs-7 and mark-7"}),
    "/things/theirs-7": _SOUND,
}
_ADDRESSES = ("/sound", "/fault", "/unnamed", "/broken", "/told", "/audit", "/things/{thing}")


def _document() -> Any:
    content = {"application/json": {"schema": _OBJECT}}
    answers = {"200": {"description": "", "content": content}, "default": {"description": "", "content": content}}
    part = {"name": "thing", "in": "path", "required": True, "schema": {"enum": ["theirs-7"]}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "planted", "version": "1"},
        "security": [{"bearer": []}],
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "paths": {
            path: {"get": {"responses": answers, "parameters": [part] if "{" in path else []}} for path in _ADDRESSES
        },
    }


@contextmanager
def planted(*, victim: str) -> Iterator[str]:
    """Its address; `victim` is the token of who is answered wrongly, `first` that of who is not."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if path == "/openapi.json":
                self._say(200, _document())
            elif token == victim:
                self._say(*_PLANTED.get(path, _SOUND))
            elif token == "first":
                self._say(*(_REFUSED if path.startswith("/things") else _SOUND))
            else:
                self._say(*_UNKNOWN)

        def _say(self, status: int, said: Any) -> None:
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def send_error(self, *_: Any, **__: Any) -> None:
            """Other methods are refused as everything else is."""
            self._say(405, {"name": "GET alone"})

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            serving.join()
