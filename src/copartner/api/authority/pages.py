"""The pages of the authority: plain HTML under a policy that runs no script but the one that sends a form on."""

import base64
import re
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import segno
from litestar import Request, Response

from copartner.api.authority.speaking import language_of, rendered, told
from copartner.kernel.errors import Refusal
from copartner.kernel.languages import Language
from copartner.signin import totp
from copartner.signin.consents import Question
from copartner.signin.steps import Passage, Step

_CSS = (files("copartner.api.authority") / "templates" / "signin.css").read_text()
_CSS_DIGEST = base64.b64encode(sha256(_CSS.encode()).digest()).decode()
_SEND = "document.forms[0].submit()"
_SEND_DIGEST = base64.b64encode(sha256(_SEND.encode()).digest()).decode()
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?|https?://\[[0-9A-Fa-f:]+\](?::[0-9]+)?", re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*", re.ASCII)


def step_page(
    language: Language,
    step: Step,
    passage: Passage,
    *,
    action: str,
    form: str,
    name: str,
    issuer: str,
    question: Question | None = None,
    elsewhere: str = "",
    failed: str = "",
) -> Response[bytes]:
    """The page that asks for a step; `failed` says why it is shown again, `issuer` is what an app calls this place.

    Its form may lead to the application, and `elsewhere`.
    """
    shown = _seed_shown(passage, issuer) if step is Step.ENROLMENT else {}
    values = {
        "action": action,
        "form": form,
        "application": passage.request.application_name,
        "name": name,
        "user": passage.user,
        "recovery_codes": passage.recovery_codes,
        "question": question,
        "returns_to": origin_of(passage.request.redirect_uri, language),
        "failed": failed,
        "css": _CSS,
        **shown,
    }
    html = rendered(language, f"{step}.html", values)
    # Browsers hold the whole chain after a sent form to form-action, so the application's address belongs in it.
    leads_to = ["'self'", _source(passage.request.redirect_uri), _source(elsewhere)]
    return _page(html, 400 if failed else 200, " ".join(filter(None, leads_to)))


def _seed_shown(passage: Passage, issuer: str) -> dict[str, str]:
    """The seed of an app to be added, in its three forms."""
    name = passage.user.user_principal_name if passage.user else ""
    address = totp.address(passage.seed, name=name, issuer=f"copartner {issuer}")
    picture = segno.make(address, error="m", micro=False).svg_inline(
        scale=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=True
    )
    return {"address": address, "seed": totp.seed_text(passage.seed), "picture": picture}


def own_page(
    language: Language,
    template: str,
    values: Mapping[str, object] | None = None,
    *,
    failed: str = "",
    redirect_uri: str = "",
) -> Response[bytes]:
    """A page of the authority by itself, whose forms go to the authority, and from there at most to one address."""
    html = rendered(language, template, {**(values or {}), "failed": failed, "css": _CSS})
    return _page(html, 400 if failed else 200, f"'self' {_source(redirect_uri)}".strip())


def sent_back_page(language: Language, redirect_uri: str, fields: Mapping[str, str]) -> Response[bytes]:
    """A form with these fields that goes to the application, by itself where scripts run, else by its button."""
    values = {"redirect_uri": redirect_uri, "fields": fields, "script": _SEND, "css": _CSS}
    html = rendered(language, "sent_back.html", values)
    return _page(html, 200, _source(redirect_uri) or "'none'", f"script-src 'sha256-{_SEND_DIGEST}'; ")


def refusal_page(request: Request[Any, Any, Any], why: str | Refusal, status: int) -> Response[bytes]:
    """What is wrong with the request, for the person before the browser."""
    language = language_of(request)
    html = rendered(language, "refused.html", {"message": told(why, language), "css": _CSS})
    return _page(html, status, "'none'")


def _page(html: str, status: int, form_action: str, scripts: str = "") -> Response[bytes]:
    policy = (
        f"default-src 'none'; style-src 'sha256-{_CSS_DIGEST}'; {scripts}form-action {form_action}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    return Response(html.encode(), status_code=status, media_type="text/html", headers=headers)


def origin_of(redirect_uri: str, language: Language) -> str:
    """Whom an address leads to, for people: its host, the machine before them, or a program on it."""
    parts = urlsplit(redirect_uri)
    if parts.hostname in ("localhost", "127.0.0.1", "::1"):
        return told("a program on this computer", language)
    if parts.scheme in ("http", "https"):
        return parts.netloc
    return told("the program that opens addresses with %(scheme)s", language) % {"scheme": f"{parts.scheme}:"}


def _source(redirect_uri: str) -> str:
    """The address as a policy's source expression; only characters that cannot end the directive."""
    if origin := _ORIGIN.match(redirect_uri):
        return origin.group()
    scheme = urlsplit(redirect_uri).scheme
    return f"{scheme}:" if _SCHEME.fullmatch(scheme) else ""
