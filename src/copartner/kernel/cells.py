"""Values as cells of a CSV say them, for whoever opens it in a spreadsheet."""

import re
from typing import Any

# Where a cell begins and what begins it would be taken for a formula. A spreadsheet whose language separates cells by
# semicolons (German is one) knows no quotes that stand after a comma, so for it a cell also begins within a value.
# Source: OWASP, CSV Injection (read 2026-11-26).
_FORMULA = re.compile(r"\A(?=[=+\-@\t\r\n])|(?:(?<=[;\t\r\n])|(?<=; ))(?=[=+\-@])")


def plain_cell(plain: Any) -> str:
    """A value as a cell says it, and no formula."""
    match plain:
        case None:
            return ""
        case bool():
            return "true" if plain else "false"
        case list() | tuple():
            plain = "; ".join(str(one) for one in plain)
    return _FORMULA.sub("'", str(plain))
