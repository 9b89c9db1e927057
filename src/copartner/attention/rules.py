"""What counts as soon, and how long a look at it may be. Pure."""

from datetime import datetime, timedelta

from copartner.attention.model import Ending
from copartner.delegation.model import AdminRelationship
from copartner.delegation.rules import NOTICES

# Rows of a part: what is named, the rest is counted.
FEW = 5
WEEKS = 5
# Before the end of the time to cancel.
CLOSING = timedelta(days=3)
ENDING = timedelta(days=max(NOTICES))


def today(now: datetime) -> datetime:
    """The beginning of the UTC day."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def weeks(now: datetime) -> tuple[datetime, ...]:
    """The borders of the calendar weeks from now on: now, and the Mondays (UTC) that follow."""
    monday = today(now) - timedelta(days=now.weekday())
    return (now, *(monday + timedelta(weeks=number) for number in range(1, WEEKS + 1)))


def ending(relationship: AdminRelationship, *, now: datetime) -> Ending:
    """How soon a relationship ends that ends within the longest notice."""
    left = timedelta(0) if relationship.ends_at is None else relationship.ends_at - now
    return Ending(relationship, min((days for days in NOTICES if left <= timedelta(days=days)), default=max(NOTICES)))
