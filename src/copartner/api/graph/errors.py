"""What goes wrong, in Graph's shape; the codes are those that its error page lists."""

from datetime import datetime

import msgspec

from copartner.api.addresses import Address
from copartner.api.call import DECISION_HEADER, Call, Reply
from copartner.api.caller import Identifiers, NoToken, NotThisSide, UserTokenNeeded
from copartner.api.limiting import RateExceeded
from copartner.command.denial import Denied
from copartner.kernel.clock import Clock
from copartner.kernel.database import away
from copartner.kernel.errors import Busy, Conflict, Illegal, Invalid, NotFound, Refusal, StaleTag
from copartner.kernel.languages import Language

VERSIONS = ("v1.0", "beta")
_LONGEST = 1500
# Seconds after which the same request may come again: when others are at work, when the database is away.
_SOON, _LATER = 1, 10


class InnerError(msgspec.Struct, frozen=True):
    """What helps to find the request again; `decision` is ours: the record of a denial."""

    date: datetime
    request_id: str = msgspec.field(name="request-id")
    client_request_id: str = msgspec.field(name="client-request-id")
    decision: str | msgspec.UnsetType = msgspec.UNSET


class GraphError(msgspec.Struct, frozen=True, rename="camel"):
    """One error: `code` for programs, `message` for people."""

    code: str
    message: str
    inner_error: InnerError


class GraphErrorBody(msgspec.Struct, frozen=True):
    """Graph's error."""

    error: GraphError


# By the class of a refusal; the nearest base class counts.
CLASSES: dict[type[Exception], tuple[int, str]] = {
    NoToken: (401, "InvalidAuthenticationToken"),
    NotThisSide: (403, "accessDenied"),
    UserTokenNeeded: (403, "accessDenied"),
    NotFound: (404, "notFound"),
    Invalid: (400, "badRequest"),
    Illegal: (409, "conflict"),
    Conflict: (409, "conflict"),
    Busy: (503, "serviceNotAvailable"),
    StaleTag: (412, "preconditionFailed"),
    RateExceeded: (429, "tooManyRequests"),
}
# What is wrong with what was asked for, or with its state, and not with who asks.
_OF_THE_REQUEST = {
    "gdap-limits": (400, "badRequest"),
    "gdap-within": (400, "badRequest"),
    "gdap-active": (409, "conflict"),
}


def spoken_at(path: str) -> bool:
    """Whether an address, served or not, is below one of Graph's versions."""
    return path.strip("/").partition("/")[0].lower() in VERSIONS


def headers_of(known: Identifiers) -> list[tuple[bytes, bytes]]:
    """By what an answer is found again, in Graph's words."""
    named = ((b"request-id", known.request_id), (b"client-request-id", known.correlation_id))
    return [(name, value.encode("latin-1", "replace")) for name, value in named]


class Graph:
    """Graph's way to refuse; `clock` dates the errors."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def refuse(self, error: Refusal, _call: Call | None, known: Identifiers) -> Reply:
        """The answer to a request that cannot be done."""
        if isinstance(error, Denied):
            status, code = _of_denial(error)
            text = error.said(known.language)
            if error.decision_id is None:
                return self.say(status, code, text, known)
            decision = str(error.decision_id)
            headers = {DECISION_HEADER: decision}
            if known.language in error.translations and known.language is not Language.ENGLISH:
                headers["content-language"] = known.language
            return self.say(status, code, text, known, headers, decision)
        status, code = next((CLASSES[kind] for kind in type(error).__mro__ if kind in CLASSES), (400, "badRequest"))
        headers = {"www-authenticate": 'Bearer realm="copartner"'} if status == 401 else {}
        if isinstance(error, RateExceeded | Busy):
            headers = _after(error.seconds if isinstance(error, RateExceeded) else _SOON)
        return self.say(status, code, error.message, known, headers)

    def unexpected(self, error: Exception, known: Identifiers) -> Reply:
        """The answer when nobody foresaw what happened."""
        if away(error):
            return self.say(503, "serviceNotAvailable", "The database is away; try again later.", known, _after(_LATER))
        text = "Something unexpected happened; give the request id to whoever runs this service."
        return self.say(500, "generalException", text, known)

    def unserved(self, method: str, path: str, place: Address | None, known: Identifiers) -> Reply:
        """The answer where nothing serves this method: what the contract knows is named."""
        if place is not None and method in place.known:
            return self.say(501, "notSupported", f"This operation is not served here: {place.known[method]}.", known)
        if place is None or not place.served:
            return self.say(404, "notFound", f"There is nothing at {path[:200]}.", known)
        allow = {"allow": ", ".join(sorted({*place.served, "OPTIONS"}))}
        if method == "OPTIONS":
            return Reply(204, headers=allow)
        return self.say(405, "notAllowed", f"{method} is not served at this address.", known, allow)

    def unreadable(self, known: Identifiers) -> Reply:
        """The answer to an address that no client should send."""
        return self.say(400, "badRequest", "The address holds a NUL character; leave it out.", known)

    def finish(self, reply: Reply) -> Reply:
        """Nothing is left to do."""
        return reply

    def say(
        self,
        status: int,
        code: str,
        message: str,
        known: Identifiers,
        headers: dict[str, str] | None = None,
        decision: str | msgspec.UnsetType = msgspec.UNSET,
    ) -> Reply:
        """An error as an answer."""
        text = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"
        inner = InnerError(self._clock.now(), known.request_id, known.correlation_id, decision)
        return Reply.of(status, GraphErrorBody(GraphError(code, text, inner)), headers)


def _after(seconds: int) -> dict[str, str]:
    return {"retry-after": str(seconds)}


def _of_denial(denied: Denied) -> tuple[int, str]:
    if denied.concealed:
        return 404, "notFound"
    if denied.of_bearer:
        return 401, "InvalidAuthenticationToken"
    if denied.rules and _OF_THE_REQUEST.keys() >= set(denied.rules):
        return max(_OF_THE_REQUEST[rule] for rule in denied.rules)
    return 403, "accessDenied"
