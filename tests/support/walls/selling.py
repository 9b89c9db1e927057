"""What partners do: ask for relationships, keep profiles, attest, and sell."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from copartner.agreements import service as agreements
from copartner.agreements.model import Attestation, Contact
from copartner.agreements.rules import TEMPLATES
from copartner.catalogue import service as catalogue
from copartner.catalogue.model import BillingCycle
from copartner.customers import service as customers
from copartner.customers.model import Address, BillingDetails, NewCustomer
from copartner.orders import amending
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.relationships.service import requests
from support.walls.play import ADDRESSEES, PARTNERS, REPEATS, THINGS, Play

# Titles with the terms they are wished for; most have a quantity of their own.
_MONTHLY = {"term": "P1Y", "billing_cycle": BillingCycle.MONTHLY}
GOODS: dict[str, dict[str, Any]] = {
    "Office 365 Enterprise": _MONTHLY,
    "Azure plan": {},
    "Phone add-on": _MONTHLY,
    "Archive add-on": _MONTHLY,
    "Office 365 Basic": _MONTHLY,
    "VM reservation": _MONTHLY,
}
_ONE_BY_ONE = {"Azure plan": 1, "Office 365 Basic": 250, "VM reservation": 3}
TITLES = st.sampled_from((*GOODS, "Office 365 Enterprise", "Office 365 Enterprise", *["Office 365 Basic"] * 3))


class Asking(Play):
    """Requests, customers, profiles and agreements."""

    @rule(who=PARTNERS, whom=ADDRESSEES, privileges=st.sampled_from((None, True, False)), repeat=REPEATS)
    def send_request(self, who: Any, whom: Any, privileges: bool | None, repeat: str | None) -> None:
        named = {} if whom == "unknown" else {"customer_tenant_id": self.addressee(who, whom)}
        self.partner(
            who, requests.send_request, repeat=repeat, reason=self.mark(), includes_privileges=privileges, **named
        )

    @rule(who=PARTNERS, which=THINGS, withdraws=st.booleans())
    def look_at_request(self, who: Any, which: Any, withdraws: bool) -> None:
        _, request = self.thing("relationship_request", who, which)
        self.partner(who, requests.withdraw_request if withdraws else requests.read_request, request_id=request)

    @rule(who=PARTNERS)
    def look_around(self, who: Any) -> None:
        tenant = self.stage.partners[who[0]].id
        page = self.partner(who, requests.list_requests)
        if page is not None:
            self.complete({it.id for it in page.items}, self.sold("relationship_request", partner=tenant))
        self.partner(who, customers.list_customers)

    @rule(
        who=PARTNERS,
        whom=ADDRESSEES,
        service=st.sampled_from(
            (
                customers.read_customer,
                customers.read_company_profile,
                customers.read_billing_profile,
                agreements.list_agreements,
            )
        ),
    )
    def look_at_customer(self, who: Any, whom: Any, service: Any) -> None:
        self.partner(who, service, customer_id=self.addressee(who, whom))

    @rule(who=PARTNERS, whom=ADDRESSEES)
    def look_at_catalogue(self, who: Any, whom: Any) -> None:
        customer = self.addressee(who, whom)
        self.partner(who, catalogue.list_products, customer_id=customer, target_view="OnlineServices")

    @rule(place=st.integers(0, 3), which=st.integers(0, 7))
    def part(self, place: int, which: int) -> None:
        """A Global admin ends the relationship with somebody to whom the partner sold."""
        who = (place, "ga")
        customer, _ = self.thing("subscription", who, ("own", which))
        self.partner(who, customers.end_relationship, customer_id=customer)

    @rule(who=PARTNERS, whom=ADDRESSEES, ends=st.booleans())
    def loosen(self, who: Any, whom: Any, ends: bool) -> None:
        service = customers.end_relationship if ends else customers.remove_privileges
        self.partner(who, service, customer_id=self.addressee(who, whom))

    @rule(who=PARTNERS, whom=ADDRESSEES, version=st.integers(1, 3), repeat=REPEATS)
    def bill(self, who: Any, whom: Any, version: int, repeat: str | None) -> None:
        details = self._details("DE")
        customer = self.addressee(who, whom)
        self.partner(
            *(who, customers.update_billing_profile),
            repeat=repeat, customer_id=customer, details=details, expected_version=version,
        )  # fmt: skip

    @rule(who=PARTNERS, whom=ADDRESSEES, repeat=REPEATS)
    def attest(self, who: Any, whom: Any, repeat: str | None) -> None:
        attestation = Attestation(
            contact=Contact("Anna", self.mark(), "anna@alpenblick.example"),
            agreed_at=self.stage.now,
            template_id=TEMPLATES[0].id,
        )
        customer = self.addressee(who, whom)
        self.partner(who, agreements.attest_agreement, repeat=repeat, customer_id=customer, attestation=attestation)

    @rule(who=PARTNERS, country=st.sampled_from(("DE", "DE", "US", "FR")))
    def found(self, who: Any, country: str) -> None:
        mark = self.mark()
        new = NewCustomer(company_name=mark, domain=f"{mark}.example", billing=self._details(country))
        self.partner(who, customers.create_customer, new=new)

    def _details(self, country: str) -> BillingDetails:
        return BillingDetails(
            email=f"{self.mark()}@alpenblick.example",
            company_name="Alpenblick",
            culture="de-DE",
            language="de",
            address=Address(country=country),
        )


class Selling(Asking):
    """Carts, checkouts and orders."""

    def start(self, who: Any, customer: int) -> None:
        """A subscription, an open cart, and open requests, one to whoever opens it and one to somebody else."""
        # Two of the partners begin with what is pooled, so that they meet its maximum.
        _, wishes = self._wishes(who, customer, ["Office 365 Basic" if who[0] > 1 else "Office 365 Enterprise"], None)
        buyer = self.stage.customers[customer].id
        self.partner(who, orders.place_order, customer_id=buyer, wishes=wishes)
        self.partner(who, orders.create_cart, customer_id=buyer, wishes=wishes)
        self.partner(who, requests.send_request, reason=self.mark())
        other = self.stage.customers[(customer + 1) % 3].id
        self.partner(who, requests.send_request, reason=self.mark(), customer_tenant_id=other)

    @rule(who=PARTNERS, whom=ADDRESSEES, titles=st.lists(TITLES, min_size=1, max_size=2), below=THINGS, repeat=REPEATS)
    def draft(self, who: Any, whom: Any, titles: list[str], below: Any, repeat: str | None) -> None:
        customer, wishes = self._wishes(who, whom, titles, below)
        self.partner(who, orders.create_cart, repeat=repeat, customer_id=customer, wishes=wishes)

    @rule(who=PARTNERS, which=THINGS, titles=st.lists(TITLES, min_size=1, max_size=2), below=THINGS)
    def draft_anew(self, who: Any, which: Any, titles: list[str], below: Any) -> None:
        customer, cart = self.thing("cart", who, which)
        _, wishes = self._wishes(who, 0, titles, below)
        self.partner(who, orders.replace_cart, customer_id=customer, cart_id=cart, wishes=wishes)

    @rule(who=PARTNERS, which=THINGS, repeat=REPEATS)
    def check_out(self, who: Any, which: Any, repeat: str | None) -> None:
        customer, cart = self.thing("cart", who, which)
        self.partner(who, orders.checkout, repeat=repeat, customer_id=customer, cart_id=cart)

    @rule(who=PARTNERS, which=THINGS)
    def look_at_cart(self, who: Any, which: Any) -> None:
        customer, cart = self.thing("cart", who, which)
        self.partner(who, orders.read_cart, customer_id=customer, cart_id=cart)

    @rule(who=PARTNERS, whom=ADDRESSEES, titles=st.lists(TITLES, min_size=1, max_size=2), below=THINGS, repeat=REPEATS)
    def order(self, who: Any, whom: Any, titles: list[str], below: Any, repeat: str | None) -> None:
        customer, wishes = self._wishes(who, whom, titles, below)
        self.partner(who, orders.place_order, repeat=repeat, customer_id=customer, wishes=wishes)

    @rule(who=PARTNERS, which=THINGS)
    def look_at_order(self, who: Any, which: Any) -> None:
        customer, order = self.thing("purchase_order", who, which)
        for service in (orders.read_order, orders.read_fulfilment):
            self.partner(who, service, customer_id=customer, order_id=order)

    @rule(who=PARTNERS, which=THINGS, below=THINGS)
    def extend_order(self, who: Any, which: Any, below: Any) -> None:
        customer, order = self.thing("purchase_order", who, which)
        _, wishes = self._wishes(who, 0, ["Archive add-on"], below)
        self.partner(who, amending.extend_order, customer_id=customer, order_id=order, wishes=wishes)

    @rule(who=PARTNERS, which=THINGS)
    def cancel_order(self, who: Any, which: Any) -> None:
        customer, order = self.thing("purchase_order", who, which)
        self.partner(who, amending.cancel_order, customer_id=customer, order_id=order)

    @rule(who=PARTNERS, which=THINGS, cycle=st.sampled_from((BillingCycle.ANNUAL, BillingCycle.MONTHLY)))
    def bill_order(self, who: Any, which: Any, cycle: BillingCycle) -> None:
        customer, order = self.thing("purchase_order", who, which)
        self.partner(who, amending.change_billing_cycle, customer_id=customer, order_id=order, billing_cycle=cycle)

    @rule(who=PARTNERS, whom=ADDRESSEES)
    def look_at_orders(self, who: Any, whom: Any) -> None:
        customer = self.addressee(who, whom)
        listed = self.partner(who, orders.list_orders, customer_id=customer)
        if listed is not None:
            tenant = self.stage.partners[who[0]].id
            self.complete({it.id for it in listed}, self.sold("purchase_order", partner=tenant, customer=customer))

    def _wishes(self, who: Any, whom: Any, titles: list[str], below: Any) -> tuple[UUID, list[Wish]]:
        """The customer and what is wished for; an add-on goes below a subscription, whose customer it is then."""
        customer = self.addressee(who, whom)
        parent = None
        if "Archive add-on" in titles:
            customer, parent = self.thing("subscription", who, below)
        return customer, [
            Wish(
                catalog_item_id=self.stage.item(title, customer),
                quantity=_ONE_BY_ONE.get(title) or self.quantity(),
                nickname=self.mark(),
                parent_id=parent if title == "Archive add-on" else None,
                **GOODS[title],
            )
            for title in titles
        ]
