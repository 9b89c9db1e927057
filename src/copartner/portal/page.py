"""A page of the portal as its room declares it, and one visit to it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response

from copartner.command.context import Context
from copartner.kernel.languages import Language
from copartner.policy.facts import Side
from copartner.portal.html import render
from copartner.portal.session import Visitor

SIGN_OUT = "/portal/sign-out"


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in person at one address: `path` is the address, `ids` are the identifiers in it.

    `language` is the one that the browser asks for; a page speaks it when all of it is translated.
    """

    ctx: Context
    visitor: Visitor
    path: str
    ids: Mapping[str, UUID]
    language: Language

    def page(
        self,
        template: str,
        *,
        status: int = 200,
        decision_id: UUID | None = None,
        language: Language = Language.ENGLISH,
        **values: Any,
    ) -> Response[bytes]:
        """The page of a template, with what every page of a signed-in person needs."""
        common = {
            "visitor": self.visitor,
            "here": self.path,
            "form_key": self.visitor.form_key(self.path),
            "sign_out": SIGN_OUT,
            "sign_out_key": self.visitor.form_key(SIGN_OUT),
        }
        return render(template, common | values, status=status, decision_id=decision_id, language=language)


Show = Callable[[Visit], Awaitable[Response[bytes]]]
Take = Callable[[Visit, Mapping[str, str]], Awaitable[Response[bytes]]]


@dataclass(frozen=True, slots=True)
class Page:
    """One address: whose side it serves, what it shows, and what it does with the form it shows.

    The parts of `path` in braces are identifiers; two of them may stand in one segment, with a dash between. `show`
    and `take` may raise a Refusal, which becomes a page.
    """

    path: str
    name: str
    side: Side
    show: Show
    take: Take | None = None
