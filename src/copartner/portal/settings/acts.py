"""What the forms of the settings have in common: done once however often they are sent, shown again when refused."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from copartner.command.context import Context, RequestKey
from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound, Refusal, RepeatedWithOtherBody, StaleTag
from copartner.kernel.ids import parse_id
from copartner.kernel.languages import Language
from copartner.portal.page import Visit
from copartner.portal.refusing import invalid
from copartner.portal.settings.refusals import told
from copartner.portal.speaking import word

# What can be mended by typing something else; all else becomes a page of its own.
MENDABLE = (Conflict, Illegal, Invalid, NotFound, RepeatedWithOtherBody, StaleTag)
# One number for each time that a form is shown.
ONCE = "once"


def once(visit: Visit, sent: Mapping[str, str]) -> Context:
    """The context in which a form makes its thing once: sent again as it was, it leads to the same answer."""
    number = parse_id(sent.get(ONCE, ""))
    if number is None:
        raise invalid(word("The form is incomplete; open the page again."))
    typed = "\n".join(f"{name}={value}" for name, value in sorted(sent.items()) if name != "key")
    key = RequestKey("POST", visit.path, str(number), sha256(typed.encode()).digest())
    return replace(visit.ctx, request=key)


def number(visit: Visit) -> str:
    """A fresh number for a form."""
    return str(visit.ctx.runtime.ids.new())


def number_again(visit: Visit, sent: Mapping[str, str], refusal: Refusal) -> str:
    """The number of a form that is shown again: the same unless it led to something already."""
    return number(visit) if isinstance(refusal, RepeatedWithOtherBody) else sent.get(ONCE, "") or number(visit)


def wrong(refusal: Refusal | None, language: Language) -> dict[str, str]:
    """What is wrong by the names of the fields concerned."""
    return {} if refusal is None else {name: told(refusal).said(language) for name in refusal.data}


def status(refusal: Refusal | None) -> int:
    """The status of a page with a form: 200, or that of what was refused, which speaks the reader's language then."""
    if refusal is None:
        return 200
    known = told(refusal)
    return 409 if isinstance(known, Conflict | Illegal | StaleTag | RepeatedWithOtherBody) else 400
