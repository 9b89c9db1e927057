"""A customer's Global admin reads in a browser which roles a partner asks for, and answers."""

import asyncio
from typing import Any

from copartner.delegation import cap, service, tiers
from copartner.delegation.consent_model import CapKind
from copartner.delegation.model import AdminRelationship, Asked, AutoExtend, Key, Status
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR, known
from copartner.policy.facts import Side
from support.portal import House, heading

NAME = "Nordlicht IT GmbH"
ROLES = tuple(known())[-2:]
AA, GA = "aa@nordlicht", "ga@alpenblick"


async def ask(home: House, *, customer: str | None = "alpenblick", **more: Any) -> AdminRelationship:
    """A request of nordlicht for two roles, for a year."""
    asked = Asked(
        **{
            "display_name": "Betrieb",
            "duration": "P1Y",
            "roles": ROLES,
            "customer_tenant_id": home.here.id(customer) if customer else None,
            **more,
        }
    )
    made = await service.create_relationship(home.here.context(AA), asked=asked)
    await service.ask_for_approval(home.here.context(AA), key=made.key)
    return await service.read_relationship(home.here.context(AA), key=made.key)


def invitation(made: AdminRelationship) -> str:
    """The address that clients of the contract build."""
    return f"/partners/invitation/granularAdminRelationships/{made.id}-{made.partner_tenant_id}"


async def status(home: House, key: Key) -> Status:
    return (await service.read_relationship(home.here.context(AA), key=key)).status


async def test_an_invitation_is_read_and_approved(home: House) -> None:
    made = await ask(home, auto_extend=AutoExtend.HALF_A_YEAR)
    browser = home.browser()
    page = await browser.sign_in(invitation(made))
    assert page.status_code == 200
    assert heading(page.text) == f"Let {NAME} administer your tenant?"
    for role in (known()[one] for one in ROLES):
        assert role.name in page.text
        assert role.text in page.text
        assert f"{role.risk} risk" in page.text
    for told in ("nordlicht.example", "4100001", "1 year", "goes on by 180 days each time", "word for word"):
        assert told in page.text
    done = await browser.follow(await browser.send(page, 1, answer="approve", reason="Wie besprochen"))
    assert heading(done.text) == f"{NAME} administers your tenant"
    assert "Wie besprochen" in done.text
    assert await status(home, made.key) is Status.ACTIVE
    again = await browser.follow(await browser.send(page, 1, answer="reject"))
    assert again.text == done.text
    own = await browser.open(f"/customer/consent/delegated-admin-relationships/{invitation(made)[-73:]}")
    assert heading(own.text) == heading(done.text)
    ended = await browser.answer(own, "end")
    assert heading(ended.text) == "These roles were ended"
    assert await status(home, made.key) is Status.TERMINATED


async def test_it_is_refused_once_and_only_by_whom_it_asks(home: House) -> None:
    made = await ask(home)
    for who, code in (("ga@lavande", 404), ("ba@alpenblick", 403)):
        assert (await home.browser().sign_in(invitation(made), who)).status_code == code
    browser = home.browser()
    head, _, identifier = invitation(made).rpartition("/")
    page = await browser.sign_in(f"{head}/{identifier.upper()}")
    clicks = [browser.send(page, 1, answer="reject", reason="Zu <b>viel</b>") for _ in range(3)]
    shown = [await browser.follow(one) for one in await asyncio.gather(*clicks)]
    assert {heading(one.text) for one in shown} == {"This request was refused"}
    assert "Zu &lt;b&gt;viel&lt;/b&gt;" in shown[0].text
    assert await status(home, made.key) is Status.TERMINATED


async def test_less_is_offered_by_ticking(home: House) -> None:
    made = await ask(home)
    browser = home.browser()
    page = await browser.sign_in(invitation(made))
    nothing = await browser.send(page, 2, answer="counter", duration="P90D")
    assert (nothing.status_code, "Tick at least one role" in nothing.text) == (400, True)
    ticked = {f"role-{ROLES[0]}": "offered"}
    done = await browser.follow(await browser.send(page, 2, answer="counter", duration="P90D", reason="Eins", **ticked))
    assert heading(done.text) == "This request was refused"
    listed = await service.list_relationships(home.here.context(AA), statuses=[Status.CREATED])
    (offered,) = listed.items
    assert (offered.roles, offered.duration, offered.approved_in_advance) == ((ROLES[0],), "P90D", True)
    assert offered.auto_extend is AutoExtend.NOT


async def test_what_the_cap_leaves_out_is_marked_and_not_approved(home: House) -> None:
    await cap.set_cap(home.here.context(GA, Side.CUSTOMER), kind=CapKind.REFUSED, roles=(GLOBAL_ADMINISTRATOR,))
    made = await ask(home, roles=(GLOBAL_ADMINISTRATOR, *ROLES))
    browser = home.browser()
    page = await browser.sign_in(invitation(made))
    assert page.text.count("beyond your cap") == 1
    assert 'value="approve"' not in page.text
    assert f'id="role-{GLOBAL_ADMINISTRATOR}"' not in page.text
    denied = await browser.send(page, 1, answer="approve")
    assert (denied.status_code, "cap leaves out" in denied.text) == (403, True)


async def test_a_request_of_a_provider_waits_for_its_reseller(home: House) -> None:
    async with home.here.owner() as owner:
        await owner.execute(
            """INSERT INTO partner_relationship (provider_tenant_id, reseller_tenant_id, id, state, formed_at)
            VALUES ($1, $2, $3, 'active', $4)""",
            *(
                home.here.id("wolkenwerk"),
                home.here.id("nordlicht"),
                home.here.runtime.ids.new(),
                home.here.clock.now(),
            ),
        )
    asked = Asked(display_name="Indirekt", duration="P1Y", roles=ROLES, customer_tenant_id=home.here.id("alpenblick"))
    made = await tiers.provide_relationship(
        home.here.context("aa@wolkenwerk"), reseller_tenant_id=home.here.id("nordlicht"), asked=asked
    )
    browser = home.browser()
    page = await browser.sign_in(invitation(made))
    assert "has not agreed so far" in page.text
    assert 'value="approve"' not in page.text
    await tiers.consent_to_relationship(home.here.context(AA), key=made.key, approves=True)
    assert 'value="approve"' in (await browser.open(invitation(made))).text


async def test_an_address_with_something_else_than_two_identifiers_leads_nowhere(home: House) -> None:
    browser = home.browser()
    for wrong in ("x", "1-2", f"{ROLES[0]}", f"{ROLES[0]}-", f"{ROLES[0]}-{ROLES[0]}-{ROLES[0]}"):
        found = await browser.http.get(f"/partners/invitation/granularAdminRelationships/{wrong}")
        assert (found.status_code, heading(found.text)) == (404, "This address leads nowhere"), wrong
    unknown = await browser.sign_in(f"/partners/invitation/granularAdminRelationships/{ROLES[0]}-{ROLES[1]}")
    assert unknown.status_code == 404
