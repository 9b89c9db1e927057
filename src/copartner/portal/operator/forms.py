"""What is typed into the forms of the operator's pages."""

import re
from collections import defaultdict
from collections.abc import Mapping


def typed(form: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """What was typed, every other field being empty."""
    return defaultdict(str, form or {})


def several(text: str) -> tuple[str, ...]:
    """What stands in a field with commas or blanks between."""
    return tuple(one for one in re.split(r"[\s,;]+", text.strip()) if one)
