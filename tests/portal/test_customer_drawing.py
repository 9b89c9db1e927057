"""Where pictures of a customer's pages put things."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from copartner.access.model import Serving
from copartner.catalogue.model import BillingCycle
from copartner.portal.customer import drawing
from copartner.subscriptions.model import HeldTerm, Status

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def held(begins: datetime, ends: datetime | None) -> HeldTerm:
    return HeldTerm(
        id=UUID(int=1),
        partner_tenant_id=UUID(int=2),
        seller_name="Seller",
        offer_name="Offer",
        nickname="Name",
        quantity=1,
        status=Status.ACTIVE,
        auto_renew=True,
        term="P1Y",
        billing_cycle=BillingCycle.MONTHLY,
        starts_at=begins,
        commitment_ends_at=ends,
        term_starts_at=begins,
        is_trial=False,
        partner_of_record=None,
        vendor=False,
    )


def serving(number: int) -> Serving:
    return Serving(
        id=UUID(int=number), name=f"Partner {number}", partner=None, since=NOW, privileges=False, sells=(), sold=0,
        products=0, approvals=(), approved=0, credited=0, last_used_at=None,
    )  # fmt: skip


def test_time_goes_from_left_to_right_and_ends_are_where_they_belong() -> None:
    days = (-60, 30, 200, 360, 720)
    made = drawing.terms([held(NOW - timedelta(days=90), NOW + timedelta(days=one)) for one in days], now=NOW)
    ends = [bar.ends_x for bar in made.bars]
    assert all(one is not None for one in ends)
    assert ends == sorted(ends, key=lambda one: one or 0)
    assert (ends[0] or 0) < made.today < (ends[1] or 0)
    assert [bar.after for bar in made.bars] == [False] * 5
    for bar in made.bars:
        assert 300 <= bar.x < bar.x + bar.width <= drawing.WIDTH
        assert bar.x + bar.width in (bar.ends_x, bar.x + 3)
    xs = [tick.x for tick in made.ticks]
    assert xs == sorted(xs)
    assert 5 <= sum(tick.labelled for tick in made.ticks) <= 13
    assert {tick.at.day for tick in made.ticks} == {1}


def test_what_has_no_end_and_what_ends_after_the_picture_goes_on() -> None:
    made = drawing.terms([held(NOW, None), held(NOW, NOW + timedelta(days=4000))], now=NOW)
    assert [(bar.after, bar.ends_x) for bar in made.bars] == [(True, None)] * 2
    assert {bar.x + bar.width for bar in made.bars} == {drawing.WIDTH}


def test_what_is_long_over_leaves_today_in_the_picture() -> None:
    made = drawing.terms([held(NOW - timedelta(days=3000), NOW - timedelta(days=2500))], now=NOW)
    assert 300 < made.today < drawing.WIDTH
    assert made.bars[0].ends_x is None


@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_boxes_stand_apart_beside_the_customer(count: int) -> None:
    made = drawing.serve([serving(number) for number in range(count)])
    places = [(box.x, box.y) for box in made.boxes]
    assert len(set(places)) == count
    assert max(box.y for box in made.boxes) + 84 < made.height
    for box in made.boxes:
        assert box.x + 340 <= 400 or box.x >= 560
        assert (box.from_x, box.to_x) in ((340, 400), (620, 560))


def test_a_long_name_is_shortened_where_it_has_to_fit() -> None:
    assert drawing.shortened("short") == "short"
    long = drawing.shortened("x" * 60)
    assert (len(long), long[-1]) == (38, "…")
