"""Who can be enrolled, and which span of the audit is kept open. Pure."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound

# Source: the published limits of the audit, contract "Audit".
USUAL_SPAN = timedelta(days=30)
LONGEST_SPAN = timedelta(days=90)


class UnknownTenant(NotFound):
    """The deployment has no such tenant."""


class UnknownDecision(NotFound):
    """The tenant has no record of such a decision."""


class NotKept(Illegal):
    """What was judged, or the rules of that day, are not kept whole any more."""


class UnknownRecord(NotFound):
    """The tenant has no such record in its audit."""


class AlreadyEnrolled(Conflict):
    """The tenant is enrolled, or its number is another's."""


def check_mpn_id(text: str) -> str:
    """The partner's number in the programme; raises Invalid."""
    number = text.strip()
    if not re.fullmatch(r"[0-9A-Za-z-]{1,32}", number):
        raise Invalid("mpnId has to be 1 to 32 letters, digits and dashes.", "mpnId")
    return number


def check_markets(countries: Iterable[str]) -> tuple[str, ...]:
    """The countries a partner may sell to, sorted, each once; raises Invalid."""
    markets = tuple(sorted({country.strip().upper() for country in countries}))
    if not markets or not all(re.fullmatch(r"[A-Z]{2}", country) for country in markets):
        raise Invalid("markets have to be two-letter country codes, at least one.", "markets")
    return markets


def audit_span(start: datetime | None, end: datetime | None, *, now: datetime) -> tuple[datetime, datetime]:
    """From (inclusive) and to (exclusive): by default the last 30 days. Raises Invalid beyond the last 90."""
    # A whole day more, because dates without a time mean their first moment.
    earliest = now - LONGEST_SPAN - timedelta(days=1)
    until = end if end is not None else now + timedelta(microseconds=1)
    if until < earliest:
        raise Invalid("The audit is open for the last 90 days; ask for a later endDate.", "endDate")
    since = start if start is not None else until - USUAL_SPAN
    if since > until:
        raise Invalid("startDate has to be before endDate.", "startDate")
    if since < earliest:
        raise Invalid("The audit is open for the last 90 days; ask for a later startDate.", "startDate")
    return since, until
