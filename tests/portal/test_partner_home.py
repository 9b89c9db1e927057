"""A partner's first page: what each role sees of it, in three trips, in both languages."""

import re
from datetime import timedelta
from html import unescape

import pytest

from copartner.relationships.service import requests
from support.delegated import READER, Delegated
from support.portal import House, heading
from support.seated import seated
from support.tally import Tally

ROLES = ("ga", "um", "aa", "sa", "hd", "ba")


async def _busy(home: House) -> None:
    here = home.here
    await here.relate("nordlicht", "alpenblick")
    await requests.send_request(here.context("sa@nordlicht"), domain="fjord.example")
    await requests.send_request(here.context("sa@nordlicht"))
    async with here.owner() as owner:
        pair = Delegated(here, owner, "nordlicht", "alpenblick")
        await pair.relationship(READER, ends_at=here.clock.now() + timedelta(days=6))


@pytest.mark.parametrize("role", ROLES)
async def test_every_role_of_a_partner_sees_its_part(home: House, role: str) -> None:
    await _busy(home)
    page = await (await seated(home, f"{role}@nordlicht")).open("/partner")
    assert page.status_code == 200
    assert heading(page.text) == "What needs your attention"
    hidden = page.text.count("Not shown to you.")
    assert hidden == {"ga": 0, "um": 4, "aa": 0, "sa": 2, "hd": 3, "ba": 3}[role]
    assert ("fjord.example" in page.text) is (role in ("ga", "um", "aa", "sa"))
    assert ("Alpenblick Logistik GmbH" in page.text) is (role != "um")
    assert "Whoever opens the link" in page.text or role in ("hd", "ba")


async def test_customers_are_found_as_one_types(home: House) -> None:
    await _busy(home)
    browser = await seated(home, "sa@nordlicht")
    found = await browser.open("/partner?q=BLICK")
    assert f'href="/partner/customers/{home.here.id("alpenblick")}"' in found.text
    assert str(home.here.id("hafen")) not in found.text
    none = await browser.open("/partner?q=%3Cb%3E")
    assert "has “&lt;b&gt;” in its name" in none.text


async def test_ten_thousand_customers_are_looked_through_at_a_time(home: House) -> None:
    async with home.here.owner() as owner:
        for statement in (
            """INSERT INTO tenant (id, organisation_id, kind, cloud, company_name, domain, country, created_at)
            SELECT gen_random_uuid(), o.id, 'customer', 'commercial', 'Firma ' || lpad(n::text, 5, '0') || ' Nord',
                'kunde-' || n || '.example', 'DE', now()
            FROM generate_series(1, 10001) AS n, (SELECT id FROM organisation LIMIT 1) AS o""",
            """INSERT INTO reseller_relationship (customer_tenant_id, id, partner_tenant_id, state, privileges,
                company_name, domain, formed_at)
            SELECT t.id, gen_random_uuid(), $1, 'active', false, t.company_name, t.domain, now()
            FROM tenant t WHERE t.domain LIKE 'kunde-%'""",
        ):
            await owner.execute(statement, *([home.here.id("nordlicht")] if "$1" in statement else []))
    browser = await seated(home, "sa@nordlicht")
    page = await browser.open("/partner?q=digital")
    assert "The first 10,000 of your customers were looked through" in page.text
    assert "has “digital”" not in page.text
    part = await browser.open("/partner/customers?filter=digital")
    assert "No row of this part fits the filter." in part.text
    following = re.search(r'<a rel="next" href="([^"]+)"', part.text)
    assert following
    rest = await browser.open(unescape(following.group(1)))
    assert "Hafen Digital GmbH" in rest.text
    assert 'rel="next"' not in rest.text
    for found in ("hafen", str(home.here.id("hafen"))):
        assert "Hafen Digital GmbH" in (await browser.open(f"/partner?q={found}")).text


async def test_it_is_whole_in_german(home: House) -> None:
    await _busy(home)
    page = await (await seated(home, "ga@nordlicht", "de")).open("/partner")
    assert heading(page.text) == "Worum Sie sich kümmern sollten"
    assert "wartet seit heute" in page.text


@pytest.mark.parametrize("who", ["ga@alpenblick", "ga@wolkenstadt"])
async def test_it_is_refused_to_who_is_no_partner(home: House, who: str) -> None:
    page = await (await seated(home, who)).open("/partner")
    assert page.status_code in (403, 404)


@pytest.mark.parametrize("role", ["ga", "um"])
async def test_it_takes_three_trips_at_most(counted_home: tuple[House, Tally], role: str) -> None:
    home, tally = counted_home
    await _busy(home)
    trips = await home.trips(await seated(home, f"{role}@nordlicht"), "/partner?q=a", tally)
    assert len(trips) <= 3, trips
