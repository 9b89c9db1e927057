"""Behind a proxy: whom the proxy speaks for, believed when its address is one of those listed."""

import ipaddress
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Forwarded:
    """Puts client, scheme and host of a listed proxy's request into the scope; of anybody else's, nothing.

    `X-Forwarded-For` is read from its end: the last address that is no listed proxy's is the client's, since whatever
    stands before it was written by the client.
    """

    def __init__(self, app: Asgi, proxies: Iterable[Network]) -> None:
        self._app = app
        self._proxies = tuple(proxies)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand the request on, as its client sent it to the proxy."""
        if scope["type"] == "http" and scope.get("client") and self._is_proxy(scope["client"][0]):
            scope = self._unfolded(scope)
        await self._app(scope, receive, send)

    def _unfolded(self, scope: Any) -> Any:
        given = {name: value.decode("latin-1") for name, value in scope["headers"] if name.startswith(b"x-forwarded-")}
        changed = dict(scope)
        hops = [hop.strip() for hop in given.get(b"x-forwarded-for", "").split(",") if hop.strip()]
        client = next((hop for hop in reversed(hops) if not self._is_proxy(hop)), None)
        if client is not None and _address(client) is not None:
            changed["client"] = (client, 0)
        scheme = given.get(b"x-forwarded-proto", "").rpartition(",")[2].strip().lower()
        if scheme in ("http", "https"):
            changed["scheme"] = scheme
        host = given.get(b"x-forwarded-host", "").rpartition(",")[2].strip()
        if host:
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            changed["headers"] = [(b"host", host.encode("latin-1")), *others]
        return changed

    def _is_proxy(self, text: str) -> bool:
        address = _address(text)
        return address is not None and any(address in network for network in self._proxies)


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks by commas; raises ValueError for what is neither."""
    return tuple(ipaddress.ip_network(each.strip()) for each in text.split(",") if each.strip())


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
