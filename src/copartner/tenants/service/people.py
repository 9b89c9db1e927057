"""A tenant's people as its pages show them: found by a part of a name, and each with all that belongs to it."""

from uuid import UUID

from msgspec.structs import replace

from copartner.command.context import Context
from copartner.command.looking import May, may
from copartner.kernel.paging import Listed, Page
from copartner.policy.actions import Action
from copartner.policy.directory import UserRecord
from copartner.tenants import rules, store
from copartner.tenants.model import Person, TenantOverview, UserEntry

PAGE_LIMIT = 500
_ENTRIES = Listed[UserEntry]


async def find_people(
    ctx: Context, *, text: str | None = None, if_long: bool = False, after: UUID | None = None, size: int = PAGE_LIMIT
) -> tuple[Page[UserEntry], May]:
    """At most `size` (1 to 500) users of the acting tenant by sign-in name, with a text in a name; raises Denied.

    With `if_long` the text narrows a longer list than that alone. Beside them whether the caller may make another one.
    """
    size = min(max(size, 1), PAGE_LIMIT)
    facts, found = await ctx.look(
        Action.USER_LIST, store.people(), *(text or None, if_long, after, size), body=_ENTRIES, each=Action.USER_READ
    )
    return found.page(size, lambda one: one.id), may(ctx, facts, (Action.USER_CREATE,))


async def prepare_user(ctx: Context) -> tuple[TenantOverview, May]:
    """The acting tenant for whoever makes a user in it, and whether the caller may give it roles; raises Denied."""
    facts, tenant = await ctx.look(Action.USER_CREATE, store.own(), body=TenantOverview)
    new = UserRecord(id=str(tenant.id), tenant=str(tenant.id), guarded=False)
    return tenant, may(ctx, replace(facts, resource=new), (Action.USER_SET_ROLE, Action.USER_SET_GLOBAL_ADMIN))


async def read_person(ctx: Context, *, user_id: UUID) -> tuple[Person, May]:
    """One user of the acting tenant, and what the caller may change of it; raises Denied, UnknownUser."""
    facts, found = await ctx.look_for(Action.USER_READ, store.person(), user_id, body=Person)
    if found is None:
        raise rules.UnknownUser("There is no such user in your tenant.", str(user_id))
    return found, may(ctx, facts, (Action.USER_CHANGE, Action.USER_SET_ROLE, Action.USER_SET_GLOBAL_ADMIN))
