"""What needs a customer's attention: each part for the roles that may see it, bounded, in one trip."""

from dataclasses import replace
from datetime import timedelta

import pytest

from copartner.access import service as access
from copartner.attention import rules
from copartner.attention.customer import read_customer_attention
from copartner.attention.model import OwnAttention
from copartner.command.context import Context
from copartner.command.denial import Denied
from copartner.kernel.database import Pool
from copartner.kernel.languages import Language
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.facts import Side
from copartner.relationships.service import requests
from support.delegated import READER, Delegated
from support.programme import Programme
from support.tally import counted


@pytest.fixture
async def busy(here: Programme) -> Programme:
    """Two customers with something of every part."""
    for customer in ("alpenblick", "lavande"):
        await here.relate("nordlicht", customer)
        await requests.send_request(
            here.context("sa@wolkenwerk"), customer_tenant_id=here.id(customer), reason="Shall we?"
        )
        wish = Wish(catalog_item_id=await here.item("Azure plan", "DE"), quantity=1)
        if customer == "alpenblick":
            await orders.place_order(here.context("sa@nordlicht"), customer_id=here.id(customer), wishes=[wish])
        async with here.owner() as owner:
            pair, now = Delegated(here, owner, "nordlicht", customer), here.clock.now()
            await pair.relationship(READER, ends_at=now + timedelta(days=6))
            await pair.relationship(READER, ends_at=now + timedelta(days=6), extends="P180D")
            waiting = await pair.relationship(READER, status="approvalPending", activated_at=None, ends_at=None)
            lapsed = await pair.relationship(READER, status="approvalPending", activated_at=None, ends_at=None)
            for made, asked in ((waiting, now), (lapsed, now - timedelta(days=91))):
                await owner.execute("UPDATE admin_relationship SET asked_at = $2 WHERE id = $1", made, asked)
            await owner.execute("UPDATE subscription SET commitment_ends_at = $1", now + timedelta(days=9))
    with pytest.raises(Denied):
        await access.list_access(context(here, "ba"))
    return here


def context(here: Programme, who: str = "ga", language: Language = Language.ENGLISH) -> Context:
    return replace(here.context(f"{who}@alpenblick", Side.CUSTOMER), language=language)


def _hidden(found: OwnAttention) -> set[str]:
    names = ("requests", "approvals", "endings", "renewals", "denials")
    return {name for name in names if getattr(found, name).hidden is not None} | (
        {"partners"} if found.partners is not None else set()
    )


async def test_what_waits_ends_renews_and_was_denied(busy: Programme) -> None:
    found = await read_customer_attention(context(busy, language=Language.GERMAN))
    assert _hidden(found) == set()
    (request,) = found.requests.items
    assert (request.partner.company_name, request.reason) == ("Wolkenwerk GmbH", "Shall we?")
    assert (len(found.approvals.items), len(found.endings.items)) == (1, 1)
    assert found.endings.items[0].partner.company_name == "Nordlicht IT GmbH"
    assert {one.seller_name for one in found.renewals.items} == {"Nordlicht IT GmbH", "Wolkenstadt Cloud AG"}
    assert (found.selling, found.administering) == (1, 1)
    (stopped,) = found.denials.items
    assert (stopped.actor_name, stopped.company_name) == ("ba@alpenblick.example", None)
    assert "Globaler Administrator" in stopped.told
    assert stopped.decision_id is not None


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        ("ba", {"requests", "approvals", "endings", "denials", "partners"}),
        ("user", {"requests", "approvals", "endings", "renewals", "denials", "partners"}),
    ],
)
async def test_what_a_role_may_not_see_says_why(busy: Programme, role: str, hidden: set[str]) -> None:
    found = await read_customer_attention(context(busy, role, Language.GERMAN))
    assert _hidden(found) == hidden
    assert (found.selling, found.administering, found.requests.items, found.denials.items) == (0, 0, (), ())
    assert found.requests.hidden is not None
    assert "Globaler Administrator" in found.requests.hidden.summary


async def test_it_is_one_trip_and_names_the_first_few(busy: Programme) -> None:
    for _ in range(rules.FEW):
        await requests.send_request(busy.context("sa@suedwind"), customer_tenant_id=busy.id("alpenblick"))
    async with counted(busy.database.login_url) as (url, tally):
        pool = Pool(url, size=1)
        try:
            asking = context(replace(busy, runtime=replace(busy.runtime, pool=pool)))
            await read_customer_attention(asking)
            tally.clear()
            found = await read_customer_attention(asking)
            assert len(tally.trips) == 1, tally.trips
        finally:
            await pool.close()
    assert (len(found.requests.items), found.requests.total, found.requests.more) == (rules.FEW, rules.FEW + 1, True)
