"""What partners do with subscriptions and records, and what customers do."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from copartner.catalogue.model import BillingCycle
from copartner.orders import transitions
from copartner.orders.model import Change
from copartner.programme import service as programme
from copartner.relationships.service import consent, relationships
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions import upkeep
from copartner.subscriptions.model import Patch, Status
from support.walls.play import ADDRESSEES, BUYERS, PARTNERS, REPEATS, THINGS
from support.walls.selling import Selling

# What may be asked of a subscription, by the promise that keeps others from it.
STATE = ("suspend", "reactivate", "cancel", "quantity", "nickname", "auto_renew")
TERMS = ("term", "billing_cycle", "commitment_ends_at")
OWNERS = ("partner_tenant_id", "customer_tenant_id")
# What may be asked for instead of a subscription.
TARGETS = ("Office 365 Premium", "Office 365 Enterprise")
EVERYTHING = (*STATE, *TERMS, *OWNERS, "partner_of_record", "parent_id")


class Running(Selling):
    """Subscriptions, in every way a partner may want to change them."""

    @rule(who=PARTNERS, which=THINGS, asked=st.sampled_from(STATE), other=THINGS)
    def change_state(self, who: Any, which: Any, asked: str, other: Any) -> None:
        self._change(who, which, [asked], other)

    @rule(who=PARTNERS, which=THINGS, asked=st.sampled_from(TERMS), other=THINGS)
    def change_terms(self, who: Any, which: Any, asked: str, other: Any) -> None:
        self._change(who, which, [asked], other)

    @rule(who=PARTNERS, which=THINGS, asked=st.sampled_from(OWNERS), other=THINGS)
    def change_owner(self, who: Any, which: Any, asked: str, other: Any) -> None:
        self._change(who, which, [asked], other)

    @rule(who=PARTNERS, which=THINGS)
    def change_record(self, who: Any, which: Any) -> None:
        self._change(who, which, ["partner_of_record"], which)

    @rule(who=PARTNERS, which=THINGS, other=THINGS)
    def change_parent(self, who: Any, which: Any, other: Any) -> None:
        self._change(who, which, ["parent_id"], other)

    @rule(who=PARTNERS, which=THINGS, asked=st.sets(st.sampled_from(EVERYTHING), min_size=2, max_size=5), other=THINGS)
    def change_much(self, who: Any, which: Any, asked: set[str], other: Any) -> None:
        self._change(who, which, sorted(asked), other)

    def _change(self, who: Any, which: Any, asked: list[str], other: Any) -> None:
        customer, subscription = self.thing("subscription", who, which)
        patch = Patch(**dict(self._wanted(one, who, other) for one in asked))
        self.partner(
            *(who, subscriptions.change_subscription),
            customer_id=customer, subscription_id=subscription, patch=patch,
        )  # fmt: skip

    @rule(who=PARTNERS, place=st.integers(0, 7), cancelled=st.booleans())
    def regret(self, who: Any, place: int, cancelled: bool) -> None:
        """A week later the partner wants less of what it sold, or nothing."""
        self.wait(8)
        customer, subscription = self.thing("subscription", who, ("own", place))
        patch = Patch(status=Status.DELETED) if cancelled else Patch(quantity=1)
        self.partner(
            *(who, subscriptions.change_subscription),
            customer_id=customer, subscription_id=subscription, patch=patch,
        )  # fmt: skip

    def _wanted(self, name: str, who: Any, other: Any) -> tuple[str, Any]:
        match name:
            case "suspend":
                return "status", Status.SUSPENDED
            case "reactivate":
                return "status", Status.ACTIVE
            case "cancel":
                return "status", Status.DELETED
            case "quantity":
                return name, self.quantity()
            case "nickname":
                return name, self.mark()
            case "auto_renew":
                return name, other[1] % 2 == 0
            case "term":
                return name, "P3Y"
            case "billing_cycle":
                return name, BillingCycle.ANNUAL
            case "commitment_ends_at":
                return name, self.stage.now + timedelta(days=3)
            case "partner_of_record":
                return name, "4100001"
            case "parent_id":
                return name, self.thing("subscription", who, other)[1]
            case "partner_tenant_id":
                return name, self.stage.partners[other[1] % 4].id
        return name, self.stage.customers[other[1] % 3].id

    @rule(who=PARTNERS, which=THINGS, repeat=REPEATS)
    def activate(self, who: Any, which: Any, repeat: str | None) -> None:
        customer, subscription = self.thing("subscription", who, which)
        self.partner(
            *(who, subscriptions.activate_subscription),
            repeat=repeat, customer_id=customer, subscription_id=subscription,
        )  # fmt: skip

    @rule(
        who=PARTNERS,
        which=THINGS,
        title=st.sampled_from(TARGETS),
        term=st.sampled_from((None, None, "P1M", "P1Y", "P3Y")),
        part=st.booleans(),
        repeat=REPEATS,
    )
    def become(self, who: Any, which: Any, title: str, term: str | None, part: bool, repeat: str | None) -> None:
        self._become(who, which, title, term, repeat, quantity=3 if part else None)

    @rule(who=PARTNERS, place=st.integers(0, 7), title=st.sampled_from(TARGETS))
    def shorten(self, who: Any, place: int, title: str) -> None:
        """The shortest term there is for what the partner sold, which mostly has a longer one that runs."""
        self._become(who, ("own", place), title, "P1M", None)

    def _become(
        self, who: Any, which: Any, title: str, term: str | None, repeat: str | None, *, quantity: int | None = None
    ) -> None:
        customer, subscription = self.thing("subscription", who, which)
        change = Change(catalog_item_id=self.stage.item(title, customer), quantity=quantity, term=term)
        self.partner(
            *(who, transitions.transition_subscription),
            repeat=repeat, customer_id=customer, subscription_id=subscription, change=change,
        )  # fmt: skip

    @rule(who=PARTNERS, which=THINGS, repeat=REPEATS)
    def register(self, who: Any, which: Any, repeat: str | None) -> None:
        customer, subscription = self.thing("subscription", who, which)
        self.partner(
            *(who, upkeep.register_subscription),
            repeat=repeat, customer_id=customer, subscription_id=subscription,
        )  # fmt: skip

    @rule(who=PARTNERS, which=THINGS, other=st.integers(0, 3))
    def name_support(self, who: Any, which: Any, other: int) -> None:
        customer, subscription = self.thing("subscription", who, which)
        named = self.stage.partners[other]
        self.partner(
            *(who, upkeep.set_support_contact), customer_id=customer, subscription_id=subscription,
            support_tenant_id=named.id, mpn_id=named.enrolment.mpn_id if named.enrolment else "",
        )  # fmt: skip

    @rule(
        who=PARTNERS,
        which=THINGS,
        service=st.sampled_from(
            (
                *(upkeep.list_addons, upkeep.read_support_contact, upkeep.read_registration, upkeep.read_activation),
                *(transitions.read_targets, transitions.list_transitions),
            )
        ),
    )
    def look_beside(self, who: Any, which: Any, service: Any) -> None:
        customer, subscription = self.thing("subscription", who, which)
        self.partner(who, service, customer_id=customer, subscription_id=subscription)

    @rule(who=PARTNERS, which=THINGS)
    def look_at_subscription(self, who: Any, which: Any) -> None:
        customer, subscription = self.thing("subscription", who, which)
        self.partner(who, subscriptions.read_subscription, customer_id=customer, subscription_id=subscription)

    @rule(who=PARTNERS, whom=ADDRESSEES)
    def look_at_subscriptions(self, who: Any, whom: Any) -> None:
        customer = self.addressee(who, whom)
        listed = self.partner(who, subscriptions.list_subscriptions, customer_id=customer)
        if listed is not None:
            tenant = self.stage.partners[who[0]].id
            self.complete({it.id for it in listed}, self.sold("subscription", partner=tenant, customer=customer))

    @rule(who=PARTNERS, which=THINGS, by=st.sampled_from(("order_id", "parent_id")))
    def look_below(self, who: Any, which: Any, by: str) -> None:
        customer, named = self.thing("purchase_order" if by == "order_id" else "subscription", who, which)
        self.partner(who, subscriptions.list_subscriptions, customer_id=customer, **{by: named})

    @rule(who=PARTNERS, place=st.integers(0, 7))
    def look_at_records(self, who: Any, place: int) -> None:
        self.partner(who, programme.list_audit)
        self.partner(who, programme.read_decision, decision_id=self._decision(place))

    def _decision(self, place: int) -> Any:
        """A decision of anybody, the last ones first."""
        kept = self.stage.run(
            self.stage.owner.fetch("SELECT id FROM decision_record ORDER BY id DESC OFFSET $1 LIMIT 1", place)
        )
        return kept[0]["id"] if kept else self.new_id()


class Buying(Running):
    """Customers answer, look and take back."""

    @rule(
        who=BUYERS,
        place=st.integers(0, 7),
        service=st.sampled_from(
            (consent.accept_request, consent.accept_request, consent.decline_request, consent.read_consent)
        ),
        agrees=st.booleans(),
        repeat=REPEATS,
    )
    def answer(self, who: Any, place: int, service: Any, agrees: bool, repeat: str | None) -> None:
        requests = sorted(self.sold("relationship_request"))
        request = requests[place % len(requests)] if requests else self.new_id()
        named = {"accept_agreement": agrees} if service is consent.accept_request else {}
        self.buyer(who, service, repeat=repeat if service is not consent.read_consent else None,
                   request_id=request, **named)  # fmt: skip

    @rule(
        who=BUYERS,
        place=st.integers(0, 4),
        service=st.sampled_from((consent.accept_standing, consent.decline_standing, consent.read_standing_consent)),
        agrees=st.booleans(),
    )
    def answer_link(self, who: Any, place: int, service: Any, agrees: bool) -> None:
        named = {"accept_agreement": agrees} if service is consent.accept_standing else {}
        self.buyer(who, service, partner_tenant_id=self._partner(place), **named)

    @rule(who=BUYERS, place=st.integers(0, 4))
    def take_back(self, who: Any, place: int) -> None:
        self.buyer(who, relationships.withdraw_privileges, partner_tenant_id=self._partner(place))

    @rule(who=BUYERS)
    def look_at_holdings(self, who: Any) -> None:
        held = self.buyer(who, subscriptions.list_held)
        if held is not None:
            self.complete({it.id for it in held}, self.sold("subscription", customer=self.buying(who).id))
        self.buyer(who, relationships.list_own_relationships)

    @rule(who=BUYERS, place=st.integers(0, 7))
    def look_at_own_records(self, who: Any, place: int) -> None:
        self.buyer(who, programme.list_audit)
        self.buyer(who, programme.read_decision, decision_id=self._decision(place))

    def _partner(self, place: int) -> Any:
        partners = self.stage.partners
        return partners[place].id if place < len(partners) else self.new_id()
