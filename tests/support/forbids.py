"""Facts to which one forbid alone objects, of the rules about delegation, agreements and the kinds of partners."""

from collections.abc import Callable, Iterator
from datetime import date

import msgspec

from copartner.policy.actions import Action
from copartner.policy.facts import Cloud, Ending, Facts
from copartner.proof.specimens import (
    BUSINESS,
    BUYER,
    OTHER,
    PARTNER,
    STORY_DAYS,
    with_context,
    with_organisation,
    with_resource,
    with_tenant,
)
from support.forbids_of_sales import BINDING, SELLING

Change = Callable[[Facts], Facts]
Row = tuple[str, Action, str, Change, Cloud, date]
_PRESENT = STORY_DAYS[1]


def rows() -> Iterator[Row]:
    """Rule, action, type of resource, what is wrong, where and when."""
    yield from _delegation()
    yield from _partners()


def _delegation() -> Iterator[Row]:
    for cloud in Cloud:
        yield "dap-required", Action.CUSTOMER_ADD_DOMAIN, "Customer", _undelegated, cloud, _PRESENT


def _partners() -> Iterator[Row]:
    begun = (*(pair for pair in SELLING if pair[0] is not Action.CART_EDIT), BINDING[1])
    for action, kind in begun:
        for day in (date(2020, 2, 1), _PRESENT):
            yield "mpa-signed", action, kind, _with_partner(agreement_signed=False), Cloud.COMMERCIAL, day
        if action is not Action.CONSENT_ACCEPT:
            yield "reseller-limits", action, kind, _with_partner(indirect_reseller=True), Cloud.COMMERCIAL, _PRESENT
    for change in (_shared(True), _shared(None), _reserved):
        yield "cust-purge", Action.CUSTOMER_PURGE, "Customer", change, Cloud.COMMERCIAL, _PRESENT
    for action, kind in SELLING:
        for day in (date(2020, 5, 15), _PRESENT):
            yield "csp-tier-customer", action, kind, _buyer_resells, Cloud.COMMERCIAL, day
    yield "mpa-signed-reseller", Action.CUSTOMER_CREATE, "Customer", _for_unsigned, Cloud.COMMERCIAL, _PRESENT


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
