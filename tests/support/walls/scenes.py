"""Scenes in which one wall alone stands in the way of a deed."""

from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from copartner.catalogue.model import BillingCycle
from copartner.command.context import Context
from copartner.command.denial import Denied
from copartner.customers import service as customers
from copartner.delegation.model import Key
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.facts import Side
from copartner.relationships.service import requests
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch, Status
from copartner.tenants.service import applications
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
        things = ("subscription", "order", "cart", "request", "decision")
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


def strangers(scene: Scene) -> Matter:
    """A partner and a customer that have nothing to do with each other."""
    return scene.matter(scene.first, scene.buyer)


def asking_an_admin(scene: Scene) -> Matter:
    """A partner whose application wants a Global admin's consent."""
    matter = strangers(scene)
    change = applications.change_application(
        matter.chief, application_id=matter.application.caller.subject_id, admin_consent=True
    )
    scene.run(change)
    return matter


def related(scene: Scene) -> Matter:
    """A partner and its customer."""
    scene.relate(scene.first, scene.buyer)
    return scene.matter(scene.first, scene.buyer)


def without_privileges(scene: Scene) -> Matter:
    """A partner and its customer, which delegates nothing to it."""
    matter = related(scene)
    scene.run(customers.remove_privileges(matter.seller, customer_id=matter.customer_id))
    return matter


def foreign_sale(scene: Scene) -> Matter:
    """What the first partner sold and drafted; the second works for the same customer."""
    for partner in (scene.first, scene.second):
        scene.relate(partner, scene.buyer)
    return replace(scene.sold(scene.matter(scene.first, scene.buyer)), partner=scene.second)


def foreign_parent(scene: Scene) -> Matter:
    """The same, and the second partner wants to sell an add-on."""
    addon = scene.matter(scene.second, scene.buyer, "Archive add-on")
    return replace(foreign_sale(scene), item=addon.item)


def foreign_request(scene: Scene) -> Matter:
    """A request of the first partner, and the second partner."""
    return replace(scene.asked(scene.matter(scene.first, scene.buyer)), partner=scene.second)


def foreign_decision(scene: Scene) -> Matter:
    """A denial that the first partner has a record of, and the second partner."""
    matter = scene.matter(scene.first, scene.buyer)
    try:
        scene.run(customers.read_customer(matter.seller, customer_id=matter.customer_id))
    except Denied as denied:
        return replace(matter, partner=scene.second, decision=denied.decision_id)
    raise AssertionError("a stranger was read")


def addressed_to_another(scene: Scene) -> Matter:
    """A request, and a customer that it does not address."""
    return replace(scene.asked(scene.matter(scene.second, scene.buyer)), customer=scene.affiliate)


def addressed(scene: Scene) -> Matter:
    """A request and the customer that it addresses."""
    return scene.asked(scene.matter(scene.first, scene.buyer))


def addressed_to_affiliate(scene: Scene) -> Matter:
    """A request to a business affiliated to the partner's."""
    return scene.asked(scene.matter(scene.first, scene.affiliate))


def addressed_to_partner(scene: Scene) -> Matter:
    """A request to another partner's transaction tenant."""
    return scene.asked(scene.matter(scene.third, scene.second))


def addressed_abroad(scene: Scene) -> Matter:
    """A request to the customer that is elsewhere."""
    return scene.asked(scene.matter(scene.first, scene.elsewhere))


def selling_to_affiliate(scene: Scene) -> Matter:
    """A partner that has a relationship with a business affiliated to its own."""
    scene.relate(scene.first, scene.affiliate)
    return scene.matter(scene.first, scene.affiliate)


def selling_to_partner(scene: Scene) -> Matter:
    """A partner that has a relationship with another partner's transaction tenant."""
    scene.relate(scene.third, scene.second)
    return scene.matter(scene.third, scene.second)


def selling_to_partners_own_use(scene: Scene) -> Matter:
    """A partner that has a relationship with the tenant in which another partner works itself."""
    scene.relate(scene.third, scene.own_use)
    return scene.matter(scene.third, scene.own_use)


def selling_outside_the_market(scene: Scene) -> Matter:
    """A partner that has a relationship in a country it may not sell to."""
    scene.relate(scene.third, scene.elsewhere)
    return scene.matter(scene.third, scene.elsewhere)


def selling_to_another_cloud(scene: Scene) -> Matter:
    """A partner whose customer's tenant is of another cloud."""
    matter = related(scene)
    scene.run(scene.stage.owner.execute("UPDATE tenant SET cloud = '21vianet' WHERE id = $1", matter.customer_id))
    return matter


def without_agreement(scene: Scene) -> Matter:
    """A partner with a cart for a customer that has not accepted its agreement."""
    scene.relate(scene.first, scene.buyer, agreement=False)
    return scene.drafted(scene.matter(scene.first, scene.buyer))


def with_seats_taken(scene: Scene) -> Matter:
    """A partner with some seats of a SKU of which another partner keeps most."""
    for partner in (scene.first, scene.second):
        scene.relate(partner, scene.buyer)
    scene.sold(scene.matter(scene.second, scene.buyer, "Office 365 Basic"), 200)
    return scene.sold(scene.matter(scene.first, scene.buyer, "Office 365 Basic"), 50)


def with_subscription(scene: Scene) -> Matter:
    """A partner whose subscription runs."""
    return scene.sold(related(scene))


def with_suspended_subscription(scene: Scene) -> Matter:
    """A partner whose subscription is suspended."""
    return scene.changed(with_subscription(scene), Patch(status=Status.SUSPENDED))


def with_old_subscription(scene: Scene) -> Matter:
    """A partner whose subscription has run for eight days."""
    matter = with_subscription(scene)
    scene.here.clock.moment += timedelta(days=8)
    return matter


def with_upgradable_subscription(scene: Scene) -> Matter:
    """A partner that sold a year of Basic, and what it may become."""
    sold = scene.sold(scene.matter(*(related(scene).partner, scene.buyer), "Office 365 Basic"))
    return replace(sold, item=scene.matter(sold.partner, sold.customer, "Office 365 Premium").item)
