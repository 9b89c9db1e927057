"""A partner's people ask for delegated admin in a browser, give it to groups, extend it and end it."""

import re
from html import unescape

import pytest
from httpx import Response

from copartner.delegation import consent, service
from copartner.delegation.consent_model import Offer
from copartner.delegation.model import AdminRelationship, AutoExtend, Status
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR, known
from copartner.policy.facts import Side
from copartner.tenants.service import groups
from support.portal import Browser, House, heading
from support.seated import seated
from support.tally import Tally

AA, ROOT = "aa@nordlicht", "/partner/admin-relationships"
ROLES = tuple(known())[-2:]
TICKED = {f"role-{one}": "on" for one in ROLES}
TYPED = {"name": "Betrieb", "days": "365", **TICKED, "act": "save"}


async def only(home: House) -> AdminRelationship:
    """The one relationship of nordlicht."""
    (found,) = await service.list_relationships(home.here.context(AA))
    return found


async def test_from_the_draft_to_the_end(home: House) -> None:
    await home.here.relate("nordlicht", "alpenblick")
    group = await groups.create_group(home.here.context("ga@nordlicht"), name="Support Nord")
    browser = await seated(home, AA)
    empty = await browser.open(ROOT)
    assert "No relationship here so far." in empty.text
    whom = await browser.open(f"{ROOT}/new")
    link = re.search(r'href="([^"]+)">Alpenblick Logistik GmbH', whom.text)
    assert link
    form = await browser.open(unescape(link.group(1)))
    assert "Step 2 of 3" in form.text
    made = await browser.follow(await browser.send(form, **TYPED))
    assert heading(made.text) == "Betrieb"
    assert "The draft is made." in made.text
    asked = await browser.follow(await browser.send(made, 1, act="ask"))
    assert "It is locked. Send the customer the link now." in asked.text
    relationship = await only(home)
    address = f"/partners/invitation/granularAdminRelationships/{relationship.id}-{relationship.partner_tenant_id}"
    assert f'value="{home.root}{address}"' in asked.text
    assert "Sehr geehrte Damen und Herren" in asked.text
    customer = home.browser()
    page = await customer.sign_in(address)
    await customer.follow(await customer.send(page, 1, answer="approve"))
    active = await browser.open(str(made.url))
    assert "Nobody acts by it yet." in active.text
    first = {f"role-{ROLES[0]}": "on"}
    given = await browser.follow(await browser.send(active, 1, act="assign", group=str(group.id), **first))
    assert "The group has these roles." in given.text
    assert "Support Nord" in given.text
    changed = await browser.follow(await browser.send(given, 1, act="reassign", **TICKED))
    assert "The roles of the group are changed." in changed.text
    assert "Roles of a group changed" in changed.text
    extended = await browser.follow(await browser.send(changed, -2, act="extend"))
    assert "At its end it goes on by 180 days." in extended.text
    assert (await only(home)).auto_extend is AutoExtend.HALF_A_YEAR
    unsure = await browser.send(extended, act="end")
    assert (unsure.status_code, "Tick that you are sure" in unsure.text) == (400, True)
    over = await browser.follow(await browser.send(extended, act="end", sure="yes"))
    assert "It is ended. Nobody of your company acts by it any more." in over.text
    assert "Roles taken from a group" in over.text
    assert (await only(home)).status is Status.TERMINATED


async def made(home: House, **typed: str) -> tuple[Browser, Response]:
    """A draft of nordlicht for alpenblick, and the browser of who made it."""
    browser = await seated(home, AA)
    form = await browser.open(f"{ROOT}/new?customer={home.here.id('alpenblick')}")
    sent = await browser.follow(await browser.send(form, **{**TYPED, **typed}))
    assert sent.status_code == 200, sent.text
    return browser, sent


async def approved(home: House, **typed: str) -> tuple[Browser, Response]:
    """The same, approved."""
    browser, page = await made(home, **typed)
    await service.ask_for_approval(home.here.context(AA), key=(await only(home)).key)
    await consent.approve_relationship(home.here.context("ga@alpenblick", Side.CUSTOMER), key=(await only(home)).key)
    return browser, await browser.open(str(page.url))


async def test_what_was_typed_stays_where_it_is_refused(home: House) -> None:
    browser, _ = await made(home)
    form = await browser.open(f"{ROOT}/new?customer=open")
    everything = f"role-{GLOBAL_ADMINISTRATOR}"
    cases = (
        ({**TYPED, "name": " "}, 400, "Give it a name of 1 to 50 printable characters."),
        ({**TYPED, "days": "731"}, 400, "Type a number of days, from 1 to 730."),
        ({**TYPED, "days": "x"}, 400, "Type a number of days, from 1 to 730."),
        ({"name": "Neu", "days": "7", "act": "save"}, 400, "Tick at least one role."),
        ({**TYPED, "extend": "on", everything: "on"}, 400, "With Global Administrator it is never extended"),
        (TYPED, 409, "Another relationship of yours has this name"),
    )
    for typed, code, said in cases:
        page = await browser.send(form, **typed)
        assert (page.status_code, said in page.text) == (code, True), typed
        assert f'value="{typed["days"]}"' in page.text
        assert page.text.count(" checked") == sum(value == "on" for value in typed.values())
    unknown = await browser.open(f"{ROOT}/new?customer={ROLES[0]}")
    page = await browser.send(unknown, **{**TYPED, "name": "Neu"})
    assert (page.status_code, "No tenant has this identifier" in page.text) == (400, False) or page.status_code == 404


async def test_roles_are_looked_for_in_the_readers_language_and_ticks_stay(home: House) -> None:
    browser = await seated(home, AA, "de")
    form = await browser.open(f"{ROOT}/new?customer=open")
    found = await browser.send(form, name="X", days="30", search="kennw", act="search", **TICKED)
    assert found.status_code == 200
    assert "Kennwortadministrator" in found.text
    assert "Exchange-Administrator" not in found.text
    assert found.text.count(" checked") == 2
    assert 'value="X"' in found.text
    english = await browser.send(form, name="X", days="30", search="password admin", act="search")
    assert "Kennwortadministrator" in english.text


async def test_a_second_click_makes_one_draft_and_ends_on_the_same_page(home: House) -> None:
    browser = await seated(home, AA)
    form = await browser.open(f"{ROOT}/new?customer={home.here.id('alpenblick')}")
    first, second = await browser.send(form, **TYPED), await browser.send(form, **TYPED)
    assert first.headers["location"] == second.headers["location"]
    page = await browser.follow(first)
    for act, typed in (("ask", {}), ("ask", {})):
        again = await browser.follow(await browser.send(page, 1, act=act, **typed))
        assert heading(again.text) == "Betrieb"
    assert (await only(home)).status is Status.APPROVAL_PENDING


async def test_a_draft_is_changed_and_deleted(home: House) -> None:
    browser, page = await made(home)
    form = await browser.open(f"{page.url}/change")
    assert form.text.count(" checked") == 2
    wrong = await browser.send(form, **{**TYPED, "name": "x" * 51})
    assert (wrong.status_code, "x" * 51 in wrong.text) == (400, True)
    changed = await browser.follow(await browser.send(form, **{**TYPED, "name": "Anders", "days": "30"}))
    assert heading(changed.text) == "Anders"
    assert "30 days" in changed.text
    unsure = await browser.send(changed, act="delete")
    assert unsure.status_code == 400
    gone = await browser.follow(await browser.send(changed, act="delete", sure="yes"))
    assert "The draft is deleted." in gone.text
    again = await browser.follow(await browser.send(changed, act="delete", sure="yes"))
    assert again.url == gone.url
    late = await browser.open(f"{page.url}/change")
    assert late.status_code == 404


async def test_global_administrator_is_warned_of_and_left_out(home: House) -> None:
    browser, page = await approved(home, **{f"role-{GLOBAL_ADMINISTRATOR}": "on"})
    assert 'value="extend"' not in page.text
    left = await browser.follow(await browser.send(page, -2, act="narrow", sure="yes"))
    assert "Global Administrator is left out" in left.text
    assert "Roles of the relationship narrowed" in left.text
    assert 'value="extend"' in left.text
    assert GLOBAL_ADMINISTRATOR not in (await only(home)).roles


async def test_what_the_customer_offers_instead_is_taken(home: House) -> None:
    browser, page = await made(home)
    key = (await only(home)).key
    await service.ask_for_approval(home.here.context(AA), key=key)
    customer = home.here.context("ga@alpenblick", Side.CUSTOMER)
    countered = await consent.counter_relationship(customer, key=key, offer=Offer(roles=ROLES[:1]), reason="Weniger")
    refused = await browser.open(str(page.url))
    assert "It was refused." in refused.text
    assert "Weniger" in refused.text
    offered = await browser.open(f"{ROOT}/{countered.offered.id}-{key.partner_tenant_id}")
    assert "The customer offers you this" in offered.text
    taken = await browser.follow(await browser.send(offered, 1, act="ask"))
    assert "Nobody acts by it yet." in taken.text


async def test_a_provider_asks_and_its_reseller_answers(home: House) -> None:
    async with home.here.owner() as owner:
        await owner.execute(
            """INSERT INTO partner_relationship (provider_tenant_id, reseller_tenant_id, id, state, formed_at)
            VALUES ($1, $2, $3, 'active', $4)""",
            *(home.here.id("wolkenwerk"), home.here.id("nordlicht"), home.here.runtime.ids.new()),
            home.here.clock.now(),
        )
    provider = await seated(home, "aa@wolkenwerk")
    form = await provider.open(f"{ROOT}/new?customer={home.here.id('alpenblick')}")
    asked = await provider.follow(await provider.send(form, **TYPED, reseller=str(home.here.id("nordlicht"))))
    assert "An Admin agent of your indirect reseller agrees first." in asked.text
    reseller = await seated(home, AA, "de")
    listed = await reseller.open(ROOT)
    link = re.search(r'href="([^"]+)">Betrieb', listed.text)
    assert link
    page = await reseller.open(link.group(1))
    assert "Wolkenwerk GmbH hat diese Rollen für Ihre Mitarbeiter angefragt." in page.text
    agreed = await reseller.follow(await reseller.send(page, 1, act="agree"))
    assert "Sie haben zugestimmt." in agreed.text
    assert "Link zur Genehmigung" in agreed.text
    again = await reseller.follow(await reseller.send(page, 1, act="refuse"))
    assert "Link zur Genehmigung" in again.text


async def test_the_list_by_state_and_customer_and_as_a_sheet(home: House) -> None:
    browser, _ = await approved(home)
    await browser.send(await browser.open(f"{ROOT}/new?customer=open"), **{**TYPED, "name": "Offen"})
    both = await browser.open(ROOT)
    assert both.text.count('scope="row"') == 2
    assert "365" in both.text
    for query, names in (
        ("state=active", ["Betrieb"]),
        ("state=draft", ["Offen"]),
        ("state=over", []),
        (f"customer={home.here.id('alpenblick')}", ["Betrieb"]),
        (f"customer={home.here.id('lavande')}", []),
        ("filter=offen", ["Offen"]),
    ):
        page = await browser.open(f"{ROOT}?{query}")
        assert re.findall(r'scope="row"><a [^>]+>([^<]+)<', page.text) == names, query
    sheet = await browser.open(f"{ROOT}?format=csv")
    assert sheet.text.startswith("name,customer,state,ends,days,extends,roles\r\n")
    assert "Betrieb" in sheet.text


@pytest.mark.parametrize(("name", "listed", "asks"), [
    ("aa@nordlicht", 200, 200), ("ga@nordlicht", 200, 403), ("um@nordlicht", 200, 403), ("sa@nordlicht", 403, 403),
    ("hd@nordlicht", 403, 403), ("ba@nordlicht", 403, 403), ("aa@suedwind", 200, 200), ("ga@alpenblick", 403, 403),
])  # fmt: skip
async def test_whom_the_pages_are_for(home: House, name: str, listed: int, asks: int) -> None:
    _, page = await made(home)
    browser = await seated(home, name)
    assert (await browser.open(ROOT)).status_code == listed
    assert (await browser.open(f"{ROOT}/new")).status_code == asks
    one = await browser.open(str(page.url))
    own = name.endswith("@nordlicht")
    assert one.status_code == (listed if own else 404 if name != "ga@alpenblick" else one.status_code)
    assert one.status_code in (200, 403, 404)
    if own and listed == 200 and asks == 403:
        assert "Not possible for you." in one.text
        assert 'value="ask"' not in one.text


async def test_each_page_is_few_trips(counted_home: tuple[House, Tally]) -> None:
    home, tally = counted_home
    browser, page = await approved(home)
    for path, most in (
        (ROOT, 1), (f"{ROOT}/new", 2), (f"{ROOT}/new?customer=open", 1), (str(page.url), 1),
    ):  # fmt: skip
        assert len(await home.trips(browser, path, tally)) <= most, path


async def test_a_form_made_elsewhere_changes_nothing(home: House) -> None:
    browser, page = await made(home)
    sent = await browser.http.post(str(page.url), data={"key": "x", "act": "ask"})
    assert sent.status_code == 403
    assert (await only(home)).status is Status.CREATED
