"""A change of the rules is written, tried out and proposed."""

from collections.abc import Mapping
from datetime import timedelta

from litestar import Response

from copartner.kernel.errors import Busy, Invalid, Refusal
from copartner.operating import service as operating
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from copartner.portal.days import day
from copartner.portal.operator import trials
from copartner.portal.operator.forms import several, typed
from copartner.portal.page import Page, Visit
from copartner.portal.repeating import once, repeated
from copartner.portal.serving import status_of
from copartner.tryout.service import USUAL_DAYS
from copartner.versions import service

# What a proposal is shown with at first: as late as the rule rules-notice has it, and a week to be approved in.
_USUAL_NOTICE = timedelta(days=37)


async def show_new(visit: Visit) -> Response[bytes]:
    """The form, with what was tried out where the address names that."""
    await operating.may(visit.ctx, Action.RULE_VERSION_PROPOSE)
    sent = {"begins": str(visit.ctx.moment.date() + _USUAL_NOTICE), "days": str(USUAL_DAYS)}
    if (tried := trials.find(visit.ctx, visit.query.get("trial", ""))) is not None:
        sent = {name: value for name, value in tried.typed.items() if name not in ("key", "once", "act")}
    return _form(visit, sent)


async def take_new(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Propose it, or try it out first; what is wrong is shown beside what was typed."""
    ctx = repeated(visit, form)
    try:
        text, ends = form.get("text", "").replace("\r\n", "\n"), several(form.get("ends", ""))
        begins = day(form.get("begins", ""), "begins")
        if form.get("act") == "try":
            trial = await trials.begin(
                ctx, name=form.get("once", ""), text=text, ends=ends, begins=begins, days=_days(form), typed=form
            )
            return visit.see(f"/operator/rules/trials/{trial}")
        made = await service.propose_version(
            ctx,
            title=form.get("title", ""),
            reason=form.get("reason", ""),
            text=text,
            ends=ends,
            begins=begins,
        )
    except (Invalid, Busy) as refusal:
        return _form(visit, form, refusal)
    return visit.see(
        f"/operator/rules/versions/{made.id}",
        visit.text("It is proposed, and checked in the background; this page shows what is found."),
    )


async def show_trial(visit: Visit) -> Response[bytes]:
    """How far a try-out has come, then what it found."""
    await operating.may(visit.ctx, Action.RULE_VERSION_TRY)
    found = trials.find(visit.ctx, str(visit.ids["trial_id"]))
    return visit.page("operator/rules/trial.html", status=404 if found is None else 200, found=found)


def _days(form: Mapping[str, str]) -> int:
    text = form.get("days", "").strip() or str(USUAL_DAYS)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid("days: give a whole number.", "days")
    return int(text)


def _form(visit: Visit, sent: Mapping[str, str], refusal: Refusal | None = None) -> Response[bytes]:
    return visit.page(
        "operator/rules/new.html",
        status=status_of(refusal) if refusal else 200,
        typed=typed(sent),
        ends=several(sent.get("ends", "")),
        refusal=refusal,
        about=refusal.data[0] if refusal and refusal.data else "",
        once=once(sent if refusal else None),
    )


PAGES = (
    Page("/operator/rules/new", "operator_propose", Side.OPERATOR, show_new, take_new),
    Page("/operator/rules/trials/{trial_id}", "operator_trial", Side.OPERATOR, show_trial),
)
