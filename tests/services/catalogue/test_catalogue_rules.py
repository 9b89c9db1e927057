"""What a catalogue item allows, without a database."""

import pytest

from copartner.catalogue import rules
from copartner.catalogue.model import BillingCycle, Item, Segment, TargetView
from copartner.kernel.errors import Invalid
from copartner.policy.facts import Cloud
from copartner_emulator.world_catalogue import read_catalogue

GERMAN = {item.product.title: item for item in read_catalogue(Cloud.COMMERCIAL) if item.availability.country == "DE"}


@pytest.mark.parametrize(
    ("title", "right", "wrong"),
    [
        ("Office 365 Basic", [1, 300], [0, -1, 301]),
        ("Office 365 Premium Trial", [25], [1, 24, 26]),
        ("External Accountant", [1, 3], [0, 4]),
        ("Azure plan", [1], [0, 2]),
    ],
)
def test_quantities_stay_inside_the_sku(title: str, right: list[int], wrong: list[int]) -> None:
    for quantity in right:
        rules.check_quantity(GERMAN[title].sku, quantity)
    for quantity in wrong:
        with pytest.raises(rules.QuantityOutOfRange, match="has to be from"):
            rules.check_quantity(GERMAN[title].sku, quantity)


def test_an_addon_takes_at_most_its_parents_quantity() -> None:
    archive = GERMAN["Archive add-on"].sku
    assert archive.is_addon
    rules.check_quantity(archive, 10, parent_quantity=10)
    with pytest.raises(rules.QuantityOutOfRange, match="from 1 to 10, not 11"):
        rules.check_quantity(archive, 11, parent_quantity=10)
    phone = GERMAN["Phone add-on"].sku
    assert not phone.is_addon
    assert phone.prerequisites == ("CFQ7TTC0PR3M:0001", "CFQ7TTC0E4TR:0001")


@pytest.mark.parametrize(
    ("title", "duration", "cycle", "price"),
    [
        ("Office 365 Basic", "P1M", None, "3.92"),
        ("Office 365 Basic", "p1y", BillingCycle.ANNUAL, "39.17"),
        ("Office 365 Enterprise", None, BillingCycle.TRIENNIAL, "1057.54"),
        ("Phone add-on", None, None, "78.34"),
        ("Azure plan", None, None, "0.00"),
        ("Azure plan", "", BillingCycle.ONE_TIME, "0.00"),
        ("VM reservation", "P3Y", BillingCycle.ONE_TIME, "1224.00"),
    ],
)
def test_a_term_is_chosen_by_what_is_given(
    title: str, duration: str | None, cycle: BillingCycle | None, price: str
) -> None:
    term = rules.choose_term(GERMAN[title], duration=duration, billing_cycle=cycle)
    assert str(term.partner_price) == price


@pytest.mark.parametrize(
    ("title", "duration", "cycle", "said"),
    [
        ("Device Management", "P1M", None, "P1M any billing cycle is not offered"),
        ("Device Management", "P1Y", None, "is ambiguous for Device Management; offered are: P1Y monthly, P1Y annual"),
        ("Phone add-on", "P1Y", BillingCycle.ANNUAL, "P1Y annual is not offered"),
        ("Azure plan", "P1Y", None, "offered are: no term one_time"),
    ],
)
def test_a_term_that_is_not_offered_names_those_that_are(
    title: str, duration: str | None, cycle: BillingCycle | None, said: str
) -> None:
    with pytest.raises(rules.UnknownTerm, match=said):
        rules.choose_term(GERMAN[title], duration=duration, billing_cycle=cycle)


@pytest.mark.parametrize("text", ["", "a", "a:b", "a:b:c:d", "a:b:", "a b:c:d", "a:b:\0", "ä:b:c", "x" * 33 + ":b:c"])
def test_a_malformed_item_is_refused(text: str) -> None:
    with pytest.raises(rules.UnknownItem):
        rules.parse_item_id(text)


def test_identifiers_and_names_are_read_in_any_case() -> None:
    assert rules.parse_item_id(" dzh318z0bps6:0001:abc ") == ("DZH318Z0BPS6", "0001", "ABC")
    assert rules.parse_country(" de ") == "DE"
    assert rules.parse_target_view("onlineservices") is TargetView.ONLINE_SERVICES
    assert rules.parse_segment("Commercial") is Segment.COMMERCIAL
    assert rules.parse_segment(" ") is None


@pytest.mark.parametrize("country", ["", "D", "DEU", "1A", "Ä1", "ÄÖ"])
def test_a_country_is_two_letters(country: str) -> None:
    with pytest.raises(Invalid, match="two-letter"):
        rules.parse_country(country)


def test_unknown_views_and_segments_name_those_there_are() -> None:
    with pytest.raises(Invalid, match="targetView has to be one of Azure, AzureReservations"):
        rules.parse_target_view("Everything")
    with pytest.raises(Invalid, match="targetSegment has to be one of commercial"):
        rules.parse_segment("military")


def test_nonprofit_is_shown_only_when_asked_for() -> None:
    assert [rules.shows(None, segment) for segment in Segment] == [True, True, True, False]
    assert rules.shows(Segment.NONPROFIT, Segment.NONPROFIT)
    assert not rules.shows(Segment.NONPROFIT, Segment.COMMERCIAL)


def test_an_item_of_another_country_names_both() -> None:
    basic = GERMAN["Office 365 Basic"]
    name = basic.availability.catalog_item_id
    found: dict[str, Item] = {name: basic}
    triple = rules.parse_item_id(name)
    assert rules.pick(found, triple, "DE") is basic
    assert rules.pick(found, triple, None) is basic
    with pytest.raises(rules.NotSoldInCountry, match="sold in DE, but the customer is in FR"):
        rules.pick(found, triple, "FR")
    with pytest.raises(rules.UnknownItem):
        rules.pick({}, triple, "DE")
