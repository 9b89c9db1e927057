"""Single steps, without HTTP and database: a decision of the rules and the check of a token."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import uuid4

import world
from database import PLACE, Database
from msgspec.structs import replace
from service import AUDIENCE, authority, user

from copartner.kernel.secrets import KeyFile
from copartner.policy.actions import Action
from copartner.policy.decide import decide, decide_cold
from copartner.policy.explain import explain
from copartner.policy.facts import (
    Actor,
    Cloud,
    FactContext,
    Facts,
    Relationship,
    Role,
    Side,
    Subscription,
)
from copartner.policy.rulebook import Rulebook

_BATCHES = 30


def figures(database: Database) -> dict[str, float]:
    """Microseconds of each step, the quickest of 30 batches."""
    rules, facts = Rulebook.load().at(Cloud.COMMERCIAL, datetime.now(UTC)), _facts()
    foreign = replace(facts, resource=replace(facts.resource, partner=str(uuid4())))
    denial = decide(rules, Action.SUBSCRIPTION_READ, foreign)
    found = {
        "decision, cold": _quickest(lambda: decide_cold(rules, Action.SUBSCRIPTION_READ, facts), 20),
        "decision, remembered": _quickest(lambda: decide(rules, Action.SUBSCRIPTION_READ, facts), 500),
        "explanation of a denial": _quickest(lambda: explain(rules, Action.SUBSCRIPTION_READ, foreign, denial), 20),
    }
    return found | asyncio.run(_tokens(database))


def _facts() -> Facts:
    partner, customer = str(uuid4()), str(uuid4())
    return Facts(
        principal=Actor(
            id=str(uuid4()), tenant=partner, roles=(Role.ADMIN_AGENT, Role.SALES_AGENT, Role.USER), side=Side.PARTNER
        ),
        resource=Subscription(id=str(uuid4()), partner=partner, customer=customer),
        context=FactContext(
            relationship=Relationship(id=str(uuid4()), partner=partner, customer=customer, active=True)
        ),
    )


async def _tokens(database: Database) -> dict[str, float]:
    async with authority(database, KeyFile.open(PLACE / "key"), "http://127.0.0.1") as opened:
        tokens = opened.tokens
        issued = [tokens.issue(user(n), audience=AUDIENCE, version=1).access_token for n in range(world.PARTNERS)]
        await tokens.verify(issued[0])

        async def afresh() -> None:
            tokens.forget()
            for token in issued:
                await tokens.verify(token)

        async def again() -> None:
            for _ in issued:
                await tokens.verify(issued[0])

        return {
            "token check, fresh": await _quickest_of(afresh) / len(issued),
            "token check, cached": await _quickest_of(again) / len(issued),
        }


def _quickest(step: Callable[[], object], times: int) -> float:
    step()
    best = float("inf")
    for _ in range(_BATCHES):
        began = time.perf_counter()
        for _ in range(times):
            step()
        best = min(best, (time.perf_counter() - began) / times)
    return best * 1_000_000


async def _quickest_of(step: Callable[[], Awaitable[None]]) -> float:
    best = float("inf")
    for _ in range(_BATCHES):
        began = time.perf_counter()
        await step()
        best = min(best, time.perf_counter() - began)
    return best * 1_000_000
