"""An amendment: rules that come, end and are stated anew from a day on, and what is left when it is taken back."""

from datetime import date

import pytest

from copartner.policy.amending import Amendment
from copartner.policy.facts import Cloud
from copartner.policy.rule import BrokenRules
from copartner.policy.rulebook import Rulebook
from support.rulebook import RULEBOOK

BEFORE, FROM, LATER, BACK = date(2030, 1, 9), date(2030, 1, 10), date(2030, 3, 1), date(2030, 2, 1)
NEW = """
@id("no-sale-north") @text("Nothing is sold into Norway.") @source("a test") @needs("A customer elsewhere.")
forbid (principal, action == Action::"order.place", resource)
when { resource has customer && resource.customer.country == "NO" };
"""
SEATS = """
@id("seats-pooled") @text("Seats are counted otherwise.") @source("a test") @needs("Fewer seats.") @cloud("commercial")
forbid (principal, action == Action::"seats.take", resource) unless { context has pool };
"""


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    return RULEBOOK


def amendment(text: str = NEW, *, ends: tuple[str, ...] = (), until: date | None = None) -> Amendment:
    return Amendment("a change", text, ends, FROM, until)


def digest(book: Rulebook, day: date, cloud: Cloud = Cloud.COMMERCIAL) -> str:
    return book.at(cloud, day).digest


def test_a_new_rule_counts_from_its_day_on(shipped: Rulebook) -> None:
    book = shipped.amended(amendment())
    assert digest(book, BEFORE) == digest(shipped, BEFORE)
    assert digest(book, FROM) != digest(shipped, FROM)
    assert book.at(Cloud.CHINA, LATER).rules[-1].id == "no-sale-north"


def test_a_rule_that_ends_is_there_until_the_day_before(shipped: Rulebook) -> None:
    book = shipped.amended(amendment("", ends=("rel-market",)))
    assert "rel-market" in book.at(Cloud.COMMERCIAL, BEFORE).by_id
    assert "rel-market" not in book.at(Cloud.COMMERCIAL, FROM).by_id


def test_a_rule_stated_anew_takes_the_place_of_the_one_before_in_its_clouds(shipped: Rulebook) -> None:
    old = shipped.at(Cloud.COMMERCIAL, FROM)
    book = shipped.amended(amendment(SEATS))
    new = book.at(Cloud.COMMERCIAL, FROM)
    assert old.rule("seats-pooled").text != new.rule("seats-pooled").text == "Seats are counted otherwise."
    assert [rule.id for rule in new.rules] == [rule.id for rule in old.rules]
    assert digest(book, FROM, Cloud.US_GOVERNMENT) == digest(shipped, FROM, Cloud.US_GOVERNMENT)


def test_taken_back_it_counts_no_more_and_what_it_ended_goes_on(shipped: Rulebook) -> None:
    all_of_it = NEW + SEATS, ("rel-market",)
    book = shipped.amended(Amendment("a change", *all_of_it, FROM, BACK))
    assert digest(book, date(2030, 1, 31)) == digest(shipped.amended(Amendment("a change", *all_of_it, FROM)), FROM)
    assert digest(book, BACK) == digest(book, LATER) == digest(shipped, LATER)


@pytest.mark.parametrize("until", [BEFORE, FROM])
def test_taken_back_before_it_begins_it_never_counts(shipped: Rulebook, until: date) -> None:
    book = shipped.amended(amendment(NEW + SEATS, ends=("rel-market",), until=until))
    for day in (BEFORE, FROM, LATER):
        assert digest(book, day) == digest(shipped, day)


def test_amendments_build_on_each_other(shipped: Rulebook) -> None:
    first = shipped.amended(amendment())
    book = first.amended(Amendment("the next", "", ("no-sale-north",), LATER))
    assert "no-sale-north" in book.at(Cloud.COMMERCIAL, FROM).by_id
    assert digest(book, LATER) == digest(shipped, LATER)
    assert book.source is not None
    assert digest(Rulebook.of(book.source), FROM) == digest(book, FROM)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (amendment("forbid (principal"), "a change cannot be read"),
        (amendment(""), "changes nothing"),
        (amendment(NEW + NEW), "the id is used twice"),
        (amendment("", ends=("rel-nothing",)), "there is no rule rel-nothing to end"),
        (amendment("", ends=("csp-no-partner-buyer",)), "there is no rule csp-no-partner-buyer to end from 2030-01-10"),
        (amendment(SEATS, ends=("seats-pooled",)), "stating it anew is enough"),
        (amendment(NEW.replace("@source", '@from("2030-02-01") @source')), "leave @from out"),
        (amendment(NEW.replace("@source", '@to("2029-02-01") @source')), "before the amendment begins"),
        (amendment(NEW.replace("country", "planet")), "planet"),
    ],
)
def test_an_amendment_that_does_not_fit_is_refused(shipped: Rulebook, change: Amendment, complaint: str) -> None:
    with pytest.raises(BrokenRules, match=complaint):
        shipped.amended(change)


def test_a_variant_is_not_amended(shipped: Rulebook) -> None:
    with pytest.raises(ValueError, match="variant"):
        shipped.variant().amended(amendment())
