"""The one layer round every request: address, identifiers, what is not served, the last net, the log line."""

import os
import time
from base64 import b64encode
from itertools import count
from typing import Any, Protocol, cast

import structlog
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from copartner.api.addresses import Address, Addresses
from copartner.api.call import Reply
from copartner.api.caller import Identifiers, identify
from copartner.api.within import served_by
from copartner.kernel.ids import Ids
from copartner.kernel.logging import Frequent

_log = structlog.get_logger("copartner.http")
_SERVER_ID = os.urandom(6).hex().encode()
# A correlation vector is 22 characters of base64 and a counter; this process's own prefix and a number make it unique.
_VECTOR = b64encode(os.urandom(12))[:14].replace(b"=", b"A")
_numbers = count()


class ClientGone(BaseException):
    """The client left before it had sent the whole of its request, so nobody waits for an answer.

    Like a cancellation it is no error, and passes the nets that are meant for errors.
    """


class Outside(Protocol):
    """What is said where no endpoint speaks, in the words of the address."""

    def headers(self, path: str, known: Identifiers) -> list[tuple[bytes, bytes]]:
        """Further headers of every answer at an address."""
        ...

    def unserved(self, scope: HTTPScope, path: str, place: Address | None) -> Reply:
        """The answer where nothing serves this method; `path` is the address in the casing of its template."""
        ...

    def unexpected(self, scope: HTTPScope, error: Exception) -> Reply:
        """The answer to what nobody caught."""
        ...

    def unreadable(self, scope: HTTPScope) -> Reply:
        """The answer to an address that no client should send."""
        ...


class Outer:
    """Finds what serves a request among the addresses; `outside` answers where nothing does.

    What is not HTTP, such as the server's start and end, goes to `beside`.
    """

    def __init__(
        self,
        beside: ASGIApp,
        addresses: Addresses,
        ids: Ids,
        *,
        outside: "Outside",
        access_log: bool = True,
    ) -> None:
        self.beside = beside
        self.addresses = addresses
        self._ids = ids
        self._outside = outside
        self._log = Frequent("copartner.http") if access_log else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; anything but HTTP is handed on as it is."""
        if str(scope["type"]) != "http":
            await self.beside(scope, receive, send)
            return
        await self._answer(cast(HTTPScope, scope), receive, send)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        identifiers = identify(scope, self._ids)
        served_by(scope, self)
        own = [
            (b"ms-requestid", identifiers.request_id.encode("latin-1", "replace")),
            (b"ms-correlationid", identifiers.correlation_id.encode("latin-1", "replace")),
            (b"ms-cv", b"%s%08x.0" % (_VECTOR, next(_numbers) & 0xFFFFFFFF)),
            (b"ms-serverid", _SERVER_ID),
            *self._outside.headers(scope["path"], identifiers),
        ]
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        async def take() -> Any:
            message = await receive()
            if message["type"] == "http.disconnect" and not status:
                raise ClientGone
            return message

        try:
            await self._serve(scope, take, answer)
        except ClientGone:
            # For the log alone; 499 is what servers note of a client that left.
            await Reply(499)(scope, receive, answer)
        except Exception as error:
            _log.exception("unexpected", correlation_id=identifiers.correlation_id, path=scope["path"])
            if not status:
                await self._outside.unexpected(scope, error)(scope, receive, answer)
        finally:
            if self._log is not None:
                line = {
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "milliseconds": round((time.perf_counter() - began) * 1000, 2),
                    "request_id": identifiers.request_id,
                    "correlation_id": identifiers.correlation_id,
                }
                self._log.info("request", line)

    async def _serve(self, scope: HTTPScope, receive: Receive, answer: Send) -> None:
        path, place, values = self.addresses.find(scope["path"])
        if "\0" in path or b"%00" in scope["query_string"]:
            await self._outside.unreadable(scope)(scope, receive, answer)
            return
        if path != scope["path"]:
            scope["path"] = path
            scope["raw_path"] = path.encode()
        found = place.served.get(scope["method"]) if place else None
        if found is None:
            await self._outside.unserved(scope, path, place)(scope, receive, answer)
            return
        app, names = found
        scope["path_params"] = dict(zip(names, values, strict=True))
        await app(scope, receive, answer)
