"""Text of several lines that somebody writes and somebody else trusts to be what it looks like."""

import re

# What turns the direction of what follows, so that it reads otherwise than it is. Source: Unicode Standard Annex 9,
# section 2, the explicit embeddings, overrides and isolates; languages written from the right need none of them.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Control characters, but the ends of lines and tabs: some of them steer a terminal.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def turns(text: str) -> bool:
    """Whether something in it shows it in another order than it has."""
    return _TURNING.search(text) is not None


def is_plain(text: str) -> bool:
    """Whether it is what it looks like: letters, ends of lines and tabs."""
    return not turns(text) and _CONTROL.search(text) is None
