"""A decision is the engine's, is remembered by shape, and is a denial whenever there is doubt."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import cedarpy
import msgspec
import pytest
from hypothesis import given, settings
from structlog.testing import capture_logs

from copartner.policy import decide as module
from copartner.policy.actions import Action
from copartner.policy.decide import Decision, decide, decide_cold
from copartner.policy.evaluate import Unknown, World, covers
from copartner.policy.facts import Actor, Cloud, FactContext, Facts, Pool, Relationship, Role, Side, Subscription
from copartner.policy.rename import rename, shape
from copartner.policy.rulebook import RuleSet
from copartner.proof.specimens import sides, specimen, with_context, with_resource
from support.requests import BOOK, KINDS, requests

RULES = BOOK.at(Cloud.COMMERCIAL, date(2026, 11, 22))


def _verdict(decision: Decision) -> tuple[Any, ...]:
    """What must agree; the words of a doubt name ids, so only that there is one counts."""
    return decision.allowed, decision.rules, decision.digest, bool(decision.doubt)


@settings(max_examples=400, deadline=None)
@given(requests())
def test_memory_renaming_and_the_cold_engine_agree(request: tuple[RuleSet, Action, Facts]) -> None:
    rules, action, facts = request
    names: dict[tuple[str, str], str] = {}
    renamed = rename(facts, lambda kind, held: names.setdefault((kind, held), f"x{len(names)}"))
    cold = _verdict(decide_cold(rules, action, facts))
    assert cold == _verdict(decide_cold(rules, action, renamed))
    assert cold == _verdict(decide(rules, action, facts))
    assert cold == _verdict(decide(rules, action, renamed))


@settings(max_examples=400, deadline=None)
@given(requests())
def test_the_parsed_rules_say_what_the_engine_says(request: tuple[RuleSet, Action, Facts]) -> None:
    """Explanations and proofs read the tree; it has to judge as the engine does, rule by rule."""
    rules, action, facts = request
    decision = decide_cold(rules, action, facts)
    kind = type(facts.resource).__name__
    if kind not in BOOK.schema.actions[action].resources:
        assert decision.doubt
        return
    world = World(action, facts)
    holding: dict[bool, list[str]] = {True: [], False: []}
    unknown = False
    for rule in rules.rules:
        if covers(rule.policy, rules.schema, action, kind):
            try:
                if world.satisfied(rule.policy):
                    holding[rule.permits].append(rule.id)
            except Unknown:
                unknown = True
    assert bool(decision.doubt) == unknown
    if holding[False]:
        assert not decision.allowed
        assert list(decision.rules) == holding[False]
    elif unknown or not holding[True]:
        assert not decision.allowed
        assert decision.rules == ()
    else:
        assert decision.allowed
        assert list(decision.rules) == holding[True]


@given(requests())
def test_json_and_back(request: tuple[RuleSet, Action, Facts]) -> None:
    facts = request[2]
    assert msgspec.json.decode(msgspec.json.encode(facts), type=Facts) == facts


def _read(subscription: str, partner: str, tenant: str = "t-a") -> Facts:
    return Facts(
        Actor("u-1", tenant, (Role.ADMIN_AGENT,), Side.PARTNER, multi_factor=True),
        Subscription(subscription, partner, "t-c"),
        FactContext(Relationship("r-1", tenant, "t-c", active=True)),
    )


def test_shapes_tell_equal_ids_apart_from_different_ones() -> None:
    assert shape(_read("s-1", "t-a")) == shape(_read("s-2", "t-a"))
    assert shape(_read("s-1", "t-a")) != shape(_read("s-1", "t-b"))
    assert shape(_read("s-1", "t-a", "t-x")) == shape(_read("s-1", "t-b", "t-x"))


def test_one_engine_call_for_one_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    module._memo.clear()
    asked: list[Action] = []

    def counted(ruleset: RuleSet, action: Action, facts: Facts) -> Decision:
        asked.append(action)
        return decide_cold(ruleset, action, facts)

    monkeypatch.setattr(module, "decide_cold", counted)
    for number in range(50):
        own = decide(RULES, Action.SUBSCRIPTION_READ, _read(f"s-{number}", "t-a"))
        foreign = decide(RULES, Action.SUBSCRIPTION_READ, _read(f"s-{number}", f"t-{number}"))
        assert own.allowed
        assert foreign.rules == ("mp-visibility",)
    assert len(asked) == 2


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    module._memo.clear()
    monkeypatch.setattr(module, "MEMO_LIMIT", 3)
    facts = specimen(Action.SEATS_TAKE, "Cart", Cloud.COMMERCIAL, Side.PARTNER, (Role.ADMIN_AGENT,))
    for number in range(6):
        decide(RULES, Action.SEATS_TAKE, with_context(facts, pool=Pool(300, number, 1)))
    assert len(module._memo) == 3


def test_another_rule_set_has_its_own_memory() -> None:
    facts = specimen(
        Action.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES,
        "RelationshipRequest",
        Cloud.COMMERCIAL,
        Side.PARTNER,
        (Role.ADMIN_AGENT,),
    )
    early = BOOK.at(Cloud.COMMERCIAL, date(2020, 11, 29))
    for _ in range(2):
        assert decide(early, Action.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES, facts).allowed
        assert not decide(RULES, Action.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES, facts).allowed


def test_a_tenant_that_a_rule_needs_and_nobody_described_is_a_denial() -> None:
    facts = specimen(Action.CART_CREATE, "Customer", Cloud.COMMERCIAL, Side.PARTNER, (Role.ADMIN_AGENT,))
    assert decide(RULES, Action.CART_CREATE, facts).allowed
    for lacking in (
        msgspec.structs.replace(facts, tenants=facts.tenants[:1]),
        msgspec.structs.replace(facts, tenants=facts.tenants[1:]),
        msgspec.structs.replace(facts, organisations=()),
    ):
        decision = decide(RULES, Action.CART_CREATE, lacking)
        assert not decision.allowed
        assert decision.doubt


def test_every_doubt_is_a_denial(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = _read("s-1", "t-a")
    assert not decide(RULES, Action.CART_CREATE, facts).allowed
    unknown: Any = "subscription.eat"
    assert decide(RULES, unknown, facts).doubt == ("unknown action subscription.eat",)

    class Answer:
        decision = cedarpy.Decision.NoDecision

        class diagnostics:
            errors = ()
            reasons = ()

    monkeypatch.setattr(module.cedarpy, "is_authorized", lambda *_, **__: Answer)
    decision = decide_cold(RULES, Action.SUBSCRIPTION_READ, facts)
    assert not decision.allowed
    assert decision.doubt
    for verdict, errors, reasons in (
        (cedarpy.Decision.Allow, (), ()),
        (cedarpy.Decision.Allow, ("a rule failed",), ("role-subscriptions-read",)),
        (cedarpy.Decision.Allow, (), ("policy0",)),
    ):
        Answer.decision = verdict
        Answer.diagnostics.errors = errors
        Answer.diagnostics.reasons = reasons
        decision = decide_cold(RULES, Action.SUBSCRIPTION_READ, facts)
        assert not decision.allowed
        assert decision.doubt

    def failing(*_: object, **__: object) -> None:
        raise RuntimeError("no engine")

    monkeypatch.setattr(module.cedarpy, "is_authorized", failing)
    assert decide_cold(RULES, Action.SUBSCRIPTION_READ, facts).doubt == ("RuntimeError: no engine",)


def test_whoever_was_denied_reads_the_record_of_it() -> None:
    facts = specimen(Action.DECISION_READ, "DecisionRecord", Cloud.COMMERCIAL, Side.PARTNER, (Role.HELPDESK_AGENT,))
    assert not decide(RULES, Action.DECISION_READ, facts).allowed
    own = with_resource(facts, actor=facts.principal.id)
    assert decide(RULES, Action.DECISION_READ, own).rules == ("own-denial",)
    assert decide(RULES, Action.DECISION_READ, with_resource(own, tenant="t-x")).rules == ("own-decision",)


def test_a_side_does_nothing_of_another() -> None:
    for action, kind in KINDS:
        for side in set(Side) - set(sides(action)):
            facts = specimen(action, kind, Cloud.COMMERCIAL, sides(action)[0], tuple(Role))
            stranger = msgspec.structs.replace(facts, principal=msgspec.structs.replace(facts.principal, side=side))
            assert not decide(RULES, action, stranger).allowed, (action, side)


def test_a_second_azure_subscription_is_permitted_since_its_day() -> None:
    facts = specimen(Action.CART_CHECKOUT, "Cart", Cloud.COMMERCIAL, Side.PARTNER, (Role.SALES_AGENT,))
    second = with_context(facts, azure_only=True, azure_elsewhere=True)
    before, since = date(2019, 11, 19), date(2019, 11, 20)
    assert not decide(BOOK.at(Cloud.COMMERCIAL, before), Action.CART_CHECKOUT, second).allowed
    assert decide(BOOK.at(Cloud.COMMERCIAL, since), Action.CART_CHECKOUT, second).rules == ("mp-second-azure",)
    assert not decide(BOOK.at(Cloud.CHINA, since), Action.CART_CHECKOUT, second).allowed
    assert decide(RULES, Action.CART_CHECKOUT, facts).rules == ("role-cart",)


def test_moments_fall_on_days_in_utc() -> None:
    eve = datetime(2020, 11, 28, 23, 30, tzinfo=timezone(timedelta(hours=-2)))
    assert BOOK.at(Cloud.COMMERCIAL, eve).digest == BOOK.at(Cloud.COMMERCIAL, date(2020, 11, 29)).digest
    assert BOOK.at(Cloud.COMMERCIAL, datetime(2020, 11, 28, 23, 59, tzinfo=UTC)).ends == date(2020, 11, 28)
    with pytest.raises(ValueError, match="time zone"):
        BOOK.at(Cloud.COMMERCIAL, eve.replace(tzinfo=None))


def test_rule_sets_are_found_by_their_digest() -> None:
    assert BOOK.with_digest(RULES.digest) is RULES
    assert BOOK.with_digest("0") is None
    digests = [span.digest for cloud in Cloud for span in BOOK.spans(cloud)]
    assert len(digests) == len(set(digests))


def test_a_doubt_is_logged_whenever_it_decides() -> None:
    whole = specimen(Action.CART_CREATE, "Customer", Cloud.COMMERCIAL, Side.PARTNER, (Role.ADMIN_AGENT,))
    facts = msgspec.structs.replace(whole, tenants=())
    with capture_logs() as logs:
        for _ in range(2):
            assert decide(RULES, Action.CART_CREATE, facts).doubt
    assert [(entry["log_level"], entry["event"], entry["action"]) for entry in logs] == [
        ("error", "rules_in_doubt", "cart.create")
    ] * 2
