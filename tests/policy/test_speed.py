"""A remembered decision costs microseconds; `pytest -s -m verify tests/policy/test_speed.py` prints the figures."""

import sys
from datetime import date
from timeit import Timer

import pytest

from copartner.policy.actions import Action
from copartner.policy.decide import decide, decide_cold
from copartner.policy.facts import Cloud, FactContext, Facts, Role, Side
from copartner.proof.specimens import specimen
from support.rulebook import RULEBOOK

RULES = RULEBOOK.at(Cloud.COMMERCIAL, date(2026, 11, 22))


def _microseconds(timer: Timer, times: int) -> float:
    return min(timer.repeat(repeat=7, number=times)) / times * 1e6


@pytest.mark.verify
def test_a_remembered_decision_takes_less_than_30_microseconds() -> None:
    full = specimen(Action.SUBSCRIPTION_READ, "Subscription", Cloud.COMMERCIAL, Side.PARTNER, (Role.ADMIN_AGENT,))
    read = Facts(full.principal, full.resource, FactContext(relationship=full.context.relationship))
    sale = specimen(Action.CART_CHECKOUT, "Cart", Cloud.COMMERCIAL, Side.PARTNER, (Role.ADMIN_AGENT,))
    figures = {
        f"{action} {name}": _microseconds(Timer(lambda a=action, f=facts, d=way: d(RULES, a, f)), times)
        for action, facts in ((Action.SUBSCRIPTION_READ, read), (Action.CART_CHECKOUT, sale))
        for name, way, times in (("remembered", decide, 5_000), ("asked of the engine", decide_cold, 100))
    }
    sys.stdout.write("".join(f"\n{name}: {figure:.1f} microseconds" for name, figure in figures.items()))
    assert figures["subscription.read remembered"] < 30
    assert figures["cart.checkout remembered"] < 60
