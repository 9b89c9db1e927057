"""What goes wrong, in Graph's shape; the codes are those that its error page lists."""

from datetime import datetime

import msgspec

from copartner.api.call import DECISION_HEADER, Call, Reply
from copartner.api.caller import NoToken, NotThisSide, UserTokenNeeded
from copartner.api.limiting import RateExceeded
from copartner.command.denial import Denied
from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound, Refusal, StaleTag

_LONGEST = 1500


class InnerError(msgspec.Struct, frozen=True):
    """What helps to find the request again; `decision` is ours: the record of a denial."""

    request_id: str | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="request-id")
    date: datetime | msgspec.UnsetType = msgspec.UNSET
    decision: str | msgspec.UnsetType = msgspec.UNSET


class GraphError(msgspec.Struct, frozen=True, rename="camel"):
    """One error: `code` for programs, `message` for people."""

    code: str
    message: str
    inner_error: InnerError = InnerError()


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
    StaleTag: (412, "preconditionFailed"),
    RateExceeded: (429, "tooManyRequests"),
}
# What is wrong with what was asked for, or with its state, and not with who asks.
_OF_THE_REQUEST = {
    "gdap-limits": (400, "badRequest"),
    "gdap-within": (400, "badRequest"),
    "gdap-active": (409, "conflict"),
}


def say(status: int, code: str, message: str, inner: InnerError, headers: dict[str, str] | None = None) -> Reply:
    """An error as an answer."""
    text = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"
    return Reply.of(status, GraphErrorBody(GraphError(code, text, inner)), headers)


class Graph:
    """Graph's way to refuse."""

    def refuse(self, error: Refusal, call: Call | None) -> Reply:
        """The answer to a request that cannot be done."""
        request_id = call.ctx.correlation_id if call else msgspec.UNSET
        at = call.ctx.moment if call else msgspec.UNSET
        if isinstance(error, Denied):
            status, code = _of_denial(error)
            decision = str(error.decision_id)
            return say(status, code, error.message, InnerError(request_id, at, decision), {DECISION_HEADER: decision})
        status, code = next((CLASSES[kind] for kind in type(error).__mro__ if kind in CLASSES), (400, "badRequest"))
        headers = {"www-authenticate": 'Bearer realm="copartner"'} if status == 401 else None
        if isinstance(error, RateExceeded):
            headers = {"retry-after": str(error.seconds)}
        return say(status, code, error.message, InnerError(request_id, at), headers)

    def unexpected(self, correlation_id: str) -> Reply:
        """The answer when nobody foresaw what happened."""
        text = "Something unexpected happened; give the request id to whoever runs this service."
        return say(500, "generalException", text, InnerError(correlation_id))

    def finish(self, reply: Reply) -> Reply:
        """Nothing is left to do."""
        return reply


def _of_denial(denied: Denied) -> tuple[int, str]:
    if denied.concealed:
        return 404, "notFound"
    if denied.of_bearer:
        return 401, "InvalidAuthenticationToken"
    if denied.rules and _OF_THE_REQUEST.keys() >= set(denied.rules):
        return max(_OF_THE_REQUEST[rule] for rule in denied.rules)
    return 403, "accessDenied"
