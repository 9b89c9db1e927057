"""Every sequence of steps of all parties, breadth first from `created`: only what is legal is reached."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from copartner.delegation import rules, terms
from copartner.delegation.consent_model import Offer
from copartner.delegation.model import AdminRelationship, Asked, AutoExtend, Party, Status, Step
from copartner.delegation.roles import known

BEGIN = datetime(2026, 11, 22, tzinfo=UTC)
ROLES = tuple(known())[-2:]
CUSTOMER, PROVIDER = UUID(int=3), UUID(int=9)
FINAL = {Status.TERMINATED, Status.EXPIRED}
DRAFT = AdminRelationship(
    id=UUID(int=1),
    partner_tenant_id=UUID(int=2),
    customer_tenant_id=CUSTOMER,
    customer_name="",
    display_name="Help",
    roles=ROLES,
    duration="P30D",
    auto_extend=AutoExtend.NOT,
    status=Status.CREATED,
    created_at=BEGIN,
    modified_at=BEGIN,
)
PROVIDED = rules.asked_for(replace(DRAFT, provider_tenant_id=PROVIDER), now=BEGIN)


@dataclass(frozen=True)
class State:
    """One relationship, the one offered instead of it, what a customer approved by name, and the moment.

    `approved` are the terms to which a customer said yes: now, or in advance by an offer.
    """

    held: AdminRelationship | None
    now: datetime
    offer: AdminRelationship | None = None
    approved: frozenset[tuple[UUID, tuple[UUID, ...], str]] = frozenset()

    def key(self) -> object:
        """What tells states apart: versions count only as far as they decide."""
        return self.now, self.approved, *(one and _plain(one) for one in (self.held, self.offer))


Move = Callable[[State], State]


def _plain(one: AdminRelationship) -> AdminRelationship:
    return replace(one, version=min(one.version, 2), modified_at=BEGIN)


def _terms(one: AdminRelationship) -> tuple[UUID, tuple[UUID, ...], str]:
    assert one.customer_tenant_id is not None
    return one.customer_tenant_id, one.roles, one.duration


def _of(state: State, second: bool) -> AdminRelationship:
    found = state.offer if second else state.held
    if found is None:
        raise rules.IllegalStep("there is none")
    return rules.passed(found, now=state.now)


def _put(state: State, second: bool, made: AdminRelationship | None) -> State:
    return replace(state, offer=made) if second else replace(state, held=made)


def change(state: State, second: bool) -> State:
    """The partner changes what it asks for, while time may be passing it by."""
    return _put(state, second, rules.changed(_of(state, second), Asked(duration="P60D"), now=state.now))


def delete(state: State, second: bool) -> State:
    """The partner drops it."""
    rules.after(_of(state, second).status, Step.DELETE, Party.PARTNER)
    return _put(state, second, None)


def ask(state: State, second: bool) -> State:
    """The partner asks, or takes what was approved in advance."""
    before = _of(state, second)
    step = rules.taken if rules.offer_stands(before, now=state.now) else rules.asked_for
    return _put(state, second, step(before, now=state.now))


def reseller_approves(state: State, second: bool) -> State:
    """With two tiers the reseller says yes."""
    return _put(state, second, rules.answered_by_reseller(_of(state, second), approves=True, now=state.now))


def reseller_rejects(state: State, second: bool) -> State:
    """With two tiers the reseller says no."""
    return _put(state, second, rules.answered_by_reseller(_of(state, second), approves=False, now=state.now))


def approve(state: State, second: bool) -> State:
    """The customer approves."""
    before = _of(state, second)
    made = _put(state, second, rules.approved(before, now=state.now))
    return replace(made, approved=state.approved | {_terms(before)})


def reject(state: State, second: bool) -> State:
    """The customer refuses."""
    return _put(state, second, rules.rejected(_of(state, second), "", now=state.now))


def counter(state: State, second: bool) -> State:
    """The customer refuses and offers less; here once."""
    before = _of(state, second)
    if second or state.offer is not None or before.waits_for_reseller:
        raise rules.IllegalStep("one offer is enough")
    refused = rules.rejected(before, "", now=state.now)
    roles, duration, extend = terms.offered(before, Offer(roles=ROLES[:1]))
    offered = replace(
        DRAFT,
        id=UUID(int=7),
        roles=roles,
        duration=duration,
        auto_extend=extend,
        display_name=terms.names_for(before)[0],
        counters=before.id,
        created_at=state.now,
    )
    return replace(state, held=refused, offer=offered, approved=state.approved | {_terms(offered)})


def end_by_partner(state: State, second: bool) -> State:
    """The partner ends it."""
    return _put(state, second, rules.terminated(_of(state, second), Party.PARTNER, now=state.now))


def end_by_customer(state: State, second: bool) -> State:
    """The customer ends it."""
    return _put(state, second, rules.terminated(_of(state, second), Party.CUSTOMER, now=state.now))


STEPS = (
    change, delete, ask, reseller_approves, reseller_rejects, approve, reject, counter, end_by_partner, end_by_customer,
)  # fmt: skip
# Before and at what falls due: the end of thirty days, the lapse of a request, the end of what was approved late.
MOMENTS = (0, 30, 90, 120)
SOON = MOMENTS[:2]


def moves(moments: tuple[int, ...]) -> Iterator[tuple[str, Move]]:
    """What can be done next: a step on the one or the other, or time passes to the next moment."""
    for step in STEPS:
        for second in (False, True):
            yield f"{step.__name__} {'offer' if second else 'asked'}", lambda s, a=step, b=second: a(s, b)
    yield "wait", lambda state: wait(state, moments)


def wait(state: State, moments: tuple[int, ...]) -> State:
    """Time goes on to the next moment at which something may be due."""
    days = (state.now - BEGIN).days
    later = next((moment for moment in moments if moment > days), None)
    if later is None:
        raise rules.IllegalStep("long enough")
    return replace(state, now=BEGIN + timedelta(days=later))


def explore(begin: AdminRelationship, moments: tuple[int, ...]) -> tuple[list[State], list[tuple[State, str, State]]]:
    """Every state that is reached, and every step that led on."""
    first = State(begin, BEGIN)
    seen, queue, led = {first.key(): first}, deque([first]), []
    while queue:
        state = queue.popleft()
        for name, move in moves(moments):
            before = state.key()
            try:
                following = move(state)
            except rules.IllegalStep:
                # Refused, and nothing of it is left behind.
                assert state.key() == before
                continue
            led.append((state, name, following))
            if following.key() not in seen:
                seen[following.key()] = following
                queue.append(following)
    return list(seen.values()), led


@pytest.mark.parametrize(
    "begin",
    [DRAFT, replace(DRAFT, auto_extend=AutoExtend.HALF_A_YEAR), PROVIDED],
    ids=["direct", "extended", "indirect"],
)
def test_whatever_the_order_nothing_illegal_is_reached(begin: AdminRelationship) -> None:
    assert search(begin, MOMENTS) > 150


def search(begin: AdminRelationship, moments: tuple[int, ...]) -> int:
    """Look at every state that is reached and every step; how many states there are."""
    states, led = explore(begin, moments)
    for state in states:
        for one in (state.held, state.offer):
            if one is not None:
                _legal(rules.passed(one, now=state.now), state)
    for before, name, after in led:
        for second in (False, True):
            _stays(before, name, after, second)
    # What the sequences are about did happen.
    done = {name for _, name, _ in led}
    assert {"counter asked", "ask offer", "change offer", "approve offer", "end_by_customer asked"} <= done
    statuses = {rules.passed(one, now=s.now).status for s in states for one in (s.held, s.offer) if one is not None}
    assert statuses >= {Status.APPROVAL_PENDING, Status.ACTIVE, Status.EXPIRED, Status.TERMINATED}
    return len(states)


def _legal(one: AdminRelationship, state: State) -> None:
    # No state of the system's alone is left standing, as long as its steps take no time.
    assert one.status in {Status.CREATED, Status.APPROVAL_PENDING, Status.ACTIVE, *FINAL}
    assert (one.activated_at is None) == (one.ends_at is None)
    if one.status is Status.ACTIVE:
        assert one.ends_at is not None
        assert one.activated_at is not None
        assert one.activated_at <= state.now < one.ends_at
    if one.activated_at is not None:
        # Never active without a yes to exactly this by the customer that it names.
        assert _terms(one) in state.approved
        assert one.provider_tenant_id is None or one.reseller_consented_at is not None
    if one.status is Status.APPROVAL_PENDING:
        assert one.asked_at is not None
        assert state.now < one.asked_at + rules.WAITS
    assert not (one.counters and one.status is Status.CREATED and one.version == 1) or _terms(one) in state.approved


def _stays(before: State, name: str, after: State, second: bool) -> None:
    """Nothing leaves a final state, and nobody's step touches the other relationship."""
    one, other = (state.offer if second else state.held for state in (before, after))
    if one is None:
        return
    if rules.passed(one, now=before.now).status in FINAL:
        assert other is not None
        assert rules.passed(other, now=after.now).status is rules.passed(one, now=before.now).status, name
        assert (other.activated_at, other.ends_at) == (one.activated_at, one.ends_at)
    if name == "wait" or name.endswith("asked" if second else "offer"):
        assert other == one


@pytest.mark.verify
@pytest.mark.parametrize(
    "taken_away",
    [
        (Status.APPROVAL_PENDING, Step.APPROVE, Party.CUSTOMER),
        (Status.ACTIVE, Step.TERMINATE, Party.CUSTOMER),
    ],
)
def test_the_search_notices_a_step_that_is_gone(
    monkeypatch: pytest.MonkeyPatch, taken_away: tuple[Status, Step, Party]
) -> None:
    table = {key: value for key, value in rules._TABLE.items() if key != taken_away}
    monkeypatch.setattr(rules, "_TABLE", table)
    with pytest.raises(AssertionError):
        search(DRAFT, SOON)


@pytest.mark.verify
def test_the_search_notices_a_way_out_of_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {**rules._TABLE, (Status.TERMINATED, Step.CHANGE, Party.PARTNER): Status.CREATED}
    monkeypatch.setattr(rules, "_TABLE", table)
    with pytest.raises(AssertionError):
        search(DRAFT, SOON)


@pytest.mark.verify
def test_the_search_notices_an_approval_that_outlives_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        AdminRelationship,
        "approved_in_advance",
        property(lambda one: one.counters is not None and one.status is Status.CREATED),
    )
    with pytest.raises(AssertionError):
        search(DRAFT, SOON)
