"""Every refusal there is has a code of errors.csv, chosen and not left over."""

import csv
from importlib.resources import files
from uuid import UUID

import pytest

from copartner.api.partner_center.codes import ErrorCode
from copartner.api.partner_center.errors import CLASSES, RULES, code_of_class, code_of_denial
from copartner.app import openapi_document
from copartner.command.denial import Denied
from copartner.kernel.errors import Refusal
from copartner.policy.actions import Action
from copartner.policy.decide import Decision
from copartner.policy.facts import Actor, Cart, Customer, Facts, Home, Order, Resource, Role, Side, Subscription
from support.programme import RULEBOOK

PARTNER = str(UUID(int=1))
# By class name; what is not here is an invalid request: 400, 3000.
CODES = {
    "AddonsAreLarger": "400 2002",
    "AlreadyAssigned": "400 800024",
    "DisplayNameTaken": "400 800024",
    "IllegalStep": "400 800024",
    "UnknownAdminRelationship": "404 1000",
    "UnknownAssignment": "404 1000",
    "UnknownOperation": "404 1000",
    "UnknownRelationshipRequest": "404 1000",
    "UnknownReceipt": "404 1000",
    "UnknownReseller": "404 1000",
    "UnknownCustomerTenant": "404 1000",
    "AlreadyEnrolled": "400 800024",
    "BillingCycleFixed": "400 800097",
    "NotCancelledByOrder": "400 800024",
    "AlreadySigned": "400 800024",
    "AlreadySo": "400 800024",
    "NothingFits": "400 800024",
    "BillingCycleByOrder": "400 2054",
    "Busy": "409 800060",
    "CannotRenew": "400 800093",
    "Circle": "400 800024",
    "LastGlobalAdmin": "400 800024",
    "NameTaken": "400 800024",
    "TooManySecrets": "400 800024",
    "UnknownApplication": "404 1000",
    "IsDeleted": "400 800024",
    "NotAMember": "404 1000",
    "NotDelegated": "403 900308",
    "OutOfLicences": "400 60012",
    "UnknownCustomerUser": "404 60002",
    "UnknownGroup": "404 1000",
    "UnknownMember": "404 1000",
    "UnknownNumber": "404 1000",
    "UnknownSecret": "404 1000",
    "UnknownUser": "404 1000",
    "CartCheckedOut": "400 800065",
    "Ended": "400 2011",
    "IllegalTransition": "400 800040",
    "NoAgreements": "400 900127",
    "NoSandbox": "400 900127",
    "NobodyToWrite": "400 800024",
    "NotAReseller": "400 800016",
    "NotAProvider": "401 6002",
    "TooManyResellers": "403 6004",
    "AccountTaken": "409 1003",
    "NotRemovable": "403 6003",
    "NotPurchasable": "403 2091",
    "NotSoldInCountry": "400 800070",
    "NotTransactingReseller": "400 800016",
    "OnePerSeller": "400 800024",
    "ParentNotActive": "409 27009",
    "PartnerOfRecordFixed": "400 800098",
    "PrerequisiteMissing": "400 800024",
    "QuantityOutOfRange": "400 2002",
    "RelationshipExists": "400 800024",
    "RequestClosed": "400 800024",
    "StaleTag": "400 2055",
    "StatusFixed": "400 800096",
    "SuspendedQuantity": "400 2001",
    "TagNeeded": "400 2055",
    "UnknownAddressee": "404 60003",
    "UnknownAvailability": "404 400019",
    "UnknownCart": "404 800008",
    "UnknownCountry": "404 1000",
    "UnknownCustomer": "403 20002",
    "UnknownDecision": "404 1000",
    "NotTransitionable": "400 800024",
    "NotRegistrable": "400 800024",
    "UnknownLine": "404 20000",
    "UnknownOffer": "404 1000",
    "UnknownPartner": "404 60003",
    "UnknownTemplate": "404 1000",
    "UnknownOrder": "404 20000",
    "UnknownRecord": "404 1000",
    "UnknownProduct": "404 400013",
    "UnknownPromotion": "404 1000",
    "UnknownRelationship": "403 20002",
    "UnknownRequest": "404 1000",
    "UnknownRole": "404 1000",
    "UnknownSku": "404 400018",
    "UnknownSubscription": "404 20003",
    "UnknownTenant": "404 60003",
    "UnknownVersion": "404 1000",
    "BuiltUpon": "400 800024",
    "OwnApproval": "400 800024",
    "WrittenAlready": "400 800024",
    "WrongState": "400 800024",
    "NotKept": "400 800024",
    "NotADraft": "400 800024",
    "TryingOut": "409 800060",
    "NotOut": "400 800024",
    "NoEventAddress": "404 1000",
    "UnknownAnnouncement": "404 1000",
    "NoToken": "401 400",
    "NotThisSide": "401 800001",
    "UserTokenNeeded": "403 900329",
    "NotFound": "404 1000",
    "Illegal": "400 800024",
    "Conflict": "400 800024",
}


def kinds(base: type[Exception] = Refusal) -> set[type[Exception]]:
    """Every class of refusal that the application can meet."""
    found = {kind for child in base.__subclasses__() for kind in (child, *kinds(child))} - {Denied}
    # Sign-in's are told by the authority's own dialect.
    return {kind for kind in found if kind.__module__.startswith("copartner.") and ".signin." not in kind.__module__}


def test_every_refusal_has_its_code() -> None:
    openapi_document()  # whatever is served has been imported then
    found = {}
    for kind in kinds():
        code = code_of_class(kind.__new__(kind))
        found[kind.__name__] = f"{code.status} {code.code}"
    assert {name: code for name, code in found.items() if code != "400 3000"} == CODES


def test_the_codes_are_those_of_the_contract() -> None:
    text = (files("copartner.api.partner_center") / "errors.csv").read_text()
    rows = {(int(row["http_status"]), row["code"]) for row in csv.DictReader(text.splitlines())}
    # 429 alone has no code.
    assert {code.value for code in ErrorCode} == rows - {(429, "")}
    assert {type(code) for code in (*CLASSES.values(), *RULES.values())} == {ErrorCode}


def test_every_forbid_has_a_code_of_its_own_or_conceals_the_thing() -> None:
    forbids = {rule.id: rule for rule in RULEBOOK.rules if not rule.permits}
    without = {name for name, rule in forbids.items() if name not in RULES and not rule.caller}
    assert without == set()
    assert RULES.keys() <= forbids.keys()


def denied(
    resource: Resource, *rules: str, roles: tuple[Role, ...] = (Role.SALES_AGENT,), concealed: bool = False
) -> str:
    facts = Facts(Actor("a", PARTNER, roles, Side.PARTNER), resource)
    made = Denied(Action.SUBSCRIPTION_READ, facts, Decision(False, rules, "digest"))
    made.concealed = concealed
    code = code_of_denial(made)
    return f"{code.status} {code.code}"


@pytest.mark.parametrize(
    ("resource", "rules", "expected"),
    [
        (Home("h", PARTNER), (), "403 900150"),
        (Subscription("s"), ("mp-visibility", "mp-subscription"), "404 20003"),
        (Subscription("s"), ("mp-visibility", "rel-required"), "403 20002"),
        (Order("o"), ("mp-visibility",), "404 20000"),
        (Cart("c"), ("mp-visibility", "csp-tenant-only", "mca-confirmed"), "404 800008"),
        (Cart("c"), ("csp-tenant-only", "mca-confirmed"), "403 2085"),
        (Customer("c"), ("rel-market", "mca-confirmed"), "403 2030"),
        (Customer("c"), ("csp-self-affiliate", "rel-market"), "403 2085"),
        (Customer("c"), ("rel-own-name",), "403 20002"),
        (Customer("c"), ("user-only", "rel-required"), "403 20002"),
        (Customer("c"), ("user-only",), "403 900329"),
        (Customer("c"), ("rel-end", "rel-end-cancelled"), "400 3000"),
        (Customer("c"), ("seats-pooled",), "400 2002"),
        (Customer("c"), ("some-later-rule",), "403 2032"),
    ],
)
def test_codes_of_denials(resource: Resource, rules: tuple[str, ...], expected: str) -> None:
    assert denied(resource, *rules) == expected


def test_what_is_concealed_is_not_found_whatever_else_fired() -> None:
    assert denied(Home("h", PARTNER), "own-tenant", "rel-acceptor", concealed=True) == "404 1000"


def test_a_bearer_without_roles_is_no_partner() -> None:
    assert denied(Customer("c"), "rel-required", roles=()) == "401 800001"
