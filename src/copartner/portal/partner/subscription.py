"""One subscription of its seller: what it is, what may be done with it now and why not the rest."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from litestar import Response

from copartner.command.denial import Denied
from copartner.kernel.errors import NotFound, Refusal
from copartner.orders.possible import read_possibilities
from copartner.orders.possible_model import Act, Choice, Outlook, Possibility
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.partner import acts
from copartner.portal.partner.customer import CUSTOMERS
from copartner.portal.partner.selling import CYCLES, STATES, TERMS, term_of
from copartner.portal.repeating import once
from copartner.portal.serving import status_of
from copartner.portal.speaking import word

ACTS: Mapping[Act, str] = MappingProxyType(
    {
        Act.SUSPEND: word("Suspend"),
        Act.REACTIVATE: word("Reactivate"),
        Act.CANCEL: word("Cancel the subscription"),
        Act.MORE: word("More licences"),
        Act.FEWER: word("Fewer licences"),
        Act.RENAME: word("Another name"),
        Act.RENEWAL: word("Automatic renewal"),
        Act.NEXT_TERM: word("Change for the next term"),
        Act.BILLING_CYCLE: word("Another billing cycle"),
        Act.TERM: word("Another term now"),
        Act.TRANSITION: word("Upgrade or conversion"),
        Act.ADDON: word("Add-on"),
        Act.SUPPORT_CONTACT: word("Another support contact"),
        Act.PARTNER_OF_RECORD: word("Another partner of record"),
    }
)


async def show(visit: Visit) -> Response[bytes]:
    """The subscription with the forms of all that may be done now."""
    return await _show(visit, {}, None)


async def take(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Do what a form asks for; a refusal shows the page again with what was typed."""
    try:
        done = await acts.do(visit, form)
    except (Denied, NotFound):
        raise
    except Refusal as refusal:
        return await _show(visit, form, refusal)
    return visit.see(_path(visit, done.subscription_id), done.text)


def _path(visit: Visit, subscription_id: object) -> str:
    return f"{CUSTOMERS}/{visit.ids['customer_id']}/subscriptions/{subscription_id}"


async def _show(visit: Visit, typed: Mapping[str, str], problem: Refusal | None) -> Response[bytes]:
    seen = await read_possibilities(
        visit.ctx, customer_id=visit.ids["customer_id"], subscription_id=visit.ids["subscription_id"]
    )
    return visit.page(
        "partner/subscription.html",
        status=status_of(problem) if problem else 200,
        seen=seen,
        own=seen.subscription,
        can={act.value: found.is_open for act, found in seen.possible.items()},
        closed=_closed(visit, seen),
        present=_present(seen),
        next_terms=_options(visit, seen.next_terms),
        upgrades=_options(visit, seen.upgrades),
        cycles=[(one.value, visit.text(CYCLES[one])) for one in seen.cycles],
        term=term_of(visit, seen.subscription.term, seen.subscription.billing_cycle),
        planned=_planned(visit, seen),
        typed=defaultdict(str, typed if problem else {}),
        problem=problem,
        once=once(),
        states=STATES,
        terms=TERMS,
    )


def _closed(visit: Visit, seen: Outlook) -> Sequence[tuple[Sequence[str], tuple[str, ...]]]:
    """What may not be done now, with all that stands against it; what the same stands against comes together."""
    closed: dict[tuple[str, ...], list[str]] = {}
    for act, found in seen.possible.items():
        if not found.is_open:
            closed.setdefault(_reasons(visit, found), []).append(visit.text(ACTS[act]))
    return [(names, reasons) for reasons, names in closed.items()]


def _reasons(visit: Visit, found: Possibility) -> tuple[str, ...]:
    denied = () if found.denied is None else (found.denied.summary, *found.denied.steps)
    obstacle = () if found.obstacle is None else (found.obstacle.said(visit.language),)
    return (*denied, *obstacle)


def _options(visit: Visit, choices: Sequence[Choice]) -> list[tuple[str, str]]:
    """Each item in each of its terms, as an option and as it is said."""
    return [
        (
            acts.option_of(one.item.availability.catalog_item_id, term.duration, term.billing_cycle),
            f"{one.item.sku.title}: {term_of(visit, term.duration, term.billing_cycle)}",
        )
        for one in choices
        for term in one.terms
    ]


def _present(seen: Outlook) -> str:
    """The option that changes nothing: the present item, term and billing cycle."""
    own = seen.subscription
    return acts.option_of(own.catalog_item_id, own.term, own.billing_cycle)


def _planned(visit: Visit, seen: Outlook) -> str:
    """What the next term will be, in words; nothing where it stays as it is."""
    planned = seen.subscription.next_term
    if planned is None:
        return ""
    title = seen.titles.get(planned.catalog_item_id, planned.catalog_item_id)
    return f"{planned.quantity} × {title}: {term_of(visit, planned.term, planned.billing_cycle)}"


PAGES = (
    Page(
        f"{CUSTOMERS}/{{customer_id}}/subscriptions/{{subscription_id}}",
        "partner_subscription",
        Side.PARTNER,
        show,
        take,
    ),
)
