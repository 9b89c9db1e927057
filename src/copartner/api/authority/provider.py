"""The address to which an identity provider sends people back."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from copartner.api.authority.errors import page_status
from copartner.api.authority.pages import refusal_page
from copartner.api.authority.way import Way
from copartner.kernel.errors import Refusal
from copartner.signin.provider.service import PATH
from copartner.signin.service import Authority


def provider_routes(authority: Authority, way: Way) -> list[HTTPRouteHandler]:
    """`/common/oauth2/provider`, where there is a provider."""
    provider = authority.provider
    if provider is None:
        return []

    @get(PATH, status_code=303, name="return_from_provider", include_in_schema=False)
    async def back(request: Request[Any, Any, Any]) -> Response[bytes]:
        try:
            return await way.back(request, provider)
        except Refusal as refusal:
            return refusal_page(request, refusal, page_status(refusal))

    return [back]
