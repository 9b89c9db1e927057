"""The page of one subscription: what its seller may do with it now, the forms that do it, and why not the rest."""

import re

import pytest

from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch, Status, Subscription
from support.counter import CUSTOMER, form_of, offers, page_of, place, sold, value
from support.portal import House, heading
from support.seated import seated
from support.tally import Tally

SELLING = ("quantity", "rename", "expire", "next_term", "suspend", "cancel")


async def held(home: House, subscription_id: object) -> Subscription:
    """The subscription as the seller reads it."""
    found = await subscriptions.list_subscriptions(
        home.here.context("aa@nordlicht"), customer_id=home.here.id(CUSTOMER)
    )
    return next(one for one in found if one.id == subscription_id)


@pytest.mark.parametrize(
    ("role", "can"),
    [
        ("ga", {*SELLING, "transition", "support_contact"}),
        ("aa", {*SELLING, "transition", "support_contact"}),
        ("sa", {*SELLING}),
        ("hd", {"support_contact"}),
        ("ba", set()),
    ],
)
async def test_every_role_that_reads_it_sees_what_it_may_do_and_why_not_the_rest(
    home: House, role: str, can: set[str]
) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home)
    page = await (await seated(home, f"{role}@nordlicht")).open(page_of(home, one))
    assert page.status_code == 200
    assert heading(page.text) == "Office 365 Basic"
    known = {*SELLING, "transition", "support_contact", "billing_cycle", "reactivate", "renew"}
    assert {act for act in known if offers(page, act)} == can
    assert (f"{place(home)}/order?parent={one}" in page.text) is (role in ("ga", "aa", "sa"))
    assert "The subscription is active already." in page.text
    assert ("Nothing can be done with this subscription now." in page.text) is (not can)
    if role in ("hd", "ba"):
        assert "Ask whoever administers your tenant for the role." in page.text
    # What became of it is read by two roles; the others are told so.
    assert ("It has become nothing else so far" in page.text) is (role in ("ga", "aa"))


@pytest.mark.parametrize(
    ("who", "status"), [("um@nordlicht", 403), ("aa@suedwind", 404), ("ga@alpenblick", 404), ("ga@wolkenstadt", 404)]
)
async def test_it_is_refused_to_everybody_else(home: House, who: str, status: int) -> None:
    for partner in ("nordlicht", "suedwind"):
        await home.here.relate(partner, CUSTOMER)
    one = await sold(home)
    page = await (await seated(home, who)).open(page_of(home, one))
    assert page.status_code in (status, 403)
    assert page.status_code == 404 or who != "aa@suedwind"
    assert "Office 365" not in page.text


async def test_the_seller_changes_quantity_name_and_renewal_and_is_told_so(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home)
    browser = await seated(home, "sa@nordlicht")
    page = await browser.open(page_of(home, one))
    for _ in range(2):  # a second click ends on the same page
        done = await browser.follow(await browser.send(page, form_of(page, "quantity"), act="quantity", quantity="12"))
        assert done.status_code == 200
        assert "The quantity was changed." in done.text
    assert value(done, "quantity") == "12"
    named = await browser.send(page, form_of(page, "rename"), act="rename", nickname=" Zentrale ")
    assert heading((await browser.follow(named)).text) == "Zentrale"
    await browser.send(page, form_of(page, "expire"), act="expire")
    found = await held(home, one)
    assert (found.quantity, found.nickname, found.auto_renew) == (12, "Zentrale", False)


async def test_a_refusal_shows_the_form_again_with_what_was_typed(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home)
    for language, said in (
        ("en", "has to be from 1 to 300"),
        ("de", "muss zwischen 1 und 300 liegen; angegeben war 301."),
    ):
        browser = await seated(home, "sa@nordlicht", language)
        page = await browser.open(page_of(home, one))
        again = await browser.send(page, form_of(page, "quantity"), act="quantity", quantity="301")
        assert again.status_code == 400
        assert said in again.text
        assert value(again, "quantity") == "301"
        nameless = await browser.send(page, form_of(page, "rename"), act="rename", nickname="\t")
        assert nameless.status_code == 400
        assert "friendlyName has" not in nameless.text
        for text in ("", "-1", "1.5", "ten", "9" * 20, "\u0663"):
            wrong = await browser.send(page, form_of(page, "quantity"), act="quantity", quantity=text)
            assert wrong.status_code == 400
    assert (await held(home, one)).quantity == 10


@pytest.mark.parametrize("act", ["", "steal", "next_term", "transition", "billing_cycle", "support_contact"])
async def test_a_form_that_makes_no_sense_changes_nothing(home: House, act: str) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home)
    browser = await seated(home, "ga@nordlicht")
    page = await browser.open(page_of(home, one))
    before = await held(home, one)
    rubbish = {"choice": "x|y", "quantity": "x", "order": "x", "cycle": "x", "tenant": "x", "mpn": "x"}
    answer = await browser.send(page, form_of(page, "rename"), act=act, **rubbish)
    assert answer.status_code == 400
    assert await held(home, one) == before


async def test_suspended_it_is_reactivated_and_keeps_its_quantity(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home)
    browser = await seated(home, "sa@nordlicht")
    page = await browser.open(page_of(home, one))
    form = form_of(page, "suspend")
    assert (await browser.send(page, form, act="suspend")).status_code == 400
    suspended = await browser.follow(await browser.send(page, form, act="suspend", understood="yes"))
    assert "The subscription is suspended." in suspended.text
    assert not offers(suspended, "quantity")
    assert "Reactivate the subscription before you change its quantity." in suspended.text
    back = await browser.follow(await browser.send(suspended, form_of(suspended, "reactivate"), act="reactivate"))
    assert offers(back, "quantity")
    assert (await held(home, one)).status is Status.ACTIVE


async def test_it_is_cancelled_after_a_tick_and_takes_its_add_on_along(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home, "Office 365 Premium", 5)
    below = await sold(home, "Archive add-on", 2, parent_id=one)
    browser = await seated(home, "sa@nordlicht")
    page = await browser.open(page_of(home, one))
    assert page_of(home, below) in page.text
    assert "The add-ons below it are cancelled with it." in page.text
    form = form_of(page, "cancel")
    assert (await browser.send(page, form, act="cancel")).status_code == 400
    for _ in range(2):
        done = await browser.follow(await browser.send(page, form, act="cancel", understood="yes"))
        assert done.status_code == 200
    assert "The subscription is cancelled and takes no change" in done.text
    assert not any(offers(done, act) for act in SELLING)
    assert (await held(home, below)).status is Status.DELETED


async def test_after_seven_days_the_page_says_that_the_window_is_over(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home)
    browser = await seated(home, "sa@nordlicht")
    assert "29 Nov 2026 09:00 UTC" in (await browser.open(page_of(home, one))).text
    home.here.clock.moment = home.here.clock.moment.replace(month=12)
    page = await browser.open(page_of(home, one))
    assert "over since" in page.text
    assert not offers(page, "cancel")
    assert "only within seven days after its term began" in page.text
    assert "From 10 to 300 now." in page.text


async def test_some_licences_become_another_once_however_often_the_form_is_sent(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home)
    browser = await seated(home, "aa@nordlicht")
    page = await browser.open(page_of(home, one))
    options = re.findall(r'<option value="([^"]+)"[^>]*>(Office 365 Premium: 1 year, billed monthly)<', page.text)
    form = form_of(page, "transition")
    sent = [await browser.send(page, form, act="transition", choice=options[-1][0], quantity="3") for _ in range(2)]
    assert sent[0].headers["location"] == sent[1].headers["location"] != page_of(home, one)
    made = await browser.follow(sent[0])
    assert heading(made.text) == "Office 365 Premium"
    assert (await held(home, one)).quantity == 7
    source = await browser.open(page_of(home, one))
    assert "the new subscription" in source.text


async def test_another_product_is_planned_for_the_next_term(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home)
    browser = await seated(home, "sa@nordlicht")
    page = await browser.open(page_of(home, one))
    option = re.search(r'<option value="([^"]+)"[^>]*>Office 365 Premium: 1 year, billed yearly<', page.text)
    assert option
    sent = await browser.send(page, form_of(page, "next_term"), act="next_term", choice=option[1], quantity="4")
    assert "4 × Office 365 Premium: 1 year, billed yearly" in (await browser.follow(sent)).text


async def test_the_billing_cycle_and_the_support_contact_are_changed(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home, "Office 365 Enterprise", 1, term="P3Y")
    browser = await seated(home, "ga@nordlicht")
    page = await browser.open(page_of(home, one))
    billed = await browser.send(page, form_of(page, "billing_cycle"), act="billing_cycle", cycle="annual")
    assert "3 years, billed yearly" in (await browser.follow(billed)).text
    other = home.here.tenant("suedwind")
    assert other.enrolment is not None
    form = form_of(page, "support_contact")
    wrong = await browser.send(page, form, act="support_contact", tenant=str(other.id), mpn="1")
    assert wrong.status_code == 400
    assert value(wrong, "mpn") == "1"
    named = await browser.send(page, form, act="support_contact", tenant=str(other.id), mpn=other.enrolment.mpn_id)
    assert "Südwind Systeme GmbH" in (await browser.follow(named)).text


async def test_a_form_without_the_key_of_the_session_changes_nothing(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home)
    browser = await seated(home, "sa@nordlicht")
    await browser.open(page_of(home, one))
    for key in ({}, {"key": "x"}):
        answer = await browser.http.post(page_of(home, one), data={"act": "suspend", "understood": "yes", **key})
        assert answer.status_code in (400, 403)
    assert (await held(home, one)).status is Status.ACTIVE


async def test_it_is_whole_in_german_and_takes_one_trip(counted_home: tuple[House, Tally]) -> None:
    home, tally = counted_home
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home, "Office 365 Premium", 5)
    await sold(home, "Archive add-on", 2, parent_id=one)
    await subscriptions.change_subscription(
        home.here.context("sa@nordlicht"),
        customer_id=home.here.id(CUSTOMER),
        subscription_id=one,
        patch=Patch(nickname="Zentrale"),
    )
    for role in ("ga", "hd"):
        browser = await seated(home, f"{role}@nordlicht", "de")
        page = await browser.open(page_of(home, one))
        assert "Was zurzeit nicht möglich ist, und warum" in page.text
        assert "1 Jahr, monatlich abgerechnet" in page.text
        assert not re.search(r"\b(the|subscription|cannot|becomes|term)\b", _prose(page.text))
        assert len(await home.trips(browser, page_of(home, one), tally)) == 1


def _prose(html: str) -> str:
    """What a page says, without the calls that equal its acts."""
    inside = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"<pre.*?</pre>|<[^>]+>", " ", inside, flags=re.DOTALL)
