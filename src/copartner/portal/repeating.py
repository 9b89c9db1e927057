"""Forms that do what they ask for once, however often they are sent: each carries a word of its own."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from copartner.command.context import Context, RequestKey
from copartner.portal.page import Visit

ONCE = "once"
_LONGEST = 100


def once(form: Mapping[str, str]) -> str:
    """The word of a form that is shown again, or a new one."""
    return form.get(ONCE, "")[:_LONGEST] or secrets.token_urlsafe(16)


def repeated(visit: Visit, form: Mapping[str, str]) -> Context:
    """The context of an operation that remembers its result: the same form sent again leads to the same result.

    What was typed is part of the word, so that a form sent again with something else asks for something else.
    """
    typed = "\0".join(f"{name}\0{form[name]}" for name in sorted(form) if name != "key")
    digest = sha256(typed.encode()).digest()
    key = RequestKey("POST", visit.path, f"{form.get(ONCE, '')[:_LONGEST]}-{digest.hex()[:24]}", digest)
    return replace(visit.ctx, request=key) if form.get(ONCE) else visit.ctx
