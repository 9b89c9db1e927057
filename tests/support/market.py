"""Three partners that sell to one customer over HTTP, and hold every answer to be their own."""

import asyncio
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from uuid import uuid4

import httpx

from support.outage import Site

PARTNERS = ("nordlicht", "wolkenwerk", "suedwind")
CUSTOMER = "alpenblick"
OWN = "/programme/v1"


@dataclass(slots=True)
class Seller:
    """One partner's Admin agent at the customer; whatever it sells bears its mark."""

    name: str
    http: httpx.AsyncClient
    token: str
    customer: str
    item: str
    others: tuple[str, ...]
    subscriptions: list[str] = field(default_factory=list)
    asked: int = 0

    @property
    def mark(self) -> str:
        """What its subscriptions are called, and nobody else's."""
        return mark_of(self.name)

    @property
    def root(self) -> str:
        """The customer's address."""
        return f"/v1/customers/{self.customer}"

    @property
    def headers(self) -> dict[str, str]:
        """What every request of it carries."""
        return {"Authorization": f"Bearer {self.token}"}

    def cart(self, rng: Random) -> dict[str, Any]:
        """A draft of one line."""
        name = f"{self.mark} {rng.randrange(10**6)}"
        line = {"catalogItemId": self.item, "quantity": rng.randrange(1, 9), "friendlyName": name}
        return {"lineItems": [{**line, "termDuration": "P1M", "billingCycle": "monthly"}]}

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """A request; whatever is answered holds nothing of the other partners."""
        self.asked += 1
        answer = await self.http.request(method, path, json=body, headers={**self.headers, **headers})
        self.holds_own(answer.text)
        return answer

    def holds_own(self, text: str) -> None:
        """Raise AssertionError when the text bears another partner's mark."""
        for other in self.others:
            assert mark_of(other) not in text, f"{self.name} was answered what is {other}'s: {text[:2000]}"

    async def insist(self, method: str, path: str, body: Any = None, *, patience: float = 60.0) -> httpx.Response:
        """Send the same request under the same request id until it is answered."""
        request_id = str(uuid4())
        async with asyncio.timeout(patience):
            while True:
                try:
                    answer = await self.call(method, path, body, **{"MS-RequestId": request_id})
                except httpx.HTTPError:
                    await asyncio.sleep(0.05)
                    continue
                if answer.status_code < 500:
                    return answer
                await asyncio.sleep(0.05)

    async def listed(self) -> set[str]:
        """The ids of all subscriptions that it is answered as its own, page after page."""
        found, most = set[str](), 500
        for offset in count(0, most):
            answer = await self.insist("GET", f"{self.root}/subscriptions?size={most}&offset={offset}")
            assert answer.status_code == 200, answer.text
            page = [one["id"] for one in answer.json()["items"]]
            found |= set(page)
            if len(page) < most:
                break
        return found

    async def sell(self, rng: Random) -> dict[str, Any]:
        """Draft and check out, insisting on both; answers the order."""
        cart = await self.insist("POST", f"{self.root}/carts", self.cart(rng))
        assert cart.status_code == 201, cart.text
        done = await self.insist("POST", f"{self.root}/carts/{cart.json()['id']}/checkout")
        assert done.status_code == 201, done.text
        (order,) = done.json()["orders"]
        self.subscriptions += [line["subscriptionId"] for line in order["lineItems"]]
        found: dict[str, Any] = {**order, "cartId": cart.json()["id"]}
        return found

    async def work(self, rng: Random) -> None:
        """Something an honest client does, with an answer that has to be a success and its own."""
        mine = rng.choice(self.subscriptions)
        which = rng.random()
        if which < 0.1:
            await self.sell(rng)
            return
        method, path, body = "GET", "", None
        if which < 0.4:
            path = f"{self.root}/subscriptions?size=20"
        elif which < 0.6:
            path = f"{self.root}/orders?size=20"
        elif which < 0.8:
            path = f"{self.root}/subscriptions/{mine}"
        else:
            method, path = "PATCH", f"{self.root}/subscriptions/{mine}"
            body = {"friendlyName": f"{self.mark} {rng.randrange(10**6)}"}
        answer = await self.call(method, path, body)
        assert answer.status_code == 200, answer.text
        assert "items" not in answer.json() or self.mark in answer.text


def mark_of(partner: str) -> str:
    """A word that stands in everything the partner sells."""
    return f"sold-by-{partner}"


async def token(http: httpx.AsyncClient, ready: dict[str, Any], who: str) -> str:
    """A token of `aa@nordlicht`."""
    wanted = f"{who}.example"
    tenant, password = next(
        (tenant["tenantId"], user["password"])
        for tenant in ready["tenants"]
        for user in tenant["users"]
        if user["userPrincipalName"] == wanted
    )
    form = {"grant_type": "password", "username": wanted, "password": password}
    answer = await http.post(f"/{tenant}/oauth2/token", data=form)
    assert answer.status_code == 200, answer.text
    found: str = answer.json()["access_token"]
    return found


async def open_market(site: Site, http: httpx.AsyncClient) -> list[Seller]:
    """Three partners whom the customer accepted, each with something sold."""
    ids = {user["userPrincipalName"].split("@")[1]: tenant["tenantId"] for tenant, user in _people(site.ready)}
    customer = ids[f"{CUSTOMER}.example"]
    admin = {"Authorization": f"Bearer {await token(http, site.ready, f'ga@{CUSTOMER}')}"}
    sellers = []
    for name in PARTNERS:
        others = tuple(other for other in PARTNERS if other != name)
        seller = Seller(name, http, await token(http, site.ready, f"aa@{name}"), customer, "", others)
        path = f"{OWN}/consent/reseller-relationships/{ids[f'{name}.example']}"
        answer = {"answer": "accept", "acceptCustomerAgreement": True}
        accepted = await http.post(path, json=answer, headers=admin)
        assert accepted.status_code == 200, accepted.text
        seller.item = await _item(seller)
        await seller.sell(Random(1))
        sellers.append(seller)
    return sellers


def _people(ready: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(tenant, user) for tenant in ready["tenants"] for user in tenant["users"]]


async def _item(seller: Seller) -> str:
    """The catalogue item of what is sold here, found as a client finds it."""
    listed = await seller.call("GET", f"{seller.root}/products?targetView=OnlineServices")
    product = next(one for one in listed.json()["items"] if one["title"] == "Office 365 Enterprise")
    skus = await seller.call("GET", f"/v1/{product['links']['skus']['uri']}")
    found = await seller.call("GET", f"/v1/{skus.json()['items'][0]['links']['availabilities']['uri']}")
    item: str = found.json()["items"][0]["catalogItemId"]
    return item
