"""A forward proxy on this machine that takes the hosts built into a client to the emulator, and nowhere else.

It answers CONNECT alone. To a name it was given it is that host, by a certificate of an authority of its own (the
emulator's vouches for this machine alone); the emulator's own address it hands through unseen; all else it refuses.
"""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_LOOPBACK = "127.0.0.1"


@dataclass(slots=True)
class Proxy:
    """A running proxy: its address, the file of what its clients trust, and the addresses it refused."""

    url: str
    authorities: Path
    refused: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What a client is told, in the variables that HTTP libraries look at."""
        trusted = str(self.authorities)
        return {"HTTPS_PROXY": self.url, "REQUESTS_CA_BUNDLE": trusted, "SSL_CERT_FILE": trusted}


@contextmanager
def proxied(names: Sequence[str], emulator: str, emulator_authority: str, place: Path) -> Iterator[Proxy]:
    """A proxy by which `names` are the emulator at this https address; its files are below `place`."""
    server_side = _certified(names, place)
    authorities = place / "authorities.pem"
    authorities.write_text(Path(emulator_authority).read_text() + (place / "proxy-ca.pem").read_text())
    client_side = ssl.create_default_context(cafile=emulator_authority)
    proxy = Proxy("", authorities)
    port = urlsplit(emulator).port
    assert port is not None
    serving = _Serving(frozenset(names), port, server_side, client_side, proxy.refused)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="proxy")
    thread.start()

    def run(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(10)

    try:
        proxy.url = run(serving.start())
        yield proxy
    finally:
        run(serving.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


class _Serving:
    def __init__(
        self,
        names: frozenset[str],
        port: int,
        server_side: ssl.SSLContext,
        client_side: ssl.SSLContext,
        refused: list[str],
    ) -> None:
        self._names, self._port = names, port
        self._server_side, self._client_side = server_side, client_side
        self._refused = refused
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._joined, _LOOPBACK, 0)
        return f"http://{_LOOPBACK}:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await self._serve(reader, writer)
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target, _ = head.split(" ", 2)
        host, _, port = target.rpartition(":")
        named = method == "CONNECT" and host in self._names and port == "443"
        if not named and (method, target) != ("CONNECT", f"{_LOOPBACK}:{self._port}"):
            self._refused.append(f"{method} {target}")
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        if named:
            await writer.start_tls(self._server_side)
        onwards = await asyncio.open_connection(_LOOPBACK, self._port, ssl=self._client_side if named else None)
        await asyncio.gather(_copy(reader, onwards[1]), _copy(onwards[0], writer))


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while part := await source.read(65_536):
            target.write(part)
            await target.drain()
    except OSError:  # either side may go, and TLS wait in vain for the other's goodbye
        pass
    finally:
        target.close()


def _certified(names: Sequence[str], place: Path) -> ssl.SSLContext:
    """A server's side of TLS under these names; the authority that vouches for it is in proxy-ca.pem."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _signed("a test's proxy", authority_key, "a test's proxy", authority_key, ())
    certificate = _signed(names[0], key, "a test's proxy", authority_key, names)
    (place / "proxy-ca.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    chain = place / "proxy.pem"
    chain.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain)
    return context


def _signed(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    signer: ec.EllipticCurvePrivateKey,
    names: Sequence[str],
) -> x509.Certificate:
    """A certificate for a day; without names it is an authority's."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), False)
    return builder.sign(signer, hashes.SHA256())
