"""One granular relationship of a partner: how it stands, what comes next, and all that may be done with it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from litestar import Response

from copartner.command.denial import Denied
from copartner.delegation import assigning, inviting, service, showing, tiers
from copartner.delegation.assignment_rules import UnknownAssignment
from copartner.delegation.model import AdminRelationship, Asked, AutoExtend, Status
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR, described
from copartner.delegation.rules import WAITS, IllegalStep, UnknownAdminRelationship
from copartner.delegation.showing import Act, Standing
from copartner.delegation.terms import in_words
from copartner.kernel.errors import Refusal
from copartner.kernel.ids import parse_id
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.partner.admin import words
from copartner.portal.refusing import invalid
from copartner.portal.repeating import once, repeated
from copartner.portal.serving import status_of
from copartner.portal.speaking import word

_PATH = f"{words.ROOT}/{{relationship_id}}-{{partner_tenant_id}}"
_SURE = "sure"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something of the history: what it was, how it went, and when."""

    what: str
    kind: str
    state: str
    at: datetime
    group: str = ""


async def show(visit: Visit) -> Response[bytes]:
    """The relationship and what belongs to it."""
    return await _page(visit, {}, None)


async def take(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Do what a button says; what was done already stays done, and the page shows how it stands."""
    act = _ACTS.get(form.get("act", ""))
    try:
        if act is None:
            raise invalid(word("Choose what is to be done by one of the buttons."), "act")
        return await act(visit, form)
    except Denied:
        raise
    except IllegalStep:
        # Somebody, or a first click, was there before: the page says how it stands now.
        return visit.see(visit.path)
    except Refusal as refusal:
        if isinstance(refusal, UnknownAdminRelationship):
            raise
        return await _page(visit, form, refusal)


async def _ask(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    await service.ask_for_approval(repeated(visit, form), key=words.key_of(visit))
    return visit.see(visit.path, visit.text("It is locked. Send the customer the link now."))


async def _delete(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    _sure(form)
    try:
        await service.delete_relationship(visit.ctx, key=words.key_of(visit))
    except Denied as denied:
        if not denied.concealed:
            raise
        # There is no such draft, after a first click for example: the list is what is left to see.
        return visit.see(words.ROOT)
    return visit.see(words.ROOT, visit.text("The draft is deleted."))


async def _consent(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    agrees = form.get("act") == "agree"
    await tiers.consent_to_relationship(repeated(visit, form), key=words.key_of(visit), approves=agrees)
    done = visit.text("You agreed. The customer can approve it now.") if agrees else visit.text("You refused it.")
    return visit.see(visit.path, done)


async def _extend(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    extends = form.get("act") == "extend"
    asked = Asked(auto_extend=AutoExtend.HALF_A_YEAR if extends else AutoExtend.NOT)
    await service.change_relationship(visit.ctx, key=words.key_of(visit), asked=asked)
    done = visit.text("At its end it goes on by 180 days.") if extends else visit.text("It ends by itself now.")
    return visit.see(visit.path, done)


async def _narrow(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    _sure(form)
    key = words.key_of(visit)
    found = await service.read_relationship(visit.ctx, key=key)
    left = tuple(role for role in found.roles if role != GLOBAL_ADMINISTRATOR)
    await service.change_relationship(visit.ctx, key=key, asked=Asked(roles=left))
    return visit.see(visit.path, visit.text("Global Administrator is left out, and no group has it by this any more."))


async def _assign(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    group = parse_id(form.get("group", ""))
    if group is None:
        raise invalid(word("Choose a group."), "group")
    roles = words.ticked(dict(form))
    await assigning.create_assignment(repeated(visit, form), key=words.key_of(visit), group_id=group, roles=roles)
    return visit.see(visit.path, visit.text("The group has these roles. Whoever is in it acts by them at once."))


async def _reassign(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    await assigning.change_assignment(
        visit.ctx, key=words.key_of(visit), assignment_id=_assignment(form), roles=words.ticked(dict(form))
    )
    return visit.see(visit.path, visit.text("The roles of the group are changed."))


async def _unassign(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    await assigning.delete_assignment(visit.ctx, key=words.key_of(visit), assignment_id=_assignment(form))
    return visit.see(visit.path, visit.text("The roles are taken from the group."))


async def _end(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    _sure(form)
    await service.terminate_relationship(repeated(visit, form), key=words.key_of(visit))
    return visit.see(visit.path, visit.text("It is ended. Nobody of your company acts by it any more."))


_ACTS: Mapping[str, Callable[[Visit, Mapping[str, str]], Awaitable[Response[bytes]]]] = {
    "ask": _ask,
    "delete": _delete,
    "agree": _consent,
    "refuse": _consent,
    "extend": _extend,
    "stop": _extend,
    "narrow": _narrow,
    "assign": _assign,
    "reassign": _reassign,
    "unassign": _unassign,
    "end": _end,
}


def _sure(form: Mapping[str, str]) -> None:
    if _SURE not in form:
        raise invalid(word("Tick that you are sure; nothing was changed."), _SURE)


def _assignment(form: Mapping[str, str]) -> UUID:
    found = parse_id(form.get("assignment", ""))
    if found is None:
        raise UnknownAssignment("This relationship has no such assignment.")
    return found


async def _page(visit: Visit, form: Mapping[str, str], refusal: Refusal | None) -> Response[bytes]:
    begins = visit.query.get("groups", "")
    found = await showing.read_standing(visit.ctx, key=words.key_of(visit), groups_begin=begins)
    made = found.relationship
    return visit.page(
        "partner/admin/one.html",
        status=status_of(refusal) if refusal else 200,
        found=found,
        made=made,
        act=Act,
        kind=words.kind_of(made, visit.ctx.moment),
        state=words.STATES[made.status][1],
        days=words.days_left(made, visit.ctx.moment),
        duration=in_words(made.duration, visit.language),
        goes_on=made.auto_extend is AutoExtend.HALF_A_YEAR,
        holds_all=GLOBAL_ADMINISTRATOR in made.roles,
        lapses=made.asked_at + WAITS if made.asked_at else None,
        was_active=made.activated_at is not None,
        roles=described(made.roles, visit.language),
        risk_words=words.RISKS,
        assignments=[(one, *words.ASSIGNMENT_STATES[one.status]) for one in found.held],
        free_groups=_free(found),
        groups_begin=begins,
        history=_history(found),
        letter=_letter(visit, found) if made.status is Status.APPROVAL_PENDING else None,
        change=words.address(made.key, "/change"),
        refusal=refusal,
        typed=form,
        once=once(form),
        graph=f"/v1.0/tenantRelationships/delegatedAdminRelationships/{made.id}-{made.partner_tenant_id}",
    )


def _free(found: Standing) -> list[tuple[str, str]]:
    """The groups that have no role of it yet."""
    taken = {one.group_id for one in found.held}
    return [(str(one.id), one.name) for one in found.groups if one.id not in taken]


@dataclass(frozen=True, slots=True)
class Letter:
    """The link, and the draft of a letter with it as a mail program takes it."""

    link: str
    draft: inviting.Draft
    mailto: str


def _letter(visit: Visit, found: Standing) -> Letter:
    made = found.relationship
    link = inviting.link_of(visit.ctx.runtime.public_url, made)
    language = found.customer.language if found.customer else visit.language
    partner = found.partner.company_name if found.partner else visit.visitor.name
    draft = inviting.drafted(made, partner=partner, link=link, language=language or visit.language)
    body = draft.body.replace("\n", "\r\n")
    return Letter(link, draft, f"mailto:?subject={quote(draft.subject)}&body={quote(body)}")


def _history(found: Standing) -> list[Happening]:
    """What was asked and begun, and what groups had and have no more; the newest first."""
    made = found.relationship
    told = [
        Happening(words.DEEDS[one.action], *words.PROGRESS_OF[one.status], one.created_at) for one in found.requests
    ]
    told += [
        Happening(
            words.DEEDS[one.operation_type],
            *words.PROGRESS[one.status],
            one.created_at,
            _group(found, one.data.group_id),
        )
        for one in found.operations
    ]
    told += [
        Happening(
            word("Roles taken from a group"),
            *words.ASSIGNMENT_STATES[one.status],
            one.modified_at,
            _group(found, one.group_id),
        )
        for one in found.over
    ]
    told += [
        Happening(word("Roles given to a group"), "good", word("Done"), one.created_at, _group(found, one.group_id))
        for one in found.assignments
    ]
    told += _own(made)
    return sorted(told, key=lambda one: one.at, reverse=True)


def _own(made: AdminRelationship) -> list[Happening]:
    """What the relationship itself knows of its course."""
    known = [(word("Draft made"), made.created_at), (word("Began"), made.activated_at), (word("Ended"), made.ended_at)]
    if made.reseller_consented_at:
        known.append((word("Indirect reseller agreed"), made.reseller_consented_at))
    return [Happening(what, "good", word("Done"), at) for what, at in known if at is not None]


def _group(found: Standing, group_id: UUID | None) -> str:
    return found.names.get(group_id, "") if group_id else ""


PAGES = (Page(_PATH, "admin_relationship", Side.PARTNER, show, take),)
