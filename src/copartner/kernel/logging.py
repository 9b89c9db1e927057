"""Structured logs: one JSON object a line, with the correlation id of the request, never a secret."""

import contextlib
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import msgspec
import structlog

_SECRET_KEYS = frozenset(
    {
        *("authorization", "cookie", "password", "secret", "client_secret", "code"),
        *("token", "access_token", "refresh_token", "id_token"),
    }
)


class _Lasting:
    """A stream whose reader may go: the line is lost, and whoever was served while it was written is not."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()


# Where lines of the level info go as JSON; None while they go elsewhere, or nowhere.
_lines: _Lasting | None = None


def _without_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in event.keys() & _SECRET_KEYS:
        event[key] = "***"
    return event


_stamped = structlog.processors.TimeStamper(fmt="iso", utc=True)


def _json(event: Any, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()


class Frequent:
    """Writes what is logged at every request: structlog's line, without its processors in between."""

    def __init__(self, name: str) -> None:
        # Bound here, once: a module's logger looks its configuration up at every line.
        self._log = structlog.get_logger(name).bind()

    def info(self, event: str, values: dict[str, Any]) -> None:
        """A line of the level info; where lines are no JSON, or a value might be a secret, structlog writes it."""
        if _lines is None or not _SECRET_KEYS.isdisjoint(values):
            self._log.info(event, **values)
            return
        line = _stamped(None, "info", {**values, "event": event, "level": "info"})
        _lines.write(f"{_json(line)}\n")
        _lines.flush()


class _FromLibraries(logging.Handler):
    """Lines of the server and other libraries, in the same shape as ours."""

    def emit(self, record: logging.LogRecord) -> None:
        """Hand the line on; levels of a library's own count as the next lower one."""
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
        logger = structlog.get_logger(record.name)
        logger.log(level, record.getMessage(), logger=record.name, exc_info=record.exc_info or None)


def configure(level: str = "info", *, human: bool = False) -> None:
    """Send every log line of this process to standard error; `human` writes coloured text instead of JSON."""
    global _lines
    number = logging.getLevelNamesMapping()[level.upper()]
    stream = _Lasting(sys.stderr)
    _lines = stream if number <= logging.INFO and not human else None
    renderer: Any = structlog.dev.ConsoleRenderer() if human else structlog.processors.JSONRenderer(_json)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _stamped,
            _without_secrets,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, stream)),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_FromLibraries()]
    root.setLevel(number)
    logging.captureWarnings(True)
