"""What goes wrong, in the contract's codes; the only place that knows them. The codes are those of errors.csv."""

from collections.abc import Iterable, Mapping

import msgspec

from copartner.agreements import rules as agreements
from copartner.api.call import DECISION_HEADER, Call, Reply
from copartner.api.caller import Identifiers, NoToken, NotThisSide, UserTokenNeeded
from copartner.api.limiting import RateExceeded
from copartner.api.partner_center.codes import ErrorCode, error_code
from copartner.api.partner_center.telling import Said, marked, short
from copartner.catalogue import rules as catalogue
from copartner.command.command import NotDelegated
from copartner.command.denial import Denied
from copartner.customers import countries
from copartner.customers import rules as customers
from copartner.directory import rules as directory
from copartner.kernel.errors import (
    Busy,
    Conflict,
    Illegal,
    Invalid,
    NotFound,
    Refusal,
    RepeatedWithOtherBody,
    StaleTag,
)
from copartner.orders import billing_rules, reseller_rules
from copartner.orders import rules as orders
from copartner.policy.actions import Action
from copartner.policy.facts import Cart, Order, Side
from copartner.programme import rules as programme
from copartner.relationships import rules as relationships
from copartner.subscriptions import rules as subscriptions

_LONGEST_VALUE = 200


class RateBody(msgspec.Struct, frozen=True, rename="camel"):
    """The contract's answer to a caller who asks too often, which has a shape of its own."""

    status_code: int
    message: str


_get = error_code

NO_RELATIONSHIP = _get(403, 20002)
NOT_FOUND = _get(404, 1000)
NOT_A_PARTNER = _get(401, 800001)
MALFORMED = _get(400, 3000)
UNSERVED = _get(501, 0)
WRONG_METHOD = _get(405, 0)
UNEXPECTED = _get(500, 800003)
ROLE = _get(403, 900150)
DENIED = _get(403, 2032)
SECOND_FACTOR = _get(401, 900421)
PRIVILEGES = _get(403, 900308)
NOT_HERE = _get(400, 900127)

# By the class of a refusal; the nearest base class counts.
CLASSES: dict[type[Exception], ErrorCode] = {
    NoToken: _get(401, 400),
    NotThisSide: NOT_A_PARTNER,
    UserTokenNeeded: _get(403, 900329),
    NotFound: NOT_FOUND,
    Invalid: MALFORMED,
    Illegal: _get(400, 800024),
    Conflict: _get(400, 800024),
    Busy: _get(409, 800060),
    StaleTag: _get(400, 2055),
    RepeatedWithOtherBody: MALFORMED,
    catalogue.UnknownProduct: _get(404, 400013),
    catalogue.UnknownSku: _get(404, 400018),
    catalogue.UnknownAvailability: _get(404, 400019),
    catalogue.NotSoldInCountry: _get(400, 800070),
    catalogue.NotPurchasable: _get(403, 2091),
    catalogue.QuantityOutOfRange: _get(400, 2002),
    orders.UnknownCart: _get(404, 800008),
    orders.UnknownOrder: _get(404, 20000),
    orders.UnknownLine: _get(404, 20000),
    billing_rules.BillingCycleFixed: _get(400, 800097),
    orders.CartCheckedOut: _get(400, 800065),
    reseller_rules.NotTransactingReseller: _get(400, 800016),
    subscriptions.UnknownSubscription: _get(404, 20003),
    subscriptions.IllegalTransition: _get(400, 800040),
    subscriptions.StatusFixed: _get(400, 800096),
    subscriptions.ParentNotActive: _get(409, 27009),
    subscriptions.Ended: _get(400, 2011),
    subscriptions.SuspendedQuantity: _get(400, 2001),
    subscriptions.CannotRenew: _get(400, 800093),
    subscriptions.PartnerOfRecordFixed: _get(400, 800098),
    subscriptions.BillingCycleByOrder: _get(400, 2054),
    subscriptions.NotRegistrable: _get(400, 800024),
    agreements.UnknownCustomer: NO_RELATIONSHIP,
    agreements.NoAgreements: _get(400, 900127),
    agreements.UnknownPartner: _get(404, 60003),
    customers.UnknownCustomer: NO_RELATIONSHIP,
    customers.DomainTaken: MALFORMED,
    customers.NoSandbox: _get(400, 900127),
    customers.NotAReseller: _get(400, 800016),
    customers.NotAProvider: _get(401, 6002),
    customers.TooManyResellers: _get(403, 6004),
    customers.AccountTaken: _get(409, 1003),
    customers.NotRemovable: _get(403, 6003),
    countries.UnknownCountry: NOT_FOUND,
    directory.UnknownCustomerUser: _get(404, 60002),
    directory.OutOfLicences: _get(400, 60012),
    NotDelegated: PRIVILEGES,
    programme.UnknownTenant: _get(404, 60003),
    relationships.UnknownAddressee: _get(404, 60003),
    relationships.UnknownRelationship: NO_RELATIONSHIP,
}

# By the rule that fired, in the order in which rules speak: the first of this table that is among them gives the code.
RULES: dict[str, ErrorCode] = {
    "mfa-portal": SECOND_FACTOR,
    "mfa-transaction": SECOND_FACTOR,
    "mfa-api": SECOND_FACTOR,
    "rel-required": NO_RELATIONSHIP,
    "rel-own-name": NO_RELATIONSHIP,
    "user-only": _get(403, 900329),
    "csp-no-partner-buyer": _get(403, 2085),
    "csp-tenant-only": _get(403, 2085),
    "csp-self-affiliate": _get(403, 2085),
    "csp-tier-customer": _get(403, 2085),
    "rel-cloud": _get(403, 2085),
    "rel-market": _get(403, 2030),
    "rel-address": _get(403, 2030),
    "rel-acceptor": ROLE,
    "gdap-acceptor": ROLE,
    "gdap-acceptor-2026": ROLE,
    "gdap-cap": DENIED,
    "gdap-reseller-consent": DENIED,
    "gdap-asker": ROLE,
    "gdap-active": _get(400, 800024),
    "gdap-assigner": ROLE,
    "access-revoker": ROLE,
    "rules-operator": ROLE,
    "operating-alone": ROLE,
    **dict.fromkeys(("rules-second", "rules-proved", "rules-notice"), DENIED),
    "gdap-limits": MALFORMED,
    "gdap-within": MALFORMED,
    "gdap-start": DENIED,
    "gdap-national": DENIED,
    "dir-guarded": ROLE,
    "dir-global-admin": ROLE,
    "cust-purge": _get(400, 800024),
    "dir-admin-consent": ROLE,
    "mca-confirmed": _get(403, 13605),
    "mpa-signed": _get(403, 900124),
    "mpa-signed-reseller": _get(403, 900123),
    "reseller-limits": DENIED,
    "enrol-restricted": DENIED,
    "seats-pooled": _get(400, 2002),
    "nce-7-days": _get(400, 900117),
    "nce-longer-only": _get(400, 800024),
    "rel-end": MALFORMED,
    "rel-end-cancelled": MALFORMED,
    "dap-required": PRIVILEGES,
    "one-dap-per-service": DENIED,
    "one-dap-per-service-2016": DENIED,
    "gov-users": NOT_HERE,
    "cn-licences": NOT_HERE,
    "cn-no-azure": NOT_HERE,
    "behalf-delegated": PRIVILEGES,
    "behalf-own": PRIVILEGES,
    "gdap-over-dap": PRIVILEGES,
    "behalf-guarded": ROLE,
    "rel-dap-forced": MALFORMED,
    "rel-dap-ended": MALFORMED,
    "rel-dap-asked": MALFORMED,
}

_ORDER = {rule: place for place, rule in enumerate(RULES)}


def code_of_class(error: Exception) -> ErrorCode:
    """The code of a refusal by its class; an unknown kind of refusal is an invalid request."""
    for kind in type(error).__mro__:
        if kind in CLASSES:
            return CLASSES[kind]
    return MALFORMED


def code_of_denial(denied: Denied) -> ErrorCode:
    """The code of a denied action.

    A bearer without any role is nobody on the partner's side. No relationship comes first of all else, so that an
    unknown and a foreign customer answer alike. Then a thing that must stay unknown is not found, in the words for its
    kind. Then the rules in the order of RULES: what the contract has no code of its own for is a customer that may not
    buy (rel-cloud), a place where one may not sell (rel-address), a role (rel-acceptor) or an invalid property
    (rel-dap-*). A denial by no rule is one of roles; by any other rule, access is denied.
    """
    if denied.facts.principal.side is Side.PARTNER and not denied.facts.principal.roles:
        return NOT_A_PARTNER
    first = min((rule for rule in denied.rules if rule in RULES), key=_ORDER.__getitem__, default=None)
    if first is not None and RULES[first] is NO_RELATIONSHIP:
        return NO_RELATIONSHIP
    if any(rule.startswith("mp-") for rule in denied.rules):
        return _not_found(denied)
    if denied.concealed:
        return NOT_FOUND
    if first == "nce-7-days" and denied.action is Action.SUBSCRIPTION_CHANGE_QUANTITY:
        return _get(400, 900257)
    if first is not None:
        return RULES[first]
    return DENIED if denied.rules or denied.decision.doubt else ROLE


def _not_found(denied: Denied) -> ErrorCode:
    resource = denied.facts.resource
    if isinstance(resource, Order):
        return _get(404, 20000)
    return _get(404, 800008) if isinstance(resource, Cart) else _get(404, 20003)


def say(code: ErrorCode, description: str, *data: str, headers: Mapping[str, str] | None = None) -> Reply:
    """The contract's error as an answer; what a caller sent comes back in it shortened."""
    return Said(code, description, _shortened(data), headers)


def _shortened(data: Iterable[str]) -> tuple[str, ...]:
    return tuple(short(value, _LONGEST_VALUE) for value in data)


def refuse(error: Refusal, call: Call | None) -> Reply:
    """The answer to a request that cannot be done; a denial carries its decision last in `data` and in a header."""
    if isinstance(error, Denied):
        code = code_of_denial(error)
        data = _parties(call) if code is NO_RELATIONSHIP and call else ()
        if error.decision_id is None:
            return say(code, error.message, *data)
        decision = str(error.decision_id)
        challenge = _challenge(', error="invalid_token"') if code is SECOND_FACTOR else {}
        told = {DECISION_HEADER: decision, **challenge}
        return Said(code, error.message, (*_shortened(data), decision), told, error.translations)
    if isinstance(error, RateExceeded):
        return Reply.of(429, RateBody(429, error.message), {"retry-after": str(error.seconds)})
    code = code_of_class(error)
    headers = _challenge() if code.status == 401 else None
    return say(code, error.message, *(str(value) for value in error.data), headers=headers)


def _challenge(more: str = "") -> dict[str, str]:
    return {"www-authenticate": 'Bearer realm="copartner"' + more}


def _parties(call: Call) -> tuple[str, ...]:
    return (str(call.ctx.caller.tenant_id), *call.parameter("customer"))


def unexpected(correlation_id: str) -> Reply:
    """The answer when nobody foresaw what happened; the log has the rest."""
    text = "Something unexpected happened; give the correlation id to whoever runs this service."
    return say(UNEXPECTED, text, correlation_id)


class Contract:
    """The contract's way to refuse; `bom` puts a byte order mark before each body for clients that cut it off."""

    def __init__(self, *, bom: bool = False) -> None:
        self._bom = bom

    def refuse(self, error: Refusal, call: Call | None, _known: Identifiers) -> Reply:
        """The answer to a request that cannot be done."""
        return refuse(error, call)

    def unexpected(self, _error: Exception, known: Identifiers) -> Reply:
        """The answer when nobody foresaw what happened."""
        return unexpected(known.correlation_id)

    def finish(self, reply: Reply) -> Reply:
        """Put the mark before the body where the setting wants it."""
        return marked(reply) if self._bom and reply.body else reply
