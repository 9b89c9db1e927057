"""What operators may ask for and settle about tenants, and what of the due things is late. Pure."""

from datetime import datetime, timedelta

from copartner.kernel.errors import Invalid
from copartner.operating.model import Due, Overdue, Pair

LONGEST_SEARCH = 200
# Due things happen one a second at most apart; what is a minute late waits for a worker that is not there.
PATIENCE = timedelta(minutes=1)


def check_search(text: str) -> str | None:
    """A part of a name or domain, an identifier or a number of a partner; None for everything. Raises Invalid."""
    wanted = text.strip().lower()
    if len(wanted) > LONGEST_SEARCH:
        raise Invalid(f"search: type at most {LONGEST_SEARCH} characters.", "search")
    return wanted or None


def check_pair(pair: Pair) -> None:
    """Raise Invalid when both tenants are of one business."""
    if pair.organisation_id == pair.affiliate_id:
        raise Invalid("affiliate: both tenants are of the same business; name a tenant of another one.", "affiliate")


def overdue(found: dict[Due, datetime | None], *, now: datetime) -> tuple[Overdue, ...]:
    """What should have happened by now, the earliest first."""
    late = [Overdue(what, since) for what, since in found.items() if since is not None and since <= now - PATIENCE]
    return tuple(sorted(late, key=lambda one: one.since))
