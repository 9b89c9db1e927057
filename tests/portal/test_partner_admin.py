"""A partner's people ask for delegated admin in a browser, give it to groups, extend it and end it."""

import re
from html import unescape

from copartner.delegation import service
from copartner.delegation.model import AdminRelationship, AutoExtend, Status
from copartner.delegation.roles import known
from copartner.tenants.service import groups
from support.portal import House, heading
from support.seated import seated

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
