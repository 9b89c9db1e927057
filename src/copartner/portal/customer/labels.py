"""What values of the domain are called on a customer's pages."""

from collections.abc import Mapping
from datetime import datetime

from copartner.access.model import Finding, Kind, Layer
from copartner.kernel.languages import Language
from copartner.portal.speaking import text_in, word
from copartner.portal.writing import day
from copartner.subscriptions.model import Status

ROLES = (word("Admin agent"), word("Helpdesk agent"))
RISKS = (word("highest risk"), word("high risk"), word("medium risk"), word("low risk"))
# A state of a subscription: how it stands, and what it is called.
STATES: Mapping[Status, tuple[str, str]] = {
    Status.PENDING: ("soon", word("not activated yet")),
    Status.ACTIVE: ("good", word("running")),
    Status.SUSPENDED: ("soon", word("put on hold")),
    Status.DISABLED: ("alarm", word("disabled")),
    Status.EXPIRED: ("off", word("expired")),
    Status.DELETED: ("off", word("cancelled")),
}
TERMS: Mapping[str, str] = {
    "": word("by use"),
    "P1M": word("1 month"),
    "P1Y": word("1 year"),
    "P3Y": word("3 years"),
}
CYCLES: Mapping[str, str] = {
    "monthly": word("monthly"),
    "annual": word("annually"),
    "triennial": word("every three years"),
    "one_time": word("once"),
    "none": word("not at all"),
}
KINDS: Mapping[Kind, str] = {
    Kind.ASSIGNMENT: word("Granular delegated admin"),
    Kind.PRIVILEGES: word("Delegated admin privileges"),
    Kind.OWNER: word("Owner of an Azure subscription"),
}
FINDINGS: Mapping[Finding, tuple[str, str]] = {
    Finding.USED: ("good", word("Needed")),
    Finding.SMALLER: ("soon", word("More than is needed")),
    Finding.UNUSED: ("alarm", word("Not used")),
    Finding.UNSEEN: ("off", word("Use not seen")),
}
LAYERS: Mapping[Layer, str] = {
    Layer.GRANULAR: word("Granular delegated admin"),
    Layer.PRIVILEGES: word("Delegated admin privileges"),
    Layer.REQUEST: word("Request for admin roles"),
    Layer.RESELLER: word("Reseller relationship"),
    Layer.SUBSCRIPTION: word("Subscription"),
    Layer.OWNER: word("Owner of an Azure subscription"),
}


def until(language: Language, end: datetime | None) -> str:
    """When something ends, on a UTC day."""
    return day(language, end) if end else text_in(language, word("no end"))
