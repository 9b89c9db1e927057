"""Terms in calendar months, counted from the anchor day."""

from calendar import monthrange
from datetime import datetime


class NotATerm(ValueError):
    """The text is no ISO 8601 duration in whole months or years."""


def months_of(duration: str) -> int:
    """Months of `P1M`, `P1Y`, `P3Y`; raises NotATerm."""
    number, unit = duration[1:-1], duration[-1:]
    if duration[:1] != "P" or not number.isdigit() or unit not in "MY" or not unit:
        raise NotATerm(duration)
    return int(number) * (12 if unit == "Y" else 1)


def add_months(anchor: datetime, months: int) -> datetime:
    """`months` calendar months after the anchor: 31 January + 1 = 28 February, + 2 = 31 March."""
    years, month0 = divmod(anchor.month - 1 + months, 12)
    year, month = anchor.year + years, month0 + 1
    return anchor.replace(year=year, month=month, day=min(anchor.day, monthrange(year, month)[1]))
