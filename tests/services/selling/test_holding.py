"""What a customer holds of all sellers, in the order in which the terms end, in parts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from copartner.catalogue.model import BillingCycle
from copartner.command.denial import Denied
from copartner.kernel.database import Pool
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.facts import Side
from copartner.subscriptions import holding
from support.programme import Programme
from support.tally import counted


@pytest.fixture
async def held(here: Programme) -> Programme:
    """A customer of two partners and the vendor."""
    for partner in ("nordlicht", "suedwind"):
        await here.relate(partner, "alpenblick")
        azure = Wish(catalog_item_id=await here.item("Azure plan"), quantity=1)
        year = Wish(
            catalog_item_id=await here.item("Office 365 Enterprise"),
            quantity=3,
            term="P1Y",
            billing_cycle=BillingCycle.MONTHLY,
        )
        for wishes in ([azure], [year, year]):
            await orders.place_order(here.context(f"sa@{partner}"), customer_id=here.id("alpenblick"), wishes=wishes)
        here.clock.moment += timedelta(days=1)
    return here


async def test_what_ends_first_comes_first_and_what_never_ends_last(held: Programme) -> None:
    found = await holding.list_terms(held.context("ga@alpenblick", Side.CUSTOMER))
    ends = [one.commitment_ends_at for one in found.page]
    dated = [one for one in ends if one is not None]
    assert ends == sorted(dated) + [None] * 2
    assert found.page.total == len(ends) == sum(one.subscriptions for one in found.sellers)
    assert {one.name for one in found.sellers} == {"Nordlicht IT GmbH", "Südwind Systeme GmbH", "Wolkenstadt Cloud AG"}
    assert {one.vendor for one in found.page if one.seller_name == "Wolkenstadt Cloud AG"} == {True}
    assert {one.vendor for one in found.page if one.seller_name != "Wolkenstadt Cloud AG"} == {False}


async def test_parts_are_the_whole_and_those_of_a_seller_are_its_own(held: Programme) -> None:
    ctx = held.context("ba@alpenblick", Side.CUSTOMER)
    whole = (await holding.list_terms(ctx)).page
    parts, after = [], None
    while True:
        page = (await holding.list_terms(ctx, size=2, after=after)).page
        parts += page.items
        after = page.next_after
        if after is None:
            break
    assert parts == [*whole]
    own = await holding.list_terms(ctx, seller_id=held.id("suedwind"))
    assert [*own.page] == [one for one in whole if one.partner_tenant_id == held.id("suedwind")]
    assert (own.page.total, len(own.sellers)) == (3, 3)
    async with held.owner() as owner:
        await owner.execute("UPDATE subscription SET status = 'expired' WHERE id = $1", parts[0].id)
    assert [one.id for one in (await holding.list_terms(ctx, over=True)).page] == [parts[0].id]
    assert len((await holding.list_terms(ctx)).page) == len(whole) - 1


async def test_who_reads_none_is_denied_and_others_see_none_of_it(held: Programme) -> None:
    with pytest.raises(Denied):
        await holding.list_terms(held.context("user@alpenblick", Side.CUSTOMER))
    assert len((await holding.list_terms(held.context("ga@lavande", Side.CUSTOMER))).page) == 0


async def test_a_part_is_one_trip(held: Programme) -> None:
    async with counted(held.database.login_url) as (url, tally):
        pool = Pool(url, size=1)
        try:
            asking = replace(held, runtime=replace(held.runtime, pool=pool)).context("ga@alpenblick", Side.CUSTOMER)
            await holding.list_terms(asking)
            tally.clear()
            await holding.list_terms(asking, size=2)
            assert len(tally.trips) == 1, tally.trips
        finally:
            await pool.close()
