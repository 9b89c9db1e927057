"""Pictures as the server draws them: who serves a customer, and when its terms end. Geometry alone, in whole units."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from copartner.access.model import Serving
from copartner.kernel.calendar import add_months
from copartner.subscriptions.model import HeldTerm

WIDTH = 960
# Who serves whom: two columns of boxes, the customer between them.
_BOX, _TALL, _GAP, _HEAD = 340, 84, 20, 4
_LONGEST = 38
# Terms: names at the left, time at the right.
_NAMES, _ROW, _AXIS = 300, 28, 34
_MOST_MONTHS = 38


@dataclass(frozen=True, slots=True)
class Box:
    """One who serves: where its box stands, and where the line to the customer begins."""

    one: Serving
    x: int
    y: int
    from_x: int
    from_y: int
    to_x: int


@dataclass(frozen=True, slots=True)
class Serve:
    """The whole picture: the boxes, and the customer at the height of the middle."""

    height: int
    middle: int
    boxes: tuple[Box, ...]


def serve(listed: Sequence[Serving]) -> Serve:
    """Who serves, left and right of the customer."""
    rows = (len(listed) + 1) // 2
    height = _HEAD + max(rows, 1) * (_TALL + _GAP)
    middle = (_HEAD + height - _GAP) // 2
    boxes = []
    for place, one in enumerate(listed):
        right, row = place % 2, place // 2
        y = _HEAD + row * (_TALL + _GAP)
        x = WIDTH - _BOX if right else 0
        boxes.append(Box(one, x, y, x if right else _BOX, y + _TALL // 2, 560 if right else 400))
    return Serve(height, middle, tuple(boxes))


def shortened(text: str, most: int = _LONGEST) -> str:
    """A text that fits; the whole of it stands in the table."""
    return text if len(text) <= most else text[: most - 1].rstrip(" ,") + "…"


@dataclass(frozen=True, slots=True)
class Tick:
    """The first day of a month; those that are labelled have a longer line."""

    x: int
    at: datetime
    labelled: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One term: from where to where it is seen, whether it goes on after that, and where its end is seen."""

    one: HeldTerm
    y: int
    x: int
    width: int
    after: bool
    ends_x: int | None


@dataclass(frozen=True, slots=True)
class Terms:
    """The whole timeline."""

    height: int
    axis: int
    today: int
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]


def terms(listed: Sequence[HeldTerm], *, now: datetime) -> Terms:
    """Terms beside one another, from before the first end or three months ago on; at most 38 months."""
    ends = [one.commitment_ends_at for one in listed if one.commitment_ends_at]
    first = max(add_months(_month(min([now, *ends])), -3), add_months(_month(now), 4 - _MOST_MONTHS))
    last = add_months(_month(max([now, *ends])), 2)
    last = min(max(last, add_months(first, 9)), add_months(first, _MOST_MONTHS))
    span = (last - first).total_seconds()

    def place(moment: datetime) -> int:
        seen = min(max(moment, first), last) - first
        return _NAMES + round(seen.total_seconds() / span * (WIDTH - _NAMES))

    months = round(span / timedelta(days=30.4).total_seconds())
    every = next(step for step in (1, 2, 3, 6, 12) if months / step <= 13)
    marks = (add_months(first, number) for number in range(months + 2))
    ticks = tuple(Tick(place(at), at, (at.month - 1) % every == 0) for at in marks if at < last)
    bars = tuple(_bar(one, number, first, last, place) for number, one in enumerate(listed))
    return Terms(_AXIS + len(bars) * _ROW + 8, _AXIS, place(now), ticks, bars)


def _bar(one: HeldTerm, number: int, first: datetime, last: datetime, place: Callable[[datetime], int]) -> Bar:
    begins, ends = one.term_starts_at, one.commitment_ends_at
    x, right = place(begins), place(ends or last)
    return Bar(
        one=one,
        y=_AXIS + number * _ROW,
        x=x,
        width=max(right - x, 3),
        after=ends is None or ends > last,
        ends_x=None if ends is None or not first <= ends <= last else right,
    )


def _month(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
