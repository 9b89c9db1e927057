"""Ordering for a customer: found in the catalogue, kept in a cart, reviewed, and placed once.

The cart is kept by the service, and its identifier stands in the address, so that nothing is lost on the way.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response

from copartner.agreements import service as agreements
from copartner.agreements.model import Attestation, Contact
from copartner.catalogue.choosing import Chosen, find_offers, read_offer
from copartner.catalogue.model import Term
from copartner.command.denial import Denied
from copartner.customers.overview import Overview, read_overview
from copartner.kernel.errors import Invalid, NotFound, Refusal, StaleTag, check_tag
from copartner.kernel.ids import parse_id
from copartner.orders import service as orders
from copartner.orders.basket import Basket, read_basket
from copartner.orders.model import CartState, Wish
from copartner.orders.rules import CartCheckedOut
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from copartner.portal.days import beginning
from copartner.portal.page import Page, Visit
from copartner.portal.partner import acts
from copartner.portal.partner.customer import CUSTOMERS
from copartner.portal.partner.selling import STATES, term_of
from copartner.portal.repeating import once, repeated
from copartner.portal.serving import status_of


async def show(visit: Visit) -> Response[bytes]:
    """The cart, if one is named, and what can be put into it; or what was ordered by it."""
    return await _show(visit, {}, None)


async def take(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Add to the cart, change it, confirm the agreement, or place the order; what was typed is kept on a refusal."""
    try:
        match form.get("act", "").partition("-"):
            case ("add", _, _):
                return await _add(visit, form)
            case ("update", _, _):
                return await _update(visit, form, None)
            case ("remove", _, number):
                return await _update(visit, form, acts.number_of(number))
            case ("attest", _, _):
                return await _attest(visit, form)
            case ("place", _, _):
                return await _place(visit, form)
        raise Invalid("Choose what is to be done.", "act")
    except CartCheckedOut:
        # Placed before this: what was ordered is shown.
        return visit.see(visit.link(item=None))
    except StaleTag:
        # Sent twice, or from an old page.
        said = visit.text("The cart had changed before this was sent; this is how it stands now.")
        return visit.see(visit.link(item=None), said)
    except (Denied, NotFound):
        raise
    except Refusal as refusal:
        return await _show(visit, form, refusal)


def _named(visit: Visit, name: str) -> UUID | None:
    """An identifier of the query, None where it is not named; raises Invalid."""
    text = visit.query.get(name)
    if not text:
        return None
    found = parse_id(text)
    if found is None:
        raise Invalid("This address is not whole; begin again from the customer's page.", name)
    return found


async def _add(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    customer_id, cart_id = visit.ids["customer_id"], _named(visit, "cart")
    item, term, cycle = acts.choice_of(form.get("choice", ""))
    wish = Wish(
        catalog_item_id=item,
        quantity=acts.number_of(form.get("quantity", "").strip()),
        term=term or None,
        billing_cycle=cycle,
        nickname=form.get("nickname", "").strip() or None,
        parent_id=_named(visit, "parent"),
        partner_of_record=form.get("reseller") or None,
    )
    if cart_id is None:
        cart = await orders.create_cart(repeated(visit, form), customer_id=customer_id, wishes=[wish])
    else:
        cart = await orders.read_cart(visit.ctx, customer_id=customer_id, cart_id=cart_id)
        cart = await orders.replace_cart(
            visit.ctx,
            customer_id=customer_id,
            cart_id=cart_id,
            wishes=[*orders.as_wishes(cart.lines), wish],
            expected_version=_version(form),
        )
    return visit.see(f"{visit.path}?{urlencode({'cart': cart.id})}", visit.text("It is in the cart."))


async def _update(visit: Visit, form: Mapping[str, str], without: int | None) -> Response[bytes]:
    customer_id, cart_id = visit.ids["customer_id"], _cart(visit)
    cart = await orders.read_cart(visit.ctx, customer_id=customer_id, cart_id=cart_id)
    # The numbers of lines mean what they meant on the page that was shown.
    check_tag(cart.version, version := _version(form), "cart", str(cart_id))
    lines = [
        replace(line, quantity=acts.number_of(form.get(f"quantity-{line.number}", str(line.quantity)).strip()))
        for line in cart.lines
        if without is None or without not in (line.number, line.parent_number)
    ]
    if not lines:
        return visit.see(visit.link(cart=None), visit.text("The cart is empty."))
    await orders.replace_cart(
        visit.ctx,
        customer_id=customer_id,
        cart_id=cart_id,
        wishes=orders.as_wishes(lines),
        expected_version=version,
    )
    return visit.see(visit.link(item=None), visit.text("The cart was changed."))


async def _attest(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    template = agreements.current_template(visit.ctx.runtime.cloud)
    if template is None:
        raise Invalid("There are no customer agreements in this cloud, so there is nothing to confirm.")
    agreed_at = beginning(form.get("agreed_on", ""), "agreed_on")
    contact = Contact(*(form.get(name, "") for name in ("first_name", "last_name", "email", "phone")))
    await agreements.attest_agreement(
        repeated(visit, form),
        customer_id=visit.ids["customer_id"],
        attestation=Attestation(contact=contact, agreed_at=agreed_at, template_id=template.id),
    )
    return visit.see(visit.link(), visit.text("You confirmed that the customer accepted the agreement."))


async def _place(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    cart_id = _cart(visit)
    # Nothing is bought that was not on the page before the button.
    await orders.checkout(
        visit.ctx, customer_id=visit.ids["customer_id"], cart_id=cart_id, expected_version=_version(form)
    )
    return visit.see(f"{visit.path}?{urlencode({'cart': cart_id})}")


def _cart(visit: Visit) -> UUID:
    found = _named(visit, "cart")
    if found is None:
        raise Invalid("This address is not whole; begin again from the customer's page.", "cart")
    return found


def _version(form: Mapping[str, str]) -> int:
    return acts.number_of(form.get("version", ""))


async def _show(visit: Visit, typed: Mapping[str, str], problem: Refusal | None) -> Response[bytes]:
    ctx, customer_id = visit.ctx, visit.ids["customer_id"]
    cart_id, parent_id, item = _named(visit, "cart"), _named(visit, "parent"), visit.query.get("item")
    seen = await read_overview(ctx, customer_id=customer_id, to_sell=True)
    basket = await read_basket(ctx, customer_id=customer_id, cart_id=cart_id) if cart_id else None
    common: dict[str, Any] = {
        "customer": seen.customer,
        "basket": basket,
        "term": lambda duration, cycle: term_of(visit, duration, cycle),
        "states": STATES,
    }
    if basket is not None and basket.cart.state is CartState.CHECKED_OUT:
        return visit.page("partner/order/placed.html", **common)
    chosen = await read_offer(ctx, customer_id=customer_id, catalog_item_id=item) if item else None
    part = visit.query.get("find", "").strip()
    found, more = (
        ((), False) if chosen else await find_offers(ctx, customer_id=customer_id, part=part[:100], parent_id=parent_id)
    )
    return visit.page(
        "partner/order/draft.html",
        status=status_of(problem) if problem else 200,
        **common,
        seen=seen,
        parent_id=parent_id,
        chosen=chosen,
        options=_options(chosen),
        found=found,
        more=more,
        part=part,
        typed=defaultdict(str, typed if problem else {}),
        problem=problem,
        once=once(),
        against=_against(basket),
        agreement=_agreement(visit, seen),
    )


def _options(chosen: Chosen | None) -> Sequence[tuple[str, Term]]:
    """Each term in which the chosen item is sold, as an option."""
    if chosen is None:
        return ()
    item = chosen.item.availability.catalog_item_id
    return [(acts.option_of(item, term.duration, term.billing_cycle), term) for term in chosen.item.availability.terms]


def _against(basket: Basket | None) -> str:
    """What the rules say against placing the order now."""
    said = None if basket is None else basket.denied.get(Action.CART_CHECKOUT)
    return "" if said is None else said.summary


def _agreement(visit: Visit, seen: Overview) -> Mapping[str, str] | None:
    """Where the text is that the customer has to accept, and why the reader may not confirm it; None if it did."""
    template = agreements.current_template(visit.ctx.runtime.cloud)
    if seen.has_agreement or template is None:
        return None
    denied = seen.denied.get(Action.AGREEMENT_ATTEST)
    return {"id": template.id, "link": template.link, "denied": denied.summary if denied else ""}


PAGES = (Page(f"{CUSTOMERS}/{{customer_id}}/order", "partner_order", Side.PARTNER, show, take),)
