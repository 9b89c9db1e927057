"""How states, terms and billing cycles are said, and what stands in the way of an act."""

from collections.abc import Mapping
from types import MappingProxyType

from copartner.agreements.rules import NoAgreements
from copartner.catalogue import rules as catalogue
from copartner.catalogue.model import BillingCycle
from copartner.kernel.errors import Busy, Invalid, Refusal, RepeatedWithOtherBody, StaleTag
from copartner.kernel.languages import Language
from copartner.orders import billing_rules, possible_rules, reseller_rules, transition_rules
from copartner.orders import rules as orders
from copartner.portal.page import Visit
from copartner.portal.speaking import text_in, word
from copartner.subscriptions import rules as subscriptions
from copartner.subscriptions.model import Status

# Of each state its word, and how it is marked.
STATES: Mapping[Status, tuple[str, str]] = MappingProxyType(
    {
        Status.PENDING: ("soon", word("pending")),
        Status.ACTIVE: ("good", word("active")),
        Status.SUSPENDED: ("soon", word("suspended")),
        Status.EXPIRED: ("alarm", word("expired")),
        Status.DISABLED: ("off", word("disabled")),
        Status.DELETED: ("off", word("cancelled")),
    }
)
TERMS: Mapping[str, str] = MappingProxyType(
    {
        "P1M": word("1 month"),
        "P1Y": word("1 year"),
        "P3Y": word("3 years"),
        "": word("until it is ended, billed by use"),
    }
)
CYCLES: Mapping[BillingCycle, str] = MappingProxyType(
    {
        BillingCycle.MONTHLY: word("billed monthly"),
        BillingCycle.ANNUAL: word("billed yearly"),
        BillingCycle.TRIENNIAL: word("billed every three years"),
        BillingCycle.NONE: word("not billed for a term"),
        BillingCycle.ONE_TIME: word("billed once"),
    }
)
# What is said for a refusal that would name a field of the API, by that field.
_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "friendlyName": word("A name has 1 to 100 printable characters."),
        "firstName": word("Give the first name of the person who agreed."),
        "lastName": word("Give the last name of the person who agreed."),
        "email": word("Give the mail address of the person who agreed, such as name@example.com."),
        "phoneNumber": word("This is no telephone number; it may stay empty."),
        "dateAgreed": word("The day of the agreement is not in the future."),
        "supportTenantId": word("Tenant and number are not of one enrolled partner; give both of the same partner."),
    }
)
# A refusal says in English what is wrong; this is what it says elsewhere. %(first)s and %(second)s are its data.
_REFUSALS: Mapping[type[Refusal], str] = MappingProxyType(
    {
        subscriptions.IllegalTransition: word("A subscription that is %(first)s does not become %(second)s."),
        subscriptions.StatusFixed: word("A reservation is cancelled or kept; it is not suspended."),
        subscriptions.ParentNotActive: word("Activate the parent subscription first."),
        subscriptions.AddonsAreLarger: word(
            "An active add-on below it has a larger quantity; reduce or suspend the add-on first."
        ),
        subscriptions.Ended: word("The subscription has ended and takes no change; order a new one."),
        subscriptions.SuspendedQuantity: word("Reactivate the subscription before you change its quantity."),
        subscriptions.CannotRenew: word("Only an active licence subscription that renews by itself allows this."),
        subscriptions.PartnerOfRecordFixed: word("The partner of record is settled by the purchase and stays."),
        subscriptions.FixedByPurchase: word("The term is settled by the purchase; plan another one for the next term."),
        subscriptions.UnknownSubscription: word("There is no such subscription among yours."),
        billing_rules.BillingCycleFixed: word("The billing cycle does not change while this term runs."),
        possible_rules.AlreadySo: word("The subscription is %(first)s already."),
        possible_rules.NothingFits: word("Nothing that is sold in the customer's country fits."),
        transition_rules.NotTransitionable: word(
            "Only an active licence subscription without add-ons becomes another, as the catalogue names it."
        ),
        catalogue.QuantityOutOfRange: word("The quantity %(first)s is not possible here."),
        catalogue.UnknownTerm: word("This term with this billing cycle is not offered."),
        catalogue.NotPurchasable: word("This is no longer sold."),
        catalogue.UnknownItem: word("The catalogue has no such item for this customer; search again."),
        catalogue.NotSoldInCountry: word("This is not sold in the customer's country."),
        orders.PrerequisiteMissing: word("The customer lacks what this builds upon."),
        orders.OnePerSeller: word("This is sold once to a customer, and you have sold it already."),
        orders.ParentNeeded: word("An add-on goes below a subscription; order it from that subscription's page."),
        orders.SeveralBillingCycles: word("The order is billed this way already."),
        orders.UnknownOrder: word("There is no such order among yours."),
        orders.UnknownCart: word("There is no such cart among yours; carts live for seven days."),
        orders.CartCheckedOut: word("The cart was ordered already; begin a new one."),
        orders.NoLines: word("A cart needs at least one line."),
        reseller_rules.NotTransactingReseller: word("This is no indirect reseller of yours at this customer."),
        NoAgreements: word("There are no customer agreements in this cloud, so there is nothing to confirm."),
        StaleTag: word("Somebody changed this meanwhile; look at it and try again."),
        Busy: word("Others are changing the same things; try again."),
        RepeatedWithOtherBody: word("This form was sent already with other entries; open the page again."),
    }
)
# What these say in English is in words of the API, so it is said otherwise on a page.
_FOR_CLIENTS = (
    *(subscriptions.FixedByPurchase, subscriptions.CannotRenew, subscriptions.Ended, subscriptions.IllegalTransition),
    *(possible_rules.AlreadySo, orders.NoLines, orders.SeveralBillingCycles),
)


def worded(visit: Visit, refusal: Refusal) -> Refusal:
    """The refusal, saying itself in the reader's language as far as somebody wrote that down."""
    field = refusal.data[0] if refusal.data else ""
    if isinstance(refusal, Invalid) and field in _FIELDS:
        refusal.translations = {one: text_in(one, _FIELDS[field]) for one in Language}
        return refusal
    known = next((_REFUSALS[kind] for kind in type(refusal).__mro__ if kind in _REFUSALS), None)
    speaks = visit.language is Language.ENGLISH and not isinstance(refusal, _FOR_CLIENTS)
    if known is not None and not speaks and not refusal.translations:
        values = dict(zip(("first", "second"), (_state(visit, one) for one in refusal.data), strict=False))
        refusal.translations = {visit.language: visit.text(known, **values)}
    return refusal


def said(visit: Visit, refusal: Refusal) -> str:
    """What a refusal says to the reader."""
    return worded(visit, refusal).said(visit.language)


def _state(visit: Visit, text: str) -> str:
    return visit.text(STATES[Status(text)][1]) if text in set(Status) else text


def term_of(visit: Visit, term: str, cycle: BillingCycle) -> str:
    """A term with its billing cycle in words."""
    length = visit.text(TERMS.get(term, term))
    return f"{length}, {visit.text(CYCLES[cycle])}" if term else length
