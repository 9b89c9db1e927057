"""What is typed into the forms of the operator's pages."""

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from copartner.kernel.errors import Invalid


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
