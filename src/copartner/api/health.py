"""Whether the process lives, and whether it can serve: the database answers and the rulebook holds today."""

import asyncio
from typing import Any

import structlog
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from copartner.api.call import Reply
from copartner.command.runtime import Runtime

_PATIENCE = 2.0  # seconds
_ANSWER = {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}
_log = structlog.get_logger("copartner.http")


def _path(name: str, summary: str, answers: dict[str, str]) -> dict[str, Any]:
    content = {"application/json": {"schema": _ANSWER}}
    responses = {status: {"description": text, "content": content} for status, text in answers.items()}
    return {"get": {"operationId": name, "summary": summary, "security": [], "responses": responses}}


PATHS: dict[str, Any] = {
    "/health/live": _path("health.live", "Whether the process lives.", {"200": "It does."}),
    "/health/ready": _path("health.ready", "Whether it can serve.", {"200": "It can.", "503": "It cannot."}),
}


def handlers(runtime: Runtime) -> list[HTTPRouteHandler]:
    """Litestar's handlers of `/health/live` and `/health/ready`."""

    async def live() -> ASGIApp:
        return Reply.of(200, {"status": "live"})

    async def ready() -> ASGIApp:
        try:
            await asyncio.wait_for(runtime.rules.settled(), _PATIENCE)
            runtime.rules_at(runtime.programme_clock.now())
            await asyncio.wait_for(runtime.pool.check(), _PATIENCE)
        except Exception as error:
            _log.warning("not ready", error=repr(error))
            return Reply.of(503, {"status": "not ready"})
        return Reply.of(200, {"status": "ready"})

    return [
        HTTPRouteHandler(path, http_method="GET", status_code=200, include_in_schema=False)(handler)
        for path, handler in (("/health/live", live), ("/health/ready", ready))
    ]
