"""Lists of a tenant's own that are searched as a whole, beside what may be done with them."""

from typing import Protocol, TypeVar
from uuid import UUID

from copartner.command.context import Context
from copartner.command.looking import May
from copartner.kernel.paging import Page
from copartner.portal.page import Visit
from copartner.portal.table import Load

PART = 100
R = TypeVar("R")


class Find(Protocol[R]):
    """A service that answers a part of a list, with a text in it, and what the caller may do."""

    async def __call__(
        self, ctx: Context, *, text: str | None = None, after: UUID | None = None, size: int = PART
    ) -> tuple[Page[R], May]: ...


async def searched(visit: Visit, find: Find[R]) -> tuple[Load[R], May]:
    """The list for a table; a filter that a part of it is too short for is asked of the whole list."""
    wanted = visit.query.get("filter", "").strip()
    first, may = await find(visit.ctx, size=PART)

    async def load(after: UUID | None) -> Page[R]:
        if after is None and (first.next_after is None or not wanted):
            return first
        return (await find(visit.ctx, text=wanted, after=after, size=PART))[0]

    return load, may
