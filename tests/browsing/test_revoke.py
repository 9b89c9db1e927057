"""A customer ends all access of a partner in its browser, and the page that the partner has open is refused at once."""

import pytest

from support.scene import furnished
from support.visitors import BARE, ENGLISH, GERMAN, House

pytestmark = pytest.mark.timeout(300)


async def test_the_open_page_is_refused_at_once(house: House) -> None:
    scene = furnished(house.up)
    users = f"/partner/customers/{scene.ids['customer_id']}/users"
    async with house.visitor("hd@nordlicht", GERMAN) as helper, house.visitor("ga@alpenblick", BARE) as customer:
        await helper.open(f"{users}/{scene.ids['customer_user_id']}")
        await customer.open("/customer/partners")
        await customer.press(
            customer.page.locator(f'main a[href="/customer/partners/{house.up.id("nordlicht")}"]').first
        )
        ending = customer.page.locator('button[value="everything"]')
        await customer.press(ending, 400)
        await customer.tick("sure-everything")
        await customer.press(ending)
        assert customer.path.endswith("/ended")
        await helper.press(helper.page.locator('main form[method="post"] button').first, 403)
        assert "steht Ihnen nicht offen" in await helper.heading()
        await helper.open(users, 403)
    async with house.visitor("sa@nordlicht", ENGLISH) as seller:
        await seller.open(f"/partner/customers/{scene.ids['customer_id']}")
        await seller.open(f"/partner/customers/{scene.ids['customer_id']}/subscriptions/{scene.ids['subscription_id']}")
