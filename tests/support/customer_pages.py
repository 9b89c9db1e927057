"""A customer with something on every page of its portal: partners that sell, administer and ask; what was denied."""

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest

from copartner.access import service as access
from copartner.catalogue.model import BillingCycle
from copartner.command.denial import Denied
from copartner.delegation import consent, service
from copartner.delegation.model import AdminRelationship, Asked, Key
from copartner.directory.model import NewUser, Password
from copartner.directory.service import users
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.facts import Side
from support.delegated import LICENCES, USERS, Delegated
from support.portal import House

GERMAN = {"Accept-Language": "de-DE,de;q=0.9"}
NORTH = "Nordlicht IT GmbH"


async def ask(home: House, *roles: UUID, partner: str = "nordlicht", name: str = "Betrieb") -> AdminRelationship:
    """A request of a partner's for roles, for a year."""
    asked = Asked(display_name=name, duration="P1Y", roles=roles, customer_tenant_id=home.here.id("alpenblick"))
    agent = home.here.context(f"aa@{partner}")
    made = await service.create_relationship(agent, asked=asked)
    await service.ask_for_approval(agent, key=made.key)
    return made


async def approve(home: House, made: AdminRelationship) -> Key:
    """The customer's Global admin approves, and so has a receipt."""
    customer = home.here.context("ga@alpenblick", Side.CUSTOMER)
    await consent.approve_relationship(customer, key=made.key, reason="Wie besprochen")
    return made.key


async def sell(home: House, partner: str) -> None:
    """A year of licences and an Azure plan."""
    for title, term, cycle in (("Office 365 Enterprise", "P1Y", BillingCycle.MONTHLY), ("Azure plan", None, None)):
        more = {"term": term, "billing_cycle": cycle} if term else {}
        wish = Wish(catalog_item_id=await home.here.item(title), quantity=3 if term else 1, **more)
        context = home.here.context(f"sa@{partner}")
        await orders.place_order(context, customer_id=home.here.id("alpenblick"), wishes=[wish])


async def furnish(home: House) -> Key:
    """All of it; the granular relationship that was approved and is used."""
    here = home.here
    for partner in ("nordlicht", "suedwind"):
        await here.relate(partner, "alpenblick")
        await sell(home, partner)
    approved = await approve(home, await ask(home, USERS, LICENCES))
    async with here.owner() as owner:
        north, south = (Delegated(here, owner, one, "alpenblick") for one in ("nordlicht", "suedwind"))
        await north.assign(approved.id, await north.group("support", north.user("sa")), USERS)
        await south.privileges()
        soon = here.clock.now() + timedelta(days=12)
        await owner.execute("UPDATE admin_relationship SET ends_at = $2 WHERE id = $1", approved.id, soon)
        await owner.execute(
            "UPDATE subscription SET commitment_ends_at = $2 WHERE partner_tenant_id = $1 AND term = 'P1Y'",
            *(here.id("nordlicht"), soon),
        )
    here.clock.moment += timedelta(hours=1)
    new = NewUser("neu@alpenblick.example", "Neu", Password("Abc-12345"))
    await users.create_user(here.context("sa@nordlicht"), customer_id=here.id("alpenblick"), new=new)
    with pytest.raises(Denied):
        await users.list_users(here.context("sa@wolkenwerk"), customer_id=here.id("alpenblick"))
    with pytest.raises(Denied):
        await access.list_access(here.context("ba@alpenblick", Side.CUSTOMER))
    await home.request("wolkenwerk", reason="Shall we work together?")
    await ask(home, LICENCES, name="Lizenzen")
    return approved


def addresses(home: House, approved: Key) -> tuple[str, ...]:
    """Every page of the customer's that is there to be read, the home first."""
    partner = f"/customer/partners/{home.here.id('nordlicht')}"
    question = "user=sa@nordlicht.example&action=customer_user.create"
    return (
        "/customer",
        "/customer/partners",
        partner,
        f"{partner}/ended",
        "/customer/access",
        "/customer/access?at=2026-11-20",
        "/customer/access/difference?since=2026-11-01&until=2026-11-26",
        "/customer/access/why",
        f"/customer/access/why?{question}",
        "/customer/access/receipts",
        f"/customer/access/receipts/{approved.id}",
        "/customer/access/cap",
        "/customer/subscriptions",
    )


# Many partners, and many subscriptions of one: all named Bulk, which end after everything else.
_PARTNERS = """WITH made AS (SELECT gen_random_uuid() AS id, n FROM generate_series(1, $3::int) AS n),
    owners AS (INSERT INTO organisation (id, name) SELECT id, 'Bulk ' || n FROM made),
    tenants AS (INSERT INTO tenant (id, organisation_id, kind, cloud, company_name, domain, country, created_at)
        SELECT id, id, 'partner', 'commercial', 'Bulk ' || n, 'bulk' || n || '.example', 'DE', $2 FROM made),
    enrolled AS (INSERT INTO enrolment (tenant_id, mpn_id, markets, state, enrolled_at)
        SELECT id, 'bulk' || n, ARRAY['DE'], 'active', $2 FROM made)
    INSERT INTO reseller_relationship (customer_tenant_id, id, partner_tenant_id, state, privileges, company_name,
        domain, formed_at)
    SELECT $1, gen_random_uuid(), id, 'active', false, 'Alpenblick', 'alpenblick.example', $2 FROM made"""
_SUBSCRIPTIONS = """INSERT INTO subscription (customer_tenant_id, id, partner_tenant_id, order_id, line_number,
        product_id, sku_id, availability_id, kind, offer_name, nickname, quantity, status, auto_renew, term,
        billing_cycle, unit_price, currency, created_at, starts_at, commitment_ends_at, is_trial, term_starts_at)
    SELECT o.customer_tenant_id, gen_random_uuid(), o.partner_tenant_id, o.id, 1000 + n, 'p', 's', 'a', 'license',
        'Bulk', 'Bulk', 1, 'active', true, 'P3Y', 'monthly', 1, 'EUR', $2::timestamptz, $2::timestamptz,
        $2::timestamptz + interval '3 years', false, $2::timestamptz
    FROM (SELECT id, customer_tenant_id, partner_tenant_id FROM purchase_order
        WHERE customer_tenant_id = $1 AND partner_tenant_id = $4 LIMIT 1) AS o, generate_series(1, $3::int) AS n"""


async def fill(home: House, *, partners: int, subscriptions: int) -> None:
    """So many more partners, and subscriptions that one of the others sold."""
    customer, now = home.here.id("alpenblick"), home.here.clock.now()
    async with home.here.owner() as owner:
        await owner.execute(_PARTNERS, customer, now, partners)
        await owner.execute(_SUBSCRIPTIONS, customer, now, subscriptions, home.here.id("nordlicht"))


def rows(page: str, table: str) -> list[list[str]]:
    """The cells of a table of a page as they read."""
    body = re.search(rf'id="{table}-name".*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    assert body, page
    lines = re.findall(r"<tr>(.*?)</tr>", body.group(1), re.DOTALL)
    return [[_plain(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line, re.DOTALL)] for line in lines]


def _plain(cell: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())


async def held_by(home: House, partner: str) -> set[str]:
    """Through what a partner has a role at the customer."""
    overview = await access.list_access(home.here.context("ga@alpenblick", Side.CUSTOMER))
    tenant = home.here.id(partner)
    return {one.held.kind.value for one in overview.grants if one.held.partner.tenant_id == tenant}


def partner_page(home: House, partner: str = "nordlicht") -> str:
    """The page of one partner."""
    return f"/customer/partners/{home.here.id(partner)}"
