"""How states, terms and billing cycles are said."""

from collections.abc import Mapping
from types import MappingProxyType

from copartner.catalogue.model import BillingCycle
from copartner.portal.page import Visit
from copartner.portal.speaking import word
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


def term_of(visit: Visit, term: str, cycle: BillingCycle) -> str:
    """A term with its billing cycle in words."""
    length = visit.text(TERMS.get(term, term))
    return f"{length}, {visit.text(CYCLES[cycle])}" if term else length
