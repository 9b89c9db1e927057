"""Forms that do what they ask for once, however often they are sent: each carries a number of its own."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

from copartner.command.context import Context, RequestKey
from copartner.kernel.ids import parse_id
from copartner.portal.page import Visit
from copartner.portal.refusing import invalid
from copartner.portal.speaking import word

ONCE = "once"


def once(form: Mapping[str, str] | None = None) -> str:
    """The number of a form that is shown again, else a new one; it goes along hidden."""
    number = parse_id((form or {}).get(ONCE, ""))
    return str(number or uuid4())


def repeated(visit: Visit, form: Mapping[str, str]) -> Context:
    """The context of an operation that remembers its result: the same form sent again leads to the same result.

    What was typed is part of it, so that a form sent again with something else asks for something else. Raises Invalid
    for a form without its number.
    """
    number = parse_id(form.get(ONCE, ""))
    if number is None:
        raise invalid(word("The form is incomplete; open the page again."), ONCE)
    typed = "\0".join(f"{name}\0{form[name]}" for name in sorted(form) if name != "key")
    digest = sha256(typed.encode()).digest()
    return replace(visit.ctx, request=RequestKey("POST", visit.path, f"{number}-{digest.hex()[:24]}", digest))
