"""A browser with somebody before it, for clients that send people to sign in; also a program, named by BROWSER."""

import base64
import hmac
import json
import os
import re
import sys
import time
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

KEY = re.compile(r'<code class="key">([A-Z2-7 ]+)</code>')
RECOVERY_CODE = re.compile(r"<li><code>([\w-]+)</code>")


class Form(HTMLParser):
    """The first form of a page: its address, its fields, and the button pressed by Enter."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields, self._pressed = None, {}, False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form" and self.action is None:
            self.action = given.get("action") or ""
        elif tag == "input" and given.get("name") and given.get("type") not in ("checkbox", "radio"):
            self.fields.setdefault(given["name"], given.get("value") or "")
        elif tag == "button" and given.get("name") and not self._pressed:
            self.fields[given["name"]] = given.get("value") or ""
        self._pressed = self._pressed or tag == "button"


def app_code(key):
    """The code that an authenticator app with this key shows now (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(key.replace(" ", "")), (int(time.time()) // 30).to_bytes(8, "big"), "sha1")
    place = digest[-1] & 0xF
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFF_FFFF) % 10**6:06}"


def person(ca, start, typed, back="http://localhost:", until=None):
    """Fill in every form with what is `typed`; the request that goes `back` to the client, None where none does.

    Where a page shows a key, it goes into an authenticator app. The way ends before that at the first page with `until`
    on it, by all that it finds there.
    """
    browser = requests.Session()
    browser.verify = ca
    answer = browser.get(start, allow_redirects=False)
    for _ in range(12):
        if answer.is_redirect:
            target = urljoin(answer.url, answer.headers["location"])
            if target.startswith(back):
                return requests.Request("GET", target)
            answer = browser.get(target, allow_redirects=False)
            continue
        if until and (found := until.findall(answer.text)):
            return found
        form = Form(answer.text)
        if form.action is None:
            return None
        if form.action.startswith(back):
            return requests.Request("POST", form.action, data=form.fields)
        key = KEY.search(answer.text)
        known = {**typed, "code": app_code(key[1])} if key else typed
        fields = {**form.fields, **{name: value for name, value in known.items() if name in form.fields}}
        answer = browser.post(urljoin(answer.url, form.action), data=fields, allow_redirects=False)
        if not answer.is_redirect and answer.status_code != 200:
            raise SystemExit(f"{answer.status_code}: {answer.text}")
    raise SystemExit("no end of forms")


def enrolled(asked):
    """Somebody adds an authenticator app to their account: the recovery codes, each good once for a second factor."""
    return person(asked["ca"], f"{asked['url']}/account/second-factor", asked, until=RECOVERY_CODE)


def as_program(typed):
    """The environment in which a client that opens a browser opens this one, with somebody who types this."""
    return {"BROWSER": f"{sys.executable} {__file__} %s &", "PERSON": json.dumps(typed)}


if __name__ == "__main__":
    sent_back = person(os.environ["REQUESTS_CA_BUNDLE"], sys.argv[1], json.loads(os.environ["PERSON"]))
    requests.Session().send(sent_back.prepare(), timeout=30)
