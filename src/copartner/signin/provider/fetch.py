"""Requests to the identity provider: https, bounded in time and size, never redirected."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from copartner.signin.provider.errors import ProviderUnavailable

_WHOLE = 10.0  # seconds for one request with its answer
_STEP = 5.0  # seconds for each step of it
_LARGEST = 512 * 1024
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def on_loopback(address: str) -> bool:
    """Whether an address is on this machine; raises ValueError when it is none."""
    return urlsplit(address).hostname in _LOOPBACK


def may_be_asked(address: object, *, issuer: str) -> bool:
    """Whether an address may be used beside this issuer: https, or http when both are on this machine."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        whole = bool(parts.hostname) and parts.username is None and not parts.fragment and (parts.port or 1) > 0
        local = on_loopback(issuer) and on_loopback(address)
    except ValueError:
        return False
    return whole and (parts.scheme == "https" or (parts.scheme == "http" and local))


class Web:
    """Asks the provider alone. Proxies and certificate files of the environment count, but not on loopback."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._client = httpx.AsyncClient(
            timeout=_STEP,
            follow_redirects=False,
            # A request now and then: no connection is kept, and none is left to be closed.
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=0),
            trust_env=not on_loopback(issuer),
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )

    async def ask(
        self, address: str, *, form: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON object that are answered, to a POST when there is a form; raises ProviderUnavailable."""
        if not may_be_asked(address, issuer=self._issuer):
            raise ProviderUnavailable(f"The identity provider names {address[:200]!r}, which is no https address.")
        where = urlsplit(address).netloc
        request = self._client.build_request("GET" if form is None else "POST", address, data=form)
        try:
            async with asyncio.timeout(_WHOLE):
                answer = await self._client.send(request, auth=httpx.BasicAuth(*basic) if basic else None, stream=True)
                try:
                    body = await _read(answer)
                finally:
                    await answer.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise ProviderUnavailable(f"The identity provider at {where} does not answer.") from error
        if answer.is_redirect:
            raise ProviderUnavailable(f"The identity provider at {where} answers with a redirect; none is followed.")
        try:
            return answer.status_code, msgspec.json.decode(body, type=dict[str, Any])
        except (msgspec.DecodeError, RecursionError) as error:
            raise ProviderUnavailable(
                f"The identity provider at {where} answers {answer.status_code} without a JSON object."
            ) from error


async def _read(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > _LARGEST:
            raise ProviderUnavailable("The identity provider answers with more than 512 KiB.")
    return bytes(body)
