"""What could be done with a subscription now, and what that is decided by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from copartner.catalogue.model import BillingCycle, Item, Term
from copartner.kernel.errors import Refusal
from copartner.orders.model import Order, Transition
from copartner.policy.explain import Explanation
from copartner.policy.facts import Facts
from copartner.subscriptions.model import Subscription, SupportContact


class Act(StrEnum):
    """What a seller may want to do with a subscription."""

    SUSPEND = "suspend"
    REACTIVATE = "reactivate"
    CANCEL = "cancel"
    MORE = "more"
    FEWER = "fewer"
    RENAME = "rename"
    RENEWAL = "renewal"
    NEXT_TERM = "next_term"
    BILLING_CYCLE = "billing_cycle"
    TERM = "term"
    TRANSITION = "transition"
    ADDON = "addon"
    SUPPORT_CONTACT = "support_contact"
    PARTNER_OF_RECORD = "partner_of_record"


@dataclass(frozen=True, slots=True)
class Possibility:
    """Whether an act could be done now: `denied` is what the rules say against it, `obstacle` what the thing does."""

    act: Act
    denied: Explanation | None
    obstacle: Refusal | None

    @property
    def is_open(self) -> bool:
        """Whether nothing is in the way."""
        return self.denied is None and self.obstacle is None


@dataclass(frozen=True, slots=True)
class Ground:
    """What decides what could be done with a subscription: its family, its order, and what is sold for it.

    `lines` are the subscriptions of its order. `items` hold what those are of, what it may become and what goes below
    it. `pools` is what all sellers hold of SKUs with a pooled maximum, without this subscription; `delegated` the
    products that another seller with whole-tenant privileges sold, None where the rules cannot want to know.
    """

    facts: Facts
    company_name: str
    own: Subscription
    above: Subscription | None
    below: tuple[Subscription, ...]
    order: Order | None
    lines: tuple[Subscription, ...]
    items: tuple[Item, ...]
    pools: Mapping[str, int]
    in_tenant: frozenset[str]
    own_references: frozenset[str]
    azure_elsewhere: bool
    delegated: tuple[str, ...] | None
    contact: SupportContact
    transitions: tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """An item that can be chosen, with the terms in which it can."""

    item: Item
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """The quantities that the subscription can have now; the present one is among them."""

    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """A subscription as its seller manages it: what it is, what could be done now, and what there is to choose.

    `transitions` is None where `history_denied` says why the caller may not read what became of it. `titles` are those
    of the items concerned, by catalogue item id.
    """

    subscription: Subscription
    company_name: str
    above: Subscription | None
    below: tuple[Subscription, ...]
    order: Order | None
    contact: SupportContact
    window_ends_at: datetime | None
    transitions: tuple[Transition, ...] | None
    history_denied: Explanation | None
    titles: Mapping[str, str]
    possible: Mapping[Act, Possibility]
    room: Room
    cycles: tuple[BillingCycle, ...]
    next_terms: tuple[Choice, ...]
    upgrades: tuple[Choice, ...]
    addons: tuple[Choice, ...]
