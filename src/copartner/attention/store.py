"""What is read of what needs attention; whoever owns a table writes it."""

from functools import cache

from copartner.kernel.functions import call


@cache
def attention() -> str:
    """Caller, now, today, weeks, moments that bound the parts, window, rows of a part; answers every part."""
    return call("fn_read_attention", 12)


@cache
def own_attention() -> str:
    """Caller, now, today, moments that bound the parts, rows of a part; answers every part of a customer's."""
    return call("fn_read_own_attention", 9)
