"""Lists as CSV, for whoever opens them in a spreadsheet."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

import msgspec
from msgspec import Struct

from copartner.api.call import Call, Reply
from copartner.api.decoding import Malformed
from copartner.api.registry import Query
from copartner.kernel.cells import plain_cell

FORMAT = Query("format", "csv or json; otherwise the header Accept decides.")


def wanted(call: Call) -> bool:
    """Whether CSV is asked for; raises Malformed."""
    asked = call.query("format")
    if asked is not None and asked.lower() not in ("csv", "json"):
        raise Malformed("format: send csv or json.", "format")
    return asked.lower() == "csv" if asked else "text/csv" in (call.header(b"accept") or "").lower()


def sheet(name: str, columns: Sequence[str], rows: Iterable[Struct | Mapping[str, Any]]) -> Reply:
    """One line for each row; a column is a property, or one inside another with a dot between."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        plain = msgspec.to_builtins(row)
        writer.writerow([_cell(plain, column.split(".")) for column in columns])
    headers = {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": f'attachment; filename="{name}.csv"',
    }
    return Reply(200, text.getvalue().encode(), headers)


def _cell(plain: Any, path: list[str]) -> str:
    for name in path:
        plain = plain.get(name) if plain else None
    return plain_cell(plain)
