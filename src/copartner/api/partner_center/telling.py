"""The contract's error as an answer, in the language that a client asks for."""

from collections.abc import Mapping

import msgspec
from litestar.types import Receive, Scope, Send

from copartner.api.call import Reply, encode
from copartner.api.caller import identified
from copartner.api.partner_center.codes import ErrorCode
from copartner.kernel.languages import Language

_SOURCE = "copartner"
_LONGEST_TEXT = 1500
_BOM = b"\xef\xbb\xbf"


class ErrorBody(msgspec.Struct, frozen=True, rename="camel"):
    """The contract's error: `code` as published, `description` for people, `data` the values concerned."""

    code: str
    description: str
    data: tuple[str, ...]
    source: str


class Said(Reply):
    """An error as an answer, sent in the language asked for where its description or its code was translated."""

    __slots__ = ("code", "data", "description", "translations")

    def __init__(
        self,
        code: ErrorCode,
        description: str,
        data: tuple[str, ...],
        headers: Mapping[str, str] | None = None,
        translations: Mapping[Language, str] | None = None,
    ) -> None:
        told = ErrorBody(code.code, short(description, _LONGEST_TEXT), data, _SOURCE)
        super().__init__(code.status, encode(told), headers)
        self.code = code
        self.description = description
        self.data = data
        self.translations = translations or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await Reply.__call__(in_language_of(scope, self), scope, receive, send)


def in_language_of(scope: Scope, reply: Reply) -> Reply:
    """The reply in the language asked for.

    Where what happened has no words in it, its code has: what the code means, then the details as they were said.
    """
    if not isinstance(reply, Said):
        return reply
    language = identified(scope).language
    if language is Language.ENGLISH:
        return reply
    text = reply.translations.get(language)
    if text is None:
        meaning = reply.code.in_language(language)
        if meaning is None:
            return reply
        text = f"{meaning} ({reply.description})"
    headers = {**(reply.headers or {}), "content-language": language}
    spoken = Said(reply.code, text, reply.data, headers)
    return marked(spoken) if reply.body.startswith(_BOM) else spoken


def marked(reply: Reply) -> Reply:
    """The answer with a byte order mark before its body."""
    reply.body = _BOM + reply.body
    return reply


def short(text: str, most: int) -> str:
    """The text, cut where it is longer than `most`."""
    return text if len(text) <= most else f"{text[:most]}…"
