"""What is asked of a service, rule by rule: deeds to which one forbid alone objects."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from copartner.agreements import service as agreements
from copartner.catalogue.model import BillingCycle
from copartner.command.context import Context
from copartner.customers import purging, tenancy
from copartner.customers import service as customers
from copartner.customers.model import Authentication, BillingDetails, Domain, NewCustomer
from copartner.orders import amending, transitions
from copartner.orders import service as orders
from copartner.orders.model import Change
from copartner.policy.facts import Cloud, Door, Role, Side
from copartner.programme import service as programme
from copartner.relationships.service import consent, relationships, requests
from copartner.signin import consents
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions import upkeep
from copartner.subscriptions.model import Patch, Status
from copartner.tenants.details import Address
from copartner.tenants.service import applications, groups, users
from copartner_emulator.sandbox_store import Trying
from support.programme import PRESENT, SEED_DAY
from support.walls import access, announcing, behalf, changing_rules, granular, scenes, tiers
from support.walls.scene import Matter, Scene

C, G, V = Cloud.COMMERCIAL, Cloud.US_GOVERNMENT, Cloud.CHINA
EVE = SEED_DAY - timedelta(days=1)
ONE_DELEGATED = datetime(2017, 1, 15, tzinfo=UTC)
BEFORE_THE_API = datetime(2026, 3, 31, tzinfo=UTC)
NEW = NewCustomer(
    company_name="New",
    domain="new.example",
    billing=BillingDetails(
        email="a@new.example", company_name="New", culture="de-DE", language="de", address=Address(country="DE")
    ),
)
Deed = Callable[[Matter], Coroutine[Any, Any, Any]]


def change(**wanted: Any) -> Deed:
    """Changes a subscription."""
    return lambda m: subscriptions.change_subscription(
        m.seller, customer_id=m.customer_id, subscription_id=m.subscription, patch=Patch(**wanted)
    )


def set_(name: str) -> Deed:
    """Names the acting partner as seller, the partner's own tenant as customer, or another parent."""
    return lambda m: change(**{name: m.subscription if name == "parent_id" else m.partner_id})(m)


def sandboxed(ctx: Context) -> Context:
    """The same in a deployment that purges; what is left to it is not done here."""
    return replace(ctx, runtime=replace(ctx.runtime, sandbox=NothingPurged()))


class NothingPurged(Trying):
    """A sandbox that leaves everything as it is."""

    async def purge(self, db: Any, tenant_id: Any) -> None:
        """Leave the tenant."""


def draft(m: Matter) -> Any:
    return orders.create_cart(m.seller, customer_id=m.customer_id, wishes=m.wishes())


def on_subscription(service: Callable[..., Any]) -> Deed:
    """Calls a service that needs a subscription alone."""
    return lambda m: service(m.seller, customer_id=m.customer_id, subscription_id=m.subscription)


def support(m: Matter) -> Any:
    return upkeep.set_support_contact(
        m.seller,
        customer_id=m.customer_id,
        subscription_id=m.subscription,
        support_tenant_id=m.partner_id,
        mpn_id="4100002",
    )


def become(**wanted: Any) -> Deed:
    """Makes a subscription another."""
    return lambda m: transitions.transition_subscription(
        m.seller,
        customer_id=m.customer_id,
        subscription_id=m.subscription,
        change=Change(catalog_item_id=m.item, **wanted),
    )


def at_a_customer(service: Callable[..., Any]) -> Deed:
    """Calls a service that needs the customer alone."""
    return lambda m: service(m.seller, customer_id=m.customer_id)


def on_request(service: Callable[..., Any]) -> Deed:
    """The partner calls a service about a request."""
    return lambda m: service(m.seller, request_id=m.request)


def one_factor(m: Matter, door: Door = Door.API) -> Any:
    """The partner's Admin agent without a second factor."""
    return m.here.context(f"aa@{m.partner}", multi_factor=False, door=door)


def accept(m: Matter) -> Any:
    return consent.accept_request(m.buyer, request_id=m.request, accept_agreement=True)


def end(m: Matter) -> Any:
    return customers.end_relationship(m.chief, customer_id=m.customer_id)


def ask(*, privileges: bool) -> Deed:
    """Sends a request."""
    return lambda m: requests.send_request(m.seller, customer_tenant_id=m.customer_id, includes_privileges=privileges)


AMENDING: dict[str, Deed] = {
    "extend": lambda m: amending.extend_order(
        m.seller, customer_id=m.customer_id, order_id=m.order, wishes=m.wishes()),
    "cancel-lines": lambda m: amending.cancel_order(m.seller, customer_id=m.customer_id, order_id=m.order),
    "billing-cycle": lambda m: amending.change_billing_cycle(
        m.seller, customer_id=m.customer_id, order_id=m.order, billing_cycle=BillingCycle.ANNUAL),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One deed in a scene in which a forbid alone stands in its way."""

    rule: str
    name: str
    deed: Deed
    scene: Callable[[Scene], Matter]
    day: datetime = PRESENT
    cloud: Cloud = C

    def __str__(self) -> str:
        return f"{self.rule}-{self.name}"


CASES = (
    Case("mp-subscription", "suspend", change(status=Status.SUSPENDED), scenes.foreign_sale),
    Case("mp-subscription", "reactivate", change(status=Status.ACTIVE), scenes.foreign_sale),
    Case("mp-subscription", "cancel", change(status=Status.DELETED), scenes.foreign_sale),
    Case("mp-subscription", "quantity", change(quantity=6), scenes.foreign_sale),
    Case("mp-subscription", "nickname", change(nickname="mine"), scenes.foreign_sale),
    Case("mp-subscription", "renewal", change(auto_renew=False), scenes.foreign_sale),
    Case("mp-subscription", "activate", lambda m: subscriptions.activate_subscription(
        m.seller, customer_id=m.customer_id, subscription_id=m.subscription), scenes.foreign_sale),
    Case("mp-subscription", "register", on_subscription(upkeep.register_subscription), scenes.foreign_sale),
    Case("mp-subscription", "support", support, scenes.foreign_sale),
    Case("mp-ownership", "seller", set_("partner_tenant_id"), scenes.foreign_sale),
    Case("mp-ownership", "owner", set_("customer_tenant_id"), scenes.foreign_sale),
    Case("mp-terms", "term", change(term="P3Y"), scenes.foreign_sale),
    Case("mp-terms", "billing", change(billing_cycle=BillingCycle.ANNUAL), scenes.foreign_sale),
    Case("mp-terms", "commitment", change(commitment_ends_at=PRESENT), scenes.foreign_sale),
    Case("mp-terms", "transition", become(), scenes.foreign_sale),
    Case("mp-record", "record", change(partner_of_record="4100001"), scenes.foreign_sale),
    Case("mp-addon", "parent", set_("parent_id"), scenes.foreign_sale),
    Case("mp-addon", "draft", lambda m: orders.create_cart(
        m.seller, customer_id=m.customer_id, wishes=m.wishes(1, parent_id=m.subscription)), scenes.foreign_parent),
    Case("mp-addon", "order", lambda m: orders.place_order(
        m.seller, customer_id=m.customer_id, wishes=m.wishes(1, parent_id=m.subscription)), scenes.foreign_parent),
    Case("mp-visibility", "subscription", lambda m: subscriptions.read_subscription(
        m.seller, customer_id=m.customer_id, subscription_id=m.subscription), scenes.foreign_sale),
    *(Case("mp-visibility", service.__name__, on_subscription(service), scenes.foreign_sale) for service in (
        upkeep.list_addons, upkeep.read_support_contact, upkeep.read_registration, upkeep.read_activation,
        transitions.read_targets, transitions.list_transitions,
    )),
    *(Case("mp-visibility", name, deed, scenes.foreign_sale) for name, deed in AMENDING.items()),
    Case("mp-visibility", "fulfilment", lambda m: orders.read_fulfilment(
        m.seller, customer_id=m.customer_id, order_id=m.order), scenes.foreign_sale),
    Case("mp-visibility", "order", lambda m: orders.read_order(
        m.seller, customer_id=m.customer_id, order_id=m.order), scenes.foreign_sale),
    Case("mp-visibility", "cart", lambda m: orders.read_cart(
        m.seller, customer_id=m.customer_id, cart_id=m.cart), scenes.foreign_sale),
    *(Case("rel-required", service.__name__, at_a_customer(service), scenes.strangers) for service in (
        customers.read_customer, customers.read_company_profile, customers.read_billing_profile,
        customers.remove_privileges, agreements.list_agreements, orders.list_orders, subscriptions.list_subscriptions,
    )),
    Case("rel-required", "draft", draft, scenes.strangers),
    Case("rel-own-request", "read", on_request(requests.read_request), scenes.foreign_request),
    Case("rel-own-request", "withdraw", on_request(requests.withdraw_request), scenes.foreign_request),
    Case("rel-addressee", "read", lambda m: consent.read_consent(m.buyer, request_id=m.request),
         scenes.addressed_to_another),
    Case("rel-addressee", "decline", lambda m: consent.decline_request(m.buyer, request_id=m.request),
         scenes.addressed_to_another),
    Case("rel-addressee", "accept", accept, scenes.addressed_to_another),
    Case("rel-acceptor", "read", lambda m: consent.read_consent(
        m.here.context(f"ba@{m.customer}", Side.CUSTOMER), request_id=m.request), scenes.addressed),
    Case("rel-own-side", "withdraw", lambda m: relationships.withdraw_privileges(
        m.buyer, partner_tenant_id=m.partner_id), scenes.strangers),
    *(Case(*case) for case in (*granular.CASES, *behalf.CASES, *access.CASES, *changing_rules.CASES)),
    Case("own-decision", "read", lambda m: programme.read_decision(
        m.seller, decision_id=m.decision), scenes.foreign_decision),
    Case("own-directory", "user", lambda m: users.read_user(m.chief, user_id=m.customer_id), scenes.strangers),
    Case("own-directory", "group", lambda m: groups.read_group(m.chief, group_id=m.customer_id), scenes.strangers),
    Case("own-directory", "secret", lambda m: applications.add_secret(
        m.chief, application_id=m.customer_id), scenes.strangers),
    Case("dir-guarded", "password", lambda m: users.reset_password(
        m.manager, user_id=m.seller.caller.subject_id), scenes.strangers),
    Case("dir-guarded", "role", lambda m: users.give_role(
        m.manager, user_id=m.chief.caller.subject_id, role=Role.SALES_AGENT), scenes.strangers),
    Case("dir-global-admin", "itself", lambda m: users.give_role(
        m.manager, user_id=m.manager.caller.subject_id, role=Role.GLOBAL_ADMIN), scenes.strangers),
    Case("dir-admin-consent", "oneself", lambda m: consents.consent(
        m.seller, application_id=m.application.caller.subject_id, offline=False), scenes.asking_an_admin),
    Case("user-only", "create", lambda m: customers.create_customer(m.application, new=NEW), scenes.strangers),
    Case("user-only", "agreements", lambda m: agreements.list_agreements(
        m.application, customer_id=m.customer_id), scenes.related),
    Case("rel-market", "draft", draft, scenes.selling_outside_the_market),
    Case("dap-required", "domain", lambda m: tenancy.add_domain(m.seller, customer_id=m.customer_id, domain=Domain(
        name="more.example", authentication=Authentication.MANAGED)), scenes.without_privileges),
    Case("mpa-signed", "draft", draft, tiers.unsigned),
    Case("mpa-signed", "create", lambda m: customers.create_customer(m.seller, new=NEW), tiers.unsigned),
    Case("mpa-signed-reseller", "create", lambda m: customers.create_customer(
        m.seller, new=replace(NEW, reseller_tenant_id=m.nobody)), tiers.unsigned_reseller),
    Case("csp-tier-customer", "draft", draft, tiers.selling_to_reseller),
    Case("csp-tier-customer", "accept", accept, tiers.addressed_to_reseller),
    Case("reseller-limits", "draft", draft, tiers.reselling),
    Case("reseller-limits", "create", lambda m: customers.create_customer(m.seller, new=NEW), tiers.reselling),
    Case("enrol-restricted", "draft", draft, tiers.restricted),
    Case("enrol-restricted", "create", lambda m: customers.create_customer(m.seller, new=NEW), tiers.restricted),
    Case("enrol-restricted", "invite", ask(privileges=False), tiers.restricted),
    Case("cust-purge", "purge", lambda m: purging.purge_customer(
        sandboxed(m.seller), customer_id=m.customer_id), tiers.shared),
    Case("rel-cloud", "draft", draft, scenes.selling_to_another_cloud),
    *(Case("cn-no-azure", title, draft, tiers.selling_azure(title), cloud=V)
      for title in ("Azure plan", "VM reservation")),
    Case("csp-no-partner-buyer", "draft", draft, scenes.selling_to_partners_own_use, EVE),
    Case("csp-tenant-only", "draft", draft, scenes.selling_to_partner),
    Case("csp-tenant-only", "accept", accept, scenes.addressed_to_partner),
    Case("csp-self-affiliate", "draft", draft, scenes.selling_to_affiliate),
    Case("csp-self-affiliate", "accept", accept, scenes.addressed_to_affiliate),
    Case("mca-confirmed", "order", lambda m: orders.place_order(
        m.seller, customer_id=m.customer_id, wishes=m.wishes()), scenes.without_agreement),
    Case("mca-confirmed", "checkout", lambda m: orders.checkout(
        m.seller, customer_id=m.customer_id, cart_id=m.cart), scenes.without_agreement),
    *(Case(rule, name, deed, scene, day, cloud)
      for rule, day, cloud in (("one-dap-per-service-2016", ONE_DELEGATED, C), ("one-dap-per-service", PRESENT, V))
      for name, deed, scene in (
        ("order", lambda m: orders.place_order(m.seller, customer_id=m.customer_id, wishes=m.wishes()),
         scenes.foreign_sale),
        ("checkout", lambda m: orders.checkout(m.seller, customer_id=m.customer_id, cart_id=m.cart),
         tiers.drafted_beside_foreign_sale),
      )),
    Case("seats-pooled", "order", lambda m: orders.place_order(
        m.seller, customer_id=m.customer_id, wishes=m.wishes(51)), scenes.with_seats_taken),
    Case("seats-pooled", "quantity", change(quantity=101), scenes.with_seats_taken),
    Case("nce-7-days", "cancel", change(status=Status.DELETED), scenes.with_old_subscription),
    Case("nce-7-days", "reduce", change(quantity=4), scenes.with_old_subscription),
    Case("nce-longer-only", "shorter", become(term="P1M"), scenes.with_upgradable_subscription),
    Case("rel-end", "end", end, scenes.with_subscription, SEED_DAY),
    Case("rel-end-cancelled", "end", end, scenes.with_suspended_subscription),
    Case("rel-dap-ended", "ask", ask(privileges=True), scenes.strangers),
    Case("rel-dap-forced", "ask", ask(privileges=False), scenes.strangers, cloud=G),
    Case("rel-address", "accept", accept, scenes.addressed_abroad, cloud=G),
    Case("announcement-told", "addressed to others", announcing.read, announcing.to_customers),
    Case("announcement-told", "draft", announcing.read, announcing.a_draft),
    Case("mfa-portal", "page", lambda m: customers.read_customer(
        one_factor(m, Door.PAGE), customer_id=m.customer_id), scenes.related),
    Case("mfa-api", "read", lambda m: customers.read_customer(
        one_factor(m), customer_id=m.customer_id), scenes.related),
    Case("mfa-transaction", "suspend", lambda m: subscriptions.change_subscription(
        one_factor(m), customer_id=m.customer_id, subscription_id=m.subscription, patch=Patch(status=Status.SUSPENDED)),
        scenes.with_subscription, BEFORE_THE_API),
    Case("mfa-transaction", "order", lambda m: orders.place_order(
        one_factor(m), customer_id=m.customer_id, wishes=m.wishes()), scenes.related, BEFORE_THE_API),
)  # fmt: skip
# Two forbids speak of what is always the actor's own; a service meets them only when its facts are wrong.
