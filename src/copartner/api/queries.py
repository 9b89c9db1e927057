"""What clients write into queries: dates in three forms, and filters as JSON."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from copartner.api.decoding import Malformed, decode, storable

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# With AM or PM the clock has twelve hours. Source: the page about a record of activity by user (2023), whose example
# sends 6/1/2017 12:00:00 AM.
_SLASHED = re.compile(r"\d{1,2}/\d{1,2}/\d{4}(?P<time> \d{1,2}:\d{2}:\d{2}(?P<half> [AP]M)?)?", re.IGNORECASE)
_FORMS = "2020-11-29, 11/29/2020 00:00:00 or 2020-11-29T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Date:
    """A moment in UTC; `whole_day` when only a day was written."""

    moment: datetime
    whole_day: bool


def date(text: str | None, name: str) -> Date | None:
    """A date in any of the contract's forms, in UTC unless it names a zone; raises Malformed."""
    if text is None:
        return None
    text = text.strip().strip('"')
    try:
        if _DAY.fullmatch(text):
            return Date(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC), True)
        if slashed := _SLASHED.fullmatch(text):
            time = " %I:%M:%S %p" if slashed["half"] else " %H:%M:%S" if slashed["time"] else ""
            return Date(datetime.strptime(text, f"%m/%d/%Y{time}").replace(tzinfo=UTC), not time)
        # A plus sign of a zone arrives as a space where the client did not encode it.
        found = datetime.fromisoformat(re.sub(r" (\d{2}:?\d{2})$", r"+\1", text))
        return Date((found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC), False)
    except (ValueError, OverflowError):
        raise Malformed(f"{name}: this is no date; send one such as {_FORMS}.", name) from None


def end(text: str | None, name: str) -> datetime | None:
    """The moment before which a span ends: a day as its end means the whole of it. Raises Malformed."""
    found = date(text, name)
    if found is None or not found.whole_day:
        return found.moment if found else None
    try:
        return found.moment + timedelta(days=1)
    except OverflowError:
        raise Malformed(f"{name}: send an earlier day.", name) from None


class _Filter(msgspec.Struct, rename="pascal"):
    field: str
    value: str
    operator: str


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a list; `field` is one of those allowed, as they were spelled there."""

    field: str
    value: str


def filtered(text: str | None, allowed: Mapping[str, Collection[str]]) -> Filter | None:
    """The filter of a list: `allowed` are the operators by field. Raises Malformed."""
    if text is None:
        return None
    try:
        asked = decode(text.encode("utf-8", "surrogatepass"), _Filter)
    except Malformed as error:
        message = f'filter: send {{"Field":"...","Value":"...","Operator":"..."}}, URL-encoded. {error.message}'
        raise Malformed(message, "filter") from None
    names = {name.lower(): name for name in allowed}
    field = names.get(asked.field.lower())
    if field is None:
        raise Malformed(f"filter: Field has to be one of {', '.join(allowed)}.", "filter")
    if _plain(asked.operator) not in {_plain(operator) for operator in allowed[field]}:
        raise Malformed(f"filter: Operator for {field} has to be {' or '.join(allowed[field])}.", "filter")
    if not asked.value.strip() or len(asked.value) > 256 or not storable(asked.value):
        raise Malformed("filter: Value has to be text of 1 to 256 characters.", "filter")
    return Filter(field, asked.value.strip())


def _plain(word: str) -> str:
    return word.replace("_", "").lower()
