"""How a partner and a customer come together in their browsers: asked, accepted, ordered."""

from support.visitors import Visitor


async def asked(partner: Visitor) -> str:
    """A request to the customer; the path of the link that it gets."""
    await partner.open("/partner/requests")
    await partner.press(partner.page.locator('main a[href="/partner/requests/new"]').first)
    await partner.fill("customer", "alpenblick.example")
    await partner.fill("reason", "Licences for the new branch")
    await partner.press("Make the request")
    assert partner.said("The request stands. Now the customer needs its link.") in await partner.text()
    link = await partner.page.locator("#address").input_value()
    return link.removeprefix(partner.watch.root)


async def accepted(link: str, customer: Visitor, partner: str) -> None:
    """The customer's Global admin opens the link, reads who asks, and accepts."""
    await customer.open(link)
    assert await customer.heading() == customer.said("Work with %(name)s?", name=partner)
    assert "Licences for the new branch" in await customer.text()
    if await customer.page.locator("#agreement").count():
        await customer.tick("agreement")
    await customer.press("Accept")
    assert await customer.heading() == customer.said("You work with %(name)s", name=partner)


async def in_cart(partner: Visitor, base: str, title: str) -> None:
    """The partner finds the customer and puts a product into a cart."""
    await partner.open(base)
    await partner.press("Order for this customer")
    await partner.search("find", title)
    await partner.press(partner.page.locator("#offers").get_by_role("link", name=title, exact=True))
    await partner.press("Put into the cart")


async def ordered(partner: Visitor, base: str, title: str) -> str:
    """The same, and the order is placed; the path of the subscription."""
    await in_cart(partner, base, title)
    await partner.press("Place the order")
    assert await partner.heading() == partner.said("Ordered for %(name)s", name="Alpenblick Logistik GmbH")
    made = partner.page.locator("tbody th a")
    path = await made.get_attribute("href")
    assert path
    await partner.press(made)
    assert partner.path == path
    return path
