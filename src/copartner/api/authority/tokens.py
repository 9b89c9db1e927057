"""The token endpoint, v1 and v2."""

from typing import Any

from litestar import Request, Response, post
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from copartner.api.authority import wire
from copartner.api.authority.errors import refused, too_large
from copartner.api.authority.paths import segment_of
from copartner.kernel.errors import Refusal
from copartner.signin.model import TokenRequest
from copartner.signin.rules import ADFS, version_at
from copartner.signin.service import Authority

_Answer = Response[wire.TokenAnswerV1 | wire.TokenAnswerV2]
_ENDPOINTS = {1: "oauth2/token", 2: "oauth2/v2.0/token"}


def token_routes(authority: Authority) -> list[HTTPRouteHandler]:
    """`/{tenant}/oauth2/token` and `/{tenant}/oauth2/v2.0/token`; the contract names that of `adfs` by itself too."""
    return [*(_of_version(authority, version) for version in _ENDPOINTS), _of_adfs(authority)]


def _of_version(authority: Authority, version: int) -> HTTPRouteHandler:
    @post(
        f"/{{tenant:str}}/{_ENDPOINTS[version]}",
        status_code=200,
        name=f"issue_token_v{version}",
        include_in_schema=False,
        exception_handlers={Refusal: refused, RequestEntityTooLarge: too_large},
        request_max_body_size=wire.LARGEST_BODY,
    )
    async def issue(request: Request[Any, Any, Any], tenant: FromPath[str], body: RawBody) -> _Answer:
        return await _issue(authority, version, segment_of(tenant), request, body)

    return issue


def _of_adfs(authority: Authority) -> HTTPRouteHandler:
    @post(
        f"/{ADFS}/{_ENDPOINTS[1]}",
        status_code=200,
        name="issue_token_adfs",
        include_in_schema=False,
        exception_handlers={Refusal: refused, RequestEntityTooLarge: too_large},
        request_max_body_size=wire.LARGEST_BODY,
    )
    async def issue(request: Request[Any, Any, Any], body: RawBody) -> _Answer:
        return await _issue(authority, 1, ADFS, request, body)

    return issue


async def _issue(
    authority: Authority, version: int, segment: str, request: Request[Any, Any, Any], body: bytes
) -> _Answer:
    form = wire.form_of(request, body)
    client = wire.credentials(request.headers.get("authorization"), form)
    directory = await authority.directory(segment)
    spoken = version_at(segment, version)
    issued = await authority.token(TokenRequest(spoken, directory, client, form))
    return Response(wire.answer(issued, spoken), status_code=200, headers=wire.NO_STORE)
