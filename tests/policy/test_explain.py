"""A denial says which rule, what it judged and what is missing."""

from datetime import date

import pytest

from copartner.kernel.languages import Language
from copartner.policy.actions import Action
from copartner.policy.decide import EXPIRED, UNKNOWN_ACTION, Decision, decide
from copartner.policy.explain import Explanation, Fact, explain
from copartner.policy.facts import Agreement, Cloud, Ending, Facts, Relationship, Role, Side
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

GERMAN = Language.GERMAN
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
    assert reason.facts == (
        Fact("resource.partner", "the seller of the subscription", OTHER),
        Fact("principal.tenant", "the tenant of the actor", PARTNER),
    )
    assert reason.missing == ("the seller of the subscription is the tenant of the actor",)
    assert made.steps == (reason.needs,)
    assert reason.caller == "There is no such subscription among yours."


def test_an_absent_fact_is_said_to_be_absent() -> None:
    facts = with_context(_facts(Action.SUBSCRIPTION_READ, Role.ADMIN_AGENT), relationship=None)
    (reason,) = _explained(Action.SUBSCRIPTION_READ, facts).reasons
    assert Fact("context.relationship.active", "the reseller relationship is active", "not there") in reason.facts
    assert "the reseller relationship is there" in reason.missing


def test_a_witness_is_judged_whole() -> None:
    witness = Relationship("r-9", PARTNER, CUSTOMER, active=False)
    facts = with_context(_facts(Action.SUBSCRIPTION_READ, Role.ADMIN_AGENT), relationship=witness)
    (reason,) = _explained(Action.SUBSCRIPTION_READ, facts).reasons
    assert reason.missing == ("the reseller relationship is active",)


def test_a_default_denial_names_the_permits_that_exist() -> None:
    made = _explained(Action.SUBSCRIPTION_SUSPEND, _facts(Action.SUBSCRIPTION_SUSPEND, Role.HELPDESK_AGENT))
    (reason,) = made.reasons
    assert reason.permits
    assert reason.rule == "role-subscriptions-change"
    assert reason.missing == ("the roles of the actor include one of Global admin, Admin agent, Sales agent",)
    assert Fact("principal.roles", "the roles of the actor", "Helpdesk agent") in reason.facts
    assert "Global admin, Admin agent or Sales agent" in made.summary
    assert made.steps == ("Ask whoever administers your tenant for the role.",)


def test_of_several_permits_those_of_the_readers_side_are_offered() -> None:
    facts = specimen(Action.AUDIT_READ, "Home", Cloud.COMMERCIAL, Side.CUSTOMER, (Role.USER,))
    made = _explained(Action.AUDIT_READ, facts)
    assert made.reasons[0].rule == "role-own-audit"
    assert {reason.rule for reason in made.reasons} == {"role-own-audit", "role-operator-audit", "role-activity-log"}
    assert made.summary == "No rule permits this to you. What is needed: Role Global admin in the customer's tenant."


def test_several_ways_are_listed() -> None:
    facts = with_resource(
        specimen(Action.DECISION_READ, "DecisionRecord", Cloud.COMMERCIAL, Side.CUSTOMER, (Role.USER,)), actor=None
    )
    made = _explained(Action.DECISION_READ, facts)
    assert made.summary == (
        "No rule permits this to you. What is needed: one of (1) Role Global admin in the customer's tenant. "
        "(2) The decision has to be one about your own request."
    )
    said = explain(RULES, Action.DECISION_READ, facts, decide(RULES, Action.DECISION_READ, facts), language=GERMAN)
    assert said.summary == (
        "Keine Regel erlaubt das. Eines davon: (1) Nötig ist im Mandanten des Kunden die Rolle Globaler "
        "Administrator. (2) Die Entscheidung muss Ihre eigene Anforderung betreffen."
    )
    assert said.steps == ("Bitten Sie einen Administrator Ihres Mandanten um die Rolle.",)


def test_an_application_is_told_to_bring_a_person() -> None:
    facts = with_principal(_facts(Action.CUSTOMER_PURGE, Role.SALES_AGENT, "Customer"), app_only=True)
    known = with_context(facts, shared=False, ending=Ending(0, 0, 0))
    assert _explained(Action.CUSTOMER_PURGE, known).steps == (
        "An application acts as an Admin agent; let a user with the role sign in.",
    )


def test_what_nobody_may_do_is_said_to_be_so() -> None:
    made = _explained(Action.SUBSCRIPTION_SET_OWNER, _facts(Action.SUBSCRIPTION_SET_OWNER, Role.GLOBAL_ADMIN))
    assert made.summary == "No rule permits this to anybody."


def test_a_doubt_is_said() -> None:
    made = _explained(Action.CART_CREATE, _facts(Action.CART_CREATE, Role.ADMIN_AGENT))
    assert made.doubt
    assert "could not be applied" in made.summary
    assert made.steps == ("Give the number of the decision to whoever runs this service.",)


@pytest.mark.parametrize(
    ("doubt", "english", "german"),
    [
        (f"{UNKNOWN_ACTION} cart.create", "know no action cart.create", "kennen den Vorgang cart.create nicht"),
        (
            f"{EXPIRED} 2026-11-20 to 2026-11-21 do not count at 2026-11-22",
            "not those of this day",
            "nicht die dieses Tages",
        ),
        ("PanicException: engine", "could not be applied", "ließen sich auf diesen Sachverhalt nicht anwenden"),
    ],
)
def test_each_doubt_has_its_sentence(doubt: str, english: str, german: str) -> None:
    decision = Decision(False, (), RULES.digest, (doubt,))
    facts = _facts(Action.CART_CREATE, Role.ADMIN_AGENT, "Customer")
    for language, words in ((Language.ENGLISH, english), (GERMAN, german)):
        made = explain(RULES, Action.CART_CREATE, facts, decision, language=language)
        assert words in made.summary
        assert made.steps


def test_a_denial_is_told_in_german() -> None:
    facts = with_resource(_facts(Action.SUBSCRIPTION_SUSPEND, Role.ADMIN_AGENT), partner=OTHER)
    made = explain(
        RULES, Action.SUBSCRIPTION_SUSPEND, facts, decide(RULES, Action.SUBSCRIPTION_SUSPEND, facts), language=GERMAN
    )
    (reason,) = made.reasons
    assert made.summary.startswith("Ein Partner ändert weder Status noch Menge noch Namen eines Abonnements")
    assert reason.facts[0] == Fact("resource.partner", "der Verkäufer des Abonnements", OTHER)
    assert reason.missing == ("der Verkäufer des Abonnements ist der Mandant des Akteurs",)
    assert reason.caller == "Unter Ihren Abonnements gibt es kein solches."


def test_a_condition_that_lifts_a_when_forbid_is_its_negation() -> None:
    facts = with_principal(_facts(Action.CUSTOMER_EDIT, Role.ADMIN_AGENT, "Customer"), app_only=True)
    (reason,) = _explained(Action.CUSTOMER_EDIT, facts).reasons
    assert reason.missing == ("the actor is no application alone",)


def test_an_agreement_of_another_partner_does_not_do() -> None:
    facts = with_context(
        _facts(Action.CART_CHECKOUT, Role.SALES_AGENT, "Cart"), agreement=Agreement("a", CUSTOMER, OTHER)
    )
    (reason,) = _explained(Action.CART_CHECKOUT, facts).reasons
    assert reason.rule == "mca-confirmed"
    assert Fact("context.agreement.confirmedBy", "the partner that attested the agreement", OTHER) in reason.facts


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
