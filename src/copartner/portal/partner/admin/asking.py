"""A partner drafts a granular relationship: for which customer, which roles, how long; and changes the draft."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from litestar import Response

from copartner.command.denial import Denied
from copartner.customers import service as customers
from copartner.customers.model import Customer, SearchField
from copartner.delegation import service, showing, tiers
from copartner.delegation.model import AdminRelationship, AdminRole, Asked, AutoExtend, Risk
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR, known
from copartner.delegation.rules import LONGEST_DAYS, days_of
from copartner.delegation.showing import Act
from copartner.kernel.errors import Refusal
from copartner.kernel.ids import parse_id
from copartner.kernel.paging import Page as Listed
from copartner.policy.explain import Explanation
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.partner.admin import words
from copartner.portal.refusing import invalid
from copartner.portal.repeating import once, repeated
from copartner.portal.serving import status_of
from copartner.portal.speaking import word

_NEW = f"{words.ROOT}/new"
_CHANGE = f"{words.ROOT}/{{relationship_id}}-{{partner_tenant_id}}/change"
_OPEN, _FOUND = "open", 20
_USUAL_DAYS = "365"


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    name: str = ""
    days: str = _USUAL_DAYS
    extend: bool = False
    roles: tuple[UUID, ...] = ()
    search: str = ""
    reseller: str = ""

    @classmethod
    def of(cls, form: Mapping[str, str]) -> "Typed":
        """What was sent."""
        return cls(
            form.get("name", ""),
            form.get("days", ""),
            "extend" in form,
            tuple(role for role in words.ticked(dict(form)) if role in known()),
            form.get("search", "").strip(),
            form.get("reseller", ""),
        )

    @classmethod
    def draft(cls, made: AdminRelationship) -> "Typed":
        """What a draft asks for."""
        extends = made.auto_extend is AutoExtend.HALF_A_YEAR
        return cls(made.display_name, str(days_of(made.duration)), extends, made.roles)

    def asked(self) -> Asked:
        """What is asked for; raises Invalid."""
        typed = self.days.strip()
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10 and 1 <= int(typed) <= LONGEST_DAYS):
            raise invalid(word("Type a number of days, from 1 to %(most)s."), "days", most=LONGEST_DAYS)
        return Asked(
            display_name=self.name,
            duration=f"P{int(typed)}D",
            roles=self.roles,
            auto_extend=AutoExtend.HALF_A_YEAR if self.extend else AutoExtend.NOT,
        )


async def show(visit: Visit) -> Response[bytes]:
    """First for whom, then what."""
    asked = visit.query.get("customer", "")
    if asked == _OPEN or parse_id(asked) is not None:
        return await _form(visit, Typed())
    await showing.read_asking(visit.ctx, customer_id=None)
    text = visit.query.get("search", "")
    found: Listed[Customer] = await customers.list_customers(
        visit.ctx, field=SearchField.COMPANY_NAME if text.strip() else None, starts_with=text, size=_FOUND
    )
    return visit.page("partner/admin/whom.html", found=found, search=text, wrong=asked, most=_FOUND)


async def take(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Look for roles, or make the draft."""
    typed = Typed.of(form)
    if form.get("act") == "search":
        return await _form(visit, typed, form)
    try:
        made = await _made(visit, form, typed)
    except Denied:
        raise
    except Refusal as refusal:
        return await _form(visit, typed, form, refusal)
    if made.provider_tenant_id is not None:
        done = visit.text(
            "%(name)s is asked for. An Admin agent of your indirect reseller agrees first.", name=made.display_name
        )
        return visit.see(words.ROOT, done)
    return visit.see(words.address(made.key), visit.text("The draft is made. Nobody but your company sees it so far."))


async def _made(visit: Visit, form: Mapping[str, str], typed: Typed) -> AdminRelationship:
    customer = parse_id(visit.query.get("customer", "") or form.get("customer", ""))
    name = form.get("customer-name", "")[:200] or None
    asked = replace(typed.asked(), customer_tenant_id=customer, customer_name=name if customer else None)
    reseller, ctx = parse_id(typed.reseller), repeated(visit, form)
    if reseller is not None:
        return await tiers.provide_relationship(ctx, reseller_tenant_id=reseller, asked=asked)
    return await service.create_relationship(ctx, asked=asked)


async def _form(
    visit: Visit, typed: Typed, form: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[bytes]:
    customer = parse_id(visit.query.get("customer", "") or (form or {}).get("customer", ""))
    found = await showing.read_asking(visit.ctx, customer_id=customer)
    return _page(
        visit,
        typed,
        form or {},
        refusal,
        found.extension,
        customer=customer,
        addressee=found.customer,
        resellers=[(str(one.tenant_id), one.company_name) for one in found.resellers],
        draft=None,
    )


def _page(
    visit: Visit,
    typed: Typed,
    form: Mapping[str, str],
    refusal: Refusal | None,
    extension: Explanation | None,
    **values: Any,
) -> Response[bytes]:
    return visit.page(
        "partner/admin/form.html",
        status=status_of(refusal) if refusal else 200,
        typed=typed,
        once=once(form),
        refusal=refusal,
        extension=extension,
        risks=_by_risk(visit, typed),
        risk_words=words.RISKS,
        longest=LONGEST_DAYS,
        global_administrator=GLOBAL_ADMINISTRATOR,
        **values,
    )


def _by_risk(visit: Visit, typed: Typed) -> list[tuple[Risk, list[AdminRole]]]:
    """The roles that fit what is looked for and all that are ticked, the least harmful first."""
    wanted = typed.search.casefold()
    english = known()
    fitting = [
        role
        for role in known(visit.language).values()
        if role.id in typed.roles or wanted in f"{role.name}\n{english[role.id].name}\n{role.text}".casefold()
    ]
    groups = ((risk, [role for role in fitting if role.risk is risk]) for risk in reversed(Risk))
    return [(risk, roles) for risk, roles in groups if roles]


async def show_change(visit: Visit) -> Response[bytes]:
    """The draft as it is."""
    return await _change_form(visit)


async def take_change(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Look for roles, or change the draft."""
    key, typed = words.key_of(visit), Typed.of(form)
    if form.get("act") == "search":
        return await _change_form(visit, typed, form)
    try:
        await service.change_relationship(visit.ctx, key=key, asked=typed.asked())
    except Denied:
        raise
    except Refusal as refusal:
        return await _change_form(visit, typed, form, refusal)
    return visit.see(words.address(key), visit.text("The draft is changed."))


async def _change_form(
    visit: Visit, typed: Typed | None = None, form: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[bytes]:
    found = await showing.read_standing(visit.ctx, key=words.key_of(visit))
    made = found.relationship
    if refusal is None and not found.possible[Act.CHANGE].fits:
        return visit.see(words.address(made.key), visit.text("This is no draft any more."))
    extends = found.possible[Act.EXTEND].obstacle if GLOBAL_ADMINISTRATOR not in made.roles else None
    return _page(
        visit,
        typed or Typed.draft(made),
        form or {},
        refusal,
        extends,
        customer=made.customer_tenant_id,
        addressee=found.customer,
        resellers=[],
        draft=made,
    )


PAGES = (
    Page(_NEW, "new_admin_relationship", Side.PARTNER, show, take),
    Page(_CHANGE, "changed_admin_relationship", Side.PARTNER, show_change, take_change),
)
