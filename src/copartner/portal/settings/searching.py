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
        self,
        ctx: Context,
        *,
        text: str | None = None,
        if_long: bool = False,
        after: UUID | None = None,
        size: int = PART,
    ) -> tuple[Page[R], May]: ...


def searched(visit: Visit, find: Find[R]) -> tuple[Load[R], list[May]]:
    """The list for a table, whose filter is asked of the whole list where a part of it is too short.

    What may be done comes with each part that is loaded.
    """
    wanted = visit.query.get("filter", "").strip()
    allowed: list[May] = []

    async def load(after: UUID | None) -> Page[R]:
        found, may = await find(visit.ctx, text=wanted, if_long=True, after=after, size=PART)
        allowed.append(may)
        return found

    return load, allowed
