"""Days as fields of forms and addresses send them."""

from datetime import UTC, date, datetime, time

from copartner.portal.refusing import invalid
from copartner.portal.speaking import word

# Whoever counts on or back from a day has to find another one there.
_YEARS = range(1900, 9999)


def day(text: str, name: str) -> date:
    """The day that stands in a field; raises Invalid."""
    if not text.strip():
        raise invalid(word("Give a day, such as 2027-01-31."), name)
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        found = date.max
    if found.year not in _YEARS:
        raise invalid(word("%(typed)s is no day; write it as 2027-01-31."), name, typed=text[:20])
    return found


def beginning(text: str, name: str) -> datetime:
    """The first moment of that day, in UTC; raises Invalid."""
    return datetime.combine(day(text, name), time(), UTC)
