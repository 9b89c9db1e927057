"""What the deployment sells: its products, and how each is sold in a country."""

from litestar import Response

from copartner.catalogue import service
from copartner.catalogue.model import Ranged
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table, whole

_PRODUCTS = Table(
    "products",
    word("Products"),
    (
        Column[Ranged]("title", word("Product"), lambda row: row.product.title),
        Column[Ranged]("publisher", word("Publisher"), lambda row: row.product.publisher),
        Column[Ranged]("skus", word("SKUs"), lambda row: row.skus, number=True),
        Column[Ranged]("countries", word("Countries"), lambda row: len(row.markets), number=True),
        Column[Ranged]("markets", word("Markets"), lambda row: " ".join(row.markets)),
        Column[Ranged]("id", word("Product id"), lambda row: row.product.id),
    ),
)
_TERMS = {"P1M": word("One month"), "P1Y": word("One year"), "P3Y": word("Three years"), "": word("Metered, no term")}
_CYCLES = {
    "monthly": word("monthly"),
    "annual": word("annually"),
    "triennial": word("every three years"),
    "one_time": word("once"),
    "none": word("by use"),
}
_SEGMENTS = {
    "commercial": word("Commercial"),
    "education": word("Education"),
    "government": word("Government"),
    "nonprofit": word("Nonprofit"),
}


async def show(visit: Visit) -> Response[bytes]:
    """The products that fit what is searched, or the one that the address names."""
    country, product = visit.query.get("country", ""), visit.query.get("product", "")
    if product:
        found = await service.read_product_range(visit.ctx, product_id=product, country=country)
        return visit.page(
            "operator/product.html",
            found=found,
            product=found.ranged.product,
            terms=_TERMS,
            cycles=_CYCLES,
            segments=_SEGMENTS,
        )
    search = visit.query.get("search", "")
    all_there_is = await service.find_products(visit.ctx, search=search, country=country)
    shown = await _PRODUCTS.show(visit, whole(all_there_is.products))
    if isinstance(shown, Response):
        return shown
    return visit.page(
        "operator/catalogue.html", found=all_there_is, shown=shown, search=search, country=country.strip().upper()
    )


PAGES = (Page("/operator/catalogue", "operator_catalogue", Side.OPERATOR, show),)
