"""What is read of what needs attention; whoever owns a table writes it."""

from functools import cache

from copartner.kernel.functions import call


@cache
def attention() -> str:
    """Caller, now, today, weeks, moments that bound the parts, window, rows of a part; answers every part."""
    return call("fn_read_attention", 12)
