"""No rule is there for nothing: each decides alone on a request of its own, says so, and lets go of it when deleted."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from copartner.customers import rules as customer_rules
from copartner.customers.model import BillingDetails, NewCustomer
from copartner.customers.rules import gives_default_roles
from copartner.policy.actions import Action
from copartner.policy.decide import decide_cold
from copartner.policy.explain import explain
from copartner.policy.facts import Cloud, Role, Side
from copartner.policy.obligations import obligations
from copartner.policy.rulebook import RuleSet
from copartner.proof.specimens import specimen, with_context
from copartner.relationships import passing, passing_store
from copartner.relationships.rules import IDLE
from copartner.tenants.details import Address
from policy.effects import BOOK, effect, ended, without

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)

RULES = sorted({(rule.id, cloud) for rule in BOOK.rules for cloud in rule.clouds})


@pytest.mark.parametrize(("name", "cloud"), RULES, ids="-".join)
def test_a_rule_decides_alone_in_each_cloud_whenever_it_is_in_force(name: str, cloud: Cloud) -> None:
    shown = None
    for rules in (one for one in BOOK.spans(cloud) if name in one.by_id):
        rule = rules.rule(name)
        found = effect(rules, rule)
        if found is None:
            assert ended(rules, rule), f"{name} does nothing of its own in {cloud} from {rules.begins}"
        else:
            shown = rules, rule, found
    assert shown is not None, f"{name} never does anything in {cloud}: give it the clouds and dates in which it does"
    rules, rule, (action, facts, decision) = shown
    assert rule.text in explain(rules, action, facts, decision).summary
    deleted = decide_cold(without(rules, rule), action, facts)
    assert deleted.allowed != rule.permits
    assert name not in deleted.rules


def test_a_rule_that_is_set_aside_would_decide_if_it_were_followed() -> None:
    (single,) = BOOK.set_aside
    assert single.id == "gov-single"
    rules = BOOK.at(Cloud.US_GOVERNMENT, date(2021, 10, 31))
    followed = RuleSet(rules.cloud, rules.begins, rules.ends, (*rules.rules, single), rules.schema)
    facts = specimen(Action.ORDER_PLACE, "Customer", rules.cloud, Side.PARTNER, (Role.ADMIN_AGENT,))
    for shared, allowed in ((True, False), (None, False), (False, True)):
        decision = decide_cold(followed, Action.ORDER_PLACE, with_context(facts, shared=shared))
        assert (decision.allowed, single.id in decision.rules) == (allowed, not allowed)
    assert decide_cold(rules, Action.ORDER_PLACE, with_context(facts, shared=True)).allowed


async def _idle_privileges_go(cloud: Cloud, patch: pytest.MonkeyPatch) -> bool:
    async def longest(*_: object) -> tuple[object, datetime]:
        return object(), NOW - 2 * IDLE

    patch.setattr(passing_store, "longest_idle", longest)
    system = SimpleNamespace(cloud=cloud)
    return await passing.next_idle(cast(Any, system), cast(Any, None), NOW) is not None


async def _default_roles_come(cloud: Cloud, patch: pytest.MonkeyPatch) -> bool:
    del patch
    details = BillingDetails(email="", company_name="", culture="", language="", address=Address(country="DE"))
    return gives_default_roles(NewCustomer(company_name="", domain="", billing=details), cloud=cloud, now=NOW)


OBLIGED = {
    "dap-idle": (passing, _idle_privileges_go),
    "cust-default-gdap": (customer_rules, _default_roles_come),
}


def test_every_obligation_is_shown() -> None:
    assert OBLIGED.keys() == obligations().keys()


@pytest.mark.parametrize("name", OBLIGED)
async def test_an_obligation_is_what_makes_it_happen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, happens = OBLIGED[name]
    rule = obligations()[name]
    assert rule.text
    for cloud in Cloud:
        assert await happens(cloud, monkeypatch) == (cloud in rule.clouds)
    nowhere = {**obligations(), name: replace(rule, clouds=frozenset())}
    monkeypatch.setattr(module, "obligations", lambda: nowhere)
    for cloud in Cloud:
        assert not await happens(cloud, monkeypatch)
