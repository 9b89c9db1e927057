"""Style sheet, script and mark, served under names that change with their content."""

from hashlib import sha256
from importlib.resources import files
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FILES = {
    entry.name: entry.read_bytes()
    for entry in (files("copartner.portal") / "static").iterdir()
    if entry.name.endswith(tuple(_KINDS))
}
_VERSIONS = {name: sha256(content).hexdigest()[:16] for name, content in _FILES.items()}
_YEAR = 365 * 24 * 3600


def asset(name: str) -> str:
    """Where a page finds a file of the portal."""
    return f"/portal/static/{name}?v={_VERSIONS[name]}"


def asset_routes() -> list[HTTPRouteHandler]:
    """`/portal/static/{name}`."""

    @get("/portal/static/{name:str}", status_code=200, operation_id="read_portal_asset", include_in_schema=False)
    async def read(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
        content = _FILES.get(name)
        if content is None:
            raise NotFoundException
        lasting = request.query_params.get("v") == _VERSIONS[name]
        headers = {
            "Cache-Control": f"public, max-age={_YEAR}, immutable" if lasting else "no-cache",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
        }
        kind = _KINDS[f".{name.rpartition('.')[2]}"]
        return Response(content, status_code=200, media_type=kind, headers=headers)

    return [read]
