"""What belongs to another is answered like what is not there, and written down alike for whoever asked."""

import re
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import pytest

from copartner.agreements import service as agreements
from copartner.agreements.model import Attestation, Contact
from copartner.agreements.rules import TEMPLATES
from copartner.api.partner_center.errors import refuse
from copartner.catalogue import service as catalogue
from copartner.catalogue.choosing import find_offers, read_offer
from copartner.catalogue.model import BillingCycle
from copartner.catalogue.promotions import Purchase
from copartner.command.denial import Denied
from copartner.customers import service as customers
from copartner.customers.model import Address, BillingDetails
from copartner.customers.overview import read_overview
from copartner.kernel.errors import Refusal
from copartner.orders import service as orders
from copartner.orders.basket import read_basket
from copartner.programme import service as programme
from copartner.relationships.service import consent, letters, relationships, requests
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions import upkeep
from copartner.subscriptions.model import Patch, Status
from support.postgres import Server
from support.programme import PRESENT
from support.walls import behalf, deeds, scenes
from support.walls.perform import ALL, on_stage
from support.walls.scene import Matter, Scene
from support.walls.stage import Stage

Deed = Callable[[Matter], Coroutine[Any, Any, Any]]
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
THINGS = ("subscription", "order", "cart", "request", "decision")
DETAILS = BillingDetails(
    email="a@b.example", company_name="A", culture="de-DE", language="de", address=Address(country="DE")
)
ATTESTED = Attestation(
    contact=Contact("A", "B", "a@b.example"), agreed_at=PRESENT - timedelta(days=1), template_id=TEMPLATES[0].id
)


def change(patch: Patch) -> Deed:
    """Changes a subscription."""
    return lambda m: subscriptions.change_subscription(
        m.seller, customer_id=m.customer_id, subscription_id=m.subscription, patch=patch
    )


def at(service: Callable[..., Any], **named: Any) -> Deed:
    """Calls a service that a partner asks about a customer."""
    return lambda m: service(m.seller, customer_id=m.customer_id, **named)


def selling(service: Callable[..., Any], quantity: int = 5) -> Deed:
    """Calls a service that a partner sells by."""
    return lambda m: service(m.seller, customer_id=m.customer_id, wishes=m.wishes(quantity))


def below(service: Callable[..., Any]) -> Deed:
    """Sells an add-on below a subscription."""
    return lambda m: service(m.seller, customer_id=m.customer_id, wishes=m.wishes(1, parent_id=m.subscription))


SALES: dict[str, Deed] = {
    **{f"change-{name}": change(patch) for name, patch in {
        "suspend": Patch(status=Status.SUSPENDED), "reactivate": Patch(status=Status.ACTIVE),
        "cancel": Patch(status=Status.DELETED), "expire": Patch(status=Status.EXPIRED),
        "quantity": Patch(quantity=7), "no-quantity": Patch(quantity=0), "same-quantity": Patch(quantity=5),
        "nickname": Patch(nickname="x"), "no-nickname": Patch(nickname=""), "renewal": Patch(auto_renew=False),
        "term": Patch(term="P3Y"), "same-term": Patch(term="P1Y"), "billing": Patch(billing_cycle=BillingCycle.ANNUAL),
        "commitment": Patch(commitment_ends_at=PRESENT), "record": Patch(partner_of_record="1"),
        "nothing": Patch(), "everything": Patch(status=Status.SUSPENDED, quantity=9, nickname="y", term="P1M"),
    }.items()},
    "change-stale": lambda m: subscriptions.change_subscription(
        m.seller, customer_id=m.customer_id, subscription_id=m.subscription, patch=Patch(quantity=6),
        expected_version=9),
    "activate": lambda m: subscriptions.activate_subscription(
        m.seller, customer_id=m.customer_id, subscription_id=m.subscription),
    "read": lambda m: subscriptions.read_subscription(
        m.seller, customer_id=m.customer_id, subscription_id=m.subscription),
    **deeds.BESIDE,
    "list-of-order": lambda m: subscriptions.list_subscriptions(
        m.seller, customer_id=m.customer_id, order_id=m.order),
    "list-below": lambda m: subscriptions.list_subscriptions(
        m.seller, customer_id=m.customer_id, parent_id=m.subscription),
    "list-after": lambda m: subscriptions.list_subscriptions(
        m.seller, customer_id=m.customer_id, after=m.subscription),
    "read-order": lambda m: orders.read_order(m.seller, customer_id=m.customer_id, order_id=m.order),
    "list-orders-after": lambda m: orders.list_orders(m.seller, customer_id=m.customer_id, after=m.order),
    "read-cart": lambda m: orders.read_cart(m.seller, customer_id=m.customer_id, cart_id=m.cart),
    "read-basket": lambda m: read_basket(m.seller, customer_id=m.customer_id, cart_id=m.cart),
    "replace-cart": lambda m: orders.replace_cart(
        m.seller, customer_id=m.customer_id, cart_id=m.cart, wishes=m.wishes()),
    "empty-cart": lambda m: orders.replace_cart(m.seller, customer_id=m.customer_id, cart_id=m.cart, wishes=[]),
    "checkout": lambda m: orders.checkout(m.seller, customer_id=m.customer_id, cart_id=m.cart),
}  # fmt: skip
ADDONS = {"draft-below": below(orders.create_cart), "order-below": below(orders.place_order)}
REQUESTS: dict[str, Deed] = {
    "read-request": lambda m: requests.read_request(m.seller, request_id=m.request),
    "withdraw-request": lambda m: requests.withdraw_request(m.seller, request_id=m.request),
    "read-sent": lambda m: letters.read_sent(m.seller, request_id=m.request),
    "write-letter": lambda m: letters.write_letter(m.seller, request_id=m.request, subject="S", body="B"),
}
ANSWERS: dict[str, Deed] = {
    "read-consent": lambda m: consent.read_consent(m.buyer, request_id=m.request),
    "accept": lambda m: consent.accept_request(m.buyer, request_id=m.request, accept_agreement=True),
    "decline": lambda m: consent.decline_request(m.buyer, request_id=m.request),
}
DECISIONS: dict[str, Deed] = {"read-decision": lambda m: programme.read_decision(m.seller, decision_id=m.decision)}
CUSTOMERS: dict[str, Deed] = {
    **{service.__name__: at(service) for service in (
        customers.read_customer, customers.read_company_profile, customers.read_billing_profile,
        customers.remove_privileges, agreements.list_agreements, orders.list_orders, subscriptions.list_subscriptions,
    )},
    "overview": at(read_overview), "overview-to-sell": at(read_overview, to_sell=True), "find-offers": at(find_offers),
    "find-addons": lambda m: find_offers(m.seller, customer_id=m.customer_id, parent_id=m.subscription),
    "read-offer": at(read_offer, catalog_item_id="A:B:C"),
    "end": lambda m: customers.end_relationship(m.chief, customer_id=m.customer_id),
    "bill": at(customers.update_billing_profile, details=DETAILS, expected_version=1),
    "attest": at(agreements.attest_agreement, attestation=ATTESTED),
    "products": at(catalogue.list_products, target_view="Azure"),
    "product": at(catalogue.read_product, product_id="DZH318Z0BPS6"),
    "offers": at(catalogue.list_offers),
    "promotions": at(catalogue.check_promotions, purchases=[Purchase(
        number=0, catalog_item_id="x", quantity=1, term="P1Y", billing_cycle=BillingCycle.MONTHLY)]),
    "term-ends": at(upkeep.list_term_ends, term="P1Y"),
    "draft": selling(orders.create_cart), "order": selling(orders.place_order),
    "too-much": selling(orders.place_order, 1_000_000),
    **{f"directory-{name}": deed for name, deed in behalf.DEEDS.items()},
}  # fmt: skip


@pytest.fixture(scope="module")
def stage(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage with every wall."""
    with on_stage(postgres, tmp_path_factory.mktemp("disclosures"), ALL) as made:
        yield made


def observed(stage: Stage, deed: Deed, matter: Matter, caller: UUID) -> dict[str, Any]:
    """All that the caller learns: the contract's answer, its records, what it reads of the decision.

    Identifiers, which differ from case to case, are told apart only by which of them are equal.
    """
    known: dict[str, str] = {str(caller): "caller"}

    def same(text: str) -> str:
        return _GUID.sub(lambda found: known.setdefault(found.group(), f"id-{len(known)}"), text)

    for identifier in (matter.customer_id, matter.partner_id, *(getattr(matter, name) for name in THINGS)):
        same(str(identifier))
    began = stage.programme.runtime.ids.new()
    seen: dict[str, Any] = {}
    try:
        answered = stage.run(deed(matter))
        seen["answer"] = same(msgspec.json.encode(answered).decode())
    except Refusal as refusal:
        reply = refuse(refusal, None)
        seen["answer"] = (type(refusal), reply.status, same(reply.body.decode()))
        if isinstance(refusal, Denied):
            view = stage.run(programme.read_decision(_chief(matter, caller), decision_id=refusal.decision_id))
            seen["decision"] = same(msgspec.json.encode(view).decode())
    seen["records"] = [
        same(row["kept"])
        for row in stage.run(
            stage.owner.fetch(
                """SELECT (to_jsonb(k) - 'correlation_id')::text AS kept FROM audit_record k
                    WHERE k.tenant_id = $1 AND k.id > $2
                UNION ALL SELECT to_jsonb(k)::text FROM decision_record k WHERE k.tenant_id = $1 AND k.id > $2""",
                *(caller, began),
            )
        )
    ]
    return seen


def _chief(matter: Matter, caller: UUID) -> Any:
    return matter.chief if caller == matter.partner_id else matter.buyer


def alike(stage: Stage, deed: Deed, scene: Callable[[Scene], Matter], elsewhere: Callable[[Matter], Matter]) -> None:
    """The deed in the scene and the same deed where nothing is tell the caller, and leave for it, the same."""
    found = []
    for about in (lambda matter: matter, elsewhere):
        stage.reset()
        matter = about(scene(Scene(stage)))
        caller = matter.here.id(matter.customer) if deed in ANSWERS.values() else matter.partner_id
        found.append(observed(stage, deed, matter, caller))
    assert found[0] == found[1]
    assert found[0]["answer"]


@pytest.mark.parametrize("deed", SALES.values(), ids=SALES)
def test_what_another_sold_is_not_there(stage: Stage, deed: Deed) -> None:
    alike(stage, deed, scenes.foreign_sale, Matter.of_nothing)


@pytest.mark.parametrize("deed", ADDONS.values(), ids=ADDONS)
def test_what_another_sold_is_no_parent(stage: Stage, deed: Deed) -> None:
    alike(stage, deed, scenes.foreign_parent, Matter.of_nothing)


@pytest.mark.parametrize("deed", SALES.values(), ids=SALES)
def test_what_another_sold_to_a_stranger_is_not_there(stage: Stage, deed: Deed) -> None:
    alike(stage, deed, lambda scene: replace(scenes.foreign_sale(scene), partner=scene.third), Matter.of_nothing)


@pytest.mark.parametrize("deed", REQUESTS.values(), ids=REQUESTS)
def test_what_another_asked_is_not_there(stage: Stage, deed: Deed) -> None:
    alike(stage, deed, scenes.foreign_request, Matter.of_nothing)


@pytest.mark.parametrize("deed", ANSWERS.values(), ids=ANSWERS)
def test_what_another_is_asked_is_not_there(stage: Stage, deed: Deed) -> None:
    alike(stage, deed, scenes.addressed_to_another, Matter.of_nothing)


@pytest.mark.parametrize("deed", DECISIONS.values(), ids=DECISIONS)
def test_what_another_was_denied_is_not_there(stage: Stage, deed: Deed) -> None:
    alike(stage, deed, scenes.foreign_decision, Matter.of_nothing)


@pytest.mark.parametrize("deed", CUSTOMERS.values(), ids=CUSTOMERS)
@pytest.mark.parametrize("buyer", ["buyer", "affiliate", "elsewhere", "second"])
def test_anothers_customer_is_not_there(stage: Stage, deed: Deed, buyer: str) -> None:
    """Whether a customer of others, an affiliate, outside the market or a partner itself."""

    def others_customer(scene: Scene) -> Matter:
        customer = getattr(scene, buyer)
        scene.relate(scene.third, customer)
        return scene.matter(scene.first, customer)

    alike(stage, deed, others_customer, Matter.at_nobody)


@pytest.mark.parametrize(
    ("deed", "whom"),
    [
        (relationships.withdraw_privileges, "second"),
        (relationships.withdraw_privileges, "elsewhere"),
        (consent.read_standing_consent, "elsewhere"),
        (consent.decline_standing, "elsewhere"),
        (partial(consent.accept_standing, accept_agreement=True), "elsewhere"),
    ],
)
def test_a_partner_that_is_none_is_not_there(stage: Stage, deed: Any, whom: str) -> None:
    """A partner without a relationship, and a tenant that is no partner."""
    found = []
    for there in (True, False):
        stage.reset()
        scene = Scene(stage)
        named = scene.here.id(getattr(scene, whom)) if there else scene.here.runtime.ids.new()
        matter = scenes.strangers(scene)
        found.append(
            observed(stage, lambda m, named=named: deed(m.buyer, partner_tenant_id=named), matter, matter.customer_id)
        )
    assert found[0] == found[1]


def test_a_foreign_and_an_unknown_thing_are_counted_as_one_denial(stage: Stage) -> None:
    stage.reset()
    matter = scenes.foreign_sale(Scene(stage))
    decisions = set()
    for about in (matter, matter.of_nothing(), matter.of_nothing()):
        with pytest.raises(Denied) as denied:
            stage.run(SALES["read"](about))
        decisions.add(denied.value.decision_id)
    assert len(decisions) == 1
    times = stage.run(stage.owner.fetch("SELECT times FROM decision_record WHERE tenant_id = $1", matter.partner_id))
    assert [row["times"] for row in times] == [3]


def test_customer_and_seller_read_what_the_caller_may_not(stage: Stage) -> None:
    stage.reset()
    scene = Scene(stage)
    matter = scenes.foreign_sale(scene)
    with pytest.raises(Denied):
        stage.run(SALES["change-suspend"](matter))
    rows = stage.run(stage.owner.fetch("SELECT tenant_id, actor_name, actor_tenant_id, rules, facts::text, resource_id "
                                       "FROM decision_record WHERE action = 'subscription.suspend'"))  # fmt: skip
    read = {row["tenant_id"]: row for row in rows}
    assert read.keys() == {matter.partner_id, matter.customer_id, matter.here.id(scene.first)}
    customer, seller = read[matter.customer_id], read[matter.here.id(scene.first)]
    assert customer["rules"] == seller["rules"] == ["mp-subscription"]
    assert customer["actor_name"] == f"aa@{matter.partner}.example"
    assert (seller["actor_name"], seller["actor_tenant_id"]) == (None, None)
    assert str(matter.partner_id) not in seller["facts"]
    assert read[matter.partner_id]["rules"] == []
    assert str(matter.here.id(scene.first)) not in read[matter.partner_id]["facts"]
