"""Cells of a CSV: what they say, and no formula wherever a spreadsheet takes one to begin."""

import csv
import re
from io import StringIO

import pytest

from copartner.kernel.cells import plain_cell

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1")
WITHIN = ("Alpen;{}", "Alpen; {}", "one\n{}", "one\r\n{}", 'a";{}')
BEGINS = re.compile(r"(?:\A|[;\r\n] ?)[=+@-]")


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_begins_a_formula(formula: str) -> None:
    assert plain_cell(formula).startswith(f"'{formula[0]}")
    assert plain_cell([formula, "b"]).startswith(f"'{formula[0]}")


@pytest.mark.parametrize("formula", FORMULAS[:4])
@pytest.mark.parametrize("text", WITHIN)
def test_no_cell_of_a_spreadsheet_that_separates_by_semicolons_begins_one_either(text: str, formula: str) -> None:
    line = StringIO()
    csv.writer(line).writerow([plain_cell(cell) for cell in ("first", text.format(formula), "last")])
    assert not BEGINS.search(line.getvalue())
    assert f"'{formula}" in line.getvalue()
    assert not BEGINS.search(plain_cell(["first", formula]))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, ""),
        (True, "true"),
        (0, "0"),
        ("Müller & Söhne; Nord-West", "Müller & Söhne; Nord-West"),
        ("a = b - c @ d", "a = b - c @ d"),
        ("one\r\ntwo", "one\r\ntwo"),
        (("a", "b"), "a; b"),
    ],
)
def test_what_is_no_formula_stays_as_it_is(value: object, said: str) -> None:
    assert plain_cell(value) == said
