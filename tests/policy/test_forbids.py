"""Each forbid denies what it is for, and nothing else does: with that one deleted the same facts are allowed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

import msgspec
import pytest

from copartner.policy.actions import Action
from copartner.policy.decide import decide_cold
from copartner.policy.facts import Agreement, Cloud, Ending, Facts, Organisation, Pool, Relationship, Role
from copartner.policy.rulebook import Rulebook
from copartner.proof.specimens import (
    BUSINESS,
    BUYER,
    CUSTOMER,
    OPERATOR,
    OTHER,
    OTHER_BUSINESS,
    PARTNER,
    STORY_DAYS,
    sides,
    specimen,
    with_context,
    with_organisation,
    with_principal,
    with_resource,
    with_tenant,
)
from support import forbids
from support.forbids_of_sales import BINDING, CHANGES, SELLING
from support.rulebook import RULEBOOK

C, G, V = Cloud.COMMERCIAL, Cloud.US_GOVERNMENT, Cloud.CHINA
SEED, PRESENT = STORY_DAYS
Change = Callable[[Facts], Facts]


@dataclass(frozen=True)
class Case:
    """Facts that one forbid alone objects to."""

    rule: str
    action: Action
    kind: str
    change: Change
    cloud: Cloud = C
    day: date = PRESENT


def foreign(facts: Facts) -> Facts:
    return with_resource(facts, partner=OTHER)


def foreign_but_fitting(facts: Facts) -> Facts:
    seller = msgspec.structs.replace(facts.tenants[0], id=OTHER, organisation=OTHER_BUSINESS)
    return foreign(
        msgspec.structs.replace(
            facts,
            tenants=(*facts.tenants, seller),
            organisations=(*facts.organisations, Organisation(OTHER_BUSINESS, (), enrolled=True)),
        )
    )


def missing(facts: Facts) -> Facts:
    return with_resource(facts, partner=None)


def bought_directly(facts: Facts) -> Facts:
    return with_resource(facts, partner=OPERATOR)


def _witness(*, partner: str = PARTNER, customer: str = CUSTOMER, active: bool = True) -> Change:
    return lambda facts: with_context(facts, relationship=Relationship("r-1", partner, customer, active))


def elsewhere(facts: Facts) -> Facts:
    return with_resource(facts, customer=OTHER)


def _affiliated(of: str, to: str) -> Change:
    return lambda facts: with_organisation(facts, of, affiliates=(to,))


def _managing(facts: Facts) -> Facts:
    return with_principal(facts, roles=(Role.USER_MANAGEMENT_ADMIN,))


def _asking(wanted: bool | None) -> Change:
    return lambda facts: with_resource(facts, admin_consent=wanted)


def _same_business(facts: Facts) -> Facts:
    return with_tenant(facts, CUSTOMER, organisation=BUSINESS)


def _own_shared_services(facts: Facts) -> Facts:
    return with_tenant(with_context(facts, azure_only=False), CUSTOMER, organisation=BUSINESS, shared_services=True)


def _cases() -> list[Case]:
    made = [
        Case(rule, action, "Subscription", change)
        for rule, actions in CHANGES.items()
        for action in actions
        for change in (foreign, missing, bought_directly)
    ]
    made += [
        Case("mp-visibility", action, kind, change)
        for action, kind in (
            (Action.ORDER_READ, "Order"),
            (Action.ORDER_CANCEL, "Order"),
            (Action.ORDER_CHANGE_BILLING_CYCLE, "Order"),
            (Action.CART_READ, "Cart"),
        )
        for change in (foreign, missing)
    ]
    # These are selling too, so the seller of the foreign thing has to be one that could sell.
    made += [
        Case(rule, action, kind, foreign_but_fitting)
        for rule, action, kind in (
            ("mp-visibility", Action.CART_EDIT, "Cart"),
            ("mp-visibility", Action.CART_CHECKOUT, "Cart"),
            ("mp-visibility", Action.ORDER_EXTEND, "Order"),
            ("mp-terms", Action.SUBSCRIPTION_TRANSITION, "Subscription"),
        )
    ]
    for action, kind in SELLING:
        made += [
            Case("csp-tenant-only", action, kind, lambda f: with_tenant(f, CUSTOMER, enrolled=True)),
            Case("csp-tenant-only", action, kind, lambda f: with_tenant(f, CUSTOMER, enrolled=True), G, SEED),
            Case(
                "csp-no-partner-buyer",
                action,
                kind,
                lambda f: with_organisation(f, BUYER, enrolled=True),
                day=date(2020, 11, 28),
            ),
            Case("csp-self-affiliate", action, kind, _affiliated(BUSINESS, BUYER)),
            Case("csp-self-affiliate", action, kind, _affiliated(BUYER, BUSINESS), V),
            Case("csp-self-affiliate", action, kind, _affiliated(BUSINESS, BUYER), day=date(2020, 5, 15)),
            Case("csp-self-affiliate", action, kind, _same_business, day=SEED),
            Case("rel-cloud", action, kind, lambda f: with_tenant(f, CUSTOMER, cloud=V)),
            Case("rel-market", action, kind, lambda f: with_tenant(f, CUSTOMER, country="CH")),
        ]
        if action is not Action.CONSENT_ACCEPT:
            made.append(Case("csp-self-affiliate", action, kind, _own_shared_services))
    for action, kind in BINDING:
        made += [
            Case("rel-cloud", action, kind, lambda f: with_tenant(f, CUSTOMER, cloud=C), G, SEED),
            Case("rel-market", action, kind, lambda f: with_tenant(f, PARTNER, markets=()), day=date(2019, 1, 16)),
            Case("rel-address", action, kind, lambda f: with_tenant(f, CUSTOMER, country="DE"), G),
        ]
    return made + _relationship_cases() + _other_cases()


def _relationship_cases() -> list[Case]:
    witnesses = (
        lambda f: with_context(f, relationship=None),
        _witness(active=False),
        _witness(partner=OTHER),
        _witness(customer=OTHER),
    )
    made = [
        Case("rel-required", action, kind, change)
        for action, kind in (
            (Action.CUSTOMER_READ, "Customer"),
            (Action.CART_CREATE, "Customer"),
            (Action.CART_CHECKOUT, "Cart"),
            (Action.SUBSCRIPTION_READ, "Subscription"),
            (Action.SUBSCRIPTION_SUSPEND, "Subscription"),
            (Action.AGREEMENT_ATTEST, "Customer"),
            (Action.SEATS_TAKE, "Cart"),
        )
        for change in witnesses
    ]
    made += [
        Case("rel-own-name", Action.CUSTOMER_READ, "Customer", foreign),
        Case("rel-own-name", Action.SEATS_TAKE, "Cart", foreign),
        Case("rel-own-request", Action.RELATIONSHIP_REQUEST_READ, "RelationshipRequest", foreign),
        Case("rel-own-request", Action.RELATIONSHIP_REQUEST_WITHDRAW, "RelationshipRequest", missing),
        Case("rel-own-request", Action.RELATIONSHIP_REQUEST_SEND, "RelationshipRequest", foreign_but_fitting),
        Case("rel-own-side", Action.OWN_RELATIONSHIP_REMOVE_PRIVILEGES, "Customer", elsewhere),
        Case("rel-own-side", Action.OWN_RELATIONSHIP_REMOVE_PRIVILEGES, "Customer", _witness(partner=OTHER)),
    ]
    for action in (Action.CONSENT_READ, Action.CONSENT_DECLINE):
        made += [
            Case("rel-addressee", action, "RelationshipRequest", elsewhere),
            Case("rel-addressee", action, "RelationshipRequest", missing),
        ]
    for action in (Action.CONSENT_READ, Action.CONSENT_ACCEPT, Action.CONSENT_DECLINE):
        made += [
            Case("rel-acceptor", action, "RelationshipRequest", lambda f, role=role: with_principal(f, roles=(role,)))
            for role in (Role.USER, Role.BILLING_ADMIN)
        ]
    return made


def _other_cases() -> list[Case]:
    end, take = Action.CUSTOMER_END_RELATIONSHIP, Action.SEATS_TAKE
    made = [
        Case("rel-end", end, "Customer", lambda f: with_context(f, ending=Ending(1, 0, 0))),
        Case("rel-end", end, "Customer", lambda f: with_context(f, ending=Ending(0, 0, 1))),
        Case("rel-end", end, "Customer", lambda f: with_context(f, ending=None), day=SEED),
        Case("rel-end-cancelled", end, "Customer", lambda f: with_context(f, ending=Ending(0, 1, 0))),
        Case("rel-dap-forced", Action.RELATIONSHIP_REQUEST_OMIT_PRIVILEGES, "RelationshipRequest", lambda f: f, G),
        Case("rel-dap-ended", Action.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES, "RelationshipRequest", lambda f: f),
        Case("rel-dap-ended", Action.CONSENT_GRANT_PRIVILEGES, "RelationshipRequest", lambda f: f),
        Case("own-tenant", Action.CUSTOMER_LIST, "Home", lambda f: with_resource(f, tenant=OTHER)),
        Case("own-tenant", Action.AUDIT_READ, "Home", lambda f: with_resource(f, tenant=OTHER)),
        Case("own-decision", Action.DECISION_READ, "DecisionRecord", lambda f: with_resource(f, tenant=OTHER)),
        *(
            Case("own-directory", action, kind, lambda f, home=home: with_resource(f, tenant=home))
            for action, kind in (
                (Action.USER_READ, "UserRecord"),
                (Action.GROUP_CHANGE, "GroupRecord"),
                (Action.APPLICATION_CHANGE, "ApplicationRecord"),
            )
            for home in (OTHER, None)
        ),
        *(
            Case("dir-guarded", action, kind, lambda f, held=held: _managing(with_resource(f, guarded=held)))
            for action, kind in (
                (Action.USER_CHANGE, "UserRecord"),
                (Action.USER_SET_ROLE, "UserRecord"),
                (Action.GROUP_CHANGE, "GroupRecord"),
            )
            for held in (True, None)
        ),
        Case("dir-global-admin", Action.USER_SET_GLOBAL_ADMIN, "UserRecord", _managing),
        *(
            Case("dir-admin-consent", Action.APPLICATION_CONSENT, "ApplicationRecord", _asking(wanted))
            for wanted in (True, None)
        ),
        Case("user-only", Action.CUSTOMER_CREATE, "Customer", lambda f: with_principal(f, app_only=True)),
        Case("seats-pooled", take, "Cart", lambda f: with_context(f, pool=Pool(300, 295, 6))),
        Case("seats-pooled", take, "Subscription", lambda f: with_context(f, pool=None)),
        *(
            Case(
                "rel-dap-asked",
                Action.CONSENT_GRANT_PRIVILEGES,
                "RelationshipRequest",
                lambda f, held=held: with_resource(f, includes_privileges=held),
                day=SEED,
            )
            for held in (False, None)
        ),
    ]
    for action, kind in (
        (Action.CART_CHECKOUT, "Cart"),
        (Action.ORDER_PLACE, "Customer"),
        (Action.SUBSCRIPTION_CHANGE_QUANTITY, "Subscription"),
        (Action.SUBSCRIPTION_TRANSITION, "Subscription"),
        (Action.ORDER_EXTEND, "Order"),
    ):
        for agreement in (None, Agreement("a-1", OTHER), Agreement("a-1", CUSTOMER, OTHER)):
            made.append(Case("mca-confirmed", action, kind, lambda f, held=agreement: with_context(f, agreement=held)))
    return made


CASES = [*_cases(), *(Case(*row) for row in forbids.rows())]


@cache
def _book() -> Rulebook:
    return RULEBOOK


@cache
def _without(rule: str) -> Rulebook:
    return _book().variant(drop={rule}, permit_all=True)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.rule}-{c.action}-{c.kind}-{c.cloud}-{c.day}")
def test_a_forbid_denies_and_nothing_else_would(case: Case) -> None:
    side = sides(case.action)[0]
    facts = case.change(specimen(case.action, case.kind, case.cloud, side, (Role.GLOBAL_ADMIN, Role.ADMIN_AGENT)))
    held = decide_cold(_book().at(case.cloud, case.day), case.action, facts)
    assert not held.allowed
    assert held.rules == (case.rule,)
    assert held.doubt == ()
    deleted = decide_cold(_without(case.rule).at(case.cloud, case.day), case.action, facts)
    assert deleted.allowed, deleted
