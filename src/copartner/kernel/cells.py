"""Values as cells of a CSV say them, for whoever opens it in a spreadsheet."""

from typing import Any

# A cell that begins so would be taken for a formula. Source: OWASP, CSV Injection.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain_cell(plain: Any) -> str:
    """A value as a cell says it, and no formula."""
    match plain:
        case None:
            return ""
        case bool():
            return "true" if plain else "false"
        case list() | tuple():
            return "; ".join(str(one) for one in plain)
    said = str(plain)
    return f"'{said}" if said.startswith(_FORMULA) else said
