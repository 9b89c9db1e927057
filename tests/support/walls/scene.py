"""A stage set for one deed: who and what it is about, and hands to set it with."""

from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from copartner.catalogue.model import BillingCycle
from copartner.command.context import Context
from copartner.delegation.model import Key
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.facts import Side
from copartner.relationships.service import requests
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch
from copartner_emulator.world_model import Tenant
from support.programme import Programme
from support.walls.stage import Stage

T = TypeVar("T")
MONTHLY: dict[str, Any] = {"term": "P1Y", "billing_cycle": BillingCycle.MONTHLY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a deed is about: a partner, a customer, and the things it is done to, some of them foreign."""

    here: Programme
    partner: str
    customer: str
    item: str
    subscription: UUID | None = None
    order: UUID | None = None
    cart: UUID | None = None
    request: UUID | None = None
    decision: UUID | None = None
    announcement: UUID | None = None
    nobody: UUID | None = None
    granular: Key | None = None

    @property
    def customer_id(self) -> UUID:
        """The customer's tenant, or that of nobody."""
        return self.nobody or self.here.id(self.customer)

    @property
    def partner_id(self) -> UUID:
        """The partner's tenant."""
        return self.here.id(self.partner)

    def of_nothing(self) -> "Matter":
        """The same about things that are not there."""
        new = self.here.runtime.ids.new
        things = ("subscription", "order", "cart", "request", "decision", "announcement")
        return replace(self, **{name: new() for name in things if getattr(self, name)})

    def at_nobody(self) -> "Matter":
        """The same at a customer that is not there."""
        return replace(self, nobody=self.here.runtime.ids.new())

    @property
    def seller(self) -> Context:
        """The partner's Admin agent."""
        return self.here.context(f"aa@{self.partner}")

    @property
    def chief(self) -> Context:
        """The partner's Global admin."""
        return self.here.context(f"ga@{self.partner}")

    @property
    def manager(self) -> Context:
        """The partner's User management admin."""
        return self.here.context(f"um@{self.partner}")

    @property
    def application(self) -> Context:
        """The partner's application."""
        return self.here.application(self.partner)

    @property
    def buyer(self) -> Context:
        """The customer's Global admin."""
        return self.here.context(f"ga@{self.customer}", Side.CUSTOMER)

    def wishes(self, quantity: int = 5, **more: Any) -> list[Wish]:
        """What is wished for."""
        return [Wish(catalog_item_id=self.item, quantity=quantity, **MONTHLY, **more)]


class Scene:
    """Sets scenes on a stage, whose cast it knows by the names of the domains."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.here = stage.programme
        self.first, self.second, self.third, _ = map(_name, stage.partners)
        self.buyer, self.affiliate, self.elsewhere = map(_name, stage.customers)
        self.own_use = _name(stage.programme.world.tenant("own use"))

    def matter(self, partner: str, customer: str, title: str = "Office 365 Enterprise") -> Matter:
        """A matter between two, with what can be sold there."""
        item = self.stage.item(title, self.here.id(customer))
        return Matter(here=self.here, partner=partner, customer=customer, item=item)

    def relate(self, partner: str, customer: str, *, agreement: bool = True) -> None:
        """Give two a relationship."""
        self.stage.relate(self.here.id(partner), self.here.id(customer), agreement=agreement)

    def run(self, asked: Coroutine[Any, Any, T]) -> T:
        """What a service answers."""
        return self.stage.run(asked)

    def execute(self, statement: str, *values: Any) -> None:
        """A change by the owner's hand, which the next reset takes back."""
        self.run(self.stage.owner.execute(statement, *values))

    def sold(self, matter: Matter, quantity: int = 5) -> Matter:
        """The matter with a subscription, its order and an open cart in it."""
        wishes = matter.wishes(quantity)
        (order,) = self.run(orders.place_order(matter.seller, customer_id=matter.customer_id, wishes=wishes))
        return replace(self.drafted(matter), subscription=order.lines[0].subscription_id, order=order.id)

    def drafted(self, matter: Matter) -> Matter:
        """The matter with an open cart in it."""
        cart = self.run(orders.create_cart(matter.seller, customer_id=matter.customer_id, wishes=matter.wishes()))
        return replace(matter, cart=cart.id)

    def asked(self, matter: Matter) -> Matter:
        """The matter with a request in it."""
        made = self.run(requests.send_request(matter.seller, customer_tenant_id=matter.customer_id))
        return replace(matter, request=made.id)

    def changed(self, matter: Matter, patch: Patch) -> Matter:
        """The matter with its subscription changed by its seller."""
        self.run(
            subscriptions.change_subscription(
                matter.seller, customer_id=matter.customer_id, subscription_id=matter.subscription, patch=patch
            )
        )
        return matter


def _name(tenant: Tenant) -> str:
    return tenant.domain.removesuffix(".example")
