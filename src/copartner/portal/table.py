"""Tables that sort, filter, go on and export, by their address alone."""

import csv
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from litestar import Response
from litestar.response import Stream

from copartner.kernel.cells import plain_cell
from copartner.kernel.errors import Invalid
from copartner.kernel.paging import BadPageToken, Page
from copartner.portal.html import SAFE_HEADERS
from copartner.portal.page import Visit

R = TypeVar("R")
Value = str | int | float | Decimal | bool | date | datetime | UUID | None
Load = Callable[[UUID | None], Awaitable[Page[R]]]


@dataclass(frozen=True)
class Column(Generic[R]):
    """A column: its key in addresses and CSV, its label marked by `word`, and what rows are ordered by in it."""

    key: str
    label: str
    of: Callable[[R], Value]
    number: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column; `link` orders by it, `order` is ascending or descending where it is ordered by."""

    label: str
    link: str
    order: str
    number: bool


@dataclass(frozen=True, kw_only=True)
class Shown(Generic[R]):
    """A table as a page shows it; `hidden` counts the rows that the filter leaves out, `kept` goes on with a filter."""

    id: str
    name: str
    path: str
    heads: tuple[Head, ...]
    rows: tuple[R, ...]
    hidden: int
    part: bool
    filter: str
    filter_name: str
    kept: Mapping[str, str]
    first: str
    next: str
    csv: str

    @property
    def empty(self) -> bool:
        """Whether nothing is there, filtered or not."""
        return not self.rows and not self.hidden


@dataclass(frozen=True)
class Table(Generic[R]):
    """A table of a page: `id` names it in the page, its file and, where it is not the only one, its query.

    What is ordered and filtered is the part that `load` answers; the CSV holds all of it, part after part.
    """

    id: str
    name: str
    columns: Sequence[Column[R]]
    only: bool = True

    async def show(self, visit: Visit, load: Load[R]) -> Shown[R] | Response[bytes]:
        """The table by the address of the visit, or its CSV, which is an answer of its own; raises Invalid."""
        query, (sort, filtered, after) = visit.query, self._names("sort", "filter", "after")
        found = await load(self._after(visit, query.get(after)))
        if query.get("format") == "csv" and query.get("table", self.id) == self.id:
            return self._sheet(found, load)
        wanted = query.get(filtered, "").strip()
        rows = tuple(row for row in found if self._fits(row, wanted.casefold()))
        ordered = query.get(sort, "")
        return Shown(
            id=self.id,
            name=self.name,
            path=visit.path,
            heads=tuple(self._head(visit, column, ordered, sort) for column in self.columns),
            rows=self._ordered(rows, ordered),
            hidden=len(found) - len(rows),
            part=found.next_after is not None or after in query,
            filter=wanted,
            filter_name=filtered,
            kept={name: value for name, value in query.items() if name not in (filtered, after)},
            first=visit.link(**{after: None}) if after in query else "",
            next=visit.link(**{after: self._sealed(visit, found.next_after)}) if found.next_after else "",
            csv=visit.link(**dict.fromkeys((sort, filtered, after)), format="csv", table=self.id),
        )

    def _names(self, *names: str) -> tuple[str, ...]:
        return names if self.only else tuple(f"{self.id}-{name}" for name in names)

    def _head(self, visit: Visit, column: Column[R], ordered: str, sort: str) -> Head:
        order = {column.key: "ascending", f"-{column.key}": "descending"}.get(ordered, "")
        link = visit.link(**{sort: f"-{column.key}" if order == "ascending" else column.key})
        return Head(column.label, link, order, column.number)

    def _ordered(self, rows: tuple[R, ...], ordered: str) -> tuple[R, ...]:
        column = next((one for one in self.columns if one.key == ordered.removeprefix("-")), None)
        if column is None:
            return rows
        there = [row for row in rows if column.of(row) is not None]
        there.sort(key=lambda row: _rank(column.of(row)), reverse=ordered.startswith("-"))
        return (*there, *(row for row in rows if column.of(row) is None))

    def _fits(self, row: R, wanted: str) -> bool:
        return not wanted or any(wanted in _said(column.of(row)).casefold() for column in self.columns)

    def _sheet(self, first: Page[R], load: Load[R]) -> Response[bytes]:
        async def lines() -> AsyncIterator[str]:
            part: Page[R] = first
            yield _lines([[column.key for column in self.columns]])
            while True:
                yield _lines([[plain_cell(_plain(column.of(row))) for column in self.columns] for row in part])
                if part.next_after is None:
                    return
                part = await load(part.next_after)

        headers = SAFE_HEADERS | {"Content-Disposition": f'attachment; filename="{self.id}.csv"'}
        return cast("Response[bytes]", Stream(lines(), media_type="text/csv", headers=headers))

    def _sealed(self, visit: Visit, last: UUID) -> str:
        return visit.ctx.runtime.page_tokens.seal(self._query(visit), visit.ctx.caller.tenant_id, last)

    def _after(self, visit: Visit, token: str | None) -> UUID | None:
        if not token:
            return None
        try:
            return visit.ctx.runtime.page_tokens.open(self._query(visit), visit.ctx.caller.tenant_id, token)
        except BadPageToken:
            raise Invalid("This page of the list is no more; begin again from the start of the list.") from None

    def _query(self, visit: Visit) -> str:
        return f"portal {visit.path} {self.id}"


def whole(rows: Sequence[R]) -> Load[R]:
    """A list that is there at once."""

    async def load(_: UUID | None) -> Page[R]:
        return Page(tuple(rows), len(rows), None)

    return load


def _plain(value: Value) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _said(value: Value) -> str:
    return "" if value is None else str(_plain(value))


def _rank(value: Value) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _lines(rows: list[list[str]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
