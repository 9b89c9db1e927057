"""Whatever is sent to a page, it answers with a page of its own and never falls over."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from itertools import cycle, islice
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import pytest

from copartner.portal.page import Page
from support.addresses import PAGES, address
from support.plain import Form, forms_of, signed_in
from support.scene import VERSION, Scene, furnished
from support.up import emulator

pytestmark = [pytest.mark.verify, pytest.mark.timeout(1200)]
SIDES = {"ga@nordlicht": "partner", "ga@alpenblick": "customer", "ga@wolkenstadt": "operator"}
UNKNOWN = "11111111-2222-4333-8444-555555555555"
TYPED = (
    "", " ", "-1", "-0", "1e9", "٣", "9" * 30, "2147483648", "true", "[]", "'", '"><script>x</script>', "=1+1",
    "a\r\nB: c", "\u202eab\u200b", "\U0001f600" * 50, "x" * 10_000, "0001-01-01", "9999-12-31", "2026-02-30",
    "2027-01-31T00:00+14:00", UNKNOWN, f"{{{UNKNOWN}}}", "%(name)s {0}", "a|b|c", "\x01", "\x7f\x85", "\ufeff",
    "https://[", "a@b@c", "\\", "ß" * 300,
)  # fmt: skip
# As they stand in an address.
ENCODED = ("%ff", "%", "%zz", "%0d%0a", "%ed%a0%80", "%c0%80", "*(),;:@!$'", "%00", *map(quote, TYPED[:20]))
# What some page reads, whether its links and forms name it at the moment or not.
READ = (
    "sort", "filter", "after", "format", "table", "q", "search", "customer", "cart", "item", "parent", "find", "from",
    "to", "operation", "actor", "about", "denied", "at", "since", "until", "user", "action", "seller", "state", "kind",
    "country", "product", "on", "number", "letter", "groups", "deleted", "language",
)  # fmt: skip
MADE_UP = ("act", "role-x", f"role-{UNKNOWN}", "sku-", "had-", "secret-x", "consent-x", "member-x", "quantity-1")
# How many of those a page is asked for, beside its own; they go round.
SOME = 5
DIGITS = "9" * 5_000


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A running deployment in which every page has something to show."""
    with emulator(tmp_path_factory.mktemp("garbage"), "--clock", "2026-11-22") as up:
        made = furnished(up)
        with signed_in(up, "ga@wolkenstadt") as operator:
            form = next(one for one in forms_of(operator.get("/operator/rules/new").text) if "text" in one.fields)
            tried = operator.post(form.action, data=form.fields | {"text": VERSION, "act": "try"})
        yield replace(made, ids={**made.ids, "trial_id": tried.url.path.rpartition("/")[2]})


def wrong(answer: httpx.Response) -> str:
    """What is wrong with an answer; it is right when it is a page or a sheet that refuses or shows something."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if answer.status_code >= 500:
        return str(answer.status_code)
    if kind == "application/json":
        # An address that holds NUL is read by nobody.
        return "" if answer.status_code == 400 and "NUL" in json.loads(answer.text)["description"] else kind
    if kind not in ("text/html", "text/csv"):
        return kind or "of no kind"
    return "a script of others" if "<script>x" in answer.text else ""


class Garbage:
    """What is sent, one value after the other, whatever it is sent to."""

    def __init__(self) -> None:
        self._typed, self._encoded, self._read, self._made_up = map(cycle, (TYPED, ENCODED, READ, MADE_UP))

    def addresses(self, path: str, page: str, forms: list[Form]) -> Iterator[str]:
        """The page with something else in its query."""
        links = [unescape(one) for one in re.findall(r'href="([^"]*)"', page)]
        linked = {name for one in links for name, _ in parse_qsl(urlsplit(one).query, keep_blank_values=True)}
        searched = {name for form in forms if form.method == "get" for name in form.fields}
        for name in (*sorted(linked | searched), *islice(self._read, SOME)):
            yield f"{path}?{name}={next(self._encoded)}"

    def bodies(self, form: Form) -> Iterator[dict[str, str]]:
        """The form with something else in each of its fields, once for each of its buttons; then hardly a form."""
        for button in form.buttons or [("act", "")]:
            sent = form.fields | dict([button])
            for name in sorted((sent.keys() | form.boxes.keys()) - {"key"}):
                yield sent | {name: next(self._typed)}
                yield sent | {name: DIGITS}
            for name in islice(self._made_up, SOME):
                yield sent | {name: next(self._typed)}
        yield {"key": form.fields["key"]}


@pytest.mark.parametrize("name", SIDES)
def test_no_page_falls_over(scene: Scene, name: str) -> None:
    garbage, faults = Garbage(), list[str]()

    def note(what: str, answer: httpx.Response) -> None:
        if found := wrong(answer):
            faults.append(f"{found}: {what[:500]}")

    with signed_in(scene.up, name) as client:
        for page in _of(SIDES[name]):
            path = address(page, scene.ids)
            shown = client.get(path)
            note(path, shown)
            forms = forms_of(shown.text)
            for asked in garbage.addresses(path, shown.text, forms):
                note(asked, client.get(asked))
            for form in forms:
                if form.method == "post" and not form.action.startswith("/portal/"):
                    for sent in garbage.bodies(form):
                        note(f"{form.action} {sent}", client.post(form.action, data=sent))
    assert not faults, "\n".join(faults)


def _of(side: str) -> Iterator[Page]:
    return (page for page in PAGES if page.side in (None, side))
