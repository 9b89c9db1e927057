"""A partner's customers in a browser: the table and its sheet, and a new one in four steps that lose nothing."""

import re
from html import unescape

import httpx
import pytest

from support.portal import Browser, House, heading
from support.seated import seated
from support.tally import Tally

ALL, NEW = "/partner/customers", "/partner/customers/new"
COMPANY = {"company_name": "Birke Möbel & Co", "domain": "Birke.Example", "country": "DE"}
ADDRESS = {"address_line1": "Sägeweg 3", "postal_code": "32756", "city": "Detmold", "last_name": "Ott"}
BILLING = {"email": "rechnung@birke.example", "culture": "de-DE", "language": "de", "admin_name": "chefin"}


async def _go(browser: Browser, page: httpx.Response, go: str, **typed: str) -> httpx.Response:
    return await browser.follow(await browser.send(page, 1, go=go, **typed))


async def _reviewed(browser: Browser) -> httpx.Response:
    page = await browser.open(NEW)
    for go, typed in (("address", COMPANY), ("billing", ADDRESS), ("review", BILLING)):
        page = await _go(browser, page, go, **typed)
        assert page.status_code == 200, page.text
    return page


async def _made(home: House) -> list[str]:
    async with home.here.owner() as owner:
        rows = await owner.fetch("SELECT domain FROM tenant WHERE domain LIKE 'birke%' ORDER BY domain")
    return [row["domain"] for row in rows]


@pytest.mark.parametrize("role", ["ga", "aa", "sa", "hd", "ba", "um"])
async def test_the_table_is_for_who_may_read_customers(home: House, role: str) -> None:
    await home.here.relate("nordlicht", "alpenblick")
    page = await (await seated(home, f"{role}@nordlicht")).open(ALL)
    if role == "um":
        assert page.status_code == 403
        return
    assert heading(page.text) == "Customers"
    rows = re.findall(r"<th scope=\"row\"><a[^>]*>([^<]+)", page.text)
    assert rows == ["Alpenblick Logistik GmbH", "Hafen Digital GmbH"]


async def test_the_filter_searches_all_and_the_sheet_has_all(home: House) -> None:
    await home.here.relate("nordlicht", "alpenblick")
    browser = await seated(home, "sa@nordlicht")
    found = await browser.open(f"{ALL}?filter={str(home.here.id('hafen'))[:36]}")
    assert "Hafen Digital GmbH" in found.text
    assert "Alpenblick" not in found.text
    sheet = await browser.open(f"{ALL}?format=csv&filter=hafen")
    assert sheet.headers["content-type"].startswith("text/csv")
    down = await browser.open(f"{ALL}?sort=-name")
    assert down.text.index("Hafen Digital") < down.text.index("Alpenblick Logistik")


async def test_without_a_customer_the_table_teaches(home: House) -> None:
    page = await (await seated(home, "sa@suedwind")).open(ALL)
    assert "You have no customer yet." in page.text


@pytest.mark.parametrize("role", ["ga", "um", "aa", "sa", "hd", "ba"])
async def test_a_customer_is_created_by_who_may(home: House, role: str) -> None:
    page = await (await seated(home, f"{role}@nordlicht")).open(NEW)
    assert page.status_code == (403 if role in ("hd", "ba") else 200)


async def test_a_customer_is_made_once_in_four_steps_and_its_password_shown(home: House) -> None:
    browser = await seated(home, "sa@nordlicht")
    review = await _reviewed(browser)
    for said in ("Birke Möbel &amp; Co", "Sägeweg 3", "rechnung@birke.example", "chefin@"):
        assert said in review.text
    first, again = [await browser.send(review, 1, go="create") for _ in range(2)]
    assert first.status_code == again.status_code == 200
    assert heading(first.text) == "Birke Möbel &amp; Co is created"
    passwords = [re.search(r'id="password" value="([^"]+)"', one.text) for one in (first, again)]
    assert passwords[0]
    assert passwords[1]
    assert passwords[0].group(1) == passwords[1].group(1)
    assert "chefin@birke.example" in first.text
    assert await _made(home) == ["birke.example"]
    other = home.browser()
    form = await other.open("/portal/sign-in?page=/customer")
    entered = await other.send(form, username="chefin@birke.example", password=unescape(passwords[0].group(1)))
    assert heading((await other.follow(entered)).text) == "Choose a password"


@pytest.mark.parametrize(
    ("step", "wrong", "said"),
    [
        ("company", {"domain": "no domain"}, "Give a domain, such as company.example."),
        ("company", {"domain": "alpenblick.example"}, "Another tenant has this domain already."),
        ("company", {"company_name": " "}, "Give the company&#39;s name"),
        ("company", {"country": "XX"}, "Choose the country."),
        ("address", {"postal_code": "1"}, "Postal codes of this country look otherwise."),
        ("address", {"address_line1": "Sägeweg"}, "without a number it leads to no door."),
        ("address", {"city": ""}, "Give the city."),
        ("billing", {"email": "x"}, "Give the mail address"),
        ("billing", {"culture": "fr-FR"}, "Choose one of these."),
        ("billing", {"admin_name": "a b"}, "Letters, digits, dots and dashes"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    home: House, step: str, wrong: dict[str, str], said: str
) -> None:
    browser = await seated(home, "sa@nordlicht")
    page = await browser.open(NEW)
    steps = {"company": ("address", COMPANY), "address": ("billing", ADDRESS), "billing": ("review", BILLING)}
    for at, (go, typed) in steps.items():
        page = await _go(browser, page, go, **(typed | wrong if at == step else typed))
        if at == step:
            break
    assert page.status_code == 400
    assert said in page.text
    assert 'aria-invalid="true"' in page.text
    assert 'role="alert"' in page.text
    given = {**COMPANY, **(ADDRESS if step != "company" else {}), **(BILLING if step == "billing" else {}), **wrong}
    for name, value in given.items():
        if name not in ("country", "culture", "language") and value.strip():
            assert f'name="{name}"' in page.text
            assert value.replace("&", "&amp;") in page.text
    assert await _made(home) == []


async def test_one_goes_back_and_on_without_losing_anything(home: House) -> None:
    browser = await seated(home, "sa@nordlicht")
    review = await _reviewed(browser)
    company = await _go(browser, review, "company")
    assert 'value="Birke Möbel &amp; Co"' in company.text
    again = await _go(browser, company, "address", company_name="Birke Neu", domain="birke-neu.example", country="US")
    assert 'value="Sägeweg 3"' in again.text
    assert '<option value="CA"' in again.text
    wrong = await _go(browser, again, "billing", postal_code="32756", state="")
    assert "Choose one of the states of this country." in wrong.text
    skipped = await _go(browser, wrong, "create")
    assert skipped.status_code == 400
    assert await _made(home) == []


async def test_a_domain_taken_meanwhile_is_said_at_the_company(home: House) -> None:
    browser = await seated(home, "sa@nordlicht")
    review = await _reviewed(browser)
    async with home.here.owner() as owner:
        await owner.execute("UPDATE tenant_domain SET name = 'birke.example' WHERE name = 'fjord.example'")
    page = await _go(browser, review, "create")
    assert page.status_code == 409
    assert "Another tenant has this domain already" in page.text
    assert 'id="company_name"' in page.text


async def test_a_form_of_another_site_makes_nothing(home: House) -> None:
    browser = await seated(home, "sa@nordlicht")
    sent = {**COMPANY, **ADDRESS, **BILLING, "step": "review", "go": "create"}
    assert (await browser.http.post(NEW, data=sent)).status_code == 403
    assert await _made(home) == []


async def test_they_speak_german(home: House) -> None:
    browser = await seated(home, "sa@nordlicht", "de")
    assert heading((await browser.open(ALL)).text) == "Kunden"
    review = await _reviewed(browser)
    assert heading(review.text) == "Neuer Kunde"
    assert "Deutschland" in (await browser.open(NEW)).text
    assert heading((await browser.send(review, 1, go="create")).text) == "Birke Möbel &amp; Co ist angelegt"


async def test_a_page_takes_one_trip(counted_home: tuple[House, Tally]) -> None:
    home, tally = counted_home
    browser = await seated(home, "sa@nordlicht")
    for address in (ALL, NEW):
        trips = await home.trips(browser, address, tally)
        assert len(trips) == 1, (address, trips)
