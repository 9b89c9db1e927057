"""The last net under every page: whatever nobody foresaw becomes a page with a number, and a line in the log."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import Scope

from copartner.kernel.errors import Busy
from copartner.portal.form import Unreadable
from copartner.portal.html import notice
from copartner.portal.speaking import language_of

_log = structlog.get_logger("copartner.portal")
CorrelationId = Callable[[Scope], str]


async def guarded(
    page: str,
    request: Request[Any, Any, Any],
    correlation_id: CorrelationId,
    answer: Callable[[Request[Any, Any, Any]], Awaitable[Response[bytes]]],
) -> Response[bytes]:
    """The answer, or a page that says why there is none; `page` names it in the log."""
    language = language_of(request)
    try:
        return await answer(request)
    except Unreadable:
        return notice("unreadable_form", status=400, language=language)
    except HTTPException as error:
        return notice("unreadable_form", status=error.status_code, language=language)
    except Busy as refusal:
        return notice("unexpected", status=409, language=language, refusal=refusal)
    except Exception:
        identifier = correlation_id(request.scope)
        _log.exception("unexpected", page=page, correlation_id=identifier)
        return notice("unexpected", status=500, language=language, correlation_id=identifier)
