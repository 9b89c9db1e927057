"""People of every side in the portal, signed in with all that a page asks for; forms by what they do."""

import re
from html import unescape

import httpx

from copartner.kernel.secrets import KeyFile
from copartner.policy.facts import Side
from copartner.portal.session import Sessions
from copartner.signin.model import Subject
from support.authority import KEY
from support.portal import Browser, House

# Who reads what is a tenant's own, of every side and with every role.
PEOPLE: tuple[tuple[str, Side], ...] = (
    *((f"{who}@nordlicht", Side.PARTNER) for who in ("ga", "um", "aa", "sa", "hd", "ba")),
    *((f"{who}@alpenblick", Side.CUSTOMER) for who in ("ga", "ba", "user")),
    *((f"{who}@wolkenstadt", Side.OPERATOR) for who in ("ga", "approver")),
)


def visitor(home: House, name: str, side: Side, *, language: str = "en") -> Browser:
    """A browser in which somebody is signed in with a second factor, on the side of their tenant."""
    caller = home.here.context(name, side).caller
    subject = Subject(caller.tenant_id, caller.subject_id, None, f"{name}.example", (), ("pwd", "mfa"))
    issued = home.authority.tokens.issue(subject, audience=home.root, version=2)
    cookie = Sessions(home.authority, KeyFile(KEY), home.clock).begin(issued, side)
    browser = home.browser()
    browser.http.cookies.set(cookie.key, str(cookie.value))
    browser.http.headers["Accept-Language"] = language
    return browser


async def act(browser: Browser, page: httpx.Response, act: str, **typed: str) -> httpx.Response:
    """Press a button of a page by its value, with what was typed and what the form holds already."""
    forms = re.findall(r"<form\b.*?</form>", page.text, re.DOTALL)
    form = next((one for one in forms if f'value="{act}"' in one), None)
    assert form, f"no button {act} on the page"
    return await submit(browser, form, act=act, **typed)


async def submit(browser: Browser, form: str, **typed: str) -> httpx.Response:
    """Send a form as a browser does: hidden fields, what is ticked, what stands in the fields, what was typed."""
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, kind = _attribute(tag, "name"), _attribute(tag, "type")
        if name and (kind not in ("checkbox", "radio") or " checked" in tag):
            fields[name] = _attribute(tag, "value")
    for tag, text in re.findall(r"(<textarea\b[^>]*>)(.*?)</textarea>", form, re.DOTALL):
        fields[_attribute(tag, "name")] = unescape(text).removeprefix("\n")
    action = re.search(r'action="([^"]+)"', form)
    assert action, form
    sent = {name: value for name, value in (fields | typed).items() if value != UNTICKED}
    return await browser.http.post(unescape(action.group(1)), data=sent)


UNTICKED = "\x00unticked"


def forms(page: httpx.Response, within: str = "") -> list[str]:
    """The forms of a page that hold a text."""
    found = re.findall(r"<form\b.*?</form>", page.text, re.DOTALL)
    return [one for one in found if within in one]


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]*)"', tag)
    return unescape(found.group(1)) if found else ""


def secret_of(page: httpx.Response) -> str:
    """What a page shows once."""
    found = re.search(r'<p class="secret"><code[^>]*>([^<]+)</code>', page.text)
    assert found, page.text
    return unescape(found.group(1))
