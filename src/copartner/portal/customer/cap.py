"""The roles that the customer lets partners have at most."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Response

from copartner.delegation import cap
from copartner.delegation.consent_model import CapKind
from copartner.delegation.roles import described, known
from copartner.kernel.errors import Invalid
from copartner.kernel.ids import parse_id
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit

_BOX = "role-"


async def show(visit: Visit, refusal: Invalid | None = None, form: Mapping[str, str] | None = None) -> Response[bytes]:
    """The cap, what exceeds it, and the form that sets another."""
    found = await cap.read_cap(visit.ctx)
    kind, ticked = found.cap.kind.value, frozenset(found.cap.roles)
    if form is not None:
        kind, ticked = form.get("kind", kind), frozenset(_ticked(form))
    return visit.page(
        "customer/access/cap.html",
        status=400 if refusal else 200,
        refusal=refusal,
        cap=found.cap,
        exceeding=[(one, described(one.roles, visit.language)) for one in found.exceeding],
        roles=tuple(known(visit.language).values()),
        kind=kind,
        ticked=ticked,
        box=_BOX,
    )


async def take(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Set the cap; what is approved already stays."""
    kinds = {one.value: one for one in CapKind}
    kind = kinds.get(form.get("kind", ""))
    if kind is None:
        return await show(visit, Invalid("Choose whether the roles are allowed or refused."), form)
    try:
        await cap.set_cap(visit.ctx, kind=kind, roles=_ticked(form))
    except Invalid as refusal:
        return await show(visit, refusal, form)
    return visit.see(visit.path, visit.text("The cap is set. What you approved before stays until somebody ends it."))


def _ticked(form: Mapping[str, str]) -> tuple[UUID, ...]:
    found = (parse_id(name.removeprefix(_BOX)) for name in form if name.startswith(_BOX))
    return tuple(one for one in found if one is not None)


PAGES = (Page("/customer/access/cap", "customer_cap", Side.CUSTOMER, show, take),)
