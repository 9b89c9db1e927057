"""A page of the portal as its room declares it, and one visit to it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response
from litestar.datastructures import Cookie

from copartner.command.context import Context
from copartner.kernel.languages import Language
from copartner.policy.facts import Side
from copartner.portal.html import render, see_other
from copartner.portal.navigation import sections
from copartner.portal.session import Visitor
from copartner.portal.speaking import text_in

SIGN_OUT = "/portal/sign-out"


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in person at one address: `path` is the address, `ids` are the identifiers in it, `query` the rest.

    `note` is what the page before says was done; `keep` makes a cookie by which the next page says so.
    """

    ctx: Context
    visitor: Visitor
    path: str
    ids: Mapping[str, UUID]
    query: Mapping[str, str]
    note: str
    keep: Callable[[str], Cookie]

    @property
    def language(self) -> Language:
        """The language in which the person is spoken to."""
        return self.ctx.language

    def page(
        self, template: str, *, status: int = 200, decision_id: UUID | None = None, **values: Any
    ) -> Response[bytes]:
        """The page of a template, with what every page of a signed-in person needs."""
        common = {
            "visitor": self.visitor,
            "side": self.visitor.side,
            "sections": sections(self.visitor.side, self.path),
            "here": self.path,
            "form_key": self.key(self.path),
            "key_of": self.key,
            "link": self.link,
            "note": self.note,
            "root": self.ctx.runtime.public_url.rstrip("/"),
            "now": self.ctx.moment,
            "sign_out": SIGN_OUT,
            "sign_out_key": self.key(SIGN_OUT),
        }
        return render(template, common | values, status=status, decision_id=decision_id, language=self.language)

    def see(self, path: str, done: str = "") -> Response[bytes]:
        """On to a page of the portal, which says once what was `done`."""
        answer = see_other(path)
        if done:
            answer.set_cookie(self.keep(done))
        return answer

    def text(self, text: str, **values: object) -> str:
        """A text of Python in the reader's language; values stand in it as %(name)s."""
        return text_in(self.language, text, **values)

    def link(self, **changes: str | None) -> str:
        """This address with its query changed; None takes a part away."""
        query = {name: value for name, value in (dict(self.query) | changes).items() if value not in (None, "")}
        return f"{self.path}?{urlencode(query)}" if query else self.path

    def key(self, path: str) -> str:
        """What a form that goes to a path of the portal has to carry."""
        return self.visitor.form_key(path)


Show = Callable[[Visit], Awaitable[Response[bytes]]]
Take = Callable[[Visit, Mapping[str, str]], Awaitable[Response[bytes]]]


@dataclass(frozen=True, slots=True)
class Page:
    """One address: whose side it serves, what it shows, and what it does with the form it shows.

    The parts of `path` in braces are identifiers; two of them may stand in one segment, with a dash between. A page
    without a side serves everybody on the side of their own tenant. `show` and `take` may raise a Refusal, which
    becomes a page.
    """

    path: str
    name: str
    side: Side | None
    show: Show
    take: Take | None = None
