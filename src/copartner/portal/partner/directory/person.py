"""One user of a customer, and all that may be done to it by the customer's approval."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from uuid import UUID

from litestar import Response

from copartner.command.denial import Denied
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR, known
from copartner.directory.model import UserChange
from copartner.directory.rules import IsDeleted, NotAMember
from copartner.directory.service import licences, roles, showing, users
from copartner.directory.service.showing import Person
from copartner.kernel.errors import NotFound, Refusal
from copartner.kernel.ids import parse_id
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.partner.directory import passwords, people
from copartner.portal.partner.directory.denying import refused
from copartner.portal.refusing import invalid
from copartner.portal.repeating import once, repeated
from copartner.portal.serving import status_of
from copartner.portal.speaking import word

_PATH = f"{people.PATH}/{{user_id}}"
_SURE = "sure"
_HELD, _TICKED = "had-", "sku-"


async def show(visit: Visit) -> Response[bytes]:
    """The user and what may be done."""
    return await _page(visit, {}, None)


async def take(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Do what a button says."""
    act = _ACTS.get(form.get("act", ""))
    try:
        if act is None:
            raise invalid(word("Choose what is to be done by one of the buttons."), "act")
        return await act(visit, form)
    except Denied as denied:
        return refused(visit, denied)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(visit, form, refusal)


def _who(visit: Visit) -> dict[str, UUID]:
    return {"customer_id": visit.ids["customer_id"], "user_id": visit.ids["user_id"]}


async def _change(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    change = UserChange(
        user_principal_name=f"{form.get('local', '').strip()}@{form.get('domain', '')}",
        display_name=form.get("name", ""),
        first_name=form.get("first", ""),
        last_name=form.get("last", ""),
        usage_location=form.get("country", ""),
    )
    await users.change_user(visit.ctx, **_who(visit), change=change)
    return visit.see(visit.path, visit.text("The details are changed."))


async def _block(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    blocks = form.get("act") == "block"
    await users.change_user(visit.ctx, **_who(visit), change=UserChange(enabled=not blocks))
    if blocks:
        return visit.see(visit.path, visit.text("Blocked: every sign-in of this user has ended."))
    return visit.see(visit.path, visit.text("The user can sign in again."))


async def _reset(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    password = passwords.drawn(visit, form)
    user = await users.reset_password(repeated(visit, form), **_who(visit), password=password)
    return visit.page(
        "partner/directory/password.html",
        user=user,
        password=password,
        made=False,
        back=visit.path,
        customer=visit.ids["customer_id"],
    )


async def _licences(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    ticked = {name.removeprefix(_TICKED) for name in form if name.startswith(_TICKED)}
    held = {name.removeprefix(_HELD) for name in form if name.startswith(_HELD)}
    await licences.update_licences(
        repeated(visit, form), **_who(visit), give=tuple(sorted(ticked - held)), take=tuple(sorted(held - ticked))
    )
    return visit.see(visit.path, visit.text("The licences are as you ticked them."))


async def _give(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    await roles.give_role(repeated(visit, form), **_who(visit), role_id=_role(form))
    return visit.see(visit.path, visit.text("The role is given."))


async def _take(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    with suppress(NotAMember):
        await roles.take_role(visit.ctx, **_who(visit), role_id=_role(form))
    return visit.see(visit.path, visit.text("The role is taken, for the next request already."))


async def _delete(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    if _SURE not in form:
        raise invalid(word("Tick that you are sure; nothing was changed."), _SURE)
    with suppress(IsDeleted):
        await users.delete_user(visit.ctx, **_who(visit))
    return visit.see(visit.path, visit.text("Deleted; for 30 days this can be undone here."))


async def _restore(visit: Visit, _: Mapping[str, str]) -> Response[bytes]:
    await users.change_user(visit.ctx, **_who(visit), change=UserChange(restore=True))
    return visit.see(visit.path, visit.text("Restored, with the roles from before. Licences have to be given anew."))


_ACTS: Mapping[str, Callable[[Visit, Mapping[str, str]], Awaitable[Response[bytes]]]] = {
    "change": _change,
    "block": _block,
    "unblock": _block,
    "reset": _reset,
    "licences": _licences,
    "give": _give,
    "take": _take,
    "delete": _delete,
    "restore": _restore,
}


def _role(form: Mapping[str, str]) -> UUID:
    found = parse_id(form.get("role", ""))
    if found is None:
        raise invalid(word("Choose a role."), "role")
    return found


async def _page(visit: Visit, form: Mapping[str, str], refusal: Refusal | None) -> Response[bytes]:
    try:
        found = await showing.read_person(visit.ctx, **_who(visit))
    except Denied as denied:
        return refused(visit, denied)
    return visit.page(
        "partner/directory/one.html",
        status=status_of(refusal) if refusal else 200,
        found=found,
        domains=[(one, one) for one in found.domains],
        user=found.user,
        customer=visit.ids["customer_id"],
        action=Action,
        typed=_typed(found, form),
        held={sku.name for sku in found.licences},
        others=_others(visit, found),
        global_administrator=GLOBAL_ADMINISTRATOR,
        refusal=refusal,
        once=once(form),
        api=f"/v1/customers/{visit.ids['customer_id']}/users/{visit.ids['user_id']}",
    )


def _typed(found: Person, form: Mapping[str, str]) -> dict[str, str]:
    """What the form of the details holds: what was typed, else what is there."""
    local, _, domain = found.user.user_principal_name.partition("@")
    there = {
        "local": local,
        "domain": domain,
        "name": found.user.display_name,
        "first": found.user.first_name,
        "last": found.user.last_name,
        "country": found.user.usage_location,
    }
    return there | (dict(form) if form.get("act") == "change" else {})


def _others(visit: Visit, found: Person) -> list[tuple[str, str]]:
    """The roles that the user does not have, by name."""
    held = {role.id for role in found.roles}
    left = (role for role in known(visit.language).values() if role.id not in held)
    return [(str(role.id), role.name) for role in sorted(left, key=lambda role: role.name.casefold())]


PAGES = (Page(_PATH, "customer_user", Side.PARTNER, show, take),)
