"""Events by HTTP: to public addresses alone unless allowed, bounded in time and size, never redirected."""

import asyncio
import socket
import ssl
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx

from copartner.webhooks.model import Delivery, NotDelivered
from copartner.webhooks.rules import is_public

_WHOLE = 10.0  # seconds for one delivery with its answer
_STEP = 5.0  # seconds for each step of it
_MOST_ADDRESSES = 3


class Courier:
    """Delivers by POST. A name is resolved once, and the address that was judged is the one that is connected to.

    `private` lets events go to addresses that are none of the internet, and by http.
    """

    def __init__(self, *, private: bool = False, context: ssl.SSLContext | None = None) -> None:
        self._private = private
        self._context = context or ssl.create_default_context()

    async def deliver(self, delivery: Delivery) -> None:
        """Hand it on; taken is what is answered with 2xx. Raises NotDelivered."""
        try:
            async with asyncio.timeout(_WHOLE):
                status = await self._send(delivery)
        except TimeoutError:
            raise NotDelivered(f"no answer within {_WHOLE:.0f} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as failure:
            raise NotDelivered(f"{type(failure).__name__}: {failure}") from failure
        if not 200 <= status < 300:
            raise NotDelivered(f"answered {status}")

    async def _send(self, delivery: Delivery) -> int:
        parts = urlsplit(delivery.url)
        host = parts.hostname or ""
        if parts.scheme != "https" and not self._private:
            raise NotDelivered("the address is no https address")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        addresses = await self._resolved(host, port)
        # A client of its own: nothing of one receiver's connection is left for another's.
        async with httpx.AsyncClient(
            timeout=_STEP, follow_redirects=False, trust_env=False, verify=self._context
        ) as web:
            for number, address in enumerate(addresses, 1):
                url = httpx.URL(delivery.url).copy_with(host=address, port=port)
                request = web.build_request(
                    "POST",
                    url,
                    content=delivery.body,
                    headers={**delivery.headers, "Host": parts.netloc},
                    extensions={"sni_hostname": host},
                )
                try:
                    answer = await web.send(request, stream=True)
                except httpx.ConnectError:
                    if number == len(addresses):
                        raise
                    continue
                # The status says it all: what the receiver says beside it is not read, however long it is.
                await answer.aclose()
                return answer.status_code
        raise NotDelivered(f"{host} has no address")

    async def _resolved(self, host: str, port: int) -> list[str]:
        """Its addresses, all of which have to be public; raises NotDelivered."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))
        if not self._private and not all(is_public(ip_address(address)) for address in addresses):
            raise NotDelivered(f"{host} is an address within a private network")
        return addresses[:_MOST_ADDRESSES]
