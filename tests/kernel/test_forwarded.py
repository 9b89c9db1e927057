"""Whom a proxy speaks for, and who may not speak for anybody."""

from typing import Any

import pytest

from copartner.kernel.forwarded import Forwarded, networks

LISTED = networks("10.0.0.7, 192.168.4.0/24, fd00::/8")


async def seen(client: str, **headers: str) -> dict[str, Any]:
    """The scope behind the proxy setting."""
    reached: list[dict[str, Any]] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        reached.append(scope)

    given = [(b"host", b"inner:8080")]
    given += [(f"x-forwarded-{name}".encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "client": (client, 5000), "scheme": "http", "headers": given}
    await Forwarded(app, LISTED)(scope, None, None)
    return reached[0]


async def test_a_listed_proxy_speaks_for_its_client() -> None:
    found = await seen("10.0.0.7", **{"for": "203.0.113.9"}, proto="https", host="partners.example")
    assert (found["client"], found["scheme"]) == (("203.0.113.9", 0), "https")
    assert dict(found["headers"])[b"host"] == b"partners.example"


@pytest.mark.parametrize("client", ["10.0.0.8", "127.0.0.1", "203.0.113.9", "no address"])
async def test_nobody_else_does(client: str) -> None:
    found = await seen(client, **{"for": "198.51.100.1"}, proto="https", host="evil.example")
    assert (found["client"], found["scheme"]) == ((client, 5000), "http")
    assert dict(found["headers"])[b"host"] == b"inner:8080"


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),  # what stands first, the client wrote itself
        ("203.0.113.9, 192.168.4.20", "203.0.113.9"),
        ("2001:db8::1, fd00::5", "2001:db8::1"),
        ("192.168.4.20", "10.0.0.7"),
        ("unknown", "10.0.0.7"),
        ("", "10.0.0.7"),
    ],
)
async def test_the_last_address_that_is_no_proxy_counts(chain: str, client: str) -> None:
    assert (await seen("10.0.0.7", **{"for": chain}))["client"][0] == client


async def test_no_scheme_is_made_up() -> None:
    assert (await seen("10.0.0.7", proto="gopher"))["scheme"] == "http"
    assert (await seen("10.0.0.7", proto="http, https"))["scheme"] == "https"
