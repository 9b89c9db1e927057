"""A form does a thing once, however often it is sent."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from urllib.parse import urlencode

from copartner.command.context import Context, RequestKey
from copartner.kernel.errors import Invalid
from copartner.kernel.ids import parse_id
from copartner.portal.page import Visit

FIELD = "once"


def once(visit: Visit, form: Mapping[str, str]) -> Context:
    """What the form is done by: sent again it leads to what it led to first. Raises Invalid without its identifier."""
    identifier = parse_id(form.get(FIELD, ""))
    if identifier is None:
        raise Invalid("Open the page again and send its form from there.", FIELD)
    digest = sha256(urlencode(sorted(form.items())).encode()).digest()
    return replace(visit.ctx, request=RequestKey("POST", visit.path, str(identifier), digest))


def new(visit: Visit) -> str:
    """What a form carries so that it does a thing once."""
    return str(visit.ctx.runtime.ids.new())
