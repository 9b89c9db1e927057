"""What a subscription can do: states, quantity, name and renewal. Pure; the moment is passed in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from copartner.catalogue.model import Item, Sku
from copartner.catalogue.rules import QuantityOutOfRange, check_quantity, choose_term
from copartner.kernel.calendar import add_months, months_of
from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound
from copartner.policy.actions import Action
from copartner.policy.facts import Commitment
from copartner.subscriptions.model import Kind, NextTerm, Patch, Registration, Status, Subscription, TermEnd

TERMS = ("P1M", "P1Y", "P3Y")
WINDOW = timedelta(days=7)


class UnknownSubscription(NotFound):
    """The caller has no such subscription."""


class IllegalTransition(Illegal):
    """The status cannot go from the present one to the one asked for."""


class StatusFixed(Illegal):
    """The status of this kind of subscription does not change this way."""


class ParentNotActive(Conflict):
    """An add-on cannot be enabled while its parent is not active."""


class AddonsAreLarger(QuantityOutOfRange):
    """The quantity would fall below that of an active add-on."""


class Ended(Illegal):
    """The subscription has ended and takes no change."""


class SuspendedQuantity(Illegal):
    """The quantity does not change while the subscription is suspended."""


class CannotRenew(Illegal):
    """The subscription cannot renew by itself."""


class PartnerOfRecordFixed(Illegal):
    """The partner of record of this subscription cannot be changed."""


class BillingCycleByOrder(Illegal):
    """The billing cycle is changed through the order, not through the subscription."""


class FixedByPurchase(Invalid):
    """A property that was settled by the purchase and never changes here."""


class UnknownSupport(Invalid):
    """The support contact is no enrolled partner of that number."""


class NotRegistrable(Illegal):
    """Only an active Azure subscription is registered for reservations."""


TRANSITIONS = {
    (Status.ACTIVE, Status.SUSPENDED): Action.SUBSCRIPTION_SUSPEND,
    (Status.SUSPENDED, Status.ACTIVE): Action.SUBSCRIPTION_REACTIVATE,
    (Status.PENDING, Status.ACTIVE): Action.SUBSCRIPTION_REACTIVATE,
    (Status.ACTIVE, Status.DELETED): Action.SUBSCRIPTION_CANCEL,
    (Status.SUSPENDED, Status.DELETED): Action.SUBSCRIPTION_CANCEL,
}
_BY_TARGET = {
    Status.SUSPENDED: Action.SUBSCRIPTION_SUSPEND,
    Status.DELETED: Action.SUBSCRIPTION_CANCEL,
}
_BY_PROPERTY = {
    "customer_tenant_id": Action.SUBSCRIPTION_SET_OWNER,
    "partner_tenant_id": Action.SUBSCRIPTION_SET_SELLER,
    "partner_of_record": Action.SUBSCRIPTION_SET_PARTNER_OF_RECORD,
    "term": Action.SUBSCRIPTION_CHANGE_TERM,
    "commitment_ends_at": Action.SUBSCRIPTION_SET_COMMITMENT,
    "billing_cycle": Action.SUBSCRIPTION_CHANGE_BILLING_CYCLE,
    "parent_id": Action.SUBSCRIPTION_ADD_ADDON,
    "quantity": Action.SUBSCRIPTION_CHANGE_QUANTITY,
    "nickname": Action.SUBSCRIPTION_RENAME,
    "auto_renew": Action.SUBSCRIPTION_SET_AUTO_RENEW,
    "next_term": Action.SUBSCRIPTION_SET_AUTO_RENEW,
}


def actions(before: Subscription | None, patch: Patch) -> tuple[Action, ...]:
    """What the patch asks for: of an own subscription only what differs from it, of an unseen one all that is named.

    Clients send whole objects back; a value that is as it was asks for nothing.
    """
    asked = []
    for name, action in _BY_PROPERTY.items():
        wanted = getattr(patch, name)
        if wanted is not None and (before is None or wanted != getattr(before, name)) and action not in asked:
            asked.append(action)
    if patch.status is not None and (before is None or patch.status is not before.status):
        asked.append(_BY_TARGET.get(patch.status, Action.SUBSCRIPTION_REACTIVATE))
    return tuple(asked)


def apply(before: Subscription, patch: Patch) -> Subscription:
    """The subscription after the patch; raises what forbids it. Quantity limits of the SKU are checked elsewhere."""
    _refuse_fixed(before, patch)
    wanted_status = patch.status or before.status
    if before.status in (Status.DELETED, Status.EXPIRED, Status.DISABLED):
        raise Ended(f"The subscription is {before.status} and takes no change; order a new one.", str(before.id))
    after = before
    if wanted_status is not before.status:
        after = _transition(before, wanted_status)
    if patch.quantity is not None and patch.quantity != before.quantity:
        if after.status is not Status.ACTIVE:
            raise SuspendedQuantity("Reactivate the subscription before you change its quantity.", str(before.id))
        after = replace(after, quantity=patch.quantity)
    if patch.nickname is not None:
        after = replace(after, nickname=check_nickname(patch.nickname))
    if patch.auto_renew is not None and patch.auto_renew != before.auto_renew:
        if patch.auto_renew and (after.status is not Status.ACTIVE or after.kind is not Kind.LICENSE):
            raise CannotRenew("Only an active licence subscription renews by itself.", str(before.id))
        after = replace(after, auto_renew=patch.auto_renew)
    if patch.next_term is not None and patch.next_term != before.next_term:
        if not after.auto_renew:
            raise CannotRenew("Let the subscription renew by itself before you say how.", str(before.id))
        after = replace(after, next_term=patch.next_term)
    # What does not renew has no next term.
    return replace(after, next_term=after.next_term if after.auto_renew else None, version=before.version + 1)


def commitment(
    before: Subscription | None,
    *,
    status: Status | None = None,
    quantity: int | None = None,
    term: str | None = None,
    now: datetime,
) -> Commitment:
    """What the rules must know of a change to an agreed term; nothing is known of what the caller does not have.

    Trials and what has no term commit to nothing. A term that is none of those sold shortens nothing.
    """
    if before is None:
        return Commitment(window_open=True, reduces=False, shortens=False)
    until = window_ends_at(before)
    return Commitment(
        window_open=until is None or now <= until,
        reduces=status is Status.DELETED or (quantity is not None and quantity < before.quantity),
        shortens=until is not None and term in TERMS and months_of(term) < months_of(before.term),
    )


def window_ends_at(subscription: Subscription) -> datetime | None:
    """Until when the seller may cancel or reduce; None while nothing is committed to.

    Source: new-commerce-cancellation-policy, 2023-07-27.
    """
    bound = subscription.kind is Kind.LICENSE and subscription.commitment_ends_at and not subscription.is_trial
    return subscription.term_starts_at + WINDOW if bound else None


def check_next_term(held: Sku, target: Item, wanted: NextTerm) -> None:
    """Raise Invalid, QuantityOutOfRange, UnknownTerm unless the next term can be the same SKU or an upgrade of it."""
    if target.sku.reference not in (held.reference, *held.upgrade_targets, *held.conversion_targets):
        raise Invalid(f"{held.title} does not become {target.sku.title}.", "scheduledNextTermInstructions")
    choose_term(target, duration=wanted.term, billing_cycle=wanted.billing_cycle)
    check_quantity(target.sku, wanted.quantity)


def check_parent(parent: Subscription, addon: Sku, quantity: int) -> None:
    """Raise unless the add-on fits below the parent: its SKU, its state, its quantity."""
    reference = f"{parent.product_id}:{parent.sku_id}"
    if reference not in addon.parents:
        raise Invalid(f"{addon.title} does not go below {parent.offer_name}.", "parentSubscriptionId")
    if parent.status is not Status.ACTIVE:
        raise ParentNotActive(f"Activate the parent subscription before you add {addon.title}.", str(parent.id))
    check_quantity(addon, quantity, parent_quantity=parent.quantity)


def needs_lasting_relationship(patch: Patch) -> bool:
    """Whether the patch may make a subscription active or larger, which a relationship must outlast."""
    return patch.status is Status.ACTIVE or patch.quantity is not None


def check_above(before: Subscription, after: Subscription, parent: Subscription | None) -> None:
    """Raise ParentNotActive, QuantityOutOfRange when an add-on becomes active below a parent that does not carry it."""
    if parent is None or after.status is not Status.ACTIVE or before.status is Status.ACTIVE:
        return
    if parent.status is not Status.ACTIVE:
        raise ParentNotActive("Activate the parent subscription before its add-on.", str(parent.id))
    if after.quantity > parent.quantity:
        raise QuantityOutOfRange(
            f"The parent subscription's quantity is {parent.quantity}; raise that, or lower this with the status.",
            str(after.quantity),
        )


def check_below(before: Subscription, after: Subscription, addons: Sequence[Subscription]) -> None:
    """Raise AddonsAreLarger when the quantity falls below that of an active add-on."""
    most = max((addon.quantity for addon in addons if addon.status is Status.ACTIVE), default=0)
    if after.quantity < min(before.quantity, most):
        raise AddonsAreLarger(
            f"An active add-on below this subscription has a quantity of {most}; reduce or suspend the add-on first.",
            str(after.quantity),
        )


def taken_along(
    before: Subscription, after: Subscription, addons: Sequence[Subscription]
) -> tuple[tuple[Subscription, Subscription], ...]:
    """The add-ons that a suspended or cancelled parent takes along, each as it was and as it becomes."""
    if after.status is before.status or after.status is Status.ACTIVE:
        return ()
    changed = [addon for addon in addons if (addon.status, after.status) in TRANSITIONS]
    return tuple((addon, apply(addon, Patch(status=after.status))) for addon in changed)


def register(before: Registration, *, now: datetime) -> Registration:
    """The registration after it was asked for; the first one counts. Raises NotRegistrable."""
    if before.kind is not Kind.AZURE or before.status is not Status.ACTIVE:
        raise NotRegistrable("Only an active Azure subscription is registered for reservations.", str(before.id))
    return before if before.registered_at else replace(before, registered_at=now)


def check_term(term: str) -> None:
    """Raise Invalid unless the term is one that is sold."""
    if term not in TERMS:
        raise Invalid(f"term_duration: send one of {', '.join(TERMS)}.", "term_duration")


def term_ends(
    held: Sequence[Subscription], term: str, *, subscription_id: UUID | None, now: datetime
) -> tuple[TermEnd, ...]:
    """The last moments before the whole term is over: of the last month in it, and of what is held.

    Without `subscription_id` all active licence subscriptions count, else that one alone.
    """
    whole = add_months(now, months_of(term))
    found: dict[datetime, list[UUID]] = {}
    for subscription in held:
        end = subscription.commitment_ends_at
        if subscription.status is not Status.ACTIVE or subscription.kind is not Kind.LICENSE or end is None:
            continue
        if subscription_id in (None, subscription.id) and now < end <= whole:
            found.setdefault(end, []).append(subscription.id)
    aligned = [TermEnd(end, tuple(ids)) for end, ids in sorted(found.items())]
    first_of_month = whole.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if subscription_id is None and first_of_month > now:
        aligned.insert(0, TermEnd(first_of_month - timedelta(seconds=1), ()))
    return tuple(aligned)


def check_nickname(text: str) -> str:
    """The name without spaces round it; raises Invalid unless that is 1 to 100 printable characters."""
    name = text.strip()
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise Invalid("friendlyName has to be 1 to 100 printable characters.", "friendlyName")
    return name


def _transition(before: Subscription, wanted: Status) -> Subscription:
    if (before.status, wanted) not in TRANSITIONS:
        raise IllegalTransition(
            f"A subscription that is {before.status} does not become {wanted}.", before.status, wanted
        )
    if before.kind is Kind.RESERVATION and wanted is not Status.DELETED:
        raise StatusFixed("A reservation is cancelled or kept; it is not suspended.", str(before.id))
    # Suspending leaves billing running and turns automatic renewal off; reactivating does not turn it on again.
    return replace(before, status=wanted, auto_renew=before.auto_renew and wanted is Status.ACTIVE)


def _refuse_fixed(before: Subscription, patch: Patch) -> None:
    def differs(name: str) -> bool:
        wanted = getattr(patch, name)
        return wanted is not None and wanted != getattr(before, name)

    if differs("partner_of_record"):
        raise PartnerOfRecordFixed("The partner of record of this subscription cannot be changed.", str(before.id))
    if differs("billing_cycle"):
        raise BillingCycleByOrder("Change the billing cycle through the order.", str(before.order_id))
    for name in ("customer_tenant_id", "partner_tenant_id", "term", "commitment_ends_at", "parent_id"):
        if differs(name):
            raise FixedByPurchase(f"{name} was settled by the purchase and does not change here; leave it out.", name)
