"""The users of one's own tenant: found, made, given roles, renamed, blocked, and given a new password."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Response

from copartner.kernel.errors import Refusal
from copartner.policy.actions import Action
from copartner.policy.facts import Role
from copartner.portal.page import Page, Visit
from copartner.portal.refusing import invalid
from copartner.portal.repeating import once, repeated
from copartner.portal.settings import acts
from copartner.portal.settings.roles import choices, said
from copartner.portal.settings.searching import searched
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table
from copartner.tenants.model import UserEntry
from copartner.tenants.rules import role_of
from copartner.tenants.service import people, users

_ALL, _NEW = "/settings/users", "/settings/users/new"


def _table(visit: Visit) -> Table[UserEntry]:
    return Table(
        "users",
        word("Users of your tenant"),
        (
            Column("name", word("Sign-in name"), lambda one: one.user_principal_name),
            Column("display", word("Name"), lambda one: one.display_name),
            Column("roles", word("Roles"), lambda one: ", ".join(said(visit.language, role) for role in one.roles)),
            Column("state", word("Status"), lambda one: visit.text("active") if one.enabled else visit.text("blocked")),
        ),
    )


async def show_all(visit: Visit) -> Response[bytes]:
    """The users, by sign-in name."""
    load, allowed = searched(visit, people.find_people)
    shown = await _table(visit).show(visit, load)
    if isinstance(shown, Response):
        return shown
    return visit.page(
        "settings/users.html",
        shown=shown,
        obstacle=allowed[0][Action.USER_CREATE],
        said=lambda role: said(visit.language, role),
    )


async def show_new(visit: Visit) -> Response[bytes]:
    """The form for another user."""
    return await _form(visit, {}, None)


async def take_new(visit: Visit, sent: Mapping[str, str]) -> Response[bytes]:
    """Make the user, and show the password that nobody is shown again."""
    roles = [role_of(name.removeprefix("role-")) for name in sent if name.startswith("role-")]
    try:
        made = await users.create_user(
            repeated(visit, sent),
            name=sent.get("userPrincipalName", ""),
            display_name=sent.get("displayName", ""),
            roles=roles,
        )
    except acts.MENDABLE as refusal:
        return await _form(visit, sent, refusal)
    return visit.page("settings/password.html", user=made.user, password=made.password, new=True)


async def _form(visit: Visit, typed: Mapping[str, str], refusal: Refusal | None) -> Response[bytes]:
    tenant, may = await people.prepare_user(visit.ctx)
    return visit.page(
        "settings/user_new.html",
        status=acts.status(refusal),
        tenant=tenant,
        typed=typed,
        roles=choices(visit, (), may),
        ticked={name.removeprefix("role-") for name in typed if name.startswith("role-")},
        refusal=refusal,
        wrong=acts.wrong(refusal, visit.language),
        once=once(typed),
    )


async def show_one(visit: Visit) -> Response[bytes]:
    """One user with all that belongs to it, and what may be done with it."""
    return await _one(visit, {}, None)


async def _one(visit: Visit, typed: Mapping[str, str], refusal: Refusal | None) -> Response[bytes]:
    person, may = await people.read_person(visit.ctx, user_id=visit.ids["user_id"])
    kept = [Role.GLOBAL_ADMIN] if person.is_last_admin else []
    return visit.page(
        "settings/user.html",
        status=acts.status(refusal),
        person=person,
        user=person.user,
        roles=choices(visit, person.user.roles, may, kept=kept),
        by_provider=[said(visit.language, role) for role in person.user.provider_roles],
        by_groups=[(one, said(visit.language, one.role) if one.role else "") for one in person.groups],
        shut=may[Action.USER_CHANGE],
        itself=person.user.id == visit.ctx.caller.subject_id,
        typed=typed,
        refusal=refusal,
        wrong=acts.wrong(refusal, visit.language),
        once=once(),
    )


async def take_one(visit: Visit, sent: Mapping[str, str]) -> Response[bytes]:
    """Rename, settle the roles, block or unblock, or draw a new password."""
    ctx, user_id = visit.ctx, visit.ids["user_id"]
    try:
        match sent.get("act"):
            case "rename":
                await users.change_user(ctx, user_id=user_id, display_name=sent.get("displayName", ""))
                done = visit.text("The name is changed.")
            case "roles":
                await _settle(visit, user_id, sent)
                done = visit.text("The roles are settled; they hold from the next request on.")
            case "block":
                acts.sure(sent)
                await users.change_user(ctx, user_id=user_id, enabled=False)
                done = visit.text("The user is blocked and signed out everywhere.")
            case "unblock":
                await users.change_user(ctx, user_id=user_id, enabled=True)
                done = visit.text("The user can sign in again.")
            case "password":
                acts.sure(sent)
                made = await users.reset_password(repeated(visit, sent), user_id=user_id)
                return visit.page("settings/password.html", user=made.user, password=made.password, new=False)
            case _:
                raise invalid(word("Choose what is to be done."))
    except acts.MENDABLE as refusal:
        return await _one(visit, sent, refusal)
    return visit.see(visit.path, done)


async def _settle(visit: Visit, user_id: UUID, sent: Mapping[str, str]) -> None:
    """Give what was ticked and take what no longer is, of the roles that the form showed."""
    shown = {name.removeprefix("had-"): held == "yes" for name, held in sent.items() if name.startswith("had-")}
    ticked = {name.removeprefix("role-") for name in sent if name.startswith("role-")}
    give = {role_of(name) for name, held in shown.items() if name in ticked and not held}
    take = {role_of(name) for name, held in shown.items() if name not in ticked and held}
    await users.settle_roles(visit.ctx, user_id=user_id, give=give, take=take)


PAGES = (
    Page(_ALL, "users", None, show_all),
    Page(_NEW, "user_new", None, show_new, take_new),
    Page("/settings/users/{user_id}", "user", None, show_one, take_one),
)
