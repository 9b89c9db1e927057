"""Whatever cannot be decided is denied: a missing fact, a failing engine, an unknown action, rules of other days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import cedarpy
import pytest

from copartner.command.context import Caller, Context
from copartner.policy import decide as door
from copartner.policy.actions import Action
from copartner.policy.decide import Decision, decide
from copartner.policy.explain import explain
from copartner.policy.facts import Cloud, Door, Facts, Role, Side
from copartner.policy.rulebook import Rulebook, RuleSet
from copartner.proof.specimens import specimen, with_context

BOOK = Rulebook.load()
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
RULES = BOOK.at(Cloud.COMMERCIAL, NOW)


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every decision is the engine's anew."""
    monkeypatch.setattr(door, "_memo", type(door._memo)())


def facts(action: Action = Action.CART_CHECKOUT, kind: str = "Cart") -> Facts:
    """Facts by which the rules allow this."""
    made = specimen(action, kind, Cloud.COMMERCIAL, Side.PARTNER, (Role.ADMIN_AGENT,))
    assert decide(RULES, action, made, NOW).allowed
    return made


def denied(decision: Decision, *doubt: str) -> None:
    """Denied, and by nobody's rule where there is doubt."""
    assert not decision.allowed
    assert bool(decision.doubt) == bool(doubt)
    assert all(word in " ".join(decision.doubt) for word in doubt)


def test_a_missing_fact_denies() -> None:
    # A fact that nobody found out is no proof of anything: the rule that needs it stands.
    sale = facts()
    for name, rule in (("relationship", "rel-required"), ("agreement", "mca-confirmed")):
        decision = decide(RULES, Action.CART_CHECKOUT, with_context(sale, **{name: None}), NOW)
        denied(decision)
        assert decision.rules == (rule,)
    # A tenant that a rule asks about and nobody described cannot be judged at all.
    undescribed = Facts(sale.principal, sale.resource, sale.context)
    denied(decide(RULES, Action.CART_CHECKOUT, undescribed, NOW), "Tenant")


def test_an_error_of_the_engine_denies(monkeypatch: pytest.MonkeyPatch) -> None:
    sale = facts()
    door._memo.clear()

    def failing(*_: object, **__: object) -> None:
        raise RuntimeError("the engine is broken")

    monkeypatch.setattr(cedarpy, "is_authorized", failing)
    decision = decide(RULES, Action.CART_CHECKOUT, sale, NOW)
    denied(decision, "the engine is broken")
    assert not door._memo, "a doubt is not remembered"
    said = explain(RULES, Action.CART_CHECKOUT, sale, decision).summary
    assert said == "The rules could not be applied to these facts, so the answer is no."


def test_an_unknown_action_denies() -> None:
    unknown: Any = "subscription.give_away"
    denied(decide(RULES, unknown, facts(), NOW), "unknown action subscription.give_away")


def test_a_rule_set_decides_nothing_beyond_its_days() -> None:
    action, asked = Action.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES, "RelationshipRequest"
    expired = BOOK.at(Cloud.COMMERCIAL, date(2023, 10, 8))
    request = specimen(action, asked, Cloud.COMMERCIAL, Side.PARTNER, (Role.ADMIN_AGENT,))
    last = datetime(2023, 10, 8, 23, 59, 59, tzinfo=UTC)
    assert decide(expired, action, request, last).allowed
    for outside in (
        last + timedelta(seconds=1),
        NOW,
        datetime.combine(expired.begins, last.time(), UTC) - timedelta(1),
    ):
        denied(decide(expired, action, request, outside), f"{expired.begins} to 2023-10-08", outside.isoformat())


def test_a_request_is_denied_when_its_rules_are_not_those_of_its_moment() -> None:
    class Stale:
        """A running system that goes on with the rules of 2020."""

        class programme_clock:
            @staticmethod
            def now() -> datetime:
                return NOW

        class rules:
            number = 0

        @staticmethod
        def rules_at(_: datetime) -> RuleSet:
            return BOOK.at(Cloud.COMMERCIAL, date(2020, 11, 29))

    who: Any = "u-actor"
    stale: Any = Stale()
    ctx = Context(stale, Caller(Side.PARTNER, who, who, False, True, Door.API), "correlation")
    denied(ctx.judge(Action.CART_CHECKOUT, facts()), "do not count at 2026-11-22")
