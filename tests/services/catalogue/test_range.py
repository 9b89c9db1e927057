"""The operator sees the whole catalogue: every product with its countries, and one as it is sold in each."""

import pytest

from copartner.catalogue import service
from copartner.catalogue.rules import UnknownProduct
from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid
from copartner.policy.facts import Side
from support.programme import Programme
from support.versions import proposer


async def test_products_are_found_by_title_id_and_country(here: Programme) -> None:
    whole = await service.find_products(proposer(here))
    titles = [one.product.title for one in whole.products]
    assert (len(titles), titles) == (whole.total, sorted(titles))
    assert "DE" in whole.markets
    first = whole.products[0]
    for text in (first.product.title.upper(), first.product.id.lower()):
        found = await service.find_products(proposer(here), search=text, country="de")
        assert first.product.id in {one.product.id for one in found.products}
    assert (await service.find_products(proposer(here), search="%")).total == 0
    assert (await service.find_products(proposer(here), country="ZZ")).products == ()
    with pytest.raises(Invalid):
        await service.find_products(proposer(here), country="Germany")


async def test_a_product_as_it_is_sold_in_a_country(here: Programme) -> None:
    first = (await service.find_products(proposer(here), search="Office 365 Enterprise")).products[0]
    found = await service.read_product_range(proposer(here), product_id=first.product.id, country="DE")
    assert found.ranged == first
    assert {item.availability.country for item in found.items} == {"DE"}
    assert len({item.sku.id for item in found.items}) == first.skus
    anywhere = await service.read_product_range(proposer(here), product_id=first.product.id)
    assert anywhere.country == first.markets[0]
    nowhere = await service.read_product_range(proposer(here), product_id=first.product.id, country="ZZ")
    assert nowhere.items == ()
    for wrong in ("NOSUCHTHING1", "x y"):
        with pytest.raises(UnknownProduct):
            await service.read_product_range(proposer(here), product_id=wrong)


async def test_no_customer_and_no_role_without_it_reads_it(here: Programme) -> None:
    for ctx in (here.context("ga@nordlicht", Side.OPERATOR), here.context("ga@alpenblick", Side.CUSTOMER)):
        with pytest.raises(Denied):
            await service.find_products(ctx)
