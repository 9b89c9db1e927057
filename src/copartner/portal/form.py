"""Forms as browsers send them."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

LARGEST_BODY = 65_536
_KIND = "application/x-www-form-urlencoded"
_MOST_FIELDS = 400


class Unreadable(Exception):
    """The body is no form of ours."""


def fields(content_type: str, body: bytes) -> Mapping[str, str]:
    """The fields of a form, each once; raises Unreadable."""
    if content_type.partition(";")[0].strip().lower() != _KIND:
        raise Unreadable
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise Unreadable from error
    found = dict(pairs)
    if len(found) != len(pairs) or any("\0" in text for pair in pairs for text in pair):
        raise Unreadable
    return found


def written(sent: Mapping[str, str]) -> tuple[str, ...]:
    """What somebody wrote into a form rather than chose: every value of several words."""
    return tuple(text for text in sent.values() if len(text.split()) > 1)
