"""Times, days, money and numbers as a language writes them, and an act as the call that equals it."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal
from markupsafe import Markup

from copartner.kernel.languages import Language

NAMES: Mapping[Language, str] = {Language.ENGLISH: "English", Language.GERMAN: "Deutsch"}
_LOCALES: Mapping[Language, str] = {Language.ENGLISH: "en_GB", Language.GERMAN: "de_DE"}


def day(language: Language, value: date | datetime | None) -> str:
    """A day as terms count it, in UTC; nothing where there is none."""
    if value is None:
        return ""
    of = value.astimezone(UTC).date() if isinstance(value, datetime) else value
    return format_date(of, "medium", locale=_LOCALES[language])


def month(language: Language, value: datetime) -> str:
    """A month of a year in figures, short enough for a drawing."""
    return format_skeleton("yM", value.astimezone(UTC), locale=_LOCALES[language])


def moment(language: Language, value: datetime | None) -> Markup:
    """A moment in UTC, which the script writes in the reader's zone; nothing where there is none."""
    if value is None:
        return Markup("")
    in_utc = value.astimezone(UTC)
    return Markup('<time class="moment" datetime="{}">{} {:%H:%M} UTC</time>').format(
        in_utc.isoformat(), day(language, in_utc), in_utc
    )


def money(language: Language, amount: Decimal | int | float, currency: str) -> str:
    """An amount in its currency."""
    return format_currency(amount, currency, locale=_LOCALES[language])


def number(language: Language, value: Decimal | int | float) -> str:
    """A number with its thousands apart."""
    return format_decimal(value, locale=_LOCALES[language])


def country(language: Language, code: str) -> str:
    """A country by its name; by its two letters where it has none."""
    return str(Locale(language.value).territories.get(code, code))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "day": day,
    "month": month,
    "moment": moment,
    "money": money,
    "number": number,
    "country": country,
}


def curl(root: str, method: str, path: str, body: Any = None) -> str:
    """The call of the API that equals an act, for a shell; the token is taken from the environment."""
    lines = [f"curl -X {method} {_quoted(root + path)}", '-H "Authorization: Bearer $COPARTNER_TOKEN"']
    if body is not None:
        lines += ["-H 'Content-Type: application/json'", f"--data {_quoted(json.dumps(body, ensure_ascii=False))}"]
    return " \\\n  ".join(lines)


def _quoted(text: str) -> str:
    inside = text.replace("'", "'\\''")
    return f"'{inside}'"
