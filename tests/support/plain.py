"""People who come to a running deployment with nothing but HTTP, by its real sign-in, and the forms of its pages."""

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape

import httpx

from copartner.signin import totp
from support.up import Emulator

_SIGN_IN = "/portal/sign-in?page=/portal"


@dataclass(slots=True)
class Form:
    """A form of a page: what it sends as it stands, the boxes that can be ticked, and its buttons."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


def forms_of(page: str) -> list[Form]:
    """Every form of a page."""
    return [_form(text) for text in re.findall(r"<form\b.*?</form>", page, re.DOTALL)]


def _form(text: str) -> Form:
    begin = _attributes(re.findall(r"<form\b[^>]*>", text)[0])
    made = Form(begin.get("method", "get"), begin.get("action", ""))
    for one in map(_attributes, re.findall(r"<input\b[^>]*>", text)):
        name, value = one.get("name", ""), one.get("value", "on")
        if one.get("type") in ("checkbox", "radio"):
            made.boxes[name] = value
        if name and (one.get("type") not in ("checkbox", "radio") or "checked" in one):
            made.fields[name] = value
    for tag, inside in re.findall(r"(<textarea\b[^>]*>)(.*?)</textarea>", text, re.DOTALL):
        made.fields[_attributes(tag)["name"]] = unescape(inside)
    for tag, inside in re.findall(r"(<select\b[^>]*>)(.*?)</select>", text, re.DOTALL):
        options = [_attributes(option) for option in re.findall(r"<option\b[^>]*>", inside)]
        chosen = next((one for one in options if "selected" in one), options[0] if options else {})
        made.fields[_attributes(tag)["name"]] = chosen.get("value", "")
    buttons = map(_attributes, re.findall(r"<button\b[^>]*>", text))
    made.buttons = [(one["name"], one.get("value", "")) for one in buttons if "name" in one]
    return made


def _attributes(tag: str) -> dict[str, str]:
    found = re.findall(r'\s([a-z-]+)(?:="([^"]*)")?(?=[\s>])', tag)
    return {name: unescape(value) for name, value in found}


@contextmanager
def signed_in(up: Emulator, name: str) -> Iterator[httpx.Client]:
    """A client with the cookies of `sa@nordlicht`, who adds an authenticator app where the rules ask for one."""
    users = [user for tenant in up.tenants.values() for user in tenant["users"]]
    known = next(user for user in users if user["userPrincipalName"] == f"{name}.example")
    with httpx.Client(base_url=up.url, timeout=60, follow_redirects=True) as made:
        page = made.get(_SIGN_IN)
        while page.is_success or page.status_code == 403:
            asked = _next(page.text)
            if asked is None:
                break
            page = made.get(asked) if isinstance(asked, str) else _sent(made, page.text, asked, known)
        assert 'action="/portal/sign-out"' in page.text, page.text
        yield made


def _next(page: str) -> Form | str | None:
    """The form of a step of the sign-in, or the address at which a second factor is asked for; None when it is over."""
    form = next((one for one in forms_of(page) if "form" in one.fields), None)
    more = re.search(r'href="([^"]*factor=mfa[^"]*)"', page)
    return form or (unescape(more[1]) if more else None)


def _sent(client: httpx.Client, page: str, form: Form, user: dict[str, str]) -> httpx.Response:
    return client.post(form.action, data=form.fields | _answers(page, form, user))


def _answers(page: str, form: Form, user: dict[str, str]) -> dict[str, str]:
    if "password" in form.fields:
        return {"username": user["userPrincipalName"], "password": user["password"]}
    key = re.search(r'<code class="key">([^<]+)</code>', page)
    if key is None:
        return {}
    return {"code": totp.code_at(base64.b32decode(key[1].replace(" ", "")), totp.step_of(datetime.now(UTC)))}
