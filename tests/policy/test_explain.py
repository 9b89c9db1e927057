"""A denial says which rule, what it judged and what is missing."""

from datetime import date

import pytest

from copartner.policy.actions import Action
from copartner.policy.decide import decide
from copartner.policy.explain import Explanation, Fact, explain
from copartner.policy.facts import Agreement, Cloud, Facts, Relationship, Role, Side
from copartner.proof.specimens import (
    CUSTOMER,
    OTHER,
    PARTNER,
    kinds,
    sides,
    specimen,
    with_context,
    with_principal,
    with_resource,
)
from support.rulebook import RULEBOOK as BOOK

RULES = BOOK.at(Cloud.COMMERCIAL, date(2026, 11, 22))


def _facts(action: Action, role: Role, kind: str = "Subscription") -> Facts:
    return specimen(action, kind, Cloud.COMMERCIAL, Side.PARTNER, (role,))


def _explained(action: Action, facts: Facts) -> Explanation:
    return explain(RULES, action, facts, decide(RULES, action, facts))


def test_a_forbid_names_what_it_judged() -> None:
    facts = with_resource(_facts(Action.SUBSCRIPTION_SUSPEND, Role.ADMIN_AGENT), partner=OTHER)
    made = _explained(Action.SUBSCRIPTION_SUSPEND, facts)
    (reason,) = made.reasons
    assert not made.allowed
    assert made.summary == "A partner changes no state, quantity or name of a subscription it did not sell."
    assert reason.rule == "mp-subscription"
    assert reason.facts == (Fact("resource.partner", OTHER), Fact("principal.tenant", PARTNER))
    assert reason.missing == ("resource.partner is principal.tenant",)
    assert reason.caller == "There is no such subscription among yours."


def test_an_absent_fact_is_said_to_be_absent() -> None:
    facts = with_context(_facts(Action.SUBSCRIPTION_READ, Role.ADMIN_AGENT), relationship=None)
    (reason,) = _explained(Action.SUBSCRIPTION_READ, facts).reasons
    assert Fact("context.relationship.active", "absent") in reason.facts
    assert "context.relationship is known" in reason.missing


def test_a_witness_is_judged_whole() -> None:
    witness = Relationship("r-9", PARTNER, CUSTOMER, active=False)
    facts = with_context(_facts(Action.SUBSCRIPTION_READ, Role.ADMIN_AGENT), relationship=witness)
    (reason,) = _explained(Action.SUBSCRIPTION_READ, facts).reasons
    assert reason.missing == ("context.relationship.active",)


def test_a_default_denial_names_the_permits_that_exist() -> None:
    made = _explained(Action.SUBSCRIPTION_SUSPEND, _facts(Action.SUBSCRIPTION_SUSPEND, Role.HELPDESK_AGENT))
    (reason,) = made.reasons
    assert reason.permits
    assert reason.rule == "role-subscriptions-change"
    assert reason.missing == ("principal.roles contains one of Global admin, Admin agent, Sales agent",)
    assert Fact("principal.roles", "Helpdesk agent") in reason.facts
    assert "Global admin, Admin agent or Sales agent" in made.summary


def test_what_nobody_may_do_is_said_to_be_so() -> None:
    made = _explained(Action.SUBSCRIPTION_SET_OWNER, _facts(Action.SUBSCRIPTION_SET_OWNER, Role.GLOBAL_ADMIN))
    assert made.summary == "No rule permits this to anybody."


def test_a_doubt_is_said() -> None:
    made = _explained(Action.CART_CREATE, _facts(Action.CART_CREATE, Role.ADMIN_AGENT))
    assert made.doubt
    assert "could not be applied" in made.summary


def test_a_condition_that_lifts_a_when_forbid_is_its_negation() -> None:
    facts = with_principal(_facts(Action.CUSTOMER_EDIT, Role.ADMIN_AGENT, "Customer"), app_only=True)
    (reason,) = _explained(Action.CUSTOMER_EDIT, facts).reasons
    assert reason.missing == ("not principal.appOnly",)


def test_an_agreement_of_another_partner_does_not_do() -> None:
    facts = with_context(
        _facts(Action.CART_CHECKOUT, Role.SALES_AGENT, "Cart"), agreement=Agreement("a", CUSTOMER, OTHER)
    )
    (reason,) = _explained(Action.CART_CHECKOUT, facts).reasons
    assert reason.rule == "mca-confirmed"
    assert Fact("context.agreement.confirmedBy", OTHER) in reason.facts


def test_an_explanation_belongs_to_its_rule_set() -> None:
    facts = _facts(Action.SUBSCRIPTION_READ, Role.ADMIN_AGENT)
    earlier = BOOK.at(Cloud.COMMERCIAL, date(2020, 11, 29))
    with pytest.raises(ValueError, match="another rule set"):
        explain(RULES, Action.SUBSCRIPTION_READ, facts, decide(earlier, Action.SUBSCRIPTION_READ, facts))


@pytest.mark.parametrize(
    "spans", [slice(-1, None), pytest.param(slice(None), marks=pytest.mark.verify)], ids=["last", "ever"]
)
def test_every_kind_of_request_can_be_explained(spans: slice) -> None:
    for cloud in Cloud:
        for rules in BOOK.spans(cloud)[spans]:
            for action, kind in kinds(BOOK.schema):
                for role in (Role.GLOBAL_ADMIN, Role.USER):
                    facts = specimen(action, kind, cloud, sides(action)[0], (role,))
                    for held in (facts, with_context(facts, relationship=None, agreement=None)):
                        made = explain(rules, action, held, decide(rules, action, held))
                        assert made.summary
                        assert all(reason.text and reason.needs for reason in made.reasons)
