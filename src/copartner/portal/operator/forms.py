"""Forms of the operator's pages: each does what it says once, and what is typed can be shown again."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256

from copartner.command.context import Context, RequestKey
from copartner.kernel.errors import Invalid
from copartner.portal.page import Visit

_ONCE = re.compile(r"[0-9a-f-]{36}")


def new(visit: Visit) -> str:
    """The name of a form that is about to be filled in; it goes along hidden, as `once`."""
    return str(visit.ctx.runtime.ids.new())


def once(visit: Visit, form: Mapping[str, str]) -> Context:
    """The context of what a form does: sent again with the same in it, it answers as before and does nothing."""
    name = form.get("once", "")
    if not _ONCE.fullmatch(name):
        return visit.ctx
    sent = "\0".join(f"{field}\0{value}" for field, value in sorted(form.items()) if field != "key")
    digest = sha256(sent.encode()).digest()
    key = RequestKey("POST", visit.path, f"{name}:{digest.hex()[:32]}", digest)
    return replace(visit.ctx, request=key)


def typed(form: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """What was typed, every other field being empty."""
    return defaultdict(str, form or {})


def day(text: str, name: str) -> date:
    """A day such as 2027-03-01; raises Invalid."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(f"{name}: give a day such as 2027-03-01.", name) from None


def several(text: str) -> tuple[str, ...]:
    """What stands in a field with commas or blanks between."""
    return tuple(one for one in re.split(r"[\s,;]+", text.strip()) if one)
