"""What partners and customers could ask of what is there: requests of each kind of things, as the services judge them.

A request is asked once for each role that a permit of the action names, by a user who signed in with a second factor
and calls the API. Each kind of things has its ways of asking; a way is one shape of facts for some actions.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from copartner.policy.actions import Action as A
from copartner.policy.facts import (
    Access,
    Actor,
    AdminRelationship,
    Cart,
    Commitment,
    Customer,
    FactContext,
    Facts,
    Home,
    Order,
    Organisation,
    RelationshipRequest,
    Resource,
    Side,
    Subscription,
    Tenant,
)
from copartner.tryout.store import Batch, Pair, Thing

# No user of any tenant: the rules compare an actor with nothing that is asked about here.
_SOMEBODY = "somebody"
_NOTHING = FactContext()


@dataclass(frozen=True, slots=True)
class About:
    """One thing, and who asks something of it: a tenant on a side, with what is between it and the other party."""

    thing: Thing
    asker: str
    side: Side
    pair: Pair | None
    tenants: dict[str, Tenant]
    organisations: dict[str, Organisation]

    def facts(
        self, resource: Resource, context: FactContext = _NOTHING, described: tuple[str | None, ...] = ()
    ) -> Facts:
        """The facts of a request, without a role; `described` are the tenants that the rules are told about."""
        asker = self.tenants.get(self.asker)
        known = [self.tenants[name] for name in dict.fromkeys(described) if name in self.tenants]
        businesses = dict.fromkeys(tenant.organisation for tenant in known)
        enrolled = asker is not None and asker.enrolled
        return Facts(
            principal=Actor(_SOMEBODY, self.asker, (), self.side, enrolled=enrolled, multi_factor=True),
            resource=resource,
            context=context,
            tenants=tuple(known),
            organisations=tuple(self.organisations[one] for one in businesses if one in self.organisations),
        )

    def context(self, *, agreement: bool = False, commitment: Commitment | None = None) -> FactContext:
        """What is between the two parties."""
        pair = self.pair
        if pair is None:
            return FactContext(commitment=commitment)
        return FactContext(
            relationship=pair.relationship, agreement=pair.agreement if agreement else None, commitment=commitment
        )


@dataclass(frozen=True, slots=True)
class Way:
    """A way to ask for some actions on a kind of things; `how` tells it from others, `facts` makes what is judged."""

    side: Side
    how: str
    resource: type
    actions: frozenset[A]
    facts: Callable[[About], Facts]


def _subscription(about: About) -> Subscription:
    thing = about.thing
    return Subscription(thing.ids[0], partner=thing.partner, customer=thing.customer)


def _committed(about: About, *, reduces: bool = False, shortens: bool = False) -> Commitment:
    # What does not belong to the asker is not known to be committed to anything.
    own = about.asker == about.thing.partner
    return Commitment(about.thing.open or not own, reduces and own, shortens and own and about.thing.bound)


def _change(about: About, *, agreement: bool = True, **how: bool) -> Facts:
    return about.facts(_subscription(about), about.context(agreement=agreement, commitment=_committed(about, **how)))


def _parties(about: About) -> tuple[str | None, ...]:
    return about.asker, about.thing.customer, about.thing.partner


def _transition(about: About, *, shortens: bool) -> Facts:
    context = about.context(agreement=True, commitment=_committed(about, shortens=shortens))
    return about.facts(_subscription(about), _delegated(about, context), _parties(about))


def _delegated(about: About, context: FactContext) -> FactContext:
    """With whether another partner with such privileges sold the service, where the asker has them."""
    held = context.relationship
    if about.pair is None or held is None or not held.privileges:
        return context
    return replace(context, service_delegated_elsewhere=about.pair.delegated_elsewhere)


def _at_customer(about: About, kind: type[Customer] | type[Cart] | type[Order] = Customer) -> Customer | Cart | Order:
    # A cart or an order as it could be drafted there is none of those that are.
    made = about.thing.customer or "" if kind is Customer else "any"
    return kind(made, partner=about.asker, customer=about.thing.customer)


def _sale(about: About, kind: type[Customer] | type[Cart] | type[Order], *, azure: bool) -> Facts:
    context = _delegated(about, about.context(agreement=True))
    elsewhere = azure and about.pair is not None and about.pair.azure_elsewhere
    context = replace(context, azure_only=azure, azure_elsewhere=elsewhere)
    return about.facts(_at_customer(about, kind), context, _parties(about))


def _access(about: About) -> Facts:
    thing = about.thing
    other = thing.customer if about.side is Side.PARTNER else thing.partner
    return about.facts(Access(other or "", partner=thing.partner, customer=thing.customer))


def _request(about: About) -> RelationshipRequest:
    thing = about.thing
    return RelationshipRequest(thing.ids[0], thing.partner, thing.customer, thing.includes_privileges)


def _granular(about: About, *, bounded: bool = False, giving: bool = False, capped: bool = False) -> Facts:
    thing = about.thing
    made = AdminRelationship(
        thing.ids[0],
        partner=thing.partner,
        customer=thing.customer,
        within_limits=True if bounded else None,
        active=thing.active if giving else None,
        roles_within=True if giving else None,
        within_cap=thing.within_cap if capped else None,
        provider=thing.provider,
        reseller_consented=thing.reseller_consented,
    )
    return about.facts(made)


def _extended(about: About) -> Facts:
    facts = _granular(about)
    return replace(facts, resource=replace(facts.resource, global_administrator=about.thing.global_administrator))


def _home(about: About) -> Facts:
    return about.facts(Home(about.asker, about.asker))


def _invitation(about: About) -> Facts:
    request = RelationshipRequest(about.asker, partner=about.asker)
    return about.facts(request, described=(about.asker,))


_P, _C = Side.PARTNER, Side.CUSTOMER
_SALE = ((True, "Azure"), (False, "anything but Azure"))
_AT_HOME = frozenset(
    {
        *(A.CUSTOMER_LIST, A.DOMAIN_CHECK, A.ADDRESS_CHECK, A.RELATIONSHIP_LINK_READ, A.RELATIONSHIP_REQUEST_LIST),
        *(A.ADMIN_RELATIONSHIP_LIST, A.ADMIN_CUSTOMER_LIST, A.ADMIN_RECEIPT_READ, A.PARTNER_PROFILE_READ),
        *(A.PARTNER_PROFILE_EDIT, A.PARTNER_AGREEMENT_READ, A.PARTNER_AGREEMENT_SIGN, A.PARTNER_RELATIONSHIP_LIST),
        *(A.AGREEMENT_METADATA_READ, A.CATALOGUE_READ, A.PROMOTION_READ, A.AUDIT_READ),
    }
)
_AT_HOME_OF_A_CUSTOMER = frozenset(
    {
        *(A.ADMIN_CAP_READ, A.ADMIN_CAP_SET, A.ADMIN_RECEIPT_READ, A.OWN_SUBSCRIPTION_LIST, A.OWN_RELATIONSHIP_LIST),
        *(A.ACCESS_LIST, A.AUDIT_READ),
    }
)
_OF_EVERYBODY = frozenset(
    {
        *(A.USER_LIST, A.USER_CREATE, A.GROUP_LIST, A.GROUP_CREATE, A.APPLICATION_LIST, A.APPLICATION_CREATE),
        *(A.APPLICATION_CONSENT_LIST, A.APPLICATION_CONSENT_LIST_ALL),
    }
)
_SEEING_A_CUSTOMER = frozenset(
    {
        *(A.CUSTOMER_READ, A.CUSTOMER_ADD_DOMAIN, A.MANAGED_SERVICES_READ, A.CUSTOMER_LIST_RESELLERS),
        *(A.CUSTOMER_REMOVE_PRIVILEGES, A.COMPANY_PROFILE_READ, A.BILLING_PROFILE_READ, A.BILLING_PROFILE_EDIT),
        *(A.AGREEMENT_READ, A.AGREEMENT_ATTEST, A.CUSTOMER_CATALOGUE_READ, A.PROMOTION_CHECK, A.ORDER_LIST),
        A.SUBSCRIPTION_LIST,
    }
)

_SUBSCRIPTIONS = (
    Way(_P, "", Subscription,
        frozenset({A.SUBSCRIPTION_READ, A.SUBSCRIPTION_READ_TRANSITIONS, A.SUBSCRIPTION_ADD_ADDON}),
        lambda it: it.facts(_subscription(it), it.context())),
    Way(_P, "", Subscription,
        frozenset({A.SUBSCRIPTION_SUSPEND, A.SUBSCRIPTION_REACTIVATE, A.SUBSCRIPTION_RENAME,
                   A.SUBSCRIPTION_SET_AUTO_RENEW}), _change),
    Way(_P, "", Subscription, frozenset({A.SUBSCRIPTION_REGISTER, A.SUBSCRIPTION_SET_SUPPORT_CONTACT}),
        lambda it: it.facts(_subscription(it), it.context(agreement=True))),
    Way(_P, "more", Subscription, frozenset({A.SUBSCRIPTION_CHANGE_QUANTITY}), _change),
    Way(_P, "fewer", Subscription, frozenset({A.SUBSCRIPTION_CHANGE_QUANTITY}), lambda it: _change(it, reduces=True)),
    Way(_P, "", Subscription, frozenset({A.SUBSCRIPTION_CANCEL}), lambda it: _change(it, reduces=True)),
    Way(_P, "", Subscription, frozenset({A.SUBSCRIPTION_CHANGE_BILLING_CYCLE}),
        lambda it: _change(it, agreement=False, reduces=True)),
    Way(_P, "as long or longer", Subscription, frozenset({A.SUBSCRIPTION_TRANSITION}),
        lambda it: _transition(it, shortens=False)),
    Way(_P, "shorter", Subscription, frozenset({A.SUBSCRIPTION_TRANSITION}),
        lambda it: _transition(it, shortens=True)),
)  # fmt: skip
_RELATIONSHIPS = (
    Way(_P, "", Customer, _SEEING_A_CUSTOMER, lambda it: it.facts(_at_customer(it), it.context())),
    Way(_P, "", Customer, frozenset({A.CUSTOMER_END_RELATIONSHIP}),
        lambda it: it.facts(_at_customer(it), replace(it.context(), ending=it.thing.ending))),
    *(Way(_P, how, Customer, frozenset({A.CART_CREATE, A.ORDER_PLACE}),
          partial(_sale, kind=Customer, azure=azure)) for azure, how in _SALE),
    *(Way(_P, how, Cart, frozenset({A.CART_EDIT, A.CART_CHECKOUT}),
          partial(_sale, kind=Cart, azure=azure)) for azure, how in _SALE),
    *(Way(_P, how, Order, frozenset({A.ORDER_EXTEND}),
          partial(_sale, kind=Order, azure=azure)) for azure, how in _SALE),
    Way(_P, "", Cart, frozenset({A.CART_READ}),
        lambda it: it.facts(_at_customer(it, Cart), it.context(agreement=True), _parties(it))),
    Way(_P, "", Order, frozenset({A.ORDER_READ}), lambda it: it.facts(_at_customer(it, Order), it.context())),
    Way(_P, "", Order, frozenset({A.ORDER_CANCEL, A.ORDER_CHANGE_BILLING_CYCLE}),
        lambda it: it.facts(_at_customer(it, Order), it.context(agreement=True), _parties(it))),
    Way(_P, "", Access, frozenset({A.ACCESS_READ}), _access),
    Way(_C, "", Access, frozenset({A.ACCESS_READ, A.ACCESS_REVOKE}), _access),
    Way(_C, "", Customer, frozenset({A.OWN_RELATIONSHIP_REMOVE_PRIVILEGES}),
        lambda it: it.facts(Customer(it.asker, it.thing.partner, it.asker), it.context())),
)  # fmt: skip
_REQUESTS = (
    Way(_P, "", RelationshipRequest, frozenset({A.RELATIONSHIP_REQUEST_READ, A.RELATIONSHIP_REQUEST_WITHDRAW}),
        lambda it: it.facts(_request(it))),
    Way(_C, "", RelationshipRequest,
        frozenset({A.CONSENT_READ, A.CONSENT_ACCEPT, A.CONSENT_DECLINE, A.CONSENT_GRANT_PRIVILEGES}),
        lambda it: it.facts(_request(it), it.context(agreement=True), (it.thing.partner, it.thing.customer))),
)  # fmt: skip
_GRANULAR = (
    Way(_P, "", AdminRelationship,
        frozenset({A.ADMIN_RELATIONSHIP_READ, A.ADMIN_RELATIONSHIP_DELETE, A.ADMIN_RELATIONSHIP_END,
                   A.ADMIN_RELATIONSHIP_CONSENT, A.ADMIN_CUSTOMER_READ, A.ACCESS_ASSIGNMENT_READ}), _granular),
    Way(_P, "within the limits", AdminRelationship,
        frozenset({A.ADMIN_RELATIONSHIP_CHANGE, A.ADMIN_RELATIONSHIP_ASK}), lambda it: _granular(it, bounded=True)),
    Way(_P, "", AdminRelationship, frozenset({A.ADMIN_RELATIONSHIP_EXTEND}), _extended),
    Way(_P, "of its roles", AdminRelationship,
        frozenset({A.ACCESS_ASSIGNMENT_CREATE, A.ACCESS_ASSIGNMENT_CHANGE, A.ACCESS_ASSIGNMENT_DELETE}),
        lambda it: _granular(it, giving=True)),
    Way(_C, "", AdminRelationship,
        frozenset({A.ADMIN_CONSENT_READ, A.ADMIN_CONSENT_REJECT, A.ADMIN_CONSENT_END}), _granular),
    Way(_C, "within the limits", AdminRelationship, frozenset({A.ADMIN_CONSENT_APPROVE, A.ADMIN_CONSENT_COUNTER}),
        lambda it: _granular(it, bounded=True, capped=True)),
)  # fmt: skip
_TENANTS = (
    Way(_P, "", Home, _AT_HOME | _OF_EVERYBODY, _home),
    Way(_P, "", RelationshipRequest,
        frozenset({A.RELATIONSHIP_REQUEST_SEND, A.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES,
                   A.RELATIONSHIP_REQUEST_OMIT_PRIVILEGES}), _invitation),
    Way(_C, "", Home, _AT_HOME_OF_A_CUSTOMER | _OF_EVERYBODY, _home),
)  # fmt: skip

# By the kinds of things the store reads, in the order in which they are looked at.
WAYS: dict[str, tuple[Way, ...]] = {
    "tenants": _TENANTS,
    "relationships": _RELATIONSHIPS,
    "requests": _REQUESTS,
    "granular": _GRANULAR,
    "subscriptions": _SUBSCRIPTIONS,
}


def askers(kind: str, batch: Batch) -> Iterator[About]:
    """Who asks about each thing of a batch: its own partner and customer, and of a subscription every partner there."""
    tenants = {tenant.id: tenant for tenant in batch.concerned.tenants}
    organisations = {business.id: business for business in batch.concerned.organisations}
    pairs = {(pair.partner, pair.customer): pair for pair in batch.concerned.pairs}
    at: dict[str, list[Pair]] = {}
    for one in batch.concerned.pairs:
        at.setdefault(one.customer, []).append(one)
    for thing in batch.rows:
        own = pairs.get((thing.partner or "", thing.customer or ""))
        asking = at.get(thing.customer or "", []) if kind == "subscriptions" else ()
        partners: list[tuple[str | None, Pair | None]] = [(one.partner, one) for one in asking]
        for partner, pair in partners or [(thing.partner, own)]:
            if partner is not None and partner in tenants and tenants[partner].enrolled:
                yield About(thing, partner, Side.PARTNER, pair, tenants, organisations)
        if thing.customer is not None and kind != "subscriptions":
            yield About(thing, thing.customer, Side.CUSTOMER, own, tenants, organisations)
