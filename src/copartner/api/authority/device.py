"""Device code flow: the address where a device begins, and the page where a person types its code."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from copartner.api.authority import wire
from copartner.api.authority.errors import page_status, refused, too_large
from copartner.api.authority.pages import own_page, refusal_page
from copartner.api.authority.paths import segment_of
from copartner.api.authority.speaking import language_of, told
from copartner.api.authority.way import Way
from copartner.kernel.errors import Refusal
from copartner.signin import device, rules
from copartner.signin.consents import Question
from copartner.signin.model import Held, SignedIn
from copartner.signin.service import Authority

_ENDPOINTS = {1: "oauth2/devicecode", 2: "oauth2/v2.0/devicecode"}
_NAME = "your device"
PAGE = "/common/oauth2/deviceauth"
_EXPIRES, _INTERVAL = int(device.LIFETIME.total_seconds()), int(device.INTERVAL.total_seconds())


class BegunV1(msgspec.Struct):
    """The v1 answer, whose numbers are strings and whose address is a `url`."""

    user_code: str
    device_code: str
    verification_url: str
    expires_in: str
    interval: str
    message: str


class BegunV2(msgspec.Struct):
    """The v2 answer (RFC 8628, 3.2)."""

    user_code: str
    device_code: str
    verification_uri: str
    expires_in: int
    interval: int
    message: str


def device_routes(authority: Authority, way: Way) -> list[HTTPRouteHandler]:
    """`/{tenant}/oauth2/[v2.0/]devicecode` and the page `/common/oauth2/deviceauth`."""
    return [*(_of_version(authority, version) for version in _ENDPOINTS), *_page_routes(authority, way)]


def _of_version(authority: Authority, version: int) -> HTTPRouteHandler:
    @post(
        f"/{{tenant:str}}/{_ENDPOINTS[version]}",
        status_code=200,
        name=f"begin_device_v{version}",
        include_in_schema=False,
        exception_handlers={Refusal: refused, RequestEntityTooLarge: too_large},
        request_max_body_size=wire.LARGEST_BODY,
    )
    async def begin(request: Request[Any, Any, Any], tenant: FromPath[str], body: RawBody) -> Response[Any]:
        segment = segment_of(tenant)
        spoken = rules.version_at(segment, version)
        form = wire.form_of(request, body)
        client = wire.credentials(request.headers.get("authorization"), form)
        directory = await authority.directory(segment)
        audience = authority.audience(spoken, form)
        scopes = rules.lasting(spoken, rules.scopes_of(form.get("scope")))
        # Devices keep no secret; one that has a secret proves itself when it asks for the token.
        application = await authority.named_client(client, directory)
        begun = await device.begin(authority, application, directory, audience=audience, scopes=scopes)
        return Response(_answer(begun, authority.root, spoken), status_code=200, headers=wire.NO_STORE)

    return begin


def _answer(begun: device.Begun, root: str, version: int) -> BegunV1 | BegunV2:
    url = root + PAGE
    message = f"To sign in, open {url} in a browser and enter the code {begun.user_code}."
    if version == 1:
        return BegunV1(begun.user_code, begun.device_code, url, str(_EXPIRES), str(_INTERVAL), message)
    return BegunV2(begun.user_code, begun.device_code, url, _EXPIRES, _INTERVAL, message)


def _page_routes(authority: Authority, way: Way) -> list[HTTPRouteHandler]:
    @get(PAGE, status_code=200, name="show_device_page", include_in_schema=False)
    async def show(request: Request[Any, Any, Any]) -> Response[bytes]:
        try:
            code = wire.query_of(request.scope["query_string"]).get("user_code", "")
            own = await way.own(request, _address(code), _NAME)
            return own if isinstance(own, Response) else _page(way, request, own[1], user_code=code)
        except Refusal as refusal:
            return refusal_page(request, refusal, page_status(refusal))

    @post(
        PAGE,
        status_code=200,
        name="take_device_code",
        include_in_schema=False,
        exception_handlers={RequestEntityTooLarge: _page_too_large},
        request_max_body_size=wire.LARGEST_BODY,
    )
    async def take(request: Request[Any, Any, Any], body: RawBody) -> Response[bytes]:
        try:
            return await _taken(authority, way, request, wire.form_of(request, body))
        except Refusal as refusal:
            return refusal_page(request, refusal, page_status(refusal))

    return [show, take]


async def _taken(
    authority: Authority, way: Way, request: Request[Any, Any, Any], form: dict[str, str]
) -> Response[bytes]:
    """First the application that asks is named; then the person, who is signed in, agrees or does not."""
    code = form.get("user_code", "")
    own = await way.own(request, _address(code), _NAME)
    if isinstance(own, Response):
        return own
    held = own[1]
    way.browsers.check_form(request, PAGE, form.get("key"))
    try:
        application = (await device.asking(authority, code)).name
        if form.get("answer") == "no":
            await device.decline(authority, code)
            return _page(way, request, held, done="declined", application=application)
        session, answer = held.session, form.get("answer", "")
        signed_in = SignedIn(held.user, session.methods, session.signed_in_at, session.id)
        question = await device.lacking(authority, code, signed_in, language_of(request))
        if answer not in ("yes", "yes-for-all"):
            return _page(way, request, held, user_code=code, application=application, question=question)
        if question is not None:
            await device.consent(authority, code, signed_in, for_all=answer == "yes-for-all")
        await device.approve(authority, code, signed_in)
    except (rules.DeviceUnknown, rules.SignInFailed) as failed:
        return _page(way, request, held, user_code=code, failed=told(failed, language_of(request)))
    return _page(way, request, held, done="approved", application=application)


def _page(
    way: Way,
    request: Request[Any, Any, Any],
    held: Held,
    *,
    user_code: str = "",
    application: str = "",
    question: Question | None = None,
    failed: str = "",
    done: str = "",
) -> Response[bytes]:
    """The form for a device's code; once `application` is known, the question about it. `done` is the end."""
    return own_page(
        language_of(request),
        "device.html",
        {
            "action": PAGE,
            "key": way.browsers.form_key(request, PAGE),
            "user": held.user,
            "user_code": user_code,
            "application": application,
            "question": question,
            "done": done,
        },
        redirect_uri=way.elsewhere,
        failed=failed,
    )


def _address(user_code: str) -> str:
    """Where a person who signs in on the way comes back to."""
    return f"{PAGE}?{urlencode({'user_code': user_code[:20]})}" if user_code else PAGE


def _page_too_large(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    return refusal_page(request, "The form is too large.", error.status_code)
