"""Ordering in a browser: found, put into a cart, reviewed, agreed to, placed once."""

import re
from uuid import UUID

import httpx
import pytest

from copartner.orders import service as orders
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Subscription
from support.counter import CUSTOMER, form_of, offers, page_of, place, sold, value
from support.portal import Browser, House, heading
from support.seated import seated
from support.tally import Tally

WHO = {"first_name": "Anna", "last_name": "Berger", "email": "anna@alpenblick.example", "agreed_on": "2026-11-20"}


async def choosing(home: House, browser: Browser, title: str, cart: str = "") -> httpx.Response:
    """The page with the form of an item."""
    item = await home.here.item(title)
    return await browser.open(f"{place(home)}/order?item={item}{cart and f'&cart={cart}'}")


async def put(home: House, browser: Browser, title: str, quantity: str = "5", cart: str = "") -> httpx.Response:
    """The page of the cart with one line more, of the item's first term of a year."""
    page = await choosing(home, browser, title, cart)
    choice = next(one for one in re.findall(r'name="choice" value="([^"]+)"', page.text) if "|P1Y|" in one)
    sent = await browser.send(page, form_of(page, "add"), act="add", choice=choice, quantity=quantity, nickname="")
    return await browser.follow(sent)


def cart_of(page: httpx.Response) -> str:
    """The identifier of the cart, which stands in the address."""
    return str(page.url.params["cart"])


async def held(home: House) -> tuple[Subscription, ...]:
    """What the partner sold to the customer."""
    found = await subscriptions.list_subscriptions(
        home.here.context("aa@nordlicht"), customer_id=home.here.id(CUSTOMER)
    )
    return found.items


async def test_a_sale_from_the_catalogue_to_the_subscription(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    browser = await seated(home, "sa@nordlicht")
    start = await browser.open(f"{place(home)}/order")
    assert heading(start.text) == "Order for Alpenblick Logistik GmbH"
    found = await browser.open(f"{place(home)}/order?find=PREM")
    assert "Office 365 Premium" in found.text
    assert "Device Management" not in found.text
    cart = await put(home, browser, "Office 365 Basic")
    assert "It is in the cart." in cart.text
    cart = await put(home, browser, "Device Management", "3", cart_of(cart))
    changed = await browser.send(
        cart, form_of(cart, "update"), **{"act": "update", "quantity-0": "7", "quantity-1": "3"}
    )
    cart = await browser.follow(changed)
    # 7 x 39.17 + 3 x 78.34, for a year each; the commitment and the days to cancel are those of an order placed now.
    assert "€509.21" in cart.text
    assert "22 Nov 2027" in cart.text
    assert "29 Nov 2026 09:00 UTC" in cart.text
    assert await held(home) == ()
    form = form_of(cart, "place")
    first, second = [await browser.send(cart, form, act="place") for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    placed = await browser.follow(second)
    assert heading(placed.text) == "Ordered for Alpenblick Logistik GmbH"
    made = await held(home)
    assert sorted((one.offer_name, one.quantity) for one in made) == [("Device Management", 3), ("Office 365 Basic", 7)]
    assert all(page_of(home, one.id) in placed.text for one in made)
    # The address of the cart goes on showing what was ordered, and an old form of it orders nothing.
    old = await browser.follow(await browser.send(cart, form_of(cart, "update"), act="update"))
    assert heading(old.text) == "Ordered for Alpenblick Logistik GmbH"
    assert await held(home) == made


async def test_a_line_is_taken_out_and_an_old_page_changes_nothing(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    browser = await seated(home, "sa@nordlicht")
    cart = await put(home, browser, "Office 365 Basic")
    cart = await put(home, browser, "Device Management", "3", cart_of(cart))
    form = form_of(cart, "remove-0")
    quantities = {"quantity-0": "5", "quantity-1": "3"}
    once = await browser.follow(await browser.send(cart, form, act="remove-0", **quantities))
    twice = await browser.follow(await browser.send(cart, form, act="remove-0", **quantities))
    for page in (once, twice):
        assert "Device Management" in page.text
        assert 'aria-label="Take Office 365 Basic out"' not in page.text
    assert "The cart had changed before this was sent" in twice.text
    empty = await browser.follow(await browser.send(twice, form_of(twice, "remove-0"), act="remove-0"))
    assert "The cart is empty." in empty.text


async def test_what_is_placed_is_what_stood_on_the_page(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    browser = await seated(home, "sa@nordlicht")
    old = await put(home, browser, "Office 365 Basic")
    await browser.send(old, form_of(old, "update"), **{"act": "update", "quantity-0": "70"})
    shown = await browser.follow(await browser.send(old, form_of(old, "place"), act="place"))
    assert "The cart had changed before this was sent; this is how it stands now." in shown.text
    assert 'value="70"' in shown.text
    assert await held(home) == ()
    await browser.send(shown, form_of(shown, "place"), act="place")
    assert [one.quantity for one in await held(home)] == [70]


async def test_a_second_click_puts_one_line_into_one_cart(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    browser = await seated(home, "sa@nordlicht")
    page = await choosing(home, browser, "Office 365 Basic")
    typed = {"act": "add", "choice": re.findall(r'name="choice" value="([^"]+)"', page.text)[0], "quantity": "5"}
    sent = [await browser.send(page, form_of(page, "add"), **typed) for _ in range(2)]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    page = await choosing(home, browser, "Device Management", cart_of(await browser.follow(sent[0])))
    typed["choice"] = re.findall(r'name="choice" value="([^"]+)"', page.text)[0]
    for _ in range(2):
        cart = await browser.follow(await browser.send(page, form_of(page, "add"), **typed))
    read = await orders.read_cart(
        home.here.context("sa@nordlicht"), customer_id=home.here.id(CUSTOMER), cart_id=UUID(cart_of(cart))
    )
    assert [line.title for line in read.lines] == ["Office 365 Basic", "Device Management"]


async def test_what_was_typed_is_kept_when_it_is_refused(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    browser = await seated(home, "sa@nordlicht")
    page = await choosing(home, browser, "Office 365 Basic")
    choice = re.findall(r'name="choice" value="([^"]+)"', page.text)[-1]
    typed = {"act": "add", "choice": choice, "quantity": "301", "nickname": "Zentrale"}
    again = await browser.send(page, form_of(page, "add"), **typed)
    assert again.status_code == 400
    assert "has to be from 1 to 300, not 301" in again.text
    assert (value(again, "quantity"), value(again, "nickname")) == ("301", "Zentrale")
    assert re.search(rf'value="{re.escape(choice)}" checked', again.text)
    done = await browser.follow(await browser.send(again, form_of(again, "add"), **(typed | {"quantity": "3"})))
    assert "Zentrale" in done.text


async def test_an_add_on_is_ordered_below_its_subscription(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home, "Office 365 Premium", 5)
    browser = await seated(home, "sa@nordlicht")
    page = await browser.open(f"{place(home)}/order?parent={one}")
    assert "Archive add-on" in page.text
    assert "Device Management" not in page.text
    link = re.search(r'href="([^"]+item=[^"]+)">Archive add-on', page.text)
    assert link
    page = await browser.open(link[1].replace("&amp;", "&"))
    choice = re.findall(r'name="choice" value="([^"]+)"', page.text)[0]
    cart = await browser.follow(
        await browser.send(page, form_of(page, "add"), act="add", choice=choice, quantity="2", nickname="")
    )
    assert page_of(home, one) in cart.text
    await browser.send(cart, form_of(cart, "place"), act="place")
    assert {one.parent_id for one in await held(home) if one.offer_name == "Archive add-on"} == {one}


async def test_without_the_agreement_the_order_waits_for_it(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER, agreement=False)
    admin, browser = await seated(home, "ga@nordlicht"), await seated(home, "sa@nordlicht")
    cart = await put(home, browser, "Office 365 Basic")
    assert not offers(cart, "place")
    assert "No order and no seat change" in cart.text
    # The Global admin may not confirm it, and is told so.
    theirs = await admin.open(f"{place(home)}/order?cart={cart_of(cart)}")
    assert "You cannot confirm it." in theirs.text
    assert not offers(theirs, "attest")
    form = form_of(cart, "attest")
    for wrong in (
        {"email": "nonsense"},
        {"agreed_on": "2026-11-30"},
        {"agreed_on": "yesterday"},
        {"agreed_on": "0001-01-01"},
        {"last_name": " "},
    ):
        again = await browser.send(cart, form, act="attest", **(WHO | wrong))
        assert again.status_code == 400
        assert value(again, "first_name") == "Anna"
        assert "primaryContact." not in again.text
    assert await home.agreements_of() == 0
    for _ in range(2):
        cart = await browser.follow(
            await browser.send(cart, form, act="attest", **WHO) if not offers(cart, "place") else cart
        )
    assert await home.agreements_of() == 1
    placed = await browser.follow(await browser.send(cart, form_of(cart, "place"), act="place"))
    assert heading(placed.text) == "Ordered for Alpenblick Logistik GmbH"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("ga@nordlicht", 200),
        ("aa@nordlicht", 200),
        ("sa@nordlicht", 200),
        ("hd@nordlicht", 403),
        ("ba@nordlicht", 403),
        ("um@nordlicht", 403),
        ("sa@suedwind", 404),
        ("ga@alpenblick", 404),
    ],
)
async def test_who_may_order(home: House, who: str, status: int) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    page = await (await seated(home, who)).open(f"{place(home)}/order")
    assert page.status_code == status or (status == 404 and page.status_code == 403 and "alpenblick" in who)
    assert ("Azure plan" in page.text) is (status == 200)


async def test_a_cart_of_another_partner_is_as_one_that_is_not_there(home: House) -> None:
    for partner in ("nordlicht", "suedwind"):
        await home.here.relate(partner, CUSTOMER)
    mine = cart_of(await put(home, await seated(home, "sa@nordlicht"), "Office 365 Basic"))
    other = await seated(home, "sa@suedwind")
    pages = [await other.open(f"{place(home)}/order?cart={cart}") for cart in (mine, str(home.here.id("fjord")))]
    assert [page.status_code for page in pages] == [404, 404]
    assert all("no such thing among yours" in page.text for page in pages)
    assert (await other.open(f"{place(home)}/order?cart=nonsense")).status_code == 400


async def test_it_takes_three_trips_and_is_whole_in_german(counted_home: tuple[House, Tally]) -> None:
    home, tally = counted_home
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home, "Office 365 Premium", 5)
    browser = await seated(home, "sa@nordlicht", "de")
    cart = await put(home, browser, "Office 365 Basic")
    item = await home.here.item("Device Management")
    address = f"{place(home)}/order"
    for query in ("", "?find=off", f"?parent={one}", f"?cart={cart_of(cart)}", f"?cart={cart_of(cart)}&item={item}"):
        trips = await home.trips(browser, address + query, tally)
        assert len(trips) <= 3, (query, trips)
        page = await browser.open(address + query)
        inside = re.sub(r"<pre.*?</pre>|<[^>]+>", " ", page.text[page.text.index("<main") :], flags=re.DOTALL)
        assert not re.search(r"\b(price|until|cart|Choose|Order|Place)\b", inside), query
    await browser.send(cart, form_of(cart, "place"), act="place")
    assert len(await home.trips(browser, f"{address}?cart={cart_of(cart)}", tally)) <= 3
    assert "Für Alpenblick Logistik GmbH bestellt" in (await browser.open(f"{address}?cart={cart_of(cart)}")).text


async def test_a_provider_names_its_reseller_as_partner_of_record(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    provider, reseller = home.here.id("nordlicht"), home.here.tenant("wolkenwerk")
    assert reseller.enrolment is not None
    browser = await seated(home, "sa@nordlicht")
    assert 'name="reseller"' not in (await choosing(home, browser, "Device Management")).text
    async with home.here.owner() as owner:
        await owner.execute(
            """INSERT INTO partner_relationship (provider_tenant_id, reseller_tenant_id, id, state, formed_at)
            VALUES ($1, $2, gen_random_uuid(), 'active', $3)""",
            *(provider, reseller.id, home.here.clock.now()),
        )
        await owner.execute(
            """INSERT INTO reseller_relationship (customer_tenant_id, id, partner_tenant_id, provider_tenant_id, state,
                privileges, company_name, domain, formed_at)
            SELECT t.id, gen_random_uuid(), $1, $2, 'active', false, t.company_name, t.domain, $3 FROM tenant t
            WHERE t.id = $4""",
            *(reseller.id, provider, home.here.clock.now(), home.here.id(CUSTOMER)),
        )
    page = await choosing(home, browser, "Device Management")
    number = reseller.enrolment.mpn_id
    assert f'<option value="{number}">' in page.text
    choice = re.findall(r'name="choice" value="([^"]+)"', page.text)[0]
    typed = {"act": "add", "choice": choice, "quantity": "2", "nickname": ""}
    wrong = await browser.send(page, form_of(page, "add"), reseller="4999999", **typed)
    assert wrong.status_code == 400
    cart = await browser.follow(await browser.send(page, form_of(page, "add"), reseller=number, **typed))
    assert f"partner of record {number}" in cart.text
    # Changing the quantity keeps whom the line names.
    changed = await browser.send(cart, form_of(cart, "update"), **{"act": "update", "quantity-0": "3"})
    cart = await browser.follow(changed)
    await browser.send(cart, form_of(cart, "place"), act="place")
    assert [(one.quantity, one.partner_of_record) for one in await held(home)] == [(3, number)]
