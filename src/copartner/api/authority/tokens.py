"""The token endpoint, v1 and v2."""

from typing import Any

from litestar import Request, Response, post
from litestar.exceptions import ClientException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from copartner.api.authority import wire
from copartner.api.authority.errors import refused, unreadable
from copartner.api.authority.paths import segment_of
from copartner.kernel.errors import Refusal
from copartner.signin.model import Issued, TokenRequest
from copartner.signin.service import Authority


def token_routes(authority: Authority) -> list[HTTPRouteHandler]:
    """`/{tenant}/oauth2/token` and `/{tenant}/oauth2/v2.0/token`."""

    async def issue(request: Request[Any, Any, Any], tenant: str, body: bytes, version: int) -> Issued:
        segment = segment_of(tenant)
        form = wire.form_of(request, body)
        client = wire.credentials(request.headers.get("authorization"), form)
        directory = await authority.directory(segment)
        return await authority.token(TokenRequest(version, directory, client, form))

    @post(
        "/{tenant:str}/oauth2/token",
        status_code=200,
        operation_id="issue_token_v1",
        summary="A token, v1",
        tags=["sign-in"],
        exception_handlers={Refusal: refused, ClientException: unreadable},
        request_max_body_size=wire.LARGEST_BODY,
    )
    async def issue_v1(
        request: Request[Any, Any, Any], tenant: FromPath[str], body: RawBody
    ) -> Response[wire.TokenAnswerV1]:
        issued = await issue(request, tenant, body, 1)
        return Response(wire.answer_v1(issued), status_code=200, headers=wire.NO_STORE)

    @post(
        "/{tenant:str}/oauth2/v2.0/token",
        status_code=200,
        operation_id="issue_token_v2",
        summary="A token, v2",
        tags=["sign-in"],
        exception_handlers={Refusal: refused, ClientException: unreadable},
        request_max_body_size=wire.LARGEST_BODY,
    )
    async def issue_v2(
        request: Request[Any, Any, Any], tenant: FromPath[str], body: RawBody
    ) -> Response[wire.TokenAnswerV2]:
        issued = await issue(request, tenant, body, 2)
        return Response(wire.answer_v2(issued), status_code=200, headers=wire.NO_STORE)

    return [issue_v1, issue_v2]
