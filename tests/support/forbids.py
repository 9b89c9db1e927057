"""Facts to which one forbid alone objects, of the rules about delegation, agreements and the kinds of partners."""

from collections.abc import Callable, Iterator
from datetime import date

import msgspec

from copartner.policy.actions import Action
from copartner.policy.actions import Action as A
from copartner.policy.facts import Cloud, Ending, Facts, Role, Side
from copartner.proof.specimens import (
    BUSINESS,
    BUYER,
    CUSTOMER,
    OTHER,
    PARTNER,
    STORY_DAYS,
    with_context,
    with_organisation,
    with_principal,
    with_resource,
    with_tenant,
)
from support import forbids_of_behalf
from support.forbids_of_sales import BINDING, ORDERING, SELLING

Change = Callable[[Facts], Facts]
Row = tuple[str, Action, str, Change, Cloud, date]
_PRESENT = STORY_DAYS[1]
_EVE_OF_APRIL, _APRIL = date(2026, 3, 31), date(2026, 4, 1)
GRANTING = (A.ADMIN_CONSENT_APPROVE, A.ADMIN_CONSENT_COUNTER, A.ADMIN_RELATIONSHIP_TAKE)


def rows() -> Iterator[Row]:
    """Rule, action, type of resource, what is wrong, where and when."""
    yield from _delegation()
    yield from _partners()
    yield from _of_one_service()
    yield from _azure()
    yield from _granular()
    yield from _access()
    yield from _versions()
    yield from _operating()
    yield from _announced()
    yield from forbids_of_behalf.rows()


def _delegation() -> Iterator[Row]:
    for cloud in Cloud:
        yield "dap-required", Action.CUSTOMER_ADD_DOMAIN, "Customer", _undelegated, cloud, _PRESENT


def _granular() -> Iterator[Row]:
    begins, kind = date(2022, 1, 1), "AdminRelationship"
    everything = (
        (A.ADMIN_RELATIONSHIP_CREATE, kind),
        (A.ADMIN_RELATIONSHIP_END, kind),
        (A.ADMIN_CONSENT_APPROVE, kind),
        (A.ACCESS_ASSIGNMENT_CREATE, kind),
        (A.ACCESS_ASSIGNMENT_CHANGE, kind),
        (A.ACCESS_ASSIGNMENT_DELETE, kind),
        (A.ADMIN_RELATIONSHIP_PROVIDE, kind),
        *((action, kind) for action in GRANTING),
    )
    for action, thing in everything:
        yield "gdap-start", action, thing, _as_it_is, Cloud.COMMERCIAL, date(2021, 12, 31)
        yield "gdap-national", action, thing, _as_it_is, Cloud.US_GOVERNMENT, _PRESENT
        yield "gdap-national", action, thing, _as_it_is, Cloud.CHINA, _PRESENT
    asking = (A.ADMIN_RELATIONSHIP_CREATE, A.ADMIN_RELATIONSHIP_CHANGE, A.ADMIN_RELATIONSHIP_ASK)
    others = (A.ADMIN_RELATIONSHIP_TAKE, A.ADMIN_RELATIONSHIP_CONSENT)
    for action in (
        *asking,
        *others,
        A.ADMIN_RELATIONSHIP_DELETE,
        A.ADMIN_RELATIONSHIP_END,
        A.ADMIN_RELATIONSHIP_EXTEND,
    ):
        yield "gdap-asker", action, kind, _by_global_admin, Cloud.COMMERCIAL, begins
        yield "gdap-own", action, kind, lambda facts: with_resource(facts, partner=OTHER), Cloud.COMMERCIAL, _PRESENT
    giving = (A.ACCESS_ASSIGNMENT_CREATE, A.ACCESS_ASSIGNMENT_CHANGE)
    for action in (*giving, A.ACCESS_ASSIGNMENT_DELETE):
        yield "gdap-assigner", action, kind, _by(Role.BILLING_ADMIN), Cloud.COMMERCIAL, begins
        yield "gdap-own", action, kind, lambda facts: with_resource(facts, partner=OTHER), Cloud.COMMERCIAL, _PRESENT
    for action in giving:
        for held in (False, None):
            yield "gdap-active", action, kind, _being(active=held), Cloud.COMMERCIAL, _PRESENT
            yield "gdap-within", action, kind, _being(roles_within=held), Cloud.COMMERCIAL, _PRESENT
    for action in (A.ADMIN_RELATIONSHIP_READ, A.ACCESS_ASSIGNMENT_READ, A.ADMIN_CUSTOMER_READ):
        yield "gdap-own", action, kind, _without_partner, Cloud.COMMERCIAL, _PRESENT
    yield "gdap-asker", A.ADMIN_RELATIONSHIP_PROVIDE, kind, _by_global_admin, Cloud.COMMERCIAL, begins
    for wrong in (_provided(CUSTOMER), _provided(None), _without_partner, _unrelated):
        yield "gdap-provider", A.ADMIN_RELATIONSHIP_PROVIDE, kind, wrong, Cloud.COMMERCIAL, _PRESENT
    for action in GRANTING:
        for held in (False, None):
            yield "gdap-cap", action, kind, _in_cap(held), Cloud.COMMERCIAL, begins
            yield "gdap-reseller-consent", action, kind, _consented(held), Cloud.COMMERCIAL, begins
    for action in (*asking, *GRANTING, A.ADMIN_RELATIONSHIP_PROVIDE):
        for held in (False, None):
            yield "gdap-limits", action, kind, _within(held), Cloud.COMMERCIAL, begins
    answers = (A.ADMIN_CONSENT_READ, A.ADMIN_CONSENT_APPROVE, A.ADMIN_CONSENT_COUNTER, A.ADMIN_CONSENT_REJECT)
    for action in (*answers, A.ADMIN_CONSENT_END):
        for customer in (OTHER, None):
            yield "gdap-addressee", action, kind, _addressed_to(customer), Cloud.COMMERCIAL, _PRESENT
        yield "gdap-addressee", action, kind, _without_partner, Cloud.COMMERCIAL, _PRESENT
        for role in (Role.BILLING_ADMIN, Role.DELEGATION_ADMIN):
            yield "gdap-acceptor", action, kind, _by(role), Cloud.COMMERCIAL, _EVE_OF_APRIL
        yield "gdap-acceptor-2026", action, kind, _by(Role.BILLING_ADMIN), Cloud.COMMERCIAL, _APRIL


def _access() -> Iterator[Row]:
    for cloud in Cloud:
        for change in (_without_partner, _addressed_to(None), lambda facts: with_resource(facts, partner=OTHER)):
            yield "access-told", A.ACCESS_READ, "Access", change, cloud, _PRESENT
        for change in (_without_partner, _addressed_to(None), _addressed_to(OTHER)):
            yield "access-revoked", A.ACCESS_REVOKE, "Access", change, cloud, _PRESENT
        yield "access-revoker", A.ACCESS_REVOKE, "Access", _by(Role.BILLING_ADMIN), cloud, _PRESENT


def _versions() -> Iterator[Row]:
    kind, approve = "RuleVersion", A.RULE_VERSION_APPROVE
    others = (A.RULE_VERSION_READ, A.RULE_VERSION_CHECK, A.RULE_VERSION_WITHDRAW, A.RULE_VERSION_TAKE_BACK)
    for cloud in Cloud:
        for action in (A.RULE_VERSION_PROPOSE, A.RULE_VERSION_LIST, A.DECISION_REPEAT):
            yield "rules-operator", action, "Home", _by(Role.BILLING_ADMIN), cloud, _PRESENT
        for action in (approve, *others):
            for who in (_by(Role.BILLING_ADMIN), lambda facts: with_principal(facts, side=Side.PARTNER)):
                yield "rules-operator", action, kind, who, cloud, _PRESENT
            for tenant in (OTHER, None):
                yield "rules-own", action, kind, _being(tenant=tenant), cloud, _PRESENT
        for rule, held in (
            ("rules-second", {"proposer": "u-actor"}), ("rules-second", {"proposer": None}),
            ("rules-proved", {"proved": False}), ("rules-proved", {"proved": None}),
            ("rules-notice", {"notice": 29}), ("rules-notice", {"notice": None}),
        ):  # fmt: skip
            yield rule, approve, kind, lambda facts, held=held: with_resource(facts, **held), cloud, _PRESENT


def _operating() -> Iterator[Row]:
    at_home, of_one = (A.TENANT_LIST, A.DEPLOYMENT_READ), (A.TENANT_READ, A.TENANT_ENROL, A.TENANT_SET_AFFILIATE)
    for cloud in Cloud:
        for kind, actions in (("Home", at_home), ("TenantRecord", of_one)):
            for action in actions:
                yield "operating-alone", action, kind, _by(Role.BILLING_ADMIN), cloud, _PRESENT
        for action in of_one:
            for side in (Side.PARTNER, Side.CUSTOMER):
                yield (
                    *("operating-alone", action, "TenantRecord"),
                    lambda facts, side=side: with_principal(facts, side=side),
                    *(cloud, _PRESENT),
                )


def _announced() -> Iterator[Row]:
    for change in (_being_told(published=False), _being_told(audience=()), _being_told(audience=(Side.CUSTOMER,))):
        yield "announcement-told", A.ANNOUNCEMENT_READ, "Announcement", change, Cloud.COMMERCIAL, _PRESENT


def _being_told(**held: object) -> Change:
    return lambda facts: with_resource(facts, **held)


def _as_it_is(facts: Facts) -> Facts:
    return facts


def _by_global_admin(facts: Facts) -> Facts:
    return with_principal(facts, roles=(Role.GLOBAL_ADMIN,))


def _by(role: Role) -> Change:
    return lambda facts: with_principal(facts, roles=(role,))


def _provided(provider: str | None) -> Change:
    return lambda facts: with_resource(facts, provider=provider)


def _unrelated(facts: Facts) -> Facts:
    return with_organisation(facts, BUSINESS, providers=())


def _in_cap(held: bool | None) -> Change:
    return lambda facts: with_resource(facts, within_cap=held)


def _consented(held: bool | None) -> Change:
    return lambda facts: with_resource(facts, provider=OTHER, reseller_consented=held)


def _without_partner(facts: Facts) -> Facts:
    return with_resource(facts, partner=None)


def _within(held: bool | None) -> Change:
    return lambda facts: with_resource(facts, within_limits=held)


def _being(**held: bool | None) -> Change:
    return lambda facts: with_resource(facts, **held)


def _addressed_to(customer: str | None) -> Change:
    return lambda facts: with_resource(facts, customer=customer)


def _partners() -> Iterator[Row]:
    begun = (*(pair for pair in SELLING if pair[0] is not Action.CART_EDIT), BINDING[1])
    for action, kind in begun:
        for day in (date(2020, 2, 1), _PRESENT):
            yield "mpa-signed", action, kind, _with_partner(agreement_signed=False), Cloud.COMMERCIAL, day
        if action is not Action.CONSENT_ACCEPT:
            yield "reseller-limits", action, kind, _with_partner(indirect_reseller=True), Cloud.COMMERCIAL, _PRESENT
            yield "enrol-restricted", action, kind, _with_partner(restricted=True), Cloud.COMMERCIAL, _PRESENT
    invited = Action.RELATIONSHIP_REQUEST_SEND, "RelationshipRequest", _with_partner(restricted=True)
    yield "enrol-restricted", *invited, Cloud.COMMERCIAL, _PRESENT
    for change in (_shared(True), _shared(None), _reserved):
        yield "cust-purge", Action.CUSTOMER_PURGE, "Customer", change, Cloud.COMMERCIAL, _PRESENT
    for action, kind in SELLING:
        for day in (date(2020, 5, 15), _PRESENT):
            yield "csp-tier-customer", action, kind, _buyer_resells, Cloud.COMMERCIAL, day
    yield "mpa-signed-reseller", Action.CUSTOMER_CREATE, "Customer", _for_unsigned, Cloud.COMMERCIAL, _PRESENT


def _of_one_service() -> Iterator[Row]:
    begun, ended = date(2016, 12, 1), date(2017, 6, 30)
    for action, kind in ORDERING:
        for held in (True, None):
            for day in (begun, ended):
                yield "one-dap-per-service-2016", action, kind, _delegated_elsewhere(held), Cloud.COMMERCIAL, day
            for day in (date(2016, 10, 1), _PRESENT):
                yield "one-dap-per-service", action, kind, _delegated_elsewhere(held), Cloud.CHINA, day


def _azure() -> Iterator[Row]:
    for action, kind in SELLING[1:]:
        for held in (True, None):
            for day in (date(2021, 7, 1), _PRESENT):
                yield "cn-no-azure", action, kind, _with_azure(held), Cloud.CHINA, day


def _with_azure(held: bool | None) -> Change:
    return lambda facts: with_context(facts, azure=held)


def _delegated_elsewhere(held: bool | None) -> Change:
    return lambda facts: with_context(facts, service_delegated_elsewhere=held)


def _shared(held: bool | None) -> Change:
    return lambda facts: with_context(facts, shared=held)


def _reserved(facts: Facts) -> Facts:
    return with_context(facts, ending=Ending(0, 0, 1))


def _with_partner(**changes: object) -> Change:
    return lambda facts: with_tenant(facts, PARTNER, **changes)


def _buyer_resells(facts: Facts) -> Facts:
    return with_organisation(facts, BUYER, providers=(BUSINESS,))


def _for_unsigned(facts: Facts) -> Facts:
    seller = facts.tenants[0]
    reseller = msgspec.structs.replace(seller, id=OTHER, agreement_signed=False, indirect_reseller=True)
    return with_resource(msgspec.structs.replace(facts, tenants=(*facts.tenants, reseller)), reseller=OTHER)


def _undelegated(facts: Facts) -> Facts:
    held = facts.context.relationship
    assert held is not None
    return with_context(facts, relationship=msgspec.structs.replace(held, privileges=False))
