"""A real HTTP server for events to go to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Receiver:
    """A real HTTP server that takes events, and what it was sent; `says` is how it answers."""

    says: str = "204 No Content"
    headers: str = ""
    waits: float = 0
    port: int = 0
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/events"

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        headers = {name.lower(): value for name, value in fields.items()}
        body = await reader.readexactly(int(headers["content-length"]))
        self.received.append((headers, body))
        await asyncio.sleep(self.waits)
        writer.write(f"HTTP/1.1 {self.says}\r\n{self.headers}Content-Length: 0\r\n\r\n".encode())
        writer.close()


@asynccontextmanager
async def listening(receiver: Receiver) -> AsyncIterator[Receiver]:
    """The receiver on a free port."""
    made = await asyncio.start_server(receiver.take, "127.0.0.1", 0)
    receiver.port = made.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        made.close()
        await made.wait_closed()
