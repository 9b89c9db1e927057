"""Days that people type: one in use is read, any other is refused in words, whatever a page counts from it."""

from datetime import UTC, date, datetime

import pytest

from copartner.kernel.errors import Invalid
from copartner.kernel.languages import Language
from copartner.portal.days import beginning, day
from support.portal import House

NO_DAYS = ("2026-13-01", "tomorrow", "0001-01-01", "1899-12-31", "9999-12-31", "2026-11-26T00:00")


def test_a_day_is_read() -> None:
    assert day(" 2026-11-26 ", "from") == date(2026, 11, 26)
    assert beginning("2026-11-26", "from") == datetime(2026, 11, 26, tzinfo=UTC)


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_is_no_day_is_refused_by_the_name_of_its_field(text: str) -> None:
    with pytest.raises(Invalid, match="is no day; write it as 2027-01-31") as refused:
        day(text, "from")
    assert refused.value.data == ("from",)
    assert "ist kein Tag" in refused.value.said(Language.GERMAN)


def test_a_field_left_empty_asks_for_a_day() -> None:
    with pytest.raises(Invalid, match=r"^Give a day, such as 2027-01-31\.$") as refused:
        day(" ", "from")
    assert refused.value.data == ("from",)
    assert refused.value.said(Language.GERMAN).startswith("Geben Sie einen Tag an")


@pytest.mark.parametrize("text", NO_DAYS)
async def test_no_page_breaks_on_a_day(steady: House, text: str) -> None:
    browser = steady.browser()
    await browser.sign_in("/customer/access")
    for address in (
        f"/customer/access?at={text}",
        f"/customer/access/difference?since={text}&until={text}",
        f"/audit?from={text}&to={text}",
    ):
        page = await browser.open(address)
        assert (page.status_code, "is no day" in page.text) == (400, True), address
