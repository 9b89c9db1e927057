"""What may be drafted and placed: lines, prerequisites, and the orders and subscriptions a draft becomes. Pure."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace as with_facts

from copartner.catalogue import rules as catalogue_rules
from copartner.catalogue.model import BillingCycle, Item
from copartner.kernel.calendar import add_months, months_of
from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound
from copartner.orders.model import Line, Order, OrderLine, Wish
from copartner.policy.facts import FactContext
from copartner.subscriptions.model import Kind, Status, Subscription
from copartner.subscriptions.rules import check_nickname

# Source: the published cart lifetime, contract "Wire rules", carts.
CART_LIFETIME = timedelta(days=7)
MOST_LINES = 100


class UnknownCart(NotFound):
    """The caller has no such cart, or it has expired."""


class UnknownOrder(NotFound):
    """The caller has no such order."""


class UnknownLine(NotFound):
    """The order has no such line."""


class CartCheckedOut(Illegal):
    """The cart was checked out already."""


class NoLines(Invalid):
    """A cart or order needs at least one line."""


class SeveralBillingCycles(Invalid):
    """The lines of one order differ in their billing cycle."""


class ParentNeeded(Invalid):
    """An add-on names the subscription it goes below."""


class PrerequisiteMissing(Illegal):
    """The customer lacks what the item builds upon."""


class OnePerSeller(Conflict):
    """The seller has sold this to the customer already, and it is sold once."""


def flatten(wishes: Sequence[Wish]) -> list[tuple[Wish, int | None]]:
    """Every wish with the number of the line it goes below; add-ons follow their parent. Raises NoLines, Invalid."""
    flat: list[tuple[Wish, int | None]] = []

    def add(wish: Wish, parent: int | None, depth: int) -> None:
        if len(flat) >= MOST_LINES or depth > 2:
            raise Invalid(f"A cart takes at most {MOST_LINES} lines, and an add-on has none of its own.", "lineItems")
        number = len(flat)
        flat.append((wish, parent))
        for addon in wish.addons:
            add(addon, number, depth + 1)

    for wish in wishes:
        add(wish, None, 1)
    if not flat:
        raise NoLines("Name at least one line item.", "lineItems")
    return flat


def settle(flat: Sequence[tuple[Wish, int | None]], items: Sequence[Item]) -> tuple[Line, ...]:
    """Lines with term, billing cycle and price from the catalogue; raises what catalogue.rules raise, ParentNeeded."""
    _check_sold_once(items)
    lines = []
    for number, ((wish, parent_number), item) in enumerate(zip(flat, items, strict=True)):
        below = items[parent_number] if parent_number is not None else None
        if item.sku.is_addon and below is None and wish.parent_id is None:
            raise ParentNeeded(f"{item.sku.title} goes below a subscription; name it.", "parentSubscriptionId")
        if not item.sku.is_addon and (below is not None or wish.parent_id is not None):
            raise Invalid(f"{item.sku.title} is no add-on; leave the parent out.", "parentSubscriptionId")
        if below is not None and below.sku.reference not in item.sku.parents:
            raise Invalid(f"{item.sku.title} does not go below {below.sku.title}.", "addonItems")
        term = catalogue_rules.choose_term(item, duration=wish.term, billing_cycle=wish.billing_cycle)
        limit = flat[parent_number][0].quantity if parent_number is not None else None
        catalogue_rules.check_quantity(item.sku, wish.quantity, parent_quantity=limit)
        price = item.partner_price(term)
        lines.append(
            Line(
                number=number,
                catalog_item_id=item.availability.catalog_item_id,
                title=item.sku.title,
                nickname=check_nickname(wish.nickname) if wish.nickname else item.sku.title[:100],
                quantity=wish.quantity,
                term=term.duration,
                billing_cycle=term.billing_cycle,
                unit_price=price.amount,
                currency=price.currency,
                parent_id=wish.parent_id,
                parent_number=parent_number,
                partner_of_record=wish.partner_of_record,
                additional_partners=wish.additional_partners,
            )
        )
    return tuple(lines)


def _check_sold_once(items: Sequence[Item]) -> None:
    references = [item.sku.reference for item in items if item.sku.one_per_seller]
    for reference in references:
        if references.count(reference) > 1:
            raise OnePerSeller("This is sold once to a customer; name it in one line alone.", reference)


def has_azure(items: Iterable[Item]) -> bool:
    """Whether Azure is among what is sold, or a reservation of it."""
    return any(item.sku.is_azure or item.sku.is_reservation for item in items)


def context_of(context: FactContext, items: Collection[Item], *, azure_elsewhere: bool) -> FactContext:
    """What the rules see of a sale of these items; `azure_elsewhere`: another seller sold the customer Azure."""
    azure = [item.sku.is_azure for item in items]
    return with_facts(
        context,
        azure=has_azure(items),
        azure_only=bool(azure) and all(azure),
        azure_elsewhere=any(azure) and azure_elsewhere,
    )


def check_one_cycle(lines: Iterable[Line]) -> None:
    """Raise SeveralBillingCycles unless one order can hold all the lines."""
    cycles = sorted({line.billing_cycle.value for line in lines})
    if len(cycles) > 1:
        raise SeveralBillingCycles(
            f"All lines of an order share one billing cycle, but these have {', '.join(cycles)}; use a cart, whose "
            "checkout places one order for each.",
            "billingCycle",
        )


def check_prerequisites(
    items: Iterable[Item], *, in_tenant: frozenset[str], own: frozenset[str], drafted: frozenset[str]
) -> None:
    """Raise when an item's prerequisite is missing; all arguments are `product:sku` references.

    `in_tenant`: held by the customer from anybody; `own`: sold by the caller; `drafted`: on the same draft.
    """
    for item in items:
        sku = item.sku
        if sku.prerequisites and not {*sku.prerequisites} & (in_tenant | drafted):
            raise PrerequisiteMissing(f"{sku.title} needs a prerequisite in the customer's tenant.", sku.reference)
        if sku.seller_prerequisites and not {*sku.seller_prerequisites} & (own | drafted):
            raise PrerequisiteMissing(f"{sku.title} needs a prerequisite that you sold.", sku.reference)
        if sku.one_per_seller and sku.reference in own:
            raise OnePerSeller(f"You have sold {sku.title} to this customer already.", sku.reference)


def place(
    lines: Sequence[Line],
    items: Sequence[Item],
    *,
    new_id: Callable[[], UUID],
    customer_id: UUID,
    partner_tenant_id: UUID,
    relationship_id: UUID | None,
    cart_id: UUID | None,
    placed_by: str,
    now: datetime,
) -> tuple[tuple[Order, ...], tuple[Subscription, ...]]:
    """One order for each billing cycle, one active subscription for each line; parents come before their add-ons."""
    subscription_ids = {line.number: new_id() for line in lines}
    cycles = list(dict.fromkeys(line.billing_cycle for line in lines))
    orders, made = [], []
    for cycle in cycles:
        order_id = new_id()
        chosen = [line for line in lines if line.billing_cycle is cycle]
        for position, line in enumerate(chosen):
            parent_id = subscription_ids[line.parent_number] if line.parent_number is not None else line.parent_id
            made.append(
                _subscription(
                    line,
                    items[line.number],
                    identifier=subscription_ids[line.number],
                    parent_id=parent_id,
                    order_id=order_id,
                    position=position,
                    customer_id=customer_id,
                    partner_tenant_id=partner_tenant_id,
                    now=now,
                )
            )
        order_lines = tuple(_order_line(s, line) for s, line in zip(made[-len(chosen) :], chosen, strict=True))
        orders.append(
            Order(
                id=order_id,
                customer_tenant_id=customer_id,
                partner_tenant_id=partner_tenant_id,
                relationship_id=relationship_id,
                cart_id=cart_id,
                billing_cycle=cycle,
                currency=chosen[0].currency,
                lines=order_lines,
                placed_at=now,
                placed_by=placed_by,
            )
        )
    parents_first = sorted(made, key=lambda subscription: subscription.parent_id is not None)
    return tuple(orders), tuple(parents_first)


def extend(
    order: Order, lines: Sequence[Line], items: Sequence[Item], *, new_id: Callable[[], UUID], now: datetime
) -> tuple[Order, tuple[Subscription, ...]]:
    """The order with add-ons at its end, and the active subscriptions they make; raises SeveralBillingCycles."""
    made = []
    for position, (line, item) in enumerate(zip(lines, items, strict=True), len(order.lines)):
        if line.billing_cycle is not order.billing_cycle:
            raise SeveralBillingCycles(f"The lines of this order are billed {order.billing_cycle}.", "billingCycle")
        made.append(
            _subscription(
                line,
                item,
                identifier=new_id(),
                parent_id=line.parent_id,
                order_id=order.id,
                position=position,
                customer_id=order.customer_tenant_id,
                partner_tenant_id=order.partner_tenant_id,
                now=now,
            )
        )
    added = tuple(_order_line(subscription, line) for subscription, line in zip(made, lines, strict=True))
    return replace(order, lines=(*order.lines, *added)), tuple(made)


def _order_line(subscription: Subscription, line: Line) -> OrderLine:
    return OrderLine(
        number=subscription.line_number,
        catalog_item_id=line.catalog_item_id,
        title=line.title,
        nickname=line.nickname,
        quantity=line.quantity,
        term=line.term,
        billing_cycle=line.billing_cycle,
        subscription_id=subscription.id,
        parent_id=subscription.parent_id,
        partner_of_record=line.partner_of_record,
        unit_price=line.unit_price,
        additional_partners=line.additional_partners,
    )


def _subscription(
    line: Line,
    item: Item,
    *,
    identifier: UUID,
    parent_id: UUID | None,
    order_id: UUID,
    position: int,
    customer_id: UUID,
    partner_tenant_id: UUID,
    now: datetime,
) -> Subscription:
    kind = Kind.AZURE if item.sku.is_azure else Kind.RESERVATION if item.sku.is_reservation else Kind.LICENSE
    return Subscription(
        id=identifier,
        customer_tenant_id=customer_id,
        partner_tenant_id=partner_tenant_id,
        order_id=order_id,
        line_number=position,
        partner_of_record=line.partner_of_record,
        parent_id=parent_id,
        product_id=item.product.id,
        sku_id=item.sku.id,
        availability_id=item.availability.id,
        kind=kind,
        offer_name=item.sku.title,
        nickname=line.nickname,
        quantity=line.quantity,
        status=Status.ACTIVE,
        auto_renew=kind is Kind.LICENSE and not item.sku.is_trial and item.availability.is_renewable,
        term=line.term,
        billing_cycle=BillingCycle(line.billing_cycle),
        unit_price=line.unit_price,
        currency=line.currency,
        created_at=now,
        starts_at=now,
        commitment_ends_at=add_months(now, months_of(line.term)) if line.term else None,
        is_trial=item.sku.is_trial,
        term_starts_at=now,
    )
